"""Which name in a body may have become which other, given what was renamed and moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from flowmap.compare.sides import Side
from flowmap.names import MODULE_BODY, FunctionName
from flowmap.syntax.fingerprint import definitions, name_code


def codes_of(now: Mapping[FunctionName, FunctionName]) -> frozenset[tuple[str, str]]:
    """Pairs of codes, of the old name and of the new one, under every name by which code may call what was matched:
    its own, those of the classes and modules around it, and dotted ones from any of those on.
    """
    changed = [(old, new) for old, new in now.items() if old != new]
    pairs: dict[tuple[str, str], None] = {}
    for old, new in changed:
        first, second = _parts(old.qualname), _parts(new.qualname)
        if first and second:
            pairs[first[-1], second[-1]] = None
        if len(first) == len(second):
            pairs.update(dict.fromkeys(zip(first, second, strict=True)))
    modules = dict.fromkeys((old.module, new.module) for old, new in changed if old.module != new.module)
    for old_module, new_module in modules:
        pairs.update(dict.fromkeys((one, other) for one in _tails(old_module) for other in _tails(new_module)))
    for old, new in changed:
        paths = [".".join((name.module, *_parts(name.qualname))) for name in (old, new)]
        pairs.update(dict.fromkeys((one, other) for one in _tails(paths[0]) for other in _tails(paths[1])))
    return frozenset((name_code(one), name_code(other)) for one, other in pairs if one != other)


def unmet_codes(old: Side, new: Side, now: Mapping[FunctionName, FunctionName]) -> frozenset[tuple[str, str]]:
    """The same for what no call meets: where a module or class defines, between two things that it kept, as many things
    that the other side's does not as the other way round, they are the same under other names, in their order. What a
    call meets was matched by more.
    """
    met = [_met(side) for side in (old, new)]
    pairs: set[tuple[str, str]] = set()
    for was, name in now.items():
        if (first := old.functions.get(was)) is None or (second := new.functions.get(name)) is None:
            continue
        before, after = definitions(first.body), definitions(second.body)
        if before != after:
            gone = [(*_place(was), code) in met[0] for code in before]
            come = [(*_place(name), code) in met[1] for code in after]
            pairs.update(_replaced(before, after, gone, come))
    return frozenset(pairs)


def _met(side: Side) -> set[tuple[str, str, str]]:
    """What calls meet, by module, holder and code; everything is in its module too, whatever is between."""
    names = [(name, name_code(name.qualname.rpartition(".")[2])) for name in side.functions]
    found = {(name.module, _holder(name.qualname), code) for name, code in names}
    return found | {(name.module, "", code) for name, code in names}


def _replaced(
    before: Sequence[str], after: Sequence[str], met: Sequence[bool], meeting: Sequence[bool]
) -> Iterator[tuple[str, str]]:
    """Runs of as many codes on either side that stand between the same codes, but for those that are met."""
    for what, start, end, place, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "replace" and end - start == stop - place:
            aligned = zip(range(start, end), range(place, stop), strict=True)
            yield from ((before[one], after[other]) for one, other in aligned if not met[one] and not meeting[other])


def _place(name: FunctionName) -> tuple[str, str]:
    return name.module, "" if name.qualname == MODULE_BODY else name.qualname


def _holder(qualname: str) -> str:
    return qualname.rpartition(".")[0]


def _parts(qualname: str) -> list[str]:
    if qualname == MODULE_BODY:
        return []
    return [part.partition("#")[0] for part in qualname.split(".") if not part.startswith("<")]


def _tails(path: str) -> Iterator[str]:
    parts = path.split(".")
    return (".".join(parts[start:]) for start in range(len(parts)))
