"""Crowds: where more objects of one class meet in a set than a bound allows, one object stands for all of them.

What is read of a crowd is what may be read of any member; what is written to it is written to each. The members stay
themselves wherever they stand alone, so a large set costs no precision elsewhere (heap abstraction where it is needed;
compare Smaragdakis, Kastrinis and Balatsouras, "Introspective analysis", PLDI 2014).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator, MutableMapping, Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.classes import Classes
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.space import seq_of
from flowmap.analysis.values import (
    BoundMethod,
    Cell,
    Class,
    Content,
    Crowd,
    CrowdCell,
    Instance,
    Tuple,
    Value,
    is_crowd,
)


class Crowds(Classes):
    """Makes crowds, and lets values through between them and their members."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # Tuples that are being let into a crowd, the first of them right now.
        self._arriving: deque[tuple[Crowd, Tuple]] = deque()

    def gather(self, items: frozenset[Value], bound: int) -> frozenset[Value]:
        """The same set with a crowd for every group of objects that is larger than the bound, or has one already."""
        families: dict[object, list[Value]] = {}
        for value in items:
            family = _family(value)
            if family is not None:
                families.setdefault(family, []).append(value)
        # Few families are large: only these are put in order.
        groups = [
            sorted(members, key=seq_of)
            for members in families.values()
            if len(members) > self._most_of(members, bound) or (len(members) > 1 and any(map(is_crowd, members)))
        ]
        for members in sorted(groups, key=lambda group: group[0].seq):
            items = (items - frozenset(members)) | {self._in_place_of(members)}
        return items

    def _most_of(self, members: Sequence[Value], bound: int) -> int:
        """How many objects of one family a set tells apart: more where their calls do."""
        first = members[0]
        is_apart = isinstance(first, Instance) and isinstance(first.key, tuple) and first.key[-1] in self.called_at
        return max(bound, self.bounds.objects_per_content) if is_apart else bound

    def _in_place_of(self, members: Sequence[Value]) -> Value:
        """What stands for members of one family."""
        first = members[0]
        if isinstance(first, BoundMethod):
            receiver = self._crowd_of([each.receiver for each in members if isinstance(each, BoundMethod)])
            function = first.function
            return self.space.intern(("bound", function, receiver), lambda: BoundMethod(function, receiver))
        return self._crowd_of(members)

    def _crowd_of(self, members: Sequence[Value]) -> Crowd:
        """The first crowd among them, or a new one, with all others in it."""
        crowd = next((each for each in members if isinstance(each, Crowd)), None)
        if crowd is None:
            first = members[0]
            cls = first.cls if isinstance(first, Instance) else self.native_class("tuple")
            self.hit("objects_per_set", cls)
            key = ("crowd", cls, first)
            made = self.space.intern(key, lambda: self._new_crowd(cls, key))
            assert isinstance(made, Crowd)
            crowd = made
        for each in members:
            if each is not crowd:
                self._admit(crowd, each)
        return crowd

    def _new_crowd(self, cls: Class, key: Hashable) -> Crowd:
        crowd = Crowd(cls, key, exact=True, single=False)
        crowd.attributes = CrowdTable(self, crowd)
        return crowd

    def _admit(self, crowd: Crowd, member: Value) -> None:
        if isinstance(member, Tuple):
            if member not in crowd.tuples:
                crowd.tuples.add(member)
                self._admit_tuple(crowd, member)
            return
        assert isinstance(member, Instance)
        if member in crowd.members:
            return
        crowd.members[member] = None
        crowd.exact = crowd.exact and member.exact
        # What comes to be linked meanwhile is linked to this member, too: it is one already.
        for name, cell in tuple(crowd.linked.items()):
            self.link(cell, member.attributes.setdefault(name, Cell()))
        if member.content is not None:
            self._mix(self._content_of(crowd), member.content, is_mapping=self.is_mapping(crowd))

    def _admit_tuple(self, crowd: Crowd, member: Tuple) -> None:
        """Lets the items in, one tuple after the other: among them may be more tuples than a set tells apart."""
        self._arriving.append((crowd, member))
        if len(self._arriving) > 1:
            return
        while self._arriving:
            crowd, member = self._arriving[0]
            content = self._content_of(crowd)
            for element in member.elements:
                # Not written: what one tuple holds is in no other.
                self.let_in(content.rest, element)
            self._arriving.popleft()

    def _content_of(self, crowd: Crowd) -> Content:
        if crowd.content is None:
            content = crowd.content = Content()
            content.is_mixed = True
            content.rest, content.keys, content.values = CrowdCell(), CrowdCell(), CrowdCell()
            if not self.is_mapping(crowd):
                content.version.value = self.space.constant("blurred")
        return crowd.content

    def _mix(self, mixed: Content, content: Content, *, is_mapping: bool) -> None:
        self.link(mixed.rest, content.rest)
        if is_mapping:
            self.link(mixed.keys, content.keys)
            self.link(mixed.values, content.values)
            # The keys that are known, and every one to come.
            self._feed(mixed.keys, content.version)
            self._feed(mixed.rest, content.values)
        for cell in content.fixed or ():
            self._feed(mixed.rest, cell)

    def link(self, crowd: Cell, member: Cell) -> None:
        """Lets what is in the member's cell, now or later, be read in the crowd's, and writes to that reach it."""
        assert isinstance(crowd, CrowdCell)
        crowd.sources.append(member)
        if crowd.own.items:
            self.write_content(member, crowd.own)
        self._feed(crowd, member)

    def _feed(self, crowd: Cell, member: Cell) -> None:
        member.crowds = (*member.crowds, crowd)
        self.let_in(crowd, member.value)


class CrowdTable(MutableMapping[str, Cell]):
    """The attributes of a crowd: each is linked to those of all members when somebody asks for it."""

    def __init__(self, machine: Crowds, crowd: Crowd) -> None:
        self._machine = machine
        self._crowd = crowd

    def __getitem__(self, name: str) -> Cell:
        cell = self._crowd.linked.get(name)
        if cell is None:
            cell = self._crowd.linked[name] = CrowdCell()
            theirs = [member.attributes.setdefault(name, Cell()) for member in self._crowd.members]
            cell.is_sure = all(each.is_sure for each in theirs)
            for each in theirs:
                self._machine.link(cell, each)
        return cell

    def __contains__(self, name: object) -> bool:
        return any(name in member.attributes for member in self._single_members())

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def _names(self) -> dict[str, None]:
        return {name: None for member in self._single_members() for name in member.attributes}

    def _single_members(self) -> Iterator[Instance]:
        """The objects in the crowd, and in the crowds in it: two crowds that met in several sets are in each other."""
        seen: dict[Crowd, None] = {self._crowd: None}
        pending = [self._crowd]
        while pending:
            for member in pending.pop().members:
                if not isinstance(member, Crowd):
                    yield member
                elif member not in seen:
                    seen[member] = None
                    pending.append(member)

    def __setitem__(self, name: str, cell: Cell) -> None:
        raise NotImplementedError("the attributes of a crowd are those of its members")

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError("the attributes of a crowd are those of its members")


def _family(value: Value) -> object:
    """What a value may be one of many of: objects of one class, tuples, bindings of one method; None: nothing."""
    if isinstance(value, Tuple):
        return Tuple
    if isinstance(value, Instance):
        return Tuple if value.cls.is_native and value.cls.name == "tuple" else value.cls
    if isinstance(value, BoundMethod) and isinstance(value.receiver, Instance):
        family = _family(value.receiver)
        return (value.function, family) if family is not None else None
    return None
