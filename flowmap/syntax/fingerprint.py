"""Fingerprints of code bodies: equal for equal bodies, and near for near ones.

A print is the digest of the body's words, then a sketch: the smallest hashes of all pairs of neighbouring words
(bottom-k MinHash; Broder, "On the resemblance and containment of documents", 1997), from which the resemblance of
two bodies is estimated. Sketches of small bodies hold every pair, so their resemblance is exact.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from struct import pack

from flowmap.syntax import ir

_DIGEST = 16  # characters of hexadecimal
_SKETCHED = 24  # hashes in a sketch
_WIDTH = 4  # characters of hexadecimal of a hash
# Of two bodies that are not equal, however near they are.
_NEAREST = 0.99


@lru_cache(maxsize=1 << 16)
def _code(word: str) -> int:
    # Not `hash`, which differs from process to process.
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def fingerprints_of(bodies: Iterable[Sequence[str]]) -> list[str]:
    """The print of each body, given the words of each, in which local names bear no mark of how they were called."""
    prints: list[str] = []
    for words in bodies:
        text = "\n".join(words).encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=_DIGEST // 2).hexdigest()
        codes = list(map(_code, words))
        codes.append(0)
        pairs = {(first ^ second >> 7) & 0xFFFF for first, second in pairwise(codes)}
        sketch = sorted(pairs)[:_SKETCHED]
        prints.append(digest + pack(f">{len(sketch)}H", *sketch).hex())
    return prints


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
