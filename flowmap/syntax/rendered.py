"""The slow and sure way to find a tree's tokens: let libcst write the tree out again and note where each one lands."""

from __future__ import annotations

from itertools import accumulate

import libcst as cst

# libcst's own position providers are built on this class as well; it has no public name.
from libcst._nodes.internal import CodegenState

from flowmap.syntax.tokens import TokenMap, tokens_in

_FORMAT_STRINGS = (cst.FormattedString, cst.TemplatedString)
_WHOLE = (
    *_FORMAT_STRINGS,
    cst.Name,
    cst.SimpleString,
    cst.Integer,
    cst.Float,
    cst.Imaginary,
    cst.Ellipsis,
)


class _Notes(CodegenState):
    """Notes each token as the piece of output it stands in, and its offset in that piece."""

    def __init__(self, tree: cst.Module) -> None:
        super().__init__(default_indent=tree.default_indent, default_newline=tree.default_newline)
        self.noted: list[tuple[int, int]] = []
        self._path: list[cst.CSTNode] = []
        # The node whose first piece, after its parentheses, is a token.
        self._due: cst.CSTNode | None = None
        self._format_strings = 0
        self._dots = 0

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._path.append(node)
        if not self._format_strings and isinstance(node, _WHOLE):
            self._due = node
        if isinstance(node, _FORMAT_STRINGS):
            self._format_strings += 1
        if isinstance(node, cst.Dot):
            self._dots += 1
            # Three dots of a relative import read as an ellipsis.
            if self._dots % 3 == 0:
                self.noted.append((len(self.tokens), 0))
        elif not isinstance(node, cst.BaseParenthesizableWhitespace):
            self._dots = 0

    def after_codegen(self, node: cst.CSTNode) -> None:
        self._path.pop()
        if isinstance(node, _FORMAT_STRINGS):
            self._format_strings -= 1

    def add_token(self, value: str) -> None:
        node = self._path[-1]
        if node is self._due:
            self.noted.append((len(self.tokens), 0))
            self._due = None
        elif not self._format_strings and not isinstance(node, _WHOLE):
            piece = len(self.tokens)
            self.noted.extend((piece, offset) for offset in tokens_in(value))
        super().add_token(value)


def rendered_tokens(tree: cst.Module) -> TokenMap:
    """The tokens of a tree, found without reading its source."""
    state = _Notes(tree)
    tree._codegen(state)  # noqa: SLF001  # `Module.code` calls it too, but makes its own state
    starts = [0, *accumulate(map(len, state.tokens))]
    text = "".join(state.tokens)
    return TokenMap(text, [starts[piece] + offset for piece, offset in state.noted])
