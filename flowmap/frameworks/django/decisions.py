"""What settings decided: which of several commands of one name was chosen, and what the flow runs through.

Django asks the apps in their order, and the first one that has a command of a name gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from flowmap.flow.model import Decision, Flow, Subject
from flowmap.frameworks.model import Entrance, SettingBinding
from flowmap.sources.tree import SourceTree

_COMMANDS: Final = ".management.commands."


def decide(flow: Flow, entrance: Entrance, tree: SourceTree) -> tuple[Decision, ...]:
    """The decisions that a reader of a flow wants to know of, in the order in which they are met."""
    return tuple(_decisions(flow, entrance, tree))


def _decisions(flow: Flow, entrance: Entrance, tree: SourceTree) -> Iterator[Decision]:
    if entrance.settings is not None:
        yield Decision("settings", entrance.settings, "", entrance.named_at)
    known = dict(_known(flow.subject))
    reached = {name.module for name in flow.functions}
    for setting, texts in known.items():
        yield from _first(setting, texts, reached, entrance, tree)
    for setting, texts in known.items():
        modules = {text if tree.find(text) is not None else text.rpartition(".")[0] for text in texts}
        # The packages of a project's apps are all of them met, whatever the way.
        are_packages = any((source := tree.find(text)) is not None and source.is_package for text in texts)
        if not are_packages and not modules.isdisjoint(reached):
            yield Decision(setting, ", ".join(texts), setting, _place(entrance.bindings, setting, texts[0]))


def _known(subject: Subject) -> Iterator[tuple[str, list[str]]]:
    """The settings of one text or of several in a known order."""
    open_ = {each.setting for each in subject.open}
    for setting, value in sorted(subject.settings.items()):
        texts = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        if setting not in open_ and texts and all(isinstance(text, str) for text in texts):
            yield setting, [str(text) for text in texts]


def _first(
    setting: str, texts: Sequence[str], reached: Iterable[str], entrance: Entrance, tree: SourceTree
) -> Iterator[Decision]:
    """Commands that several of the packages in a setting have: the first package gives it."""
    rivals: dict[str, list[str]] = {}
    for module in sorted(reached):
        for text in texts:
            package = _package(text, module)
            rest = module.removeprefix(package)
            if package and rest.startswith(_COMMANDS) and rest not in rivals:
                rivals[rest] = [each for each in texts if _has(each, rest, tree)]
    for rest, found in sorted(rivals.items()):
        place = _place(entrance.bindings, setting, found[0])
        yield Decision(rest.removeprefix(_COMMANDS), found[0], setting, place, found[0], tuple(found[1:]))


def _package(text: str, module: str) -> str:
    """The package in a text (of an app, or of its configuration) that a module lies in; '' when it lies in none."""
    return next((each for each in _parents(text) if module.startswith(f"{each}.")), "")


def _has(text: str, rest: str, tree: SourceTree) -> bool:
    return any((source := tree.find(each + rest)) is not None and source.file is not None for each in _parents(text))


def _parents(text: str) -> Iterator[str]:
    """A dotted name and all that it is in, the longest first."""
    while text:
        yield text
        text = text.rpartition(".")[0]


def _place(bindings: Sequence[SettingBinding], setting: str, text: str) -> str:
    """Where a setting gets a text: the last statement in which it stands, else the last one that binds the setting."""
    own = [each for each in bindings if each.setting == setting]
    for each in own:
        if text in each.lines:
            return f"{each.file}:{each.lines[text]}"
    return f"{own[0].file}:{own[0].line}" if own else ""
