"""The routes of a project as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from flowmap.flow.routes import Route, RouteGap, RouteList, View

_NOTHING = "-"


def routes_text(listing: RouteList) -> str:
    """A line a route: pattern, name, view, methods, where it is declared; below it, indented, what stands around the
    view. Then the gaps.
    """
    return "".join(f"{line}\n" for line in _lines(listing))


def _lines(listing: RouteList) -> Iterator[str]:
    found = listing.found
    rows = [_row(route) for route in found.routes]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for route, row in zip(found.routes, rows, strict=True):
        cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)]
        yield "  ".join((*cells, row[3]))
        yield from (f"    {line}" for line in _around(route))
    yield from (f"gap: {gap_text(gap)}" for gap in found.gaps)


def gap_text(gap: RouteGap) -> str:
    """Where a listing breaks off, and why."""
    what = f"{gap.name}: {gap.reason}" if gap.name else gap.reason
    place = f" ({gap.place})" if gap.place is not None else ""
    return f"/{gap.pattern}  {what}{place}"


def _row(route: Route) -> tuple[str, str, str, str]:
    views = " or ".join(view_text(view) for view in route.views) or _NOTHING
    return f"/{route.pattern}", route.name or _NOTHING, views, str(route.declared or _NOTHING)


def view_text(view: View) -> str:
    """A view with the methods that it handles."""
    return f"{view.name} [{' '.join(name for name, _ in view.methods)}]" if view.methods else view.name


def _around(route: Route) -> Iterator[str]:
    if route.included:
        yield f"included at {', '.join(map(str, route.included))}"
    if route.parameters:
        yield f"parameters {', '.join(f'{name}: {kind}' for name, kind in route.parameters)}"
    for view in route.views:
        of = f" of {view.name}" if len(route.views) > 1 else ""
        if view.place is not None:
            yield f"view{of} at {view.place}"
        if view.decorators:
            yield f"decorators{of} {', '.join(map(str, view.decorators))}"
        if view.mixins:
            yield f"mixins{of} {', '.join(map(str, view.mixins))}"
        if view.methods:
            yield f"methods{of} {', '.join(f'{method}: {handler}' for method, handler in view.methods)}"


def routes_markdown(listing: RouteList) -> str:
    """A table: CommonMark with tables."""
    subject, found = listing.subject, listing.found
    lines = [
        f"# URLs of {_cell(subject.project)} on {subject.distribution} {subject.version}",
        "",
        f"Root: `{found.urlconf}`. {len(found.routes)} routes, in the order in which they are tried.",
        "",
        "| pattern | name | view | around it | declared |",
        "|---|---|---|---|---|",
    ]
    for route in found.routes:
        pattern, name, _, declared = _row(route)
        views = "<br>".join(_code(view_text(view)) for view in route.views) or _NOTHING
        around = "<br>".join(_code(str(name)) for view in route.views for name in (*view.decorators, *view.mixins))
        lines.append(f"| {_code(pattern)} | {_cell(name)} | {views} | {around} | {_cell(declared)} |")
    if found.gaps:
        lines += ["", "## Gaps", "", *(f"- {_code(gap_text(gap))}" for gap in found.gaps)]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("_", "\\_")


def _code(text: str) -> str:
    # In a table a pipe ends the cell, in code too.
    return f"`{text}`".replace("|", "\\|")
