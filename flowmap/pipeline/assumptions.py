"""What the user is sure of: settings by name, as `--set` gives them."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from flowmap.characters import is_identifier
from flowmap.errors import InvalidSettingError, UnknownSettingError, UnknownSettingsModuleError
from flowmap.frameworks import Entrance
from flowmap.sources.tree import SourceTree

_CAPITALS: Final = re.compile(rb"[A-Z][A-Z0-9_]+")


def assumed_settings(words: Iterable[str]) -> dict[str, object]:
    """Values by the name of their setting, out of NAME=VALUE; the last one of a name counts.

    A value that is a literal of Python (`True`, `3`, `['a', 'b']`) is that, and any other is the text that it is.
    Raises InvalidSettingError.
    """
    found: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not is_identifier(name) or not name.isupper():
            raise InvalidSettingError(word)
        found[name] = _literal(text)
    return found


def assumed_in(modules: Sequence[str], values: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """What the user says of the settings, for every module that they are spread over.

    Raises UnknownSettingsModuleError.
    """
    if values and not modules:
        raise UnknownSettingsModuleError(sorted(values))
    return dict.fromkeys(modules, values) if values else {}


def refuse_unknown(names: Iterable[str], entrance: Entrance, tree: SourceTree, read: Iterable[str]) -> None:
    """Raises UnknownSettingError for a name that neither the settings nor any other of the modules read mentions.

    A package may ask for settings that nobody has bound, so a name that is mentioned anywhere is believed.
    """
    bound = {each.setting for each in entrance.bindings}
    unknown = sorted(set(names) - bound)
    if not unknown:
        return
    bound |= {name for module in entrance.settings_modules for name in _mentioned(module, tree)}
    mentioned = bound.union(*(_mentioned(module, tree) for module in read))
    for name in unknown:
        if name not in mentioned:
            raise UnknownSettingError(name, difflib.get_close_matches(name, sorted(bound), n=3))


def _mentioned(module: str, tree: SourceTree) -> set[str]:
    """The words in capitals in a module's text."""
    source = tree.find(module)
    content = source.file.read() if source is not None and source.file is not None else b""
    return {word.decode() for word in _CAPITALS.findall(content)}


def _literal(text: str) -> object:
    try:
        with warnings.catch_warnings():
            # A text with a backslash in it is no matter for whoever sets a setting.
            warnings.simplefilter("ignore")
            value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    # Of complex numbers and the like no setting is made.
    return value if _is_plain(value) else text


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | bytes | int | float)
