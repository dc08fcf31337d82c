"""The intermediate representation: what the analysis needs of a module's source, and nothing else.

Every node is a frozen msgspec struct that encodes as a tagged array, so a module decodes from the parse cache at C
speed. No libcst node leaves this package. Names are already what Python makes of them: private names are mangled
(language reference 6.2.1), comprehension targets are renamed apart (`x` becomes `x@1`, `x@2`, numbered per module),
so a comprehension can be interpreted inside the function that holds it.

`site` numbers the place of a node in its module, counted in source order; `Module.lines[site]` is its line: that of
the attribute's name for Attribute; for Call that of the last name of what is called, or where that starts when it is
no name; for all else the line where the node starts. What stands in an f-string is on the line where that starts. An
empty tuple may be told to stand a line too high. Sites identify call sites and allocation sites.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

# Part of the key of the parse cache: raise it whenever a node changes its shape or its meaning.
IR_VERSION = 8


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all nodes."""


# --- expressions ------------------------------------------------------------------------------------------------


class Constant(Node, frozen=True, tag=1):
    """A literal whose value the IR can hold. Adjacent string literals are already joined."""

    value: str | int | float | bool | None


class BytesConstant(Node, frozen=True, tag=27):
    """A bytes literal."""

    value: bytes


class Literal(Node, frozen=True, tag=2):
    """A literal the IR does not hold.

    `kind` is `int` (beyond 64 bits), `complex`, `str` (with lone surrogates), `ellipsis`, `type-parameter` or
    `type-alias` (PEP 695).
    """

    kind: str


class Name(Node, frozen=True, tag=3):
    """A name in load context. What it refers to follows from the scopes in `Code`."""

    id: str
    site: int


class Attribute(Node, frozen=True, tag=4):
    """`value.attr`."""

    value: Expr
    attr: str
    site: int


class Subscript(Node, frozen=True, tag=5):
    """`value[index]`; several indices are a Tuple."""

    value: Expr
    index: Expr
    site: int


class Slice(Node, frozen=True, tag=6):
    """`lower:upper:step` inside a subscript."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Argument(Node, frozen=True, tag=7):
    """One argument of a call. `stars` is 0, 1 for `*value`, 2 for `**value`."""

    value: Expr
    keyword: str | None = None
    stars: int = 0


class Call(Node, frozen=True, tag=8):
    """`func(arguments)`."""

    func: Expr
    arguments: tuple[Argument, ...]
    site: int


class Binary(Node, frozen=True, tag=9):
    """`left op right`; `op` is the operator's token (`+`, `//`, `@`, ...). Sums of string literals are Constants."""

    op: str
    left: Expr
    right: Expr
    site: int


class Unary(Node, frozen=True, tag=10):
    """`op operand`; `op` is `-`, `+`, `~` or `not`."""

    op: str
    operand: Expr
    site: int


class Boolean(Node, frozen=True, tag=11):
    """`a and b and c`; `op` is `and` or `or`."""

    op: str
    values: tuple[Expr, ...]


class Compare(Node, frozen=True, tag=12):
    """`left op1 right1 op2 right2 ...`; ops are tokens, `not in` and `is not` with one space."""

    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]
    site: int


class Conditional(Node, frozen=True, tag=13):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Lambda(Node, frozen=True, tag=14):
    """A lambda; `defaults` align with `code.parameters` (None where a parameter has no default)."""

    code: Code
    defaults: tuple[Expr | None, ...]
    site: int


class TupleDisplay(Node, frozen=True, tag=15):
    """`(a, *b)`."""

    items: tuple[Expr, ...]
    site: int


class ListDisplay(Node, frozen=True, tag=16):
    """`[a, *b]`."""

    items: tuple[Expr, ...]
    site: int


class SetDisplay(Node, frozen=True, tag=17):
    """`{a, *b}`."""

    items: tuple[Expr, ...]
    site: int


class DictDisplay(Node, frozen=True, tag=18):
    """`{k: v, **m}`: a key of None marks `**value`."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]
    site: int


class Generator(Node, frozen=True, tag=19):
    """One `for target in iterable if condition ...` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool
    site: int


class Comprehension(Node, frozen=True, tag=20):
    """`kind` is `list`, `set`, `dict` or `generator`; `key` is set for `dict` only, None there for `**element`."""

    kind: str
    key: Expr | None
    element: Expr
    generators: tuple[Generator, ...]
    site: int


class Formatted(Node, frozen=True, tag=21):
    """`{value!conversion:spec}` of an f-string; conversion is `r`, `s`, `a` or None."""

    value: Expr
    conversion: str | None
    spec: Expr | None
    site: int


class FormatString(Node, frozen=True, tag=22):
    """An f-string (or a t-string, PEP 750): Constants and Formatteds in order."""

    parts: tuple[Expr, ...]
    site: int


class Await(Node, frozen=True, tag=23):
    """`await value`."""

    value: Expr
    site: int


class Yield(Node, frozen=True, tag=24):
    """`yield value`."""

    value: Expr | None
    site: int


class YieldFrom(Node, frozen=True, tag=25):
    """`yield from value`."""

    value: Expr
    site: int


class Starred(Node, frozen=True, tag=26):
    """`*value` in a display, a target or an index."""

    value: Expr


class Walrus(Node, frozen=True, tag=28):
    """`name := value`."""

    name: str
    value: Expr
    site: int


# --- statements -------------------------------------------------------------------------------------------------


class ExprStmt(Node, frozen=True, tag=40):
    """An expression statement. A docstring is not in the body; it is `Code.doc`."""

    value: Expr


class Assign(Node, frozen=True, tag=41):
    """`target = ... = value`; targets are Name, Attribute, Subscript, TupleDisplay, ListDisplay or Starred."""

    targets: tuple[Expr, ...]
    value: Expr
    site: int


class AugAssign(Node, frozen=True, tag=42):
    """`target op= value`; `op` without the `=`."""

    op: str
    target: Expr
    value: Expr
    site: int


class AnnAssign(Node, frozen=True, tag=43):
    """`target: annotation = value`."""

    target: Expr
    annotation: Expr
    value: Expr | None
    site: int


class Delete(Node, frozen=True, tag=44):
    """`del targets`."""

    targets: tuple[Expr, ...]
    site: int


class Return(Node, frozen=True, tag=45):
    """`return value`."""

    value: Expr | None
    site: int


class Raise(Node, frozen=True, tag=46):
    """`raise error from cause`."""

    error: Expr | None
    cause: Expr | None
    site: int


class If(Node, frozen=True, tag=47):
    """`if`; each `elif` is an If without any of its own, in `elifs`: a chain of them does not nest."""

    test: Expr
    body: tuple[Stmt, ...]
    elifs: tuple[If, ...]
    orelse: tuple[Stmt, ...]
    site: int


class While(Node, frozen=True, tag=48):
    """`while`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    site: int


class For(Node, frozen=True, tag=49):
    """`for`, `async for`."""

    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    site: int


class Handler(Node, frozen=True, tag=50):
    """`except caught as name:`; None catches everything."""

    caught: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    site: int


class Try(Node, frozen=True, tag=51):
    """`try`; `is_star` for `except*` (PEP 654)."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    is_star: bool
    site: int


class WithItem(Node, frozen=True, tag=52):
    """`context as target` of a with statement."""

    context: Expr
    target: Expr | None
    site: int


class With(Node, frozen=True, tag=53):
    """`with`, `async with`."""

    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    site: int


class FunctionDef(Node, frozen=True, tag=54):
    """`def`; decorators in source order, `defaults` as in Lambda.

    `annotations` holds the parameters' and the return's annotations that contain a call: evaluating them matters.
    """

    name: str
    code: Code
    decorators: tuple[Expr, ...]
    defaults: tuple[Expr | None, ...]
    annotations: tuple[Expr, ...]
    site: int


class ClassDef(Node, frozen=True, tag=55):
    """`class`; `arguments` are the bases and keywords as in a call."""

    name: str
    code: Code
    arguments: tuple[Argument, ...]
    decorators: tuple[Expr, ...]
    site: int


class Alias(Node, frozen=True, tag=56):
    """`name as asname` of an import; `name` may be dotted in `import`, is `*` in a star import."""

    name: str
    asname: str | None


class Import(Node, frozen=True, tag=57):
    """`import names`."""

    names: tuple[Alias, ...]
    site: int


class ImportFrom(Node, frozen=True, tag=58):
    """`from module import names`; `level` counts the leading dots."""

    module: str
    names: tuple[Alias, ...]
    level: int
    site: int


class Assert(Node, frozen=True, tag=59):
    """`assert test, message`."""

    test: Expr
    message: Expr | None
    site: int


class Break(Node, frozen=True, tag=60):
    """`break`."""


class Continue(Node, frozen=True, tag=61):
    """`continue`."""


class MatchCase(Node, frozen=True, tag=62):
    """`case pattern if guard:`."""

    pattern: Pattern
    guard: Expr | None
    body: tuple[Stmt, ...]


class Match(Node, frozen=True, tag=63):
    """`match subject:` (PEP 634)."""

    subject: Expr
    cases: tuple[MatchCase, ...]
    site: int


# --- patterns ---------------------------------------------------------------------------------------------------


class ValuePattern(Node, frozen=True, tag=80):
    """A literal or dotted name, compared by `==` (singletons by `is`)."""

    value: Expr


class SequencePattern(Node, frozen=True, tag=81):
    """`[a, *rest]`."""

    patterns: tuple[Pattern, ...]


class StarPattern(Node, frozen=True, tag=82):
    """`*name` inside a sequence pattern; None for `*_`."""

    name: str | None


class MappingPattern(Node, frozen=True, tag=83):
    """`{key: pattern, **rest}`."""

    keys: tuple[Expr, ...]
    patterns: tuple[Pattern, ...]
    rest: str | None


class ClassPattern(Node, frozen=True, tag=84):
    """`cls(patterns, keyword=pattern)`; `keywords` aligns with the last of `patterns`."""

    cls: Expr
    patterns: tuple[Pattern, ...]
    keywords: tuple[str, ...]
    site: int


class OrPattern(Node, frozen=True, tag=85):
    """`a | b`."""

    patterns: tuple[Pattern, ...]


class AsPattern(Node, frozen=True, tag=86):
    """`pattern as name`; a bare capture has no pattern, `_` neither."""

    pattern: Pattern | None
    name: str | None


# --- code objects and modules -----------------------------------------------------------------------------------


class Parameter(Node, frozen=True, tag=100):
    """A formal parameter.

    `kind`: 0 positional only, 1 positional or keyword, 2 `*args`, 3 keyword only, 4 `**kwargs`.
    """

    name: str
    kind: int
    has_default: bool


class Code(Node, frozen=True, tag=101):
    """What Python makes a code object of: a module body, class body, function or lambda.

    `locals` are all names bound here, parameters first, then in order of first binding; `cells` those of them that
    an inner function reads or rebinds; `free` the names that belong to an enclosing function (for a class body: as
    well, but for those it binds itself); every other name is global or builtin. In a class body `locals` are its
    namespace. A name declared `global` in a function is never in `locals`; a `nonlocal` one is in `free`. Names that
    this code binds and declares `global` are in `globals`.

    `__class__` is a cell of the class body, and free in every function between it and the one that says `super` or
    `__class__`. The renamed target of a comprehension that a lambda inside it reads is a cell of the code that holds
    the comprehension, be that a module's or a class's. `name` and `qualname` are as written; the names that a `def`
    or `class` binds stand, mangled, in FunctionDef and ClassDef.
    """

    name: str
    qualname: str
    kind: str  # "module", "class", "function" or "lambda"
    parameters: tuple[Parameter, ...]
    body: tuple[Stmt, ...]
    locals: tuple[str, ...]
    cells: tuple[str, ...]
    free: tuple[str, ...]
    globals: tuple[str, ...]
    is_generator: bool
    is_async: bool
    line: int  # of `def`, `class` or `lambda`, not of the first decorator; 1 for a module
    end_line: int
    doc: str | None
    signature: str  # as written, defaults as `…`, annotations left out: "(self, environ, start_response=…)"
    body_print: str  # the fingerprint of the body; see fingerprint.py


class Module(Node, frozen=True, tag=102):
    """A parsed module: its body, and the line of each site."""

    code: Code
    lines: tuple[int, ...]
    imports: tuple[
        str, ...
    ]  # dotted modules that module-level statements import, for prefetching; relative ones as ".x"


Expr: TypeAlias = (
    Constant
    | BytesConstant
    | Literal
    | Name
    | Attribute
    | Subscript
    | Slice
    | Call
    | Binary
    | Unary
    | Boolean
    | Compare
    | Conditional
    | Lambda
    | TupleDisplay
    | ListDisplay
    | SetDisplay
    | DictDisplay
    | Comprehension
    | FormatString
    | Formatted
    | Await
    | Yield
    | YieldFrom
    | Starred
    | Walrus
)
Stmt: TypeAlias = (
    ExprStmt
    | Assign
    | AugAssign
    | AnnAssign
    | Delete
    | Return
    | Raise
    | If
    | While
    | For
    | Try
    | With
    | FunctionDef
    | ClassDef
    | Import
    | ImportFrom
    | Assert
    | Break
    | Continue
    | Match
)
Pattern: TypeAlias = (
    ValuePattern | SequencePattern | StarPattern | MappingPattern | ClassPattern | OrPattern | AsPattern
)
