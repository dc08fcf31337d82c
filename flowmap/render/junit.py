"""A report as JUnit's XML, as CI servers read it: what fails is a failed test, what was accepted a skipped one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from flowmap.compare import Finding, Level, Report
from flowmap.render.comparison import subject_title
from flowmap.render.oneline import one_line

# What stands for a comparison that has nothing to report.
_NOTHING: Final = "the way of a request"


def report_junit(report: Report) -> bytes:
    """One suite; a test for each finding, or one that passes. Something to look at fails too, as a status of 1 does."""
    bad = [each for each in report.findings if _is_failure(each)]
    skipped = sum(each.level is Level.ACCEPTED for each in report.findings)
    counts = f'tests="{len(report.findings) or 1}" failures="{len(bad)}" errors="0" skipped="{skipped}"'
    name = f"flowmap: {subject_title(report.old)} -> {subject_title(report.new)}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {counts}>"]
    lines.append(f" <testsuite name={_attribute(name)} {counts}>")
    lines += [f"  {line}" for each in report.findings for line in _case(each)]
    if not report.findings:
        lines.append(f'  <testcase classname="flowmap" name={_attribute(_NOTHING)}/>')
    lines += [" </testsuite>", "</testsuites>"]
    return "".join(f"{line}\n" for line in lines).encode()


def _is_failure(finding: Finding) -> bool:
    return finding.level in {Level.ERROR, Level.WARNING}


def _case(finding: Finding) -> Iterator[str]:
    holder = f"flowmap.{finding.stage}" if finding.stage else "flowmap"
    # The fingerprint tells tests apart whose sentences are the same.
    name = f"{finding.rule}: {finding.sentence} [{finding.fingerprint}]"
    opening = f"<testcase classname={_attribute(holder)} name={_attribute(name)}"
    if finding.level is Level.ACCEPTED:
        yield f"{opening}><skipped message={_attribute(finding.reason)}/></testcase>"
    elif _is_failure(finding):
        yield f"{opening}>"
        yield f" <failure type={_attribute(finding.rule)} message={_attribute(finding.sentence)}>"
        yield from (escape(one_line(text)) for text in _body(finding))
        yield " </failure>"
        yield "</testcase>"
    else:
        yield f"{opening}/>"


def _body(finding: Finding) -> Iterator[str]:
    if finding.place is not None:
        yield f"{finding.place.file}:{finding.place.line}"
    if finding.reason:
        yield f"because: {finding.reason}"
    yield from (f"-> {hop.function}  {hop.file or '?'}:{hop.line}" for hop in finding.chain)


def _attribute(text: str) -> str:
    return quoteattr(one_line(text))
