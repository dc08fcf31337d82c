"""os.environ: what the outside is known to set is read, what is not may hold anything."""

from __future__ import annotations

from flowmap.analysis.entry import Entry
from flowmap.analysis.result import Reason
from tests.unit.analysis.programs import analysed

KNOWN = {"SET": "on", "UNSET": None}


def _values(source: str) -> dict[str, object]:
    analysis = analysed(f"import os\n{source}", entry=Entry("main", environment=KNOWN))
    assert not [gap for each in analysis.reachable() for gap in each.gaps if gap[1] == Reason.NO_RETURN]
    return dict(analysis.module_values("main"))


def test_what_is_known_to_be_set_and_to_be_unset() -> None:
    found = _values(
        "A = os.environ['SET']\nB = os.getenv('SET', 'x')\nC = os.environ.get('UNSET', 'x')\nD = os.getenv('UNSET')\n"
    )

    assert found == {"A": "on", "B": "on", "C": "x", "D": None}


def test_asking_whether_one_is_set() -> None:
    source = """
def ask(name):
    if name in os.environ:
        return "yes"
    return "no"
A, B, C = ask("SET"), ask("UNSET"), ask("OTHER")
D = "yes" if "UNSET" not in os.environ else "no"
"""

    found = _values(source)
    assert [found[name] for name in "ABCD"] == ["yes", "no", {"yes", "no"}, "yes"]


def test_what_the_program_sets_is_set() -> None:
    found = _values(
        "os.environ['UNSET'] = 'now'\nA = os.environ['UNSET']\nB = 'yes' if 'UNSET' in os.environ else 'no'"
    )

    assert found["A"] == "now"
    assert "yes" in found["B"]  # type: ignore[operator]  # one text or several


def test_update_sets_several() -> None:
    found = _values("os.environ.update({'NEW': 'a'}, MORE='b')\nA = os.environ['NEW']\nB = os.environ['MORE']")

    assert (found["A"], found["B"]) == ("a", "b")


def test_nobody_knows_which_there_are() -> None:
    source = """
A = B = C = "none"
for name in os.environ:
    A = "some"
for name, value in os.environ.items():
    if name.startswith("APP_"):
        B = "some"
if dict(os.environ).get("X"):
    C = "some"
"""

    found = _values(source)
    assert [found[name] for name in "ABC"] == [{"none", "some"}] * 3


def test_who_reads_what_is_not_known_is_remembered() -> None:
    source = (
        "import os\ndef read(name):\n    return os.environ[name]\nread('OTHER')\nread('SET')\n'MORE' in os.environ\n"
    )
    analysis = analysed(source, entry=Entry("main", environment=KNOWN))

    reads = analysis.machine.open_variables
    assert {name for each in reads.values() for _, name in each} == {"OTHER", "MORE"}
