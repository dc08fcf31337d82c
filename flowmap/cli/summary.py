"""What is said when a target is mapped: the stages, the counts, and where the files are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from flowmap.analysis.result import Reason
from flowmap.flow.model import Flow, OpenSetting, Subject
from flowmap.pipeline.results import Counts, Hole, Result

# Bounds by name, those hit in the most places.
_LISTED: Final = 3
# Names of what is not there.
_NAMED: Final = 8


def notice_lines(notices: Sequence[str]) -> Iterator[Text]:
    """What there is to say of what was read, a line each."""
    for notice in notices:
        yield Text(notice, style="dim")


def summary_lines(result: Result, flow: Flow, written: Sequence[Path]) -> Iterator[Text]:
    """A heading, a line a stage with its landmark, holes, counts, bounds that were hit, and the files."""
    subject = flow.subject
    yield Text(f"{subject.distribution} {subject.version}: {subject.entry}", style="bold")
    # What stands in a stage that was not reached does not open it.
    reached = [stage for stage in flow.stages if stage.id not in flow.missing]
    width = max((len(stage.title) for stage in reached), default=0)
    for stage in reached:
        yield Text.assemble(f"  {stage.title:{width}}  ", (str(stage.landmark), "cyan"))
    for line in settings_lines(subject):
        yield Text(f"  {line}")
    for name in flow.missing:
        yield Text(f"  {result.titles.get(name, name)}: not reached, the flow breaks off before it", style="yellow")
    for hole in {hole.name or hole: hole for hole in reversed(result.holes)}.values():
        yield Text(f"  {_hole(hole)}", style="yellow")
    told = {hole.name for hole in result.holes}
    absent = [f"{name} ({place})" for name, place in result.absent.items() if name not in told]
    if absent:
        yield Text(f"  imported, and not in the source: {_some(absent)}", style="yellow")
    yield Text(f"  {_counts(result.counts)}")
    if result.counts.bounds:
        yield Text(f"  {bounds_line(result.counts.bounds)}", style="dim")
    for path in written:
        yield Text.assemble("  ", (str(path), "green"))


def settings_lines(subject: Subject) -> Iterator[str]:
    """What settings decided, and which are open: a line each, the open ones in one."""
    for each in subject.decided:
        if each.over:
            over = " and ".join(f"`{text}`" for text in each.over)
            why = f"since `{each.chosen}` stands before {over} in {each.setting}"
            yield f"{each.subject}: {each.outcome}'s, {why} ({each.place})"
        elif each.chosen:
            yield f"{each.subject}: {each.outcome}'s, by {each.setting} ({each.place})"
        else:
            texts = each.outcome.split(", ")
            outcome = each.outcome if len(texts) == 1 else ", ".join(text.rpartition(".")[2] for text in texts)
            yield f"{each.subject}: {outcome}" + (f" ({each.place})" if each.place else "")
    if subject.open:
        names = [_open(each) for each in subject.open]
        yield f"open, and every way of them followed: {_some(names)}; --set or --env-file closes them"


def _open(setting: OpenSetting) -> str:
    variables = f", from {', '.join(setting.variables)}" if setting.variables else ""
    return f"{setting.setting} ({setting.place}{variables})"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _hole(hole: Hole) -> str:
    """What is not there, and the line that asks for it."""
    if hole.reason == Reason.UNREADABLE:
        return f"{hole.name}: {hole.why or hole.reason}; asked for at {hole.place}"
    if hole.name:
        return f"{hole.name}: named, and not in the source; asked for at {hole.place}"
    return f"{hole.place}: {hole.reason}"


def bounds_line(places: Mapping[str, int]) -> str:
    """One line for all: what was merged where it was too much to tell apart, and in how many places, by name."""
    most = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name.replace('_', ' ')} ({count})" for name, count in most[:_LISTED])
    more = f" and {len(most) - _LISTED} other bounds" if len(most) > _LISTED else ""
    return f"merged where there was too much to tell apart: {listed}{more}; callgraph.json says where"


def _counts(counts: Counts) -> str:
    return ", ".join(
        (
            _count(counts.files, "file"),
            _count(counts.functions, "function"),
            _count(counts.edges, "call edge"),
            _count(counts.gaps, "gap"),
            _count(sum(counts.bounds.values()), "bound") + " hit",
        )
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
