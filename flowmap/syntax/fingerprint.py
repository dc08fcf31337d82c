"""Fingerprints of code bodies: equal for equal bodies, and near for near ones.

A print is the digest of the body's words, then a sketch: the smallest hashes of all pairs of neighbouring words
(bottom-k MinHash; Broder, "On the resemblance and containment of documents", 1997), from which the resemblance of
two bodies is estimated. Sketches of small bodies hold every pair, so their resemblance is exact.

Behind a point follow the digest of the body's shape, which is its words without names, and the hashes of those names in
their order: two bodies of one shape differ in names alone, and the hashes say in which. Behind another point, of a
module or class, follow the hashes of the names that it defines, in their order; of a module, then those of the names
that whatever is in it defines.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from struct import pack

from flowmap.syntax import ir

_DIGEST = 16  # characters of hexadecimal
_SKETCHED = 24  # hashes in a sketch
_WIDTH = 4  # characters of hexadecimal of a hash
_NAME_WIDTH = 6  # characters of hexadecimal of the hash of a name
_TELLING = 8  # hashes of a body that is like another by more than chance
# A name among the words, and what stands before it: of a module that names are taken from, an attribute or an import, a
# definition, a text that may name something, or nothing. In ASCII: what else is a letter, not every Python agrees on.
_NAME = re.compile(r"(from[0-9]+|\.|~|'|)\.*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_SAID = 100  # words of a text that may be names: a longer one is a page, a style or a table
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
        codes = list(map(_code, words))
        codes.append(0)
        pairs = {(first ^ second >> 7) & 0xFFFF for first, second in pairwise(codes)}
        sketch = sorted(pairs)[:_SKETCHED]
        shape, names = _shape(words)
        tail = "".join(map(name_code, names))
        prints.append(f"{_digest(words)}{pack(f'>{len(sketch)}H', *sketch).hex()}.{_digest(shape)}{tail}")
    return prints


def _digest(words: Iterable[str]) -> str:
    text = "\n".join(words).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_DIGEST // 2).hexdigest()


def _shape(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """The words without the names in them, and the names."""
    shape: list[str] = []
    names: list[str] = []
    for word in words:
        rest, found = _parted(word)
        shape.append(rest)
        names += found
    return shape, names


@lru_cache(maxsize=1 << 16)
def _parted(word: str) -> tuple[str, tuple[str, ...]]:
    match = _NAME.fullmatch(word)
    if match is not None:
        # No word is like it: a mark is followed by a name or by nothing that begins with a space.
        return f"{match[1]} name", (match[2],)
    # What a text says of code follows it to its new name, and any word may be one.
    names = tuple(_WORD.findall(word)) if word.startswith("'") else ()
    if not names or len(names) > _SAID:
        return word, ()
    return _WORD.sub("\0", word), names


@lru_cache(maxsize=1 << 16)
def name_code(name: str) -> str:
    """How a print spells a name."""
    return f"{_code(name) >> 8:0{_NAME_WIDTH}x}"


def is_renamed(first: str, second: str, codes: Collection[tuple[str, str]]) -> bool:
    """Whether two bodies, given their prints, differ in names alone, each pair of which is among the pairs of codes."""
    if first[:_DIGEST] == second[:_DIGEST]:
        return bool(_names(first)[0] and _names(second)[0])
    (shape, names), (other, others) = (_names(each) for each in (first, second))
    if not shape or shape != other or len(names) != len(others):
        return False
    return all(name == new or (name, new) in codes for name, new in zip(names, others, strict=True))


def with_definitions(body: str, names: Iterable[str]) -> str:
    """The print of a module or class that defines these names."""
    return ".".join((body, "".join(map(name_code, names))))


def definitions(text: str) -> list[str]:
    """The codes of the names that a module or class defines, given its print."""
    return _split("".join(text.split(".")[2:]))


def names_in(text: str) -> frozenset[str]:
    """The codes of the names in a body that are no variables of its own, given its print."""
    return frozenset(_names(text)[1])


def _names(text: str) -> tuple[str, list[str]]:
    named = "".join(text.split(".")[1:2])
    return named[:_DIGEST], _split(named[_DIGEST:])


def _split(text: str) -> list[str]:
    return [text[start : start + _NAME_WIDTH] for start in range(0, len(text), _NAME_WIDTH)]


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


def containment(part: str, whole: str) -> float:
    """How much of a body is in another, from 0.0 to 1.0, given their prints; 0.0 where too little can be compared."""
    found, known = _sketch(part), _sketch(whole)
    if len(known) == _SKETCHED:
        # Of a large body only the smallest hashes are known.
        last = max(known)
        found = {pair for pair in found if pair <= last}
    return len(found & known) / len(found) if len(found) >= _TELLING // 2 else 0.0


def weight(text: str) -> float:
    """How much a body tells, from 0.5 to 1.0, given its print: short ones are alike by chance."""
    return 0.5 + min(len(_sketch(text)), _TELLING) / (2 * _TELLING)


def _sketch(text: str) -> set[str]:
    sketch = text.partition(".")[0][_DIGEST:]
    return {sketch[start : start + _WIDTH] for start in range(0, len(sketch), _WIDTH)}
