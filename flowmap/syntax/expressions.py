"""Lowers expressions: one small function for each node type of libcst, found through a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from flowmap.syntax import ir, literals
from flowmap.syntax.lean import whitespace_text
from flowmap.syntax.walk import MAX_DEPTH, TYPE_PARAMETER, Lowerer, NestedTooDeeplyError, Walk

_SINGLETONS = {"None": literals.NONE, "True": literals.TRUE, "False": literals.FALSE}
# In a trace, what the word of every call begins with.
CALL = "()"
_ELLIPSIS = ir.Literal("ellipsis")

_OPERATORS: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitOr: "|", cst.BitAnd: "&", cst.BitXor: "^",
    cst.MatrixMultiply: "@", cst.Plus: "+", cst.Minus: "-", cst.BitInvert: "~", cst.Not: "not", cst.And: "and",
    cst.Or: "or", cst.LessThan: "<", cst.GreaterThan: ">", cst.Equal: "==", cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=", cst.NotEqual: "!=", cst.In: "in", cst.NotIn: "not in", cst.Is: "is",
    cst.IsNot: "is not", cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*",
    cst.MatrixMultiplyAssign: "@", cst.DivideAssign: "/", cst.ModuloAssign: "%", cst.BitAndAssign: "&",
    cst.BitOrAssign: "|", cst.BitXorAssign: "^", cst.LeftShiftAssign: "<<", cst.RightShiftAssign: ">>",
    cst.PowerAssign: "**", cst.FloorDivideAssign: "//",
}  # fmt: skip


def operator(node: cst.CSTNode) -> str:
    """The token of an operator; that of an augmented assignment without its `=`."""
    return _OPERATORS[node.__class__]


def expression(walk: Walk, node: cst.CSTNode) -> ir.Expr:
    """Lower any expression."""
    return LOWER[node.__class__](walk, node)


def optional(walk: Walk, node: cst.CSTNode | None) -> ir.Expr | None:
    """Lower an expression that may be absent."""
    return None if node is None else LOWER[node.__class__](walk, node)


# --- where an expression starts ---------------------------------------------------------------------------------------


def _newlines(whitespace: Any) -> int:
    if isinstance(whitespace, cst.ParenthesizedWhitespace):
        return 1 + len(whitespace.empty_lines) + whitespace_text(whitespace.last_line).count("\n")
    return whitespace_text(whitespace).count("\n")


def parenthesis_above(node: Any) -> int:
    """How many lines above its first token the node's own opening parenthesis stands."""
    lpar = node.lpar
    return sum(_newlines(parenthesis.whitespace_after) for parenthesis in lpar) if lpar else 0


_LEFT: dict[type, str] = {
    cst.Attribute: "value", cst.Call: "func", cst.Subscript: "value", cst.BinaryOperation: "left",
    cst.BooleanOperation: "left", cst.Comparison: "left", cst.IfExp: "body",
}  # fmt: skip


def start_above(node: Any) -> int:
    """How many lines above its first token an expression starts that begins with `node`."""
    above = 0
    while True:
        if node.lpar:
            above += parenthesis_above(node)
        kind = node.__class__
        if kind not in _LEFT:
            return above
        node = getattr(node, _LEFT[kind])


# --- names, literals --------------------------------------------------------------------------------------------------


def name(walk: Walk, node: cst.Name) -> ir.Expr:
    spelled = node.value
    token = walk.token
    walk.token = token + 1
    if spelled in _SINGLETONS:
        walk.trace.append("'" + spelled)
        return _SINGLETONS[spelled]
    if spelled[0] == "_":
        spelled = walk.spelled(spelled)
    if walk.renames:
        spelled = walk.renames.get(spelled, spelled)
        if not spelled:
            walk.trace.append("'type")
            return TYPE_PARAMETER
    walk.trace.append(spelled)
    sites = walk.sites
    sites.append(token)
    return ir.Name(spelled, len(sites) - 1)


def attribute(walk: Walk, node: cst.Attribute) -> ir.Expr:
    owner = node.value
    walk.deepen()
    value = LOWER[owner.__class__](walk, owner)
    walk.depth -= 1
    attr = node.attr.value
    token = walk.token
    walk.token = token + 1
    if attr[0] == "_":
        attr = walk.spelled(attr)
    walk.trace.append("." + attr)
    sites = walk.sites
    sites.append(token)
    return ir.Attribute(value, attr, len(sites) - 1)


def integer(walk: Walk, node: cst.Integer) -> ir.Expr:
    walk.token += 1
    walk.trace.append("0" + node.value)
    return literals.integer(node.value)


def real(walk: Walk, node: cst.Float) -> ir.Expr:
    walk.token += 1
    walk.trace.append("0" + node.value)
    return literals.real(node.value)


def imaginary(walk: Walk, node: cst.Imaginary) -> ir.Expr:
    walk.token += 1
    walk.trace.append("0" + node.value)
    return ir.Literal("complex")


def ellipsis(walk: Walk, _: cst.Ellipsis) -> ir.Expr:
    walk.token += 1
    walk.trace.append("...")
    return _ELLIPSIS


# --- access and calls -------------------------------------------------------------------------------------------------


def subscript(walk: Walk, node: cst.Subscript) -> ir.Expr:
    start = walk.token
    walk.deepen()
    value = LOWER[node.value.__class__](walk, node.value)
    walk.depth -= 1
    walk.token += 1
    site = walk.site_at(start, start_above(node.value))
    elements = node.slice
    first = elements[0]
    plain = first.slice.__class__ is cst.Slice or not getattr(first.slice, "star", None)
    if len(elements) == 1 and plain and first.comma.__class__ is not cst.Comma:
        index = _index(walk, first.slice)
    else:
        inner = walk.site()
        index = ir.TupleDisplay(tuple([_index(walk, element.slice) for element in elements]), inner)
        walk.trace.append(f"(,{len(elements)}")
    walk.trace.append("[]")
    return ir.Subscript(value, index, site)


def _index(walk: Walk, node: cst.BaseSlice) -> ir.Expr:
    if node.__class__ is cst.Index:
        value = LOWER[node.value.__class__](walk, node.value)
        if node.star:
            walk.trace.append("*")
            return ir.Starred(value)
        return value
    if not isinstance(node, cst.Slice):
        raise TypeError(type(node).__name__)
    lower, upper, step = optional(walk, node.lower), optional(walk, node.upper), optional(walk, node.step)
    walk.trace.append(f"[{lower is not None:d}{upper is not None:d}{step is not None:d}]")
    return ir.Slice(lower, upper, step)


def call(walk: Walk, node: cst.Call) -> ir.Expr:
    func = node.func
    start = walk.token
    kind = func.__class__
    walk.deepen()
    callee = LOWER[kind](walk, func)
    sites = walk.sites
    site = len(sites)
    if kind is cst.Attribute or kind is cst.Name:
        sites.append(walk.token - 1)
    else:
        walk.site_at(start, start_above(func))
    passed = arguments(walk, node.args) if node.args else ()
    if len(passed) == 1:
        _shares_parentheses(walk, node, passed[0].value)
    walk.depth -= 1
    walk.trace.append(f"{CALL}{len(passed)}" if passed else CALL)
    return ir.Call(callee, passed, site)


def _shares_parentheses(walk: Walk, node: cst.Call, argument: ir.Expr) -> None:
    # A generator expression that is the only argument starts where the parenthesis of the call does.
    if type(argument) is ir.Comprehension and argument.kind == "generator" and not node.args[0].value.lpar:
        above = _newlines(node.whitespace_before_args)
        if above:
            walk.shifts[argument.site] = walk.shifts.get(argument.site, 0) + above


def arguments(walk: Walk, nodes: Sequence[cst.Arg]) -> tuple[ir.Argument, ...]:
    """Lower the arguments of a call or a class statement."""
    passed: list[ir.Argument] = []
    for node in nodes:
        value, keyword = node.value, node.keyword
        if keyword is not None:
            walk.token += 1
            lowered = LOWER[value.__class__](walk, value)
            walk.trace.append("=" + keyword.value)
            passed.append(ir.Argument(lowered, keyword.value))
        elif not node.star:
            passed.append(ir.Argument(LOWER[value.__class__](walk, value)))
        else:
            lowered = LOWER[value.__class__](walk, value)
            walk.trace.append(node.star)
            passed.append(ir.Argument(lowered, None, len(node.star)))
    return tuple(passed)


# --- operators --------------------------------------------------------------------------------------------------------


def binary(walk: Walk, node: cst.BinaryOperation) -> ir.Expr:
    # The left operand is unrolled: a sum of thousands of terms is as deep as it is long.
    spine = [node]
    left = node.left
    while left.__class__ is cst.BinaryOperation:
        spine.append(left)
        left = left.left
    start = walk.token
    result = LOWER[left.__class__](walk, left)
    above = start_above(left)
    terms = 0
    for step in reversed(spine):
        op = _OPERATORS[step.operator.__class__]
        site = walk.site_at(start, above)
        walk.deepen()
        right = LOWER[step.right.__class__](walk, step.right)
        walk.depth -= 1
        walk.trace.append(op)
        folded = _folded(op, result, right)
        if folded is None:
            terms += 1
            if walk.depth + terms > MAX_DEPTH:
                raise NestedTooDeeplyError(start)
        result = folded or ir.Binary(op, result, right, site)
        if step.lpar:
            above += parenthesis_above(step)
    return result


def _folded(op: str, left: ir.Expr, right: ir.Expr) -> ir.Constant | None:
    if op == "+" and type(left) is ir.Constant and type(right) is ir.Constant:
        first, second = left.value, right.value
        if isinstance(first, str) and isinstance(second, str):
            return ir.Constant(first + second)
    return None


def unary(walk: Walk, node: cst.UnaryOperation) -> ir.Expr:
    op = _OPERATORS[node.operator.__class__]
    if op == "not":
        site = walk.site()
        walk.token += 1
    else:
        site = walk.site_at(walk.token, _newlines(node.operator.whitespace_after) + start_above(node.expression))
    walk.deepen()
    operand = LOWER[node.expression.__class__](walk, node.expression)
    walk.depth -= 1
    walk.trace.append("1" + op)
    return ir.Unary(op, operand, site)


def boolean(walk: Walk, node: cst.BooleanOperation) -> ir.Expr:
    op = _OPERATORS[node.operator.__class__]
    rights = [node.right]
    left = node.left
    while left.__class__ is cst.BooleanOperation and _OPERATORS[left.operator.__class__] == op:
        rights.append(left.right)
        left = left.left
    walk.deepen()
    values = [LOWER[left.__class__](walk, left)]
    values += [LOWER[right.__class__](walk, right) for right in reversed(rights)]
    walk.depth -= 1
    walk.trace.append(f"&{op}{len(values)}")
    return ir.Boolean(op, tuple(values))


def comparison(walk: Walk, node: cst.Comparison) -> ir.Expr:
    start = walk.token
    left = LOWER[node.left.__class__](walk, node.left)
    site = walk.site_at(start, start_above(node.left))
    ops: list[str] = []
    rights: list[ir.Expr] = []
    for target in node.comparisons:
        op = _OPERATORS[target.operator.__class__]
        if op in ("not in", "is not"):
            walk.token += 1
        ops.append(op)
        walk.deepen()
        rights.append(LOWER[target.comparator.__class__](walk, target.comparator))
        walk.depth -= 1
    walk.trace.append("?" + ",".join(ops))
    return ir.Compare(left, tuple(ops), tuple(rights), site)


def conditional(walk: Walk, node: cst.IfExp) -> ir.Expr:
    walk.deepen()
    body = LOWER[node.body.__class__](walk, node.body)
    walk.depth -= 1
    walk.token += 1
    test = LOWER[node.test.__class__](walk, node.test)
    walk.deepen()
    orelse = LOWER[node.orelse.__class__](walk, node.orelse)
    walk.depth -= 1
    walk.trace.append("?:")
    return ir.Conditional(test, body, orelse)


def walrus(walk: Walk, node: cst.NamedExpr) -> ir.Expr:
    site = walk.site()
    target = node.target
    if not isinstance(target, cst.Name):
        raise TypeError(type(target).__name__)
    spelled = walk.bound(target)
    if spelled in walk.renames:
        walk.renames = {old: new for old, new in walk.renames.items() if old != spelled}
    walk.deepen()
    value = LOWER[node.value.__class__](walk, node.value)
    walk.depth -= 1
    walk.trace += (spelled, ":=")
    return ir.Walrus(spelled, value, site)


# --- suspension -------------------------------------------------------------------------------------------------------


def await_(walk: Walk, node: cst.Await) -> ir.Expr:
    site = walk.site()
    walk.token += 1
    walk.deepen()
    value = LOWER[node.expression.__class__](walk, node.expression)
    walk.depth -= 1
    walk.trace.append("await ")
    return ir.Await(value, site)


def yield_(walk: Walk, node: cst.Yield) -> ir.Expr:
    site = walk.site()
    walk.token += 1
    walk.scope.is_generator = True
    value = node.value
    if value.__class__ is cst.From:
        walk.token += 1
        walk.deepen()
        lowered = LOWER[value.item.__class__](walk, value.item)
        walk.depth -= 1
        walk.trace.append("yield from ")
        return ir.YieldFrom(lowered, site)
    walk.deepen()
    result = optional(walk, value)
    walk.depth -= 1
    walk.trace.append("yield 1" if value is not None else "yield 0")
    return ir.Yield(result, site)


LOWER: dict[type, Lowerer] = {
    cst.Name: name,
    cst.Attribute: attribute,
    cst.Integer: integer,
    cst.Float: real,
    cst.Imaginary: imaginary,
    cst.Ellipsis: ellipsis,
    cst.Subscript: subscript,
    cst.Call: call,
    cst.BinaryOperation: binary,
    cst.UnaryOperation: unary,
    cst.BooleanOperation: boolean,
    cst.Comparison: comparison,
    cst.IfExp: conditional,
    cst.NamedExpr: walrus,
    cst.Await: await_,
    cst.Yield: yield_,
}
