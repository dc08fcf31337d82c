"""Models of argparse: parsing, where each option takes every value that its declaration allows."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.models.arguments import SUPPRESSED, actions_of, cell
from flowmap.analysis.models.registry import library
from flowmap.analysis.values import NOTHING, Arguments, Constant, Instance, PointsTo, Value


@library("argparse.ArgumentParser.parse_args", "argparse.ArgumentParser.parse_intermixed_args")
def parse(call: NativeCall) -> PointsTo:
    """Parses through `parse_known_args`; what is left over is an error."""
    machine = call.machine
    known = "parse_known_args" if call.name.qualname.endswith("parse_args") else "parse_known_intermixed_args"
    method = machine.get_attribute(call.frame, call.receiver, known, call.site)
    none = machine.space.constant(None)
    arguments = Arguments((call.argument(1, "args") or none, call.argument(2, "namespace") or none))
    result = NOTHING
    for pair in machine.call(call.frame, method, arguments, call.site).items:
        items = machine.items_of(call.frame, pair, call.site)
        result = machine.space.join(result, items[0] if items else NOTHING)
    _fail(call)
    return result


def _fail(call: NativeCall) -> None:
    """Bad arguments are reported by `self.error`."""
    machine = call.machine
    found = machine.lookup(call.frame, call.receiver.cls, "error") if isinstance(call.receiver, Instance) else None
    if found is not None and not found[0].is_native:
        machine.call_special(call.frame, call.receiver, "error", Arguments((machine.any_of("str"),)), call.site, "call")


@library("argparse.ArgumentParser.parse_known_args", "argparse.ArgumentParser.parse_known_intermixed_args")
def parse_known(call: NativeCall) -> PointsTo:
    """(namespace, what is left over)."""
    machine, space = call.machine, call.machine.space
    given = [v for v in (call.argument(2, "namespace") or NOTHING).items if not isinstance(v, Constant)]
    fresh = machine.allocate(call.frame, machine.native_class("Namespace"), ("namespace", call.receiver))
    targets = space.of(given) if given else space.one(fresh)
    words = _words(call)
    _read_into(call, call.receiver, targets, words, 0)
    left = machine.make_list(call.frame, None, machine.any_of("str"), ("left", call.site))
    _fail(call)
    return machine.make_tuple([targets, left])


def _words(call: NativeCall) -> list[str]:
    """The arguments that are known."""
    machine = call.machine
    words: list[str] = []
    for source in (call.argument(1, "args") or NOTHING).items:
        for item in machine.items_of(call.frame, source, call.site) or ():
            words.extend(v.value for v in item.items if isinstance(v, Constant) and isinstance(v.value, str))
    return words


def _read_into(call: NativeCall, parser: Value, targets: PointsTo, words: Sequence[str], depth: int) -> None:
    machine = call.machine
    for action in actions_of(call, parser):
        if not action.cls.is_native:
            _run_action(call, parser, action, targets)
            continue
        values = values_of(call, action, words)
        for dest in machine.read(cell(action, "dest"), call.frame).items:
            if isinstance(dest, Constant) and isinstance(dest.value, str) and dest.value != SUPPRESSED:
                machine.set_attributes(call.frame, targets, dest.value, values, call.site)
        if action.cls.name == "_SubParsersAction" and depth < 4:
            for choices in machine.read(cell(action, "choices"), call.frame).items:
                for _, parsers in machine.pairs_of(call.frame, choices, call.site):
                    for child in parsers.items:
                        _read_into(call, child, targets, words, depth + 1)
    for defaults in machine.read(cell(parser, "<defaults>"), call.frame).items:
        for name, default in list(defaults.attributes.items()) if isinstance(defaults, Instance) else ():
            machine.set_attributes(call.frame, targets, name, machine.read(default, call.frame), call.site)


def _run_action(call: NativeCall, parser: Value, action: Instance, targets: PointsTo) -> None:
    """An action of the program is called with what was found."""
    machine, space = call.machine, call.machine.space
    default = machine.get_attribute(call.frame, action, "default", call.site)
    for dest in machine.get_attribute(call.frame, action, "dest", call.site).items:
        if isinstance(dest, Constant) and isinstance(dest.value, str):
            machine.set_attributes(call.frame, targets, dest.value, default, call.site)
    flags = [machine.any_of("str")]
    arguments = Arguments((space.one(parser), targets, values_of(call, action, ()), *flags))
    machine.call_special(call.frame, action, "__call__", arguments, call.site, "callback")


def values_of(call: NativeCall, action: Instance, words: Sequence[str]) -> PointsTo:
    """Every value that the declaration of an option allows."""
    machine, space = call.machine, call.machine.space
    part = {
        name: machine.read(cell(action, name), call.frame) for name in ("default", "const", "type", "choices", "nargs")
    }
    plain = [v for v in part["default"].items if not (isinstance(v, Constant) and v.value == SUPPRESSED)]
    default = space.of(plain) if plain else space.constant(None)
    kind = action.cls.name
    if kind in {"_StoreTrueAction", "_StoreFalseAction", "BooleanOptionalAction"}:
        # Without a default given, the other one is it.
        return space.join_all(
            [space.constant(value=True), space.constant(value=False), space.of(plain) if plain else NOTHING]
        )
    if kind == "_StoreConstAction":
        return space.join(default, part["const"])
    if kind == "_CountAction":
        return space.join(default, machine.any_of("int"))
    if kind in {"_HelpAction", "_VersionAction"}:
        return NOTHING
    if kind == "_SubParsersAction":
        names = [
            key for choices in part["choices"].items for key, _ in machine.pairs_of(call.frame, choices, call.site)
        ]
        return space.join_all([space.constant(None), *names])
    if kind == "_AppendConstAction":
        return space.join(default, machine.make_list(call.frame, None, part["const"], ("values", action)))
    item = _item(call, action, part, words, default)
    if kind in {"_AppendAction", "_ExtendAction"} or _is_many(part["nargs"]):
        return space.join(default if plain else NOTHING, machine.make_list(call.frame, None, item, ("values", action)))
    return space.join_all([item, default, part["const"]])


def _is_many(nargs: PointsTo) -> bool:
    return any(isinstance(v, Constant) and v.value not in {None, "?"} for v in nargs.items)


def _item(
    call: NativeCall, action: Instance, part: dict[str, PointsTo], words: Sequence[str], default: PointsTo
) -> PointsTo:
    """One value: a choice, or some text that the `type` has converted."""
    machine, space = call.machine, call.machine.space
    choices = machine.elements_of(call.frame, part["choices"], call.site)
    if any(isinstance(v, Constant) and v.value is not None for v in choices.items):
        return choices
    text = _given(call, action, words) or machine.any_of("str")
    converters = [v for v in part["type"].items if not isinstance(v, Constant)]
    if not converters:
        return text
    defaults = [v for v in default.items if isinstance(v, Constant) and isinstance(v.value, str)]
    text = space.join(text, space.of(defaults)) if defaults else text
    try:
        return machine.call(call.frame, space.of(converters), Arguments((text,)), call.site, "callback")
    except DivergedError:
        return NOTHING


def _given(call: NativeCall, action: Instance, words: Sequence[str]) -> PointsTo | None:
    """What the arguments that are known say of an option."""
    machine = call.machine
    flags = machine.elements_of(call.frame, machine.read(cell(action, "option_strings"), call.frame), call.site)
    names = {v.value for v in flags.items if isinstance(v, Constant)}
    found = [words[i + 1] for i, word in enumerate(words[:-1]) if word in names]
    found += [word.partition("=")[2] for word in words if word.partition("=")[0] in names and "=" in word]
    return machine.space.join_all([machine.space.constant(word) for word in found]) if found else None
