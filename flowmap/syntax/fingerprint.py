"""Fingerprints of code bodies: equal for equal bodies, and near for near ones.

A print is the digest of the body's words, then a sketch: the smallest hashes of all pairs of neighbouring words
(bottom-k MinHash; Broder, "On the resemblance and containment of documents", 1997), from which the resemblance of
two bodies is estimated. Sketches of small bodies hold every pair, so their resemblance is exact.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence

from flowmap.syntax import ir

_DIGEST = 16  # characters of hexadecimal
_SKETCHED = 24  # hashes in a sketch
_WIDTH = 4  # characters of hexadecimal of a hash
_MASK = 0xFFFF
# Of two bodies that are not equal, however near they are.
_NEAREST = 0.99


class _Codes(dict[str, int]):
    """A stable hash for each word; unlike `hash`, the same in every process."""

    def __missing__(self, word: str) -> int:
        code = self[word] = zlib.crc32(word.encode("utf-8", "surrogatepass")) & 0xFFFFF
        return code


def fingerprints_of(bodies: Iterable[Sequence[str]]) -> list[str]:
    """The print of each body, given the words of each, in which local names bear no mark of how they were called."""
    codes = _Codes()
    return [_fingerprint(words, codes) for words in bodies]


def _fingerprint(words: Sequence[str], codes: _Codes) -> str:
    text = "\n".join(words).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=_DIGEST // 2).hexdigest()
    numbers = [codes[word] for word in words]
    pairs = {
        (first * 40503 + second * 30011) >> 4 & _MASK for first, second in zip(numbers, [*numbers[1:], 0], strict=True)
    }
    return digest + "".join([f"{pair:04x}" for pair in sorted(pairs)[:_SKETCHED]])


def print_of(code: ir.Code) -> str:
    """The fingerprint of a code object's body."""
    return code.body_print


def similarity(first: str, second: str) -> float:
    """How near two bodies are, from 0.0 to 1.0, given their prints: 1.0 only if they are equal."""
    if first[:_DIGEST] == second[:_DIGEST]:
        return 1.0
    left, right = _sketch(first), _sketch(second)
    union = sorted(left | right)
    if not union:
        return 0.0
    if len(left) == _SKETCHED or len(right) == _SKETCHED:
        union = union[:_SKETCHED]
    common = sum(pair in left and pair in right for pair in union)
    return min(common / len(union), _NEAREST)


def _sketch(text: str) -> set[str]:
    sketch = text[_DIGEST:]
    return {sketch[start : start + _WIDTH] for start in range(0, len(sketch), _WIDTH)}
