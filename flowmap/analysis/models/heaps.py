"""Models of heapq, bisect and the queues written in C."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.namedtuples import keyword
from flowmap.analysis.models.registry import declare, model, table
from flowmap.analysis.values import NOTHING, Cell, Constant, Instance, PointsTo

declare("SimpleQueue", "_queue", "object", "put put_nowait get get_nowait qsize empty")
declare("Empty", "_queue", "Exception", "")
table("int", "SimpleQueue.qsize", "_queue")
table("bool", "SimpleQueue.empty", "_queue")


@model("_queue.SimpleQueue.put", "_queue.SimpleQueue.put_nowait")
def put(call: NativeCall) -> PointsTo:
    call.machine.write_content(
        call.instance.attributes.setdefault("<items>", Cell()), call.argument(1, "item") or NOTHING
    )
    return call.machine.space.constant(None)


@model("_queue.SimpleQueue.get", "_queue.SimpleQueue.get_nowait")
def get(call: NativeCall) -> PointsTo:
    return call.machine.read(call.instance.attributes.setdefault("<items>", Cell()), call.frame)


def _elements(call: NativeCall, index: int) -> PointsTo:
    return call.machine.elements_of(call.frame, call.argument(index) or NOTHING, call.site)


def _add(call: NativeCall, item: PointsTo) -> None:
    for heap in (call.argument(0, "heap") or NOTHING).items:
        if isinstance(heap, Instance) and heap.content is not None:
            call.machine.blur(heap)
            call.machine.write_content(heap.content.rest, item)


@model("heapq.heappush", "heapq.heapify", "heapq._heapify_max")
def push(call: NativeCall) -> PointsTo:
    """Compares the items by `__lt__`."""
    _add(call, call.argument(1, "item") or NOTHING)
    call.machine.compare_elements(call.frame, call.argument(0, "heap") or NOTHING, call.site)
    return call.machine.space.constant(None)


@model("heapq.heappop", "heapq.heappushpop", "heapq.heapreplace", "heapq._heappop_max", "heapq._heapreplace_max")
def pop(call: NativeCall) -> PointsTo:
    _add(call, call.argument(1, "item") or NOTHING)
    call.machine.compare_elements(call.frame, call.argument(0, "heap") or NOTHING, call.site)
    return _elements(call, 0)


def _by_key(call: NativeCall, elements: PointsTo, sources: PointsTo) -> None:
    key = keyword(call, "key")
    if key is not None and elements.items and not all(isinstance(k, Constant) for k in key.items):
        call.invoke(key, elements)
    else:
        call.machine.compare_elements(call.frame, sources, call.site)


@model("heapq.nlargest", "heapq.nsmallest")
def extremes(call: NativeCall) -> PointsTo:
    elements = _elements(call, 1)
    _by_key(call, elements, call.argument(1, "iterable") or NOTHING)
    return call.machine.make_list(call.frame, None, elements, (call.site, "extremes"))


@model("heapq.merge")
def merge(call: NativeCall) -> PointsTo:
    sources = call.machine.space.join_all([*call.arguments.positional, call.arguments.star or NOTHING])
    elements = call.machine.elements_of(call.frame, sources, call.site)
    _by_key(call, elements, sources)
    return call.machine.make_iterator("merge", None, elements)


@model("bisect.bisect", "bisect.bisect_left", "bisect.bisect_right")
def find_place(call: NativeCall) -> PointsTo:
    _by_key(call, _elements(call, 0), call.argument(0, "a") or NOTHING)
    return call.machine.any_of("int")


@model("bisect.insort", "bisect.insort_left", "bisect.insort_right")
def insert(call: NativeCall) -> PointsTo:
    _add(call, call.argument(1, "x") or NOTHING)
    _by_key(call, _elements(call, 0), call.argument(0, "a") or NOTHING)
    return call.machine.space.constant(None)
