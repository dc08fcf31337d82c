"""The formats in which `flowmap diff` and `flowmap check` report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from flowmap.cli.streams import print_bytes
from flowmap.compare import Check, FlowDiff, Report
from flowmap.errors import UnknownChoiceError
from flowmap.pipeline.writing import write_outputs
from flowmap.render.annotations import report_annotations
from flowmap.render.check import check_text
from flowmap.render.check_markdown import check_markdown
from flowmap.render.comparison import comparison_text
from flowmap.render.comparison_json import comparison_json
from flowmap.render.comparison_markdown import comparison_markdown
from flowmap.render.junit import report_junit
from flowmap.render.report_json import report_json
from flowmap.render.sarif import Located, report_sarif

# A job summary on GitHub holds 1 MiB: so many characters of four bytes each, with room for what else is in it.
SUMMARY_LIMIT: Final = 250_000

_OfReport: TypeAlias = Callable[[Report, Located], bytes]

_OF_REPORT: Final[Mapping[str, _OfReport]] = {
    "sarif": report_sarif,
    "junit": lambda report, _: report_junit(report),
    "github": report_annotations,
}
FORMATS: Final = ("text", "markdown", "summary", "json", *_OF_REPORT)


def check_format(name: str, more: Iterable[str] = ()) -> None:
    """Raises UnknownChoiceError for what is no format; `more` are those that a command has besides."""
    if name not in (*FORMATS, *more):
        raise UnknownChoiceError("--format", name, (*FORMATS, *more))


def diff_report(form: str, diff: FlowDiff, report: Report, located: Located) -> bytes:
    """A comparison in a format; `report` is what it finds, `located` where that lies in the working copy."""
    if form in _OF_REPORT:
        return _OF_REPORT[form](report, located)
    if form == "json":
        return comparison_json(diff)
    if form == "text":
        return comparison_text(diff).encode()
    limits = (SUMMARY_LIMIT,) if form == "summary" else ()
    return comparison_markdown(diff, *limits).encode()


def check_report(form: str, check: Check, report: Report, located: Located) -> bytes:
    """A check in a format, as above."""
    if form in _OF_REPORT:
        return _OF_REPORT[form](report, located)
    if form == "json":
        return report_json(report)
    if form == "text":
        return check_text(check).encode()
    limits = (SUMMARY_LIMIT,) if form == "summary" else ()
    return check_markdown(check, report, *limits).encode()


def deliver(content: bytes, output: Path | None) -> None:
    """Writes a report to a file, or to stdout. Raises OutputError."""
    if output is None:
        print_bytes(content)
    else:
        write_outputs({output.name: content}, output.parent)
