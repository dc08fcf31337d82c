"""Calls that nothing takes: of what is there to call, nothing can be called, or not with these arguments.

One alone is a TypeError, and rules a callee out where there are others. Where a call site has no other in any context,
in the end, the program is wrong or something was missed: the call is a gap then, and is followed as far as it goes, so
that what comes after it is not lost without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.contexts import Contexts
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.result import Reason
from flowmap.analysis.values import Activation, Arguments, CodeBlock, Function

# Parameters of one argument: by position only, by position or name, by name only.
_SINGLE: Final = frozenset({0, 1, 3})


class Misfits(Contexts):
    """Remembers the calls that failed, until it is known which of them are all that there is."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._misfits: dict[tuple[CodeBlock, int], dict[Activation, None]] = {}

    def is_excused(self, frame: Frame, site: int, reason: Reason) -> bool:
        """Whether a call that nothing takes is to be followed all the same, as a gap; else it is remembered."""
        block = frame.block
        if site in block.excused:
            self.gap(frame, site, reason.value)
            return True
        if site not in block.answered:
            self._misfits.setdefault((block, site), {})[frame.activation] = None
        return False

    def excuse(self) -> bool:
        """Has the calls evaluated again that nothing took in any context; False when there are none.

        To be asked when nothing grows any more: the answer is then the same in every order.
        """
        found = False
        for (block, site), activations in list(self._misfits.items()):
            if site in block.answered or site in block.excused:
                del self._misfits[block, site]
            elif held := [each for each in activations if each.held]:
                found = True
                block.excused.add(site)
                for activation in held:
                    self.enqueue(activation)
        return found

    def forced(self, function: Function, arguments: Arguments) -> Iterator[Arguments]:
        """What to try in the place of arguments that do not fit: those that do, then with the missing ones unknown."""
        block = function.block
        given = fitting(block, arguments)
        yield given
        unknown = self.space.unknown(Reason.ARGUMENTS.value)
        taken = {*block.positional[: len(given.positional)], *(name for name, _ in given.keywords)}
        missing = [
            parameter
            for parameter, default in zip(block.parameters, function.defaults, strict=True)
            if default is None and parameter.kind in _SINGLE and parameter.name not in taken
        ]
        named = tuple((parameter.name, unknown) for parameter in missing if parameter.name in block.index)
        star = given.star if len(named) == len(missing) else unknown
        yield Arguments(given.positional, given.keywords, (*given.soft, *named), star, given.double_star)


def fitting(block: CodeBlock, arguments: Arguments) -> Arguments:
    """The arguments that a function has parameters for."""
    positional = arguments.positional if block.vararg is not None else arguments.positional[: len(block.positional)]
    taken = set(block.positional[: len(positional)])
    keywords = tuple(
        item
        for item in arguments.keywords
        if item[0] not in taken and (block.kwarg is not None or item[0] in block.index)
    )
    return Arguments(positional, keywords, arguments.soft, arguments.star, arguments.double_star)
