"""Two snapshots, compared: pure functions from two snapshots to the changes between them."""

from flowmap.compare.changes import Change, FlowDiff, Kind, Tale
from flowmap.compare.checking import Check, check
from flowmap.compare.comparing import compare
from flowmap.compare.contracts import Breach, Contract, Demand, Hop, broken
from flowmap.compare.findings import Finding, Level, Report, report_of_check, report_of_diff
from flowmap.compare.impact import impact_on_project
from flowmap.compare.places import Place, Places, places_of
from flowmap.compare.policy import Accepted, Policy, Verdict, judged, place_of
from flowmap.compare.sides import Snapshot

__all__ = [
    "Accepted",
    "Breach",
    "Change",
    "Check",
    "Contract",
    "Demand",
    "Finding",
    "FlowDiff",
    "Hop",
    "Kind",
    "Level",
    "Place",
    "Places",
    "Policy",
    "Report",
    "Snapshot",
    "Tale",
    "Verdict",
    "broken",
    "check",
    "compare",
    "impact_on_project",
    "judged",
    "place_of",
    "places_of",
    "report_of_check",
    "report_of_diff",
]
