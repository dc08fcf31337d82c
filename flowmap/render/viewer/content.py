"""The page's data: plain values for JSON, in which names and texts of the analysed source are nothing but texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flowmap.callgraph.model import CallEdge, Function, Gap, NodeKind
from flowmap.flow.model import Detail, Flow
from flowmap.names import FunctionName, Origin
from flowmap.render import labels
from flowmap.render.dotfile import SourceLinks
from flowmap.render.picture import Picture
from flowmap.render.sentences import Language
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.settings import settings_of
from flowmap.render.viewer.words import EVIDENCE, MARKS, ORIGINS, SPOKEN, in_language

Json = Mapping[str, object]


def content(
    viewed: Viewed, pictures: Mapping[Detail, Picture], links: SourceLinks, language: Language = Language.EN
) -> Json:
    """All that the scripts of the page read, functions by their place in one list."""
    opening = viewed.flows[viewed.opening]
    functions = _functions(viewed, pictures)
    places = {name: number for number, name in enumerate(functions)}
    return {
        "title": labels.headline(opening.subject),
        "opening": viewed.opening,
        "levels": {
            detail: _level(viewed.flows[detail], picture, places, viewed.once) for detail, picture in pictures.items()
        },
        "functions": [_function(each, viewed, links) for each in functions.values()],
        "calls": [_call(edge, places) for edge in _edges(viewed, _drawn(pictures))],
        "gaps": [_gap(gap, places) for gap in _gaps(viewed, _drawn(pictures))],
        "settings": settings_of(opening.subject, language),
        "holes": labels.hole_lines(opening.holes),
        "notices": [{"of": each.subject, "text": each.text} for each in viewed.licences],
        "words": in_language(SPOKEN, language),
        "evidence": in_language(EVIDENCE, language),
        "origins": in_language(ORIGINS, language),
        "marks": in_language(MARKS, language),
    }


def _drawn(pictures: Mapping[Detail, Picture]) -> dict[FunctionName, Function]:
    """The functions that have a box at any level."""
    return {
        box.function.name: box.function for picture in pictures.values() for lane in picture.lanes for box in lane.boxes
    }


def _functions(viewed: Viewed, pictures: Mapping[Detail, Picture]) -> dict[FunctionName, Function]:
    """Those that are drawn, then those that are named: callers, callees, and what a step goes through."""
    drawn = _drawn(pictures)
    known = viewed.graph.functions if viewed.graph is not None else {}
    steps = [step for flow in viewed.flows.values() for stage in flow.stages for step in stage.steps]
    named = {name for edge in _edges(viewed, drawn) for name in (edge.caller, edge.callee)}
    named.update(name for step in steps for name in step.through)
    rest = sorted(named - drawn.keys())
    unknown = {name: Function(name, NodeKind.EXTERNAL, Origin.STDLIB) for name in rest if name not in known}
    return {name: drawn[name] for name in sorted(drawn)} | {name: unknown.get(name) or known[name] for name in rest}


def _edges(viewed: Viewed, drawn: Mapping[FunctionName, Function]) -> Iterator[CallEdge]:
    for edge in viewed.graph.edges if viewed.graph is not None else ():
        if edge.caller in drawn or edge.callee in drawn:
            yield edge


def _gaps(viewed: Viewed, drawn: Mapping[FunctionName, Function]) -> list[Gap]:
    graph: Iterable[Gap] = viewed.graph.gaps if viewed.graph is not None else ()
    flows = (gap for flow in viewed.flows.values() for gap in (*flow.gaps, *flow.holes))
    return sorted({gap for gap in (*graph, *flows) if gap.caller in drawn})


def _function(function: Function, viewed: Viewed, links: SourceLinks) -> Json:
    name = function.name
    found: dict[str, object] = {
        "id": str(name),
        "module": name.module,
        "name": name.qualname,
        "kind": function.kind,
        "origin": function.origin,
        "file": function.file,
        "line": function.line,
        "end": function.end_line,
        "signature": function.signature,
    }
    link = links(function)
    if link:
        found["link"] = link
    if name in viewed.sources:
        found["source"] = [[each.first, each.text] for each in viewed.sources[name]]
    return found


def _call(edge: CallEdge, places: Mapping[FunctionName, int]) -> Json:
    sites = [[site.line, site.evidence] for site in edge.sites]
    return {"caller": places[edge.caller], "callee": places[edge.callee], "sites": sites}


def _gap(gap: Gap, places: Mapping[FunctionName, int]) -> Json:
    return {"caller": places[gap.caller], "line": gap.line, "reason": gap.reason, "name": gap.name}


def _level(flow: Flow, picture: Picture, places: Mapping[FunctionName, int], once: frozenset[str]) -> Json:
    """One picture: lanes, boxes and arrows in the order in which they are drawn, which gave them their anchors."""
    steps = {step.number: step for stage in flow.stages for step in stage.steps}
    boxes = [(number, box) for number, lane in enumerate(picture.lanes) for box in lane.boxes]
    at = {box.key: number for number, (_, box) in enumerate(boxes)}
    arrows: list[Json] = []
    for arrow in picture.arrows:
        found: dict[str, object] = {
            "anchor": arrow.anchor,
            "number": arrow.number,
            "tail": at[arrow.tail],
            "head": at[arrow.head],
        }
        if arrow.mark is not None:
            found["mark"] = arrow.mark
        step = steps.get(arrow.number)
        if step is not None:
            found |= {
                "stage": step.stage,
                "line": step.line,
                "evidence": step.evidence,
                "returning": step.returning,
                "condition": step.condition,
                "through": [places[name] for name in step.through],
            }
        arrows.append(found)
    return {
        "subtitle": labels.subtitle(picture),
        "stages": [
            {
                "id": lane.id,
                "title": lane.title,
                "hidden": lane.hidden,
                "missing": lane.missing,
                "boxes": len(lane.boxes),
                "once": lane.id in once,
            }
            for lane in picture.lanes
        ],
        "boxes": [
            {
                "anchor": box.anchor,
                "function": places[box.function.name],
                "layer": box.key.layer,
                "stage": number,
                "title": box.layer_title,
            }
            for number, box in boxes
        ],
        "arrows": arrows,
    }
