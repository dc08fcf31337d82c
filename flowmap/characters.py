"""What every Python says of text alike: each carries another version of Unicode, and the result depends on none.

All of them carry Unicode 3.2 as well (RFC 3454 is made of it). The characters that it has are the same to all; of the
later ones some Pythons know less than others.
"""

from __future__ import annotations

import unicodedata

_category = unicodedata.ucd_3_2_0.category


def is_settled(text: str) -> bool:
    """Whether all characters of a text are known to every Python."""
    return text.isascii() or all(_category(character) != "Cn" for character in text)


def is_identifier(text: str) -> bool:
    """Whether every Python takes the text for a name."""
    return text.isidentifier() and is_settled(text)


def literal(value: object) -> str:
    """The `repr` of a constant, in ASCII where not every Python would leave its characters as they are."""
    return ascii(value) if isinstance(value, str) and not is_settled(value) else repr(value)


def is_encodable(text: str) -> bool:
    """Whether a text can be written down: what a system could not decode, as a file's name, has no characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
