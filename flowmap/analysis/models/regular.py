"""Models of re: patterns and matches; what is found in texts that are known is folded."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from math import comb

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import UnfitReceiverError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native, shared
from flowmap.analysis.models.registry import MODELS, Model, declare, inside, model, table
from flowmap.analysis.values import NOTHING, Arguments, Cell, Constant, Instance, PointsTo
from flowmap.characters import is_settled

declare(
    "Pattern",
    "re",
    "object",
    "match fullmatch search findall finditer split sub subn scanner .groupindex .pattern .flags .groups __copy__ "
    "__deepcopy__",
)
declare(
    "Match",
    "re",
    "object",
    "group groups groupdict start end span expand __getitem__ __copy__ .string .re .pos .endpos .lastindex .lastgroup",
)
declare("re.error", "re", "Exception", "")
declare("RegexFlag", "re", "int", "__or__ __and__ __xor__ __invert__")
table("int", "Match.pos Match.endpos Pattern.flags Pattern.groups", "re")
table("RegexFlag", "RegexFlag.__or__ RegexFlag.__and__ RegexFlag.__xor__ RegexFlag.__invert__", "re")
table("str", "Match.expand Match.string escape", "re")
table("int None", "Match.lastindex", "re")
table("str None", "Match.lastgroup", "re")
table("None", "purge", "re")
_LONGEST = 1000
_MOST_STEPS = 10_000_000
# What stands for one character; how a group begins; a repeated group in which there is more than one way.
_CHARACTER = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\(\?(?:P?<\w+>|<?[:=!])")
_NESTED = re.compile(r"[*+?{|].*\)[*+{]", re.DOTALL)
_FLAGS = "A ASCII DEBUG I IGNORECASE L LOCALE M MULTILINE S DOTALL U UNICODE X VERBOSE T TEMPLATE NOFLAG"


def fill(machine: Machine) -> None:
    """Binds the flags."""
    flags = machine.any_of("RegexFlag")
    for name in _FLAGS.split():
        bind_native(machine, "re", name, flags)


def _pattern(call: NativeCall, sources: PointsTo, *, plain: bool) -> PointsTo:
    """A pattern for each text; `plain` when no flags are given."""
    machine = call.machine
    result = NOTHING
    for source in sources.items:
        if isinstance(source, Instance) and machine.native_class("Pattern") in source.cls.mro:
            result = machine.space.join(result, machine.space.one(source))
            continue
        key = ("pattern", source if isinstance(source, Constant) else None, plain)
        made = shared(machine, machine.native_class("Pattern"), key)
        text = machine.space.one(source) if isinstance(source, Constant) else machine.any_of("str")
        made.attributes.setdefault("<source>", Cell()).value = text
        made.attributes.setdefault("<plain>", Cell()).value = machine.space.constant(plain)
        result = machine.space.join(result, machine.space.one(made))
    return result


@model("re.compile", "re.template")
def compile_(call: NativeCall) -> PointsTo:
    return _pattern(call, call.argument(0, "pattern") or NOTHING, plain=call.argument(1, "flags") is None)


def _compiled(call: NativeCall, text: str | None) -> re.Pattern[str] | None:
    """The receiver as a pattern of this Python, where it is known, and looking for it in the text takes few steps."""
    if text is None:
        return None
    # What is made past `re.compile` has none.
    source = call.instance.attributes.setdefault("<source>", Cell()).value.items
    plain = call.instance.attributes.setdefault("<plain>", Cell()).value.items
    only = source[0] if len(source) == 1 else None
    if not isinstance(only, Constant) or not isinstance(only.value, str) or len(only.value) > _LONGEST:
        return None
    is_plain = plain[0] if len(plain) == 1 else None
    if not isinstance(is_plain, Constant) or not is_plain.value or _steps(only.value, len(text)) > _MOST_STEPS:
        return None
    return _built(only.value)


@lru_cache(maxsize=512)
def _built(source: str | bytes) -> re.Pattern[str] | None:
    """The pattern of a text; None where it is none, or longer than patterns are."""
    if isinstance(source, bytes) or len(source) > _LONGEST or not is_settled(source):
        return None
    with warnings.catch_warnings():
        # What is wrong with the patterns of others is not ours to say.
        warnings.simplefilter("ignore")
        try:
            return re.compile(source)
        except (re.error, OverflowError, RecursionError):
            return None


def _steps(source: str, length: int) -> int:
    """A bound on the steps of a search in a text of that length: the ways to share it among what is repeated."""
    bare = _GROUP.sub("(", _CHARACTER.sub("x", source))
    if _NESTED.search(bare):
        return _MOST_STEPS + 1
    repeated, optional = len(re.findall("[*+{]", bare)), bare.count("?")
    # Where the match begins is one choice more.
    return comb(length + repeated + 1, repeated + 1) << optional


def _text(call: NativeCall, index: int, name: str) -> str | None:
    values = (call.argument(index, name) or NOTHING).items
    only = values[0] if len(values) == 1 else None
    if not isinstance(only, Constant) or not isinstance(only.value, str) or len(only.value) > _LONGEST:
        return None
    return only.value if is_settled(only.value) else None


@model("re.Pattern.match", "re.Pattern.fullmatch", "re.Pattern.search")
def find(call: NativeCall) -> PointsTo:
    """A match, or None; decided where pattern and text are known."""
    space = call.machine.space
    name = call.name.qualname.rpartition(".")[2]
    text = _text(call, 1, "string")
    pattern = _compiled(call, text)
    if pattern is not None and text is not None and len(call.arguments.positional) == 2:
        found = getattr(pattern, name)(text)
        return space.constant(None) if found is None else space.one(_match(call, found))
    return space.join(space.one(_match(call, None)), space.constant(None))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a match of known texts says: texts and (start, end) by number, and the numbers of the names."""

    texts: tuple[str | None, ...]
    spans: tuple[tuple[int, int], ...]
    numbers: tuple[tuple[str, int], ...]

    def number(self, group: object) -> int | None:
        """The number of a group that is given by number or by name."""
        if isinstance(group, str):
            return dict(self.numbers).get(group)
        return group if isinstance(group, int) and 0 <= group < len(self.texts) else None


def _match(call: NativeCall, match: re.Match[str] | None) -> Instance:
    machine = call.machine
    found = None
    if match is not None:
        count = match.re.groups + 1
        numbers = tuple(sorted(match.re.groupindex.items()))
        found = _Found((match.group(0), *match.groups()), tuple(map(match.span, range(count))), numbers)
    made = shared(machine, machine.native_class("Match"), ("match", call.receiver, found), single=False)
    machine.write(made.attributes.setdefault("<pattern>", Cell()), machine.space.one(call.receiver))
    return made


def _known(match: object) -> _Found | None:
    """What a match that was folded says."""
    if not isinstance(match, Instance):
        raise UnfitReceiverError
    key = match.key
    return key[2] if isinstance(key, tuple) and len(key) == 3 and isinstance(key[2], _Found) else None


def _some(call: NativeCall) -> PointsTo:
    return call.machine.space.join(call.machine.any_of("str"), call.machine.space.constant(None))


@model("re.Match.group", "re.Match.__getitem__")
def group(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    known = _known(call.receiver)
    wanted = call.arguments.positional[1:] or (space.constant(0),)
    results = []
    for names in wanted:
        result = NOTHING
        for name in names.items:
            if known is None or not isinstance(name, Constant):
                result = space.join(result, _some(call))
            elif (number := known.number(name.value)) is not None:
                result = space.join(result, space.constant(known.texts[number]))
        results.append(result)
    return results[0] if len(results) == 1 else machine.make_tuple(results)


def _names(owner: PointsTo) -> tuple[int, list[str]] | None:
    """How many groups a pattern has, and which have names; None when it is not known."""
    for value in owner.items:
        source = (
            value.attributes["<source>"].value.items
            if isinstance(value, Instance) and "<source>" in value.attributes
            else ()
        )
        for text in source:
            if isinstance(text, Constant) and isinstance(text.value, (str, bytes)):
                compiled = _built(text.value)
                return (compiled.groups, list(compiled.groupindex)) if compiled is not None else None
    return None


def _of_match(call: NativeCall) -> PointsTo:
    return call.machine.read(call.instance.attributes.setdefault("<pattern>", Cell()), call.frame)


def _part(call: NativeCall, text: str | None) -> PointsTo:
    """A group's text; what the caller says where the group took no part in the match."""
    space = call.machine.space
    return space.constant(text) if text is not None else call.argument(1, "default") or space.constant(None)


@model("re.Match.groups")
def groups(call: NativeCall) -> PointsTo:
    machine = call.machine
    known = _known(call.receiver)
    if known is not None:
        return machine.make_tuple([_part(call, text) for text in known.texts[1:]])
    shape = _names(_of_match(call))
    part = machine.space.join(machine.any_of("str"), _part(call, None))
    return machine.any_tuple(part) if shape is None else machine.make_tuple([part] * shape[0])


@model("re.Match.groupdict")
def group_dict(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    known = _known(call.receiver)
    if known is not None:
        pairs = [(space.constant(name), _part(call, known.texts[number])) for name, number in known.numbers]
        return machine.make_dict(call.frame, pairs, (call.site, "groups", call.receiver))
    shape = _names(_of_match(call))
    names = [space.constant(name) for name in shape[1]] if shape is not None else [machine.any_of("str")]
    part = space.join(machine.any_of("str"), _part(call, None))
    return machine.make_dict(call.frame, [(name, part) for name in names], (call.site, "groups", call.receiver))


@model("re.Match.span", "re.Match.start", "re.Match.end")
def place(call: NativeCall) -> PointsTo:
    """Where a group begins and ends in the text."""
    machine = call.machine
    start = end = machine.any_of("int")
    known = _known(call.receiver)
    wanted = (call.argument(1) or machine.space.constant(0)).items
    only = wanted[0] if len(wanted) == 1 else None
    if known is not None and isinstance(only, Constant):
        number = known.number(only.value)
        if number is None:
            return NOTHING
        start, end = map(machine.space.constant, known.spans[number])
    name = call.name.qualname.rpartition(".")[2]
    return machine.make_tuple([start, end]) if name == "span" else start if name == "start" else end


@model("re.Match.re")
def pattern_of(call: NativeCall) -> PointsTo:
    return _of_match(call)


@model("re.Pattern.pattern")
def source_of(call: NativeCall) -> PointsTo:
    return call.instance.attributes.setdefault("<source>", Cell()).value


@model("re.Pattern.groupindex")
def group_index(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    shape = _names(space.one(call.receiver))
    names = [space.constant(name) for name in shape[1]] if shape is not None else [machine.any_of("str")]
    return machine.make_dict(call.frame, [(name, machine.any_of("int")) for name in names], ("index", call.receiver))


@model("re.Pattern.scanner")
def scan(call: NativeCall) -> PointsTo:
    return call.machine.make_iterator("matches", None, call.machine.space.one(_match(call, None)))


@model("re.Pattern.finditer")
def iterate(call: NativeCall) -> PointsTo:
    """The matches, one by one where pattern and text are known."""
    machine = call.machine
    matches = _all_matches(call)
    if matches is None:
        return scan(call)
    return machine.make_iterator("matches", [machine.space.one(_match(call, each)) for each in matches], NOTHING)


def _all_matches(call: NativeCall) -> list[re.Match[str]] | None:
    text = _text(call, 1, "string")
    pattern = _compiled(call, text)
    if pattern is None or text is None or len(call.arguments.positional) != 2:
        return None
    return list(pattern.finditer(text))


@model("re.Pattern.findall")
def find_all(call: NativeCall) -> PointsTo:
    """Texts, or tuples of texts when the pattern has several groups."""
    machine = call.machine
    matches = _all_matches(call)
    if matches is not None:
        items = [_text_of_match(call, each) for each in matches]
        return machine.make_list(call.frame, items, NOTHING, (call.site, tuple(items)))
    shape = _names(machine.space.one(call.receiver))
    text = machine.any_of("str")
    element = (
        text
        if shape is not None and shape[0] < 2
        else machine.make_tuple([text] * shape[0])
        if shape is not None
        else machine.space.join(text, machine.any_tuple(text))
    )
    return machine.make_list(call.frame, None, element, (call.site, element))


def _text_of_match(call: NativeCall, match: re.Match[str]) -> PointsTo:
    texts = [call.machine.space.constant(text or "") for text in (match.groups() or (match.group(),))]
    return texts[0] if len(texts) == 1 else call.machine.make_tuple(texts)


@model("re.Pattern.split")
def split(call: NativeCall) -> PointsTo:
    machine = call.machine
    text = _text(call, 1, "string")
    pattern = _compiled(call, text)
    if pattern is not None and text is not None and len(call.arguments.positional) == 2:
        items = [machine.space.constant(part) for part in pattern.split(text)]
        return machine.make_list(call.frame, items, NOTHING, (call.site, tuple(items)))
    return machine.make_list(call.frame, None, machine.any_of("str"), (call.site, "some"))


@model("re.Pattern.sub", "re.Pattern.subn")
def substitute(call: NativeCall) -> PointsTo:
    """Calls the function for a match; folds where all texts are known."""
    machine, space = call.machine, call.machine.space
    replacement = call.argument(1, "repl") or NOTHING
    functions = [v for v in replacement.items if not isinstance(v, Constant) and machine.is_callable(call.frame, v)]
    text, new = _text(call, 2, "string"), _text(call, 1, "repl")
    pattern = _compiled(call, text)
    made = machine.any_of("str")
    if functions:
        call.invoke(space.of(functions), space.one(_match(call, None)))
    elif pattern is not None and text is not None and new is not None and len(call.arguments.positional) == 3:
        try:
            made = space.constant(pattern.sub(new, text))
        except (re.error, IndexError):
            made = NOTHING
    return machine.make_tuple([made, machine.any_of("int")]) if call.name.qualname.endswith("n") else made


@model("re.Pattern.__copy__", "re.Pattern.__deepcopy__", "re.Match.__copy__")
def itself(call: NativeCall) -> PointsTo:
    return call.machine.space.one(call.receiver)


_FLAGS_AT = {"split": 3, "sub": 4, "subn": 4}


def _function(name: str) -> Model:
    """`re.name(pattern, ...)`: the method of the compiled pattern, called by the library's function."""

    def run(call: NativeCall) -> PointsTo:
        within = inside(call)
        plain = call.argument(_FLAGS_AT.get(name, 2), "flags") is None
        patterns = _pattern(within, call.argument(0, "pattern") or NOTHING, plain=plain)
        rest = tuple((key, value) for key, value in call.arguments.keywords if key not in {"flags", "pattern"})
        positional = call.arguments.positional[1 : _FLAGS_AT.get(name, 2)]
        result = NOTHING
        for pattern in patterns.items:
            arguments = Arguments((call.machine.space.one(pattern), *positional), rest)
            inner = NativeCall(call.machine, within.frame, within.name, arguments, call.site)
            result = call.machine.space.join(result, MODELS[f"re.Pattern.{name}"](inner))
        return result

    return run


for _name in ("match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"):
    MODELS[f"re.{_name}"] = _function(_name)
