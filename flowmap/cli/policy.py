"""What `[tool.flowmap.check]` of a pyproject.toml says: the policy of `flowmap check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from flowmap.cli.configuration import CHECK
from flowmap.compare import Accepted, Contract, Demand, Kind, Policy
from flowmap.errors import ConfigurationError, UnknownChoiceError


class _Excuse(msgspec.Struct, forbid_unknown_fields=True):
    change: str
    reason: str


class _Chain(msgspec.Struct, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    start: str
    end: str
    reason: str = ""


class _Passage(_Chain, kw_only=True):
    through: str


class _Check(msgspec.Struct, forbid_unknown_fields=True):
    fail: list[str] | None = None
    stages: list[str] | None = None
    accepted: list[_Excuse] = []
    must_reach: list[_Chain] = []
    must_not_reach: list[_Chain] = []
    must_pass: list[_Passage] = []


def policy_in(table: Mapping[str, object], file: Path) -> Policy:
    """The policy in the table of `flowmap check`; `file` is where it stands. Raises ConfigurationError and
    UnknownChoiceError.
    """
    parsed = _converted(table, file)
    for excuse in parsed.accepted:
        if not excuse.reason.strip():
            raise ConfigurationError(str(file), f"the accepted change {excuse.change} has no reason")
    kinds = tuple(kind.value for kind in Kind)
    for name in parsed.fail or ():
        if name not in kinds:
            raise UnknownChoiceError(f"'fail' in [tool.flowmap.{CHECK}] of {file}", name, kinds)
    twice = [change for change, count in Counter(each.change for each in parsed.accepted).items() if count > 1]
    if twice:
        raise ConfigurationError(str(file), f"the change {twice[0]} is accepted twice")
    return Policy(
        None if parsed.fail is None else frozenset(map(Kind, parsed.fail)),
        None if parsed.stages is None else frozenset(parsed.stages),
        tuple(Accepted(each.change, each.reason) for each in parsed.accepted),
        tuple(_contracts(parsed)),
    )


def _contracts(parsed: _Check) -> Iterator[Contract]:
    for each in parsed.must_reach:
        yield Contract(Demand.REACH, each.start, each.end, reason=each.reason)
    for each in parsed.must_not_reach:
        yield Contract(Demand.NOT_REACH, each.start, each.end, reason=each.reason)
    for way in parsed.must_pass:
        yield Contract(Demand.PASS, way.start, way.end, way.through, way.reason)


def _converted(table: Mapping[str, object], file: Path) -> _Check:
    try:
        return msgspec.convert(table, _Check)
    except msgspec.ValidationError as error:
        text = str(error).replace("$", f"[tool.flowmap.{CHECK}]")
        raise ConfigurationError(str(file), f"{text[:1].lower()}{text[1:]}") from error
