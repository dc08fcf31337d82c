"""Models of argparse: what the entry line does not give may hold every value that its declaration allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError, UnfitReceiverError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import declare, library, model, table
from flowmap.analysis.values import NOTHING, Arguments, Cell, Class, Constant, Content, Instance, PointsTo, Value

_ACTIONS = (
    "_StoreAction _StoreConstAction _StoreTrueAction _StoreFalseAction _AppendAction _AppendConstAction _CountAction "
    "_HelpAction _VersionAction _ExtendAction BooleanOptionalAction"
)
_KINDS = {
    "store": "_StoreAction", "store_const": "_StoreConstAction", "store_true": "_StoreTrueAction",
    "store_false": "_StoreFalseAction", "append": "_AppendAction", "append_const": "_AppendConstAction",
    "count": "_CountAction", "help": "_HelpAction", "version": "_VersionAction", "extend": "_ExtendAction",
}  # fmt: skip
SUPPRESSED = "==SUPPRESS=="
declare("Namespace", "argparse", "object", "__init__ __contains__ __eq__")
declare("Action", "argparse", "object", "__init__ __call__ format_usage")
for _name in _ACTIONS.split():
    declare(_name, "argparse", "Action", "")
declare("_SubParsersAction", "argparse", "Action", "add_parser")
declare(
    "HelpFormatter",
    "argparse",
    "object",
    "__init__ add_usage add_argument add_arguments add_text start_section end_section format_help",
)
for _name in (
    "RawDescriptionHelpFormatter",
    "RawTextHelpFormatter",
    "ArgumentDefaultsHelpFormatter",
    "MetavarTypeHelpFormatter",
):
    declare(_name, "argparse", "HelpFormatter", "")
declare(
    "_ActionsContainer", "argparse", "object",
    "add_argument add_argument_group add_mutually_exclusive_group set_defaults get_default register _add_action",
)  # fmt: skip
declare("_ArgumentGroup", "argparse", "_ActionsContainer", "")
declare("_MutuallyExclusiveGroup", "argparse", "_ArgumentGroup", "")
declare(
    "ArgumentParser", "argparse", "_ActionsContainer",
    "*__new__ __init__ add_subparsers parse_args parse_known_args parse_intermixed_args parse_known_intermixed_args "
    "error exit format_help format_usage print_help print_usage _print_message _get_formatter convert_arg_line_to_args",
)  # fmt: skip
declare("FileType", "argparse", "object", "__init__ __call__")
declare("ArgumentError", "argparse", "Exception", "__init__")
declare("ArgumentTypeError", "argparse", "Exception", "")
table("None", "ArgumentParser._print_message HelpFormatter.__init__ HelpFormatter.add_usage HelpFormatter.add_argument "
      "HelpFormatter.add_arguments HelpFormatter.add_text HelpFormatter.start_section HelpFormatter.end_section "
      "_ActionsContainer.register FileType.__init__ Namespace.__eq__", "argparse")  # fmt: skip
table("str", "ArgumentParser.format_usage HelpFormatter.format_help Action.format_usage", "argparse")
table("bool", "Namespace.__contains__", "argparse")


def fill(machine: Machine) -> None:
    """Binds the constants."""
    for name, text in (
        ("SUPPRESS", SUPPRESSED),
        ("OPTIONAL", "?"),
        ("ZERO_OR_MORE", "*"),
        ("ONE_OR_MORE", "+"),
        ("REMAINDER", "..."),
    ):
        bind_native(machine, "argparse", name, machine.space.constant(text))


def cell(owner: Value, name: str) -> Cell:
    """An attribute of an object of the library. Raises UnfitReceiverError for what is none."""
    if not isinstance(owner, Instance):
        raise UnfitReceiverError
    return owner.attributes.setdefault(name, Cell())


def store(call: NativeCall, owner: Value, values: Sequence[tuple[str, PointsTo]]) -> None:
    for name, value in values:
        call.machine.write(cell(owner, name), value)


@model("argparse.ArgumentParser.__new__")
def new_parser(call: NativeCall) -> PointsTo:
    """One parser for each object whose method makes it: the commands of a program share one line."""
    machine = call.machine
    context = call.frame.activation.context
    maker = context[0] if context and context[0] is not None and len(context[0].items) == 1 else NOTHING
    key = (call.site, maker if maker.items and isinstance(maker.items[0], Instance) else None)
    made = [machine.allocate(call.frame, c, key) for c in (call.argument(0) or NOTHING).items if isinstance(c, Class)]
    return machine.space.of(made) if made else NOTHING


@model("argparse.ArgumentParser.__init__")
def init_parser(call: NativeCall) -> PointsTo:
    machine = call.machine
    given = (*call.arguments.keywords, *call.arguments.soft)
    store(call, call.receiver, [("prog", machine.any_of("str")), *given])
    if "formatter_class" not in dict(given):
        store(call, call.receiver, [("formatter_class", machine.space.one(machine.native_class("HelpFormatter")))])
    for parents in (value for name, value in given if name == "parents"):
        for parent in machine.elements_of(call.frame, parents, call.site).items:
            if isinstance(parent, Instance):
                machine.write(cell(call.receiver, "<actions>"), machine.read(cell(parent, "<actions>"), call.frame))
    return machine.space.constant(None)


@model("argparse.Namespace.__init__")
def init_namespace(call: NativeCall) -> PointsTo:
    store(call, call.receiver, (*call.arguments.keywords, *call.arguments.soft))
    return call.machine.space.constant(None)


# --- declaring ---


def _root(call: NativeCall, container: Value) -> PointsTo:
    """The parser that a group belongs to."""
    found = call.machine.read(cell(container, "<parser>"), call.frame)
    return found if found.items else call.machine.space.one(container)


@library("argparse._ActionsContainer.add_argument_group", "argparse._ActionsContainer.add_mutually_exclusive_group")
def add_group(call: NativeCall) -> PointsTo:
    machine = call.machine
    kind = "_ArgumentGroup" if call.name.qualname.endswith("_argument_group") else "_MutuallyExclusiveGroup"
    group = machine.allocate(call.frame, machine.native_class(kind), ("group", call.receiver, call.site))
    machine.write(cell(group, "<parser>"), _root(call, call.receiver))
    return machine.space.one(group)


@library("argparse._ActionsContainer.add_argument")
def add_argument(call: NativeCall) -> PointsTo:
    """`add_argument("--name", action=..., type=..., ...)`: constructs the action; each is told apart by its names."""
    machine, space = call.machine, call.machine.space
    names = [
        v.value
        for p in call.arguments.positional[1:]
        for v in p.items
        if isinstance(v, Constant) and isinstance(v.value, str)
    ]
    given = (*call.arguments.keywords, *call.arguments.soft)
    options = dict(given)
    dest = options.get("dest") or space.constant(_destination(names))
    flags = machine.make_tuple([space.constant(name) for name in names if name.startswith("-")])
    rest = tuple((key, value) for key, value in given if key not in {"action", "dest"})
    result = NOTHING
    for kind in (options.get("action") or space.constant("store")).items:
        cls = machine.natives.get(_KINDS.get(str(kind.value), "")) if isinstance(kind, Constant) else kind
        if not isinstance(cls, Class):
            continue
        if cls.is_native:
            made = space.one(machine.allocate(call.frame, cls, (call.site, tuple(names), call.receiver)))
            store(call, made.items[0], [("option_strings", flags), ("dest", dest), *rest])
        else:
            keywords = (("option_strings", flags), ("dest", dest), *rest)
            made = machine.call(call.frame, space.one(cls), Arguments((), keywords), call.site)
        result = space.join(result, made)
    _add(call, result)
    return result


def _add(call: NativeCall, actions: PointsTo) -> None:
    for parser in _root(call, call.receiver).items:
        call.machine.write(cell(parser, "<actions>"), actions)


@model("argparse._ActionsContainer._add_action")
def add_action(call: NativeCall) -> PointsTo:
    _add(call, call.argument(1) or NOTHING)
    return call.argument(1) or NOTHING


def _destination(names: Sequence[str]) -> str:
    long = [name for name in names if name.startswith("--")]
    return (
        (long or list(names) or ["?"])[0].lstrip("-").replace("-", "_")
        if names and names[0].startswith("-")
        else (names or ["?"])[0]
    )


@model("argparse.Action.__init__")
def init_action(call: NativeCall) -> PointsTo:
    machine = call.machine
    names = ("option_strings", "dest", "nargs", "const", "default", "type", "choices", "required", "help", "metavar")
    values = {name: call.argument(i, name) for i, name in enumerate(names, 1)}
    store(call, call.receiver, [(name, value or machine.space.constant(None)) for name, value in values.items()])
    return machine.space.constant(None)


@library("argparse._ActionsContainer.set_defaults")
def set_defaults(call: NativeCall) -> PointsTo:
    for parser in _root(call, call.receiver).items:
        for name, value in (*call.arguments.keywords, *call.arguments.soft):
            call.machine.write(cell(_defaults(call.machine, parser), name), value)
    return call.machine.space.constant(None)


def _defaults(machine: Machine, parser: Value) -> Instance:
    key = ("defaults", parser)
    made = machine.space.intern(key, lambda: Instance(machine.native_class("Namespace"), key, exact=True, single=False))
    assert isinstance(made, Instance)
    machine.write(cell(parser, "<defaults>"), machine.space.one(made))
    return made


@model("argparse._ActionsContainer.get_default")
def get_default(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = machine.space.constant(None)
    for name in (call.argument(1, "dest") or NOTHING).items:
        for action in actions_of(call, call.receiver):
            if name in machine.read(cell(action, "dest"), call.frame).items:
                result = machine.space.join(result, machine.read(cell(action, "default"), call.frame))
        if isinstance(name, Constant):
            defaults = cell(_defaults(machine, call.receiver), str(name.value))
            result = machine.space.join(result, machine.read(defaults, call.frame))
    return result


def actions_of(call: NativeCall, parser: Value) -> Iterator[Instance]:
    for action in call.machine.read(cell(parser, "<actions>"), call.frame).items:
        if isinstance(action, Instance):
            yield action


# --- commands of their own ---


@library("argparse.ArgumentParser.add_subparsers")
def add_subparsers(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    made = machine.allocate(call.frame, machine.native_class("_SubParsersAction"), (call.site, call.receiver))
    given = (*call.arguments.keywords, *call.arguments.soft)
    cls = dict(given).get("parser_class") or space.one(
        call.receiver.cls if isinstance(call.receiver, Instance) else made
    )
    store(
        call,
        made,
        [
            ("dest", space.constant(None)) if "dest" not in dict(given) else ("<named>", NOTHING),
            *given,
            ("parser_class", cls),
        ],
    )
    if made.content is None:
        made.content = Content()
    store(call, made, [("choices", machine.make_dict(call.frame, [], ("choices", made)))])
    machine.write(cell(call.receiver, "<actions>"), space.one(made))
    return space.one(made)


@library("argparse._SubParsersAction.add_parser")
def add_parser(call: NativeCall) -> PointsTo:
    """Makes a parser of the class that the parent has."""
    machine = call.machine
    rest = tuple(
        item
        for item in (*call.arguments.keywords, *call.arguments.soft)
        if item[0] not in {"help", "aliases", "deprecated"}
    )
    classes = machine.read(cell(call.receiver, "parser_class"), call.frame)
    made = machine.call(call.frame, classes, Arguments((), rest), call.site)
    for choices in machine.read(cell(call.receiver, "choices"), call.frame).items:
        if isinstance(choices, Instance):
            machine.put(choices, call.argument(1, "name") or NOTHING, made)
    return made


# --- leaving ---


@library("argparse.ArgumentParser.error")
def error(call: NativeCall) -> PointsTo:
    """Prints the usage and leaves."""
    for name, arguments in (("print_usage", ()), ("exit", (call.machine.any_of("int"), call.machine.any_of("str")))):
        found = (
            call.machine.lookup(call.frame, call.receiver.cls, name) if isinstance(call.receiver, Instance) else None
        )
        if found is not None and not found[0].is_native:
            call.machine.call_special(call.frame, call.receiver, name, Arguments(tuple(arguments)), call.site, "call")
    raise DivergedError


@model("argparse.ArgumentParser.exit")
def leave(_call: NativeCall) -> PointsTo:
    raise DivergedError


@library("argparse.ArgumentParser.print_help", "argparse.ArgumentParser.print_usage")
def print_help(call: NativeCall) -> PointsTo:
    machine = call.machine
    name = call.name.qualname.rpartition(".")[2].replace("print", "format")
    text = machine.call_special(call.frame, call.receiver, name, Arguments(), call.site, "call")
    none = machine.space.constant(None)
    arguments = Arguments((text or NOTHING, call.argument(1, "file") or none))
    machine.call_special(call.frame, call.receiver, "_print_message", arguments, call.site, "call")
    return none


@library("argparse.ArgumentParser._get_formatter")
def make_formatter(call: NativeCall) -> PointsTo:
    machine = call.machine
    classes = machine.get_attribute(call.frame, call.receiver, "formatter_class", call.site)
    return machine.call(call.frame, classes, Arguments((), (("prog", machine.any_of("str")),)), call.site)


@library("argparse.ArgumentParser.format_help")
def format_help(call: NativeCall) -> PointsTo:
    """Has the formatter write."""
    machine, space = call.machine, call.machine.space
    formatters = (
        machine.call_special(call.frame, call.receiver, "_get_formatter", Arguments(), call.site, "call") or NOTHING
    )
    actions = machine.make_list(
        call.frame,
        None,
        space.join_all([space.one(a) for a in actions_of(call, call.receiver)]),
        ("actions", call.receiver),
    )
    text, some = machine.any_of("str"), space.constant(None)
    for formatter in formatters.items:
        steps: Sequence[tuple[str, tuple[PointsTo, ...]]] = (
            ("add_usage", (text, actions, actions, some)), ("add_text", (text,)), ("start_section", (text,)),
            ("add_arguments", (actions,)),
        )  # fmt: skip
        for name, arguments in steps:
            machine.call_special(call.frame, formatter, name, Arguments(arguments), call.site, "call")
    return text


@model("argparse.FileType.__call__")
def open_file(call: NativeCall) -> PointsTo:
    return call.machine.any_of("object")


@model("argparse.Action.__call__", "argparse.ArgumentError.__init__")
def nothing(call: NativeCall) -> PointsTo:
    return call.machine.space.constant(None)


@model("argparse.ArgumentParser.convert_arg_line_to_args")
def split_line(call: NativeCall) -> PointsTo:
    return call.machine.make_list(call.frame, None, call.machine.any_of("str"), call.site)
