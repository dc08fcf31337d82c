"""The flow as a guided reading: stage by stage, each call with its lines of source and why it leads where it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from flowmap.callgraph.model import Gap
from flowmap.flow.model import Decision, Flow, Stage, Step
from flowmap.names import FunctionName
from flowmap.render import labels
from flowmap.render.dotfile import SourceLinks
from flowmap.render.excerpts import Excerpt
from flowmap.render.markup import anchor, code, fenced, link, plain
from flowmap.render.picture import Entered, picture_of
from flowmap.render.quotation import OMITTED, quotation, statement_text, summary
from flowmap.render.reasons import reasons
from flowmap.render.sentences import SENTENCES, SPACE, Language, say
from flowmap.render.svg import no_links
from flowmap.sources.licences import Licence


@dataclass(frozen=True, slots=True)
class Quotes:
    """The source that a reading may quote, under which licences, and the ids of the stages that happen once."""

    sources: Mapping[FunctionName, tuple[Excerpt, ...]]
    licences: tuple[Licence, ...] = ()
    once: frozenset[str] = frozenset()


NOTHING_QUOTED = Quotes({})


def render_markdown(
    flow: Flow,
    *,
    links: SourceLinks = no_links,
    quotes: Quotes = NOTHING_QUOTED,
    language: Language = Language.EN,
) -> str:
    """`flow.md`: CommonMark. What it quotes of a source goes with that source's licence, at its end."""
    return "\n".join(_Reading(flow, links, quotes, language).lines()) + "\n"


class _Reading:
    """One flow in one language; it remembers what was quoted already."""

    def __init__(self, flow: Flow, links: SourceLinks, quotes: Quotes, language: Language) -> None:
        self._flow = flow
        self._links = links
        self._quotes = quotes
        self._language = language
        self._titles = {box.key: box.layer_title for lane in picture_of(flow).lanes for box in lane.boxes}
        self._numbers = sorted(step.number for stage in flow.stages for step in stage.steps)
        self._quoted: dict[tuple[FunctionName, int], int] = {}
        self._introduced: set[FunctionName] = set()

    def lines(self) -> Iterator[str]:
        flow, subject = self._flow, self._flow.subject
        yield f"# {plain(labels.headline(subject))}"
        values = {"entry": subject.entry, "project": subject.project, "platform": subject.platform}
        yield from ("", self._say("intro", **{key: code(text) for key, text in values.items()}, python=subject.python))
        if flow.stages:
            yield from ("", self._say("how", omitted=code(OMITTED)), "")
            yield from (f"- [{plain(self._title(each))}](#{anchor(self._title(each))})" for each in flow.stages)
        yield from self._settings()
        for stage in flow.stages:
            yield from self._stage(stage)
        shown = {stage.id for stage in flow.stages}
        for name in flow.missing:
            if name not in shown:
                yield from ("", f"## {plain(name)}", "", self._say("missing"))
        if elsewhere := flow.hidden_elsewhere:
            yield from ("", f"*{self._say('elsewhere', count=elsewhere)}*")
        if flow.holes:
            yield from ("", f"## {self._say('broken')}", "", self._say("broken-intro"), "")
            yield from (f"- {self._gap(hole)}" for hole in flow.holes)
        if flow.gaps:
            yield from ("", f"## {self._say('gaps')}", "", self._say("gaps-intro"), "")
            yield from (f"- {self._gap(gap)}" for gap in flow.gaps)
        if self._quotes.licences:
            yield from ("", f"## {self._say('licences')}")
            for licence in self._quotes.licences:
                yield from ("", f"{plain(licence.subject)}:", "", *fenced(licence.text.strip("\n"), "text"))

    def _say(self, key: str, **values: object) -> str:
        return say(self._language, key, **values)

    def _title(self, stage: Stage) -> str:
        key = f"stage.{stage.id}"
        # A title that is not the table's is the framework's own.
        known = key in SENTENCES and SENTENCES[key].en == stage.title
        return self._say(key) if known else stage.title

    def _settings(self) -> Iterator[str]:
        subject = self._flow.subject
        if subject.decided or subject.open:
            yield from ("", f"## {self._say('settings')}", "")
        yield from (f"- {self._decision(each)}" for each in subject.decided)
        for each in subject.open:
            yield f"- {self._say('open', setting=code(each.setting), place=code(each.place))}"

    def _decision(self, each: Decision) -> str:
        values = {"subject": each.subject, "outcome": each.outcome, "place": each.place}
        chosen = {"chosen": each.chosen, "setting": each.setting} if each.chosen else {}
        words = {key: code(text) for key, text in (values | chosen).items()}
        return self._say("decided-by" if chosen else "decided", **words)

    def _stage(self, stage: Stage) -> Iterator[str]:
        flow = self._flow
        yield from ("", f"## {plain(self._title(stage))}", "")
        if stage.id in flow.missing:
            yield self._say("missing")
        else:
            often = self._say("once" if stage.id in self._quotes.once else "each") if self._quotes.once else ""
            opens = self._say("opens", function=code(str(stage.landmark)), place=self._place(stage.landmark))
            yield SPACE[self._language].join(filter(None, (opens, often)))
        before = stage.steps[0].number if stage.steps else 0
        for step in stage.steps:
            if between := [number for number in self._numbers if before < number < step.number]:
                yield from ("", f"*{self._say('between', first=between[0], last=between[-1])}*")
            yield from self._step(step)
            before = step.number
        if hidden := flow.hidden.get(stage.id, 0):
            yield from ("", f"*{self._say('hidden', count=hidden)}*")

    def _step(self, step: Step) -> Iterator[str]:
        name = f"{code(step.caller.qualname)} → {code(step.callee.qualname)}"
        yield from ("", f"### {step.number}. {name}", "")
        yield from self._source(step)
        function = code(str(step.callee))
        statement = statement_text(self._quotes.sources.get(step.caller, ()), step.line)
        title = self._titles.get(Entered(step.callee, step.layer), "")
        leads = self._say("calls", callee=f"**{function}**", place=self._place(step.callee))
        yield SPACE[self._language].join((leads, *reasons(step, self._flow, statement, title, self._language)))
        if step.callee not in self._introduced:
            self._introduced.add(step.callee)
            if said := summary(self._quotes.sources.get(step.callee, ())):
                yield from ("", self._say("says"), "", f"> {plain(said)}")

    def _source(self, step: Step) -> Iterator[str]:
        """The lines of the call; once, however many functions they lead to."""
        yield self._say("made-in", caller=code(self._layered(step)), place=self._site(step))
        yield ""
        excerpts = self._quotes.sources.get(step.caller, ())
        first = self._quoted.setdefault((step.caller, step.line), step.number)
        text = quotation(excerpts, step.line)
        if not text:
            if self._quotes.sources:
                yield from (self._say("no-lines"), "")
        elif first != step.number:
            yield from (self._say("same-lines", number=first), "")
        else:
            yield from (*fenced(text, "python"), "")

    def _layered(self, step: Step) -> str:
        if not step.caller_layer:
            return str(step.caller)
        title = self._titles.get(Entered(step.caller, step.caller_layer), "")
        return f"{step.caller} ({step.caller_layer}{f': {title}' if title else ''})"

    def _site(self, step: Step) -> str:
        caller = self._flow.functions.get(step.caller)
        if caller is None or not caller.file:
            return code(f":{step.line}")
        address = self._links(replace(caller, line=step.line, end_line=step.line))
        return link(code(f"{caller.file}:{step.line}"), address)

    def _place(self, name: FunctionName) -> str:
        function = self._flow.functions.get(name)
        if function is None or not function.file:
            return code(name.module)
        return link(code(f"{function.file}:{function.line}"), self._links(function))

    def _gap(self, gap: Gap) -> str:
        caller = self._flow.functions.get(gap.caller)
        place = code(f"{caller.file if caller else ''}:{gap.line}")
        name = self._say("gap-name", name=code(gap.name)) if gap.name else ""
        return self._say("gap", caller=code(str(gap.caller)), place=place, reason=plain(gap.reason), name=name)
