"""Models of optparse, the older of the two parsers of command lines."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.arguments import cell, store
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import declare, library, model, table
from flowmap.analysis.values import NOTHING, Arguments, Constant, Instance, PointsTo

declare("Values", "optparse", "object", "__init__ ensure_value")
declare("Option", "optparse", "object", "__init__ get_opt_string takes_value")
declare(
    "OptionContainer",
    "optparse",
    "object",
    "add_option add_options has_option get_option remove_option set_description get_description",
)
declare("OptionGroup", "optparse", "OptionContainer", "__init__")
declare(
    "OptionParser", "optparse", "OptionContainer",
    "__init__ parse_args add_option_group get_default_values set_defaults set_usage get_usage error exit print_help "
    "print_usage print_version format_help format_option_help get_prog_name get_version disable_interspersed_args "
    "enable_interspersed_args _process_args _match_long_opt",
)  # fmt: skip
declare("optparse.HelpFormatter", "optparse", "object", "")
declare("IndentedHelpFormatter", "optparse", "optparse.HelpFormatter", "")
declare("TitledHelpFormatter", "optparse", "optparse.HelpFormatter", "")
declare("OptParseError", "optparse", "Exception", "")
declare("BadOptionError", "optparse", "OptParseError", "")
declare("OptionValueError", "optparse", "OptParseError", "")
table("str", "OptionParser.get_usage OptionParser.format_help OptionParser.format_option_help "
      "OptionParser.get_prog_name OptionParser.get_version OptionParser._match_long_opt Option.get_opt_string "
      "OptionContainer.get_description",
      "optparse")  # fmt: skip
table("None", "OptionParser.set_usage OptionParser.print_usage OptionParser.print_version OptionParser.print_help "
      "OptionParser.disable_interspersed_args OptionParser.enable_interspersed_args OptionParser._process_args "
      "OptionContainer.set_description OptionContainer.remove_option", "optparse")  # fmt: skip
table("bool", "OptionContainer.has_option Option.takes_value", "optparse")
_CALLABLE = {"int": "int", "long": "int", "float": "float", "string": "str", "str": "str", "complex": "complex"}


def fill(machine: Machine) -> None:
    """Binds the other names."""
    bind_native(machine, "optparse", "make_option", machine.space.one(machine.native_class("Option")))
    bind_native(
        machine,
        "optparse",
        "NO_DEFAULT",
        machine.make_tuple([machine.space.constant("NO"), machine.space.constant("DEFAULT")]),
    )


@model("optparse.Values.__init__")
def init_values(call: NativeCall) -> PointsTo:
    for table_ in (call.argument(1, "defaults") or NOTHING).items:
        pairs, _ = call.machine.mapping_items(call.frame, call.machine.space.one(table_), call.site)
        store(call, call.receiver, pairs)
    return call.machine.space.constant(None)


@model("optparse.Option.__init__")
def init_option(call: NativeCall) -> PointsTo:
    """`Option("-x", "--name", action=..., ...)`."""
    space = call.machine.space
    flags = [
        v.value
        for p in call.arguments.positional[1:]
        for v in p.items
        if isinstance(v, Constant) and isinstance(v.value, str)
    ]
    given = dict((*call.arguments.keywords, *call.arguments.soft))
    named = [flag for flag in flags if flag.startswith("--")] or flags or ["?"]
    given.setdefault("dest", space.constant(named[0].lstrip("-").replace("-", "_")))
    store(call, call.receiver, list(given.items()))
    return space.constant(None)


@model("optparse.OptionParser.__init__", "optparse.OptionGroup.__init__")
def init_parser(call: NativeCall) -> PointsTo:
    machine = call.machine
    given = (*call.arguments.keywords, *call.arguments.soft)
    store(call, call.receiver, given)
    for source in (value for name, value in given if name == "option_list"):
        machine.write(cell(call.receiver, "<options>"), machine.elements_of(call.frame, source, call.site))
    if call.name.qualname.startswith("OptionGroup"):
        machine.write(cell(call.receiver, "<parser>"), call.argument(1, "parser") or NOTHING)
    return machine.space.constant(None)


@library("optparse.OptionContainer.add_option")
def add_option(call: NativeCall) -> PointsTo:
    machine = call.machine
    given = [v for v in (call.argument(1) or NOTHING).items if isinstance(v, Instance)]
    made = machine.space.of(given) if given else NOTHING
    if not given:
        classes = machine.find_attribute(call.frame, call.receiver, "option_class", call.site) or NOTHING
        cls = classes if classes.items else machine.space.one(machine.native_class("Option"))
        names = tuple(v for p in call.arguments.positional[1:] for v in p.items)
        option = machine.native_class("Option")
        if cls.items == (option,):
            made = machine.space.one(machine.allocate(call.frame, option, (call.site, names, call.receiver)))
            arguments = Arguments((made, *call.arguments.positional[1:]), call.arguments.keywords, call.arguments.soft)
            init_option(NativeCall(machine, call.frame, call.name, arguments, call.site))
        else:
            rest = Arguments(call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft)
            made = machine.call(call.frame, cls, rest, call.site)
    _add(call, made)
    return made


def _add(call: NativeCall, options: PointsTo) -> None:
    parsers = call.machine.read(cell(call.receiver, "<parser>"), call.frame)
    for parser in parsers.items or (call.receiver,):
        # A group may be given anything for its parser.
        if isinstance(parser, Instance):
            call.machine.write(cell(parser, "<options>"), options)


@library("optparse.OptionContainer.add_options")
def add_options(call: NativeCall) -> PointsTo:
    _add(call, call.machine.elements_of(call.frame, call.argument(1) or NOTHING, call.site))
    return call.machine.space.constant(None)


@library("optparse.OptionParser.add_option_group")
def add_group(call: NativeCall) -> PointsTo:
    machine = call.machine
    for group in (call.argument(1) or NOTHING).items:
        if isinstance(group, Instance):
            machine.write(cell(call.receiver, "<options>"), machine.read(cell(group, "<options>"), call.frame))
    return call.argument(1) or NOTHING


@library("optparse.OptionParser.set_defaults")
def set_defaults(call: NativeCall) -> PointsTo:
    made = call.machine.allocate(call.frame, call.machine.native_class("Values"), ("defaults", call.receiver))
    store(call, made, (*call.arguments.keywords, *call.arguments.soft))
    call.machine.write(cell(call.receiver, "<defaults>"), call.machine.space.one(made))
    return call.machine.space.constant(None)


@model("optparse.OptionContainer.get_option")
def get_option(call: NativeCall) -> PointsTo:
    return call.machine.space.join(
        call.machine.read(cell(call.receiver, "<options>"), call.frame), call.machine.space.constant(None)
    )


@library("optparse.OptionParser.parse_args")
def parse(call: NativeCall) -> PointsTo:
    """(values, what is left over): every value that the declarations allow."""
    machine, space = call.machine, call.machine.space
    given = [v for v in (call.argument(2, "values") or NOTHING).items if isinstance(v, Instance)]
    values = given or [machine.allocate(call.frame, machine.native_class("Values"), ("values", call.receiver))]
    _process(call)
    for option in machine.read(cell(call.receiver, "<options>"), call.frame).items:
        if isinstance(option, Instance):
            for dest in machine.read(cell(option, "dest"), call.frame).items:
                if isinstance(dest, Constant) and isinstance(dest.value, str):
                    for target in values:
                        machine.set_attribute(call.frame, target, dest.value, _values(call, option), call.site)
    for defaults in machine.read(cell(call.receiver, "<defaults>"), call.frame).items:
        for name, default in list(defaults.attributes.items()) if isinstance(defaults, Instance) else ():
            machine.set_attributes(call.frame, space.of(values), name, machine.read(default, call.frame), call.site)
    left = machine.make_list(call.frame, None, machine.any_of("str"), ("left", call.site))
    return machine.make_tuple([space.of(values), left])


def _process(call: NativeCall) -> None:
    """What a parser of the program does itself is called: `_process_args` and `error`."""
    machine = call.machine
    words = machine.make_list(call.frame, None, machine.any_of("str"), ("words", call.site))
    values = machine.space.one(machine.allocate(call.frame, machine.native_class("Values"), ("values", call.receiver)))
    for name, arguments in (("_process_args", (words, words, values)), ("error", (machine.any_of("str"),))):
        found = machine.lookup(call.frame, call.receiver.cls, name) if isinstance(call.receiver, Instance) else None
        if found is not None and not found[0].is_native:
            machine.call_special(call.frame, call.receiver, name, Arguments(arguments), call.site, "call")


def _values(call: NativeCall, option: Instance) -> PointsTo:
    machine, space = call.machine, call.machine.space
    part = {
        name: machine.read(cell(option, name), call.frame)
        for name in ("action", "default", "type", "choices", "const", "callback")
    }
    kinds = {v.value for v in part["action"].items if isinstance(v, Constant)} or {"store"}
    result = part["default"] if part["default"].items else space.constant(None)
    if kinds & {"store_true", "store_false"}:
        result = space.join_all([part["default"], space.constant(value=True), space.constant(value=False)])
    if "store_const" in kinds:
        result = space.join(result, part["const"])
    if "count" in kinds:
        result = space.join(result, machine.any_of("int"))
    if kinds & {"store", "append"}:
        choices = machine.elements_of(call.frame, part["choices"], call.site)
        names = [
            str(v.value) if isinstance(v, Constant) else getattr(v, "name", "str") for v in part["type"].items
        ] or ["str"]
        item = (
            choices if choices.items else space.join_all([machine.any_of(_CALLABLE.get(name, "str")) for name in names])
        )
        result = space.join(
            result, machine.make_list(call.frame, None, item, ("values", option)) if "append" in kinds else item
        )
    if part["callback"].items:
        text = machine.any_of("str")
        call.invoke(part["callback"], space.one(option), text, text, space.one(call.receiver))
    return result


@model("optparse.OptionParser.get_default_values")
def default_values(call: NativeCall) -> PointsTo:
    return call.machine.space.one(
        call.machine.allocate(call.frame, call.machine.native_class("Values"), ("values", call.receiver))
    )


@model("optparse.OptionParser.error", "optparse.OptionParser.exit")
def leave(_call: NativeCall) -> PointsTo:
    raise DivergedError


@model("optparse.Values.ensure_value")
def ensure(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = call.argument(2, "value") or NOTHING
    for name in (call.argument(1, "attr") or NOTHING).items:
        if isinstance(name, Constant) and isinstance(name.value, str):
            machine.set_attribute(call.frame, call.receiver, name.value, result, call.site)
            result = machine.space.join(result, machine.get_attribute(call.frame, call.receiver, name.value, call.site))
    return result
