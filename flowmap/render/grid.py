"""Lays each lane out with `dot`, left to right, and reads rows and columns from what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import fsum
from typing import Final
from weakref import WeakKeyDictionary

import graphviz

from flowmap.render.labels import SMALL_SIZE, box_label
from flowmap.render.layering import LayerTable, layer_table
from flowmap.render.palette import ArrowKind
from flowmap.render.picture import Arrow, Entered, Lane, Picture
from flowmap.render.renderer import Renderer, RenderingError

POINTS_PER_INCH: Final = 72
BOX_HEIGHT: Final = 31.0
BOX_MARGIN: Final = 6.0
ROW_GAP: Final = 14.0
COLUMN_GAP: Final = 46.0
# What a lane of layers may be wider than others.
_LAYERS: Final = 1.4
# Helvetica's small letters are about half an em wide, its digits 0.556 and its capitals 0.7 em; others may be an em.
LABEL_OTHER: Final = 0.56 * SMALL_SIZE
LABEL_CHARACTER: Final = 0.52 * SMALL_SIZE


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a box stands in its lane's grid; rows and columns count from 0."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One lane, laid out: the cell of every box and the width (points) of every column."""

    cells: Mapping[Entered, Cell]
    columns: tuple[float, ...]
    rows: int


def label_width(arrow: Arrow) -> float:
    """Room for an arrow's number and evidence, in points."""
    return fsum(map(_width, arrow.label))


def _width(character: str) -> float:
    if character.isascii():
        return LABEL_CHARACTER if character.islower() or character in " _" else LABEL_OTHER
    return SMALL_SIZE


def measure(labels: Sequence[str], renderer: Renderer) -> list[tuple[float, float]]:
    """Width and height in points that each HTML-like label takes.

    What a renderer has measured is remembered with it: the levels of one page have most of their words in common.
    """
    known = _MEASURED.setdefault(renderer, {})
    fresh = [label for label in dict.fromkeys(labels) if label not in known]
    if fresh:
        graph = graphviz.Digraph()
        graph.attr("node", shape="plain", fontname="Helvetica")
        for number, label in enumerate(fresh):
            graph.node(f"n{number}", label=label)
        sizes = {name: size for name, _, size in _nodes(renderer.lay_out([graph.source])[0])}
        known.update((label, sizes[f"n{number}"]) for number, label in enumerate(fresh))
    return [known[label] for label in labels]


_MEASURED: Final[WeakKeyDictionary[Renderer, dict[str, tuple[float, float]]]] = WeakKeyDictionary()


def lay_out_lanes(picture: Picture, renderer: Renderer, *, width: float) -> list[Grid]:
    """A grid a lane, in the lanes' order, each at most `width` points wide where two columns fit into that."""
    keys = [box.key for lane in picture.lanes for box in lane.boxes]
    labels = [box_label(box, colour="#000000") for lane in picture.lanes for box in lane.boxes]
    sizes = {key: size[0] + 2 * BOX_MARGIN for key, size in zip(keys, measure(labels, renderer), strict=True)}
    found = [layer_table(lane, picture.arrows, picture.subject) for lane in picture.lanes]
    tables = [table if table and _fits(table, sizes, width * _LAYERS) else None for table in found]
    plans = [
        _plan(_without(lane, table), picture.arrows, sizes, width)
        for lane, table in zip(picture.lanes, tables, strict=True)
    ]
    filled = [plan for plan in plans if plan.columns]
    answers = iter(renderer.lay_out([_source(plan) for plan in filled]))
    grids = [_grid(plan, next(answers)) if plan.columns else Grid({}, (), 1) for plan in plans]
    return [_above(table, grid, sizes) if table else grid for table, grid in zip(tables, grids, strict=True)]


def _fits(table: LayerTable, sizes: Mapping[Entered, float], width: float) -> bool:
    columns = _above(table, Grid({}, (), 1), sizes).columns
    return fsum(columns) + COLUMN_GAP * len(columns) <= width


def _without(lane: Lane, table: LayerTable | None) -> Lane:
    return replace(lane, boxes=tuple(box for box in lane.boxes if box.key not in table.cells)) if table else lane


def _above(table: LayerTable, grid: Grid, sizes: Mapping[Entered, float]) -> Grid:
    """A table of layers, and under it the grid of what else is in the lane."""
    cells = {key: Cell(row, column) for key, (row, column) in table.cells.items()}
    rows = max(cell.row for cell in cells.values()) + 1
    widths = dict(enumerate(grid.columns))
    for key, cell in cells.items():
        widths[cell.column] = max(widths.get(cell.column, 0.0), sizes[key])
    under = {key: Cell(cell.row + rows, cell.column) for key, cell in grid.cells.items()}
    return Grid({**cells, **under}, tuple(widths[number] for number in sorted(widths)), rows + grid.rows * bool(under))


@dataclass(frozen=True, slots=True)
class _Link:
    tail: Entered
    head: Entered
    ranks: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """A lane's forest: who stands right of whom, how far, and in which column that is."""

    columns: tuple[float, ...]
    column_of: Mapping[Entered, int]
    links: tuple[_Link, ...]
    beside: tuple[tuple[Entered, Entered], ...]


def _plan(lane: Lane, arrows: Sequence[Arrow], sizes: Mapping[Entered, float], width: float) -> _Plan:
    """The forest with as many columns as fit; where a chain is longer, it goes on in a new row."""
    own = [box.key for box in lane.boxes]
    links = _first_entries(set(own), arrows)
    limit = len(own) + 1
    if any(link.ranks > 1 for link in links):
        # Folded, a layer's hooks on the way in and out would no longer stand side by side.
        width *= _LAYERS
    while True:
        plan = _folded(own, links, sizes, limit)
        if len(plan.columns) <= 2 or fsum(plan.columns) + COLUMN_GAP * len(plan.columns) <= width:
            return plan
        limit = len(plan.columns) - 1


def _first_entries(own: set[Entered], arrows: Sequence[Arrow]) -> list[_Link]:
    """The first call into each box, when a box of the same lane and layer makes it.

    A box first entered from another lane, or as the next layer, begins a row of its own.
    """
    entered: set[Entered] = set()
    parent: dict[Entered, Entered] = {}
    links = []
    for arrow in arrows:
        tail, head = arrow.tail, arrow.head
        if head in entered or arrow.kind is ArrowKind.PASSAGE:
            continue
        entered.add(head)
        next_layer = tail.layer and head.layer > tail.layer
        if {tail, head} <= own and not next_layer and not _descends(tail, head, parent):
            parent[head] = tail
            # On the way back a layer's hook stands right of its hook on the way in.
            links.append(_Link(tail, head, 2 if tail.layer and arrow.kind is ArrowKind.RETURNING else 1))
    return links


def _descends(box: Entered, ancestor: Entered, parent: Mapping[Entered, Entered]) -> bool:
    here: Entered | None = box
    while here is not None:
        if here == ancestor:
            return True
        here = parent.get(here)
    return False


def _folded(own: Sequence[Entered], links: Sequence[_Link], sizes: Mapping[Entered, float], limit: int) -> _Plan:
    into = {link.head: link for link in links}
    column_of: dict[Entered, int] = {}

    def column(key: Entered) -> int:
        if key not in column_of:
            link = into.get(key)
            wanted = column(link.tail) + link.ranks if link else 0
            column_of[key] = wanted if wanted < limit else 0
        return column_of[key]

    for key in own:
        column(key)
    kept = tuple(link for link in links if column_of[link.head] == column_of[link.tail] + link.ranks)
    used = sorted(set(column_of.values()))
    columns = tuple(max(sizes[key] for key in own if column_of[key] == number) for number in used)
    return _Plan(columns, column_of, kept, tuple(_pairs(kept)))


def _pairs(links: Sequence[_Link]) -> list[tuple[Entered, Entered]]:
    """A layer's first hook on the way in, and its first on the way out, which stands beside it."""
    inward: dict[Entered, Entered] = {}
    pairs = []
    for link in links:
        if link.ranks == 1:
            inward.setdefault(link.tail, link.head)
        elif link.tail in inward:
            pairs.append((inward.pop(link.tail), link.head))
    return pairs


def _source(plan: _Plan) -> str:
    """One lane for `dot`: boxes of their column's width, the forest's links, and its roots in order of entry."""
    names = {key: f"n{number}" for number, key in enumerate(plan.column_of)}
    graph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR",
            "nodesep": f"{ROW_GAP / POINTS_PER_INCH:.4f}",
            "ranksep": f"{COLUMN_GAP / POINTS_PER_INCH:.4f}",
            "ordering": "out",
            "splines": "false",
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "height": f"{BOX_HEIGHT / POINTS_PER_INCH:.4f}"},
    )
    used = sorted(set(plan.column_of.values()))
    for key, name in names.items():
        graph.node(name, width=f"{plan.columns[used.index(plan.column_of[key])] / POINTS_PER_INCH:.4f}")
    heads = {link.head for link in plan.links}
    roots = [name for key, name in names.items() if key not in heads]
    with graph.subgraph() as first:
        first.attr(rank="same")
        for above, below in pairwise(roots):
            first.edge(above, below, style="invis")
    firsts: set[Entered] = set()
    for link in plan.links:
        # The first call goes straight on; the others fan out below it.
        graph.edge(
            names[link.tail],
            names[link.head],
            minlen=str(link.ranks),
            weight="1" if link.tail in firsts else "20",
        )
        firsts.add(link.tail)
    for left, right in plan.beside:
        graph.edge(names[left], names[right], weight="20", style="invis")
    source: str = graph.source
    return source


def _grid(plan: _Plan, answer: str) -> Grid:
    """Rows and columns from dot's positions. Boxes of one column keep their order: they are a pitch apart or more."""
    spots = {name: spot for name, spot, _ in _nodes(answer)}
    if len(spots) != len(plan.column_of):
        raise RenderingError(f"dot placed {len(spots)} of {len(plan.column_of)} boxes of a lane")
    lefts = sorted({round(x) for x, _ in spots.values()})
    top = max(y for _, y in spots.values())
    pitch = BOX_HEIGHT + ROW_GAP
    cells = {}
    for number, key in enumerate(plan.column_of):
        x, y = spots[f"n{number}"]
        cells[key] = Cell(int((top - y) / pitch + 0.5 + 1e-6), lefts.index(round(x)))
    used = sorted({cell.row for cell in cells.values()})
    closed = {key: Cell(used.index(cell.row), cell.column) for key, cell in cells.items()}
    return Grid(closed, plan.columns, len(used))


def _nodes(plain: str) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
    """Name, centre and size, in points, of every node of a `plain` answer."""
    result = []
    for line in plain.replace("\\\n", "").splitlines():
        if line.startswith("node "):
            _, name, x, y, width, height, *_ = line.split(maxsplit=6)
            result.append((name, (_points(x), _points(y)), (_points(width), _points(height))))
    return result


def _points(inches: str) -> float:
    return float(inches) * POINTS_PER_INCH
