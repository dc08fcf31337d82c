"""The flow that is cut from small graphs: its order, its layers, its way back, its holes, its details."""

from __future__ import annotations

from dataclasses import replace

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallGraph, Gap
from flowmap.flow.cut import OVERVIEW_LIMIT, cut
from flowmap.flow.landmarks import FindLandmarks, Landmark, Landmarks, Sight
from flowmap.flow.model import Detail, Flow, Step
from flowmap.flow.order import Link, Ordered
from flowmap.flow.overview import contracted
from flowmap.flow.selection import Box
from flowmap.names import FunctionName, Origin
from tests.unit.flow.graphs import SUBJECT, graph, numbers, short, through

LAYERS = """
root = site:<root> -> start
start = site:main -> i1, skip2, skip3
i1 = lib:inner -> m1
skip2 = lib:inner -> m2
skip3 = lib:inner -> view
m1 = lib:Mixin.call -> in1, skip2, skip3, out1
m2 = lib:Mixin.call -> in2, skip3, out2
in1 = lib:First.enter
in2 = lib:Second.enter
out1 = lib:First.leave
out2 = lib:Second.leave
view = site:view
"""
MIXED = {"m1": "lib:First", "m2": "lib:Second", "in1": "lib:First", "in2": "lib:Second"}
MIXED |= {"out1": "lib:First", "out2": "lib:Second"}


def steps(flow: Flow) -> list[Step]:
    return sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)


def told(flow: Flow) -> list[str]:
    return [short(step) for step in steps(flow)]


def boxes(flow: Flow) -> set[tuple[FunctionName, int]]:
    return {box for step in steps(flow) for box in ((step.caller, step.caller_layer), (step.callee, step.layer))}


def layered(of: CallGraph) -> FindLandmarks:
    hooks = frozenset(i for i, each in enumerate(of.activations) if each.function.qualname.endswith(("enter", "leave")))
    order = {FunctionName("lib", "First"): 0, FunctionName("lib", "Second"): 1}
    stages = (
        Landmark("start", "Start", numbers(of, "site:main")),
        Landmark("view", "View", numbers(of, "site:view")),
        Landmark("end", "End", frozenset(), on_way=False, expected=False),
    )
    sights = (Sight(hooks, 1, "layers", every=True),)
    return lambda _graph, _subject: Landmarks(
        stages, sights, order=order, layer_stage="layers", layer_title="Layers", layers_before="view"
    )


def test_steps_are_numbered_in_call_order() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> 3 b, 5 c\nb = s:b -> d\nd = s:d\nc = s:c")

    flow = cut(site, through(site, "s:a", "s:d"), SUBJECT)

    assert told(flow) == ["a -> b", "b -> d", "a -> c"]
    assert [step.number for step in steps(flow)] == [1, 2, 3]
    assert [step.line for step in steps(flow)] == [3, 1, 5]


def test_a_function_with_many_contexts_is_one_box() -> None:
    site = graph(
        "root = s:<root> -> a\na = s:a -> 1 b1, 1 b2\nb1 = s:b -> 2 c\nb2 = s:b -> 1 early, 2 c\n"
        "early = s:early\nc = s:c"
    )

    flow = cut(site, through(site, "s:a", "s:c"), SUBJECT)

    assert told(flow) == ["a -> b", "b -> early", "b -> c"]


def test_both_ways_come_before_what_they_lead_to() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> long, short\nlong = s:long -> goal\nshort = s:short -> goal\n"
                 "goal = s:goal -> end\nend = s:end")  # fmt: skip

    flow = cut(site, through(site, "s:a", "s:goal", "s:end"), SUBJECT)

    assert told(flow) == ["a -> long", "long -> goal", "a -> short", "short -> goal", "goal -> end"]


def test_what_follows_a_call_that_waits_for_another_way_comes_after_it() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> long, short\nlong = s:long -> goal, tidy\nshort = s:short -> goal\n"
                 "tidy = s:tidy\ngoal = s:goal -> end\nend = s:end")  # fmt: skip

    flow = cut(site, through(site, "s:a", "s:goal", "s:end"), SUBJECT)

    assert told(flow)[-2:] == ["goal -> end", "long -> tidy"]
    assert steps(flow)[-1].returning


def test_a_cycle_of_the_way_ends() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> b\nb = s:b -> c\nc = s:c -> b, end\nend = s:end")

    flow = cut(site, through(site, "s:a", "s:end"), SUBJECT)

    assert set(told(flow)) == {"a -> b", "b -> c", "c -> b", "c -> end"}


def test_layers_are_numbered_from_outside_and_none_is_skipped() -> None:
    site = graph(LAYERS, receivers=MIXED)

    flow = cut(site, layered(site), SUBJECT, Detail.FULL)

    assert told(flow) == [
        "main -> inner@1",
        "inner@1 -> Mixin.call@1",
        "Mixin.call@1 -> First.enter",
        "Mixin.call@1 -> inner@2",
        "inner@2 -> Mixin.call@2",
        "Mixin.call@2 -> Second.enter",
        "Mixin.call@2 -> inner@3",
        "inner@3 -> view",
        "Mixin.call@2 -> Second.leave",
        "Mixin.call@1 -> First.leave",
    ]


def test_hooks_stand_with_the_layers_and_some_of_them_are_on_the_way_back() -> None:
    site = graph(LAYERS, receivers=MIXED)

    flow = cut(site, layered(site), SUBJECT)

    assert [stage.id for stage in flow.stages] == ["layers", "view"]
    assert [short(step) for step in steps(flow) if step.returning] == [
        "Mixin.call@2 -> Second.leave",
        "Mixin.call@1 -> First.leave",
    ]


def test_a_layer_that_only_passes_on_is_named_by_the_step_that_skips_it() -> None:
    site = graph(LAYERS, receivers=MIXED)

    flow = cut(site, layered(site), SUBJECT)

    first = steps(flow)[0]
    assert short(first) == "main -> Mixin.call@1"
    assert first.through == (FunctionName("lib", "inner"),)


def test_the_order_of_the_settings_decides_where_the_graph_cannot() -> None:
    tangled = LAYERS.replace("m2 = lib:Mixin.call -> in2,", "m2 = lib:Mixin.call -> in2, i1,")
    site = graph(tangled, receivers=MIXED)

    flow = cut(site, layered(site), SUBJECT, Detail.FULL)

    assert "Mixin.call@1 -> First.enter" in told(flow)
    assert "Mixin.call@2 -> Second.enter" in told(flow)


def test_hooks_called_at_one_line_go_inward_in_order_and_outward_against_it() -> None:
    site = graph(
        "root = s:<root> -> serve\nserve = s:serve -> 1 b, 1 a, 2 view, 3 oa, 3 ob\na = l:First.enter\n"
        "b = l:Second.enter\nview = s:view\noa = l:First.leave\nob = l:Second.leave",
        receivers={"a": "l:First", "oa": "l:First", "b": "l:Second", "ob": "l:Second"},
    )
    order = {FunctionName("l", "First"): 0, FunctionName("l", "Second"): 1}
    hooks = frozenset(i for i, each in enumerate(site.activations) if each.receiver)
    found = through(site, "s:serve", "s:view")(None, SUBJECT)  # type: ignore[arg-type]  # it looks at neither
    landmarks = replace(found, order=order, sights=(Sight(hooks, 1, "view", every=True),))

    flow = cut(site, lambda *_: landmarks, SUBJECT)

    assert [step.callee.qualname for step in steps(flow)] == [
        "First.enter", "Second.enter", "view", "Second.leave", "First.leave",
    ]  # fmt: skip


def test_a_stage_that_is_expected_and_not_reached_is_a_hole() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> b\nb = s:b\nlost = s:lost")

    flow = cut(site, through(site, "s:a", "s:b", "s:lost"), SUBJECT)

    assert flow.missing == ("lost",)
    assert [stage.id for stage in flow.stages] == ["b"]


def test_a_stage_that_is_not_expected_is_left_out_without_a_word() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> b\nb = s:b")
    found = through(site, "s:a", "s:b")(None, SUBJECT)  # type: ignore[arg-type]  # it looks at neither
    landmarks = replace(found, stages=(*found.stages, Landmark("x", "X", frozenset(), expected=False)))

    assert cut(site, lambda *_: landmarks, SUBJECT).missing == ()


def test_gaps_are_those_of_the_way() -> None:
    on_way, beside = (Gap(FunctionName("s", name), 3, "unknown") for name in ("a", "side"))
    site = graph("root = s:<root> -> a\na = s:a -> side, b\nside = s:side\nb = s:b", gaps=(on_way, beside))

    assert cut(site, through(site, "s:a", "s:b"), SUBJECT).gaps == (on_way,)


def test_what_is_left_out_is_counted_in_the_stage_of_its_caller() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> operator hidden, b\nhidden = s:hidden\nb = s:b -> c\nc = s:c")

    flow = cut(site, through(site, "s:a", "s:b", "s:c"), SUBJECT)

    assert flow.hidden == {"a": 1}


def test_details_are_nested() -> None:
    rows = [f"w{i} = s:w{i} -> w{i + 1}, x{i}, y{i}, z{i}" for i in range(60)]
    rows += [f"{kind}{i} = t:{kind}{i}" for kind in "xyz" for i in range(60)]
    site = graph("\n".join(["root = s:<root> -> w0", *rows, "w60 = s:w60"]))
    find = through(site, "s:w0", "s:w30", "s:w60")

    overview, flow, full = (boxes(cut(site, find, SUBJECT, detail)) for detail in Detail)

    assert overview < flow < full
    assert len(overview) == 3
    assert len(flow) == 80


def test_an_overview_says_what_its_steps_leave_out() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> 7 b\nb = s:b -> thread c\nc = s:c -> d\nd = s:d")

    flow = cut(site, through(site, "s:a", "s:d"), SUBJECT, Detail.OVERVIEW)

    (step,) = steps(flow)
    assert (short(step), step.line, step.evidence) == ("a -> d", 7, Evidence.THREAD)
    assert [name.qualname for name in step.through] == ["b", "c"]


def test_an_overview_has_the_outermost_and_the_innermost_layer_of_what_is_listed() -> None:
    site = graph(LAYERS, receivers=MIXED)

    flow = cut(site, layered(site), SUBJECT, Detail.OVERVIEW)

    assert told(flow) == ["main -> Mixin.call@1", "Mixin.call@1 -> Mixin.call@2", "Mixin.call@2 -> view"]
    assert steps(flow)[1].through == (FunctionName("lib", "inner"),)


def many_forks(count: int) -> CallGraph:
    """A way that parts and comes together `count` times."""
    rows = [f"f{i} = s:f{i} -> x{i}, y{i}" for i in range(count)]
    rows += [f"{kind}{i} = s:{kind}{i} -> f{i + 1}" for i in range(count) for kind in "xy"]
    return graph("\n".join(["root = s:<root> -> f0", *rows, f"f{count} = s:f{count}"]))


def test_an_overview_shows_the_forks_that_there_is_room_for() -> None:
    few, many = (
        cut(site, through(site, "s:f0", f"s:f{count}"), SUBJECT, Detail.OVERVIEW)
        for count in (5, 40)
        for site in (many_forks(count),)
    )

    assert [name.qualname for name, _ in sorted(boxes(few))] == [f"f{i}" for i in range(6)]
    assert len(boxes(many)) == OVERVIEW_LIMIT


def test_where_ways_come_together_and_is_not_shown_each_of_them_goes_on() -> None:
    one, other = (FunctionName("s", text) for text in ("one", "other"))
    join, end = FunctionName("s", "join"), FunctionName("s", "end")
    links = [
        Ordered(Link(Box(tail, 0), Box(head, 0), line, Evidence.CALL, True), False)
        for line, (tail, head) in enumerate([(one, join), (other, join), (join, end)], 1)
    ]

    found = contracted(links, frozenset(Box(each, 0) for each in (one, other, end)))

    assert [(each.link.caller.function, each.link.line, each.link.through) for each in found] == [
        (one, 1, (join,)),
        (other, 2, (join,)),
    ]


def test_a_thread_is_one_arrow() -> None:
    site = graph(
        "root = s:<root> -> a\na = s:a -> 4 start\nstart = threading:Thread.start -> thread boot\n"
        "boot = threading:Thread.boot -> run\nrun = threading:Thread.run -> target\ntarget = s:target",
        origins={"threading": Origin.STDLIB},
    )

    flow = cut(site, through(site, "s:a", "s:target"), SUBJECT)

    (step,) = steps(flow)
    assert (short(step), step.line, step.evidence) == ("a -> target", 4, Evidence.THREAD)
    assert [name.qualname for name in step.through] == ["Thread.start", "Thread.boot", "Thread.run"]


def test_what_a_thread_starts_before_it_runs_is_not_its_target() -> None:
    site = graph(
        "root = s:<root> -> a\na = s:a -> start\nstart = threading:Thread.start -> other, thread run\n"
        "other = weak:add\nrun = threading:Thread.run -> target\ntarget = s:target",
        origins={"threading": Origin.STDLIB, "weak": Origin.STDLIB},
    )

    flow = cut(site, through(site, "s:a", "s:target"), SUBJECT, Detail.FULL)

    assert told(flow) == ["a -> target"]


def test_a_descriptor_is_left_out_of_the_property_it_stands_for() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> attribute get\nget = t:cached.__get__ -> b\nb = s:b")

    (step,) = steps(cut(site, through(site, "s:a", "s:b"), SUBJECT))

    assert (short(step), step.evidence) == ("a -> b", Evidence.PROPERTY)


def test_the_shortest_way_to_a_sight_is_shown() -> None:
    site = graph("root = s:<root> -> a\na = s:a -> far, near, end\nfar = t:far -> mid\nmid = t:mid -> operator goal\n"
                 "near = t:near -> operator goal\ngoal = t:goal\nend = s:end")  # fmt: skip
    find = through(site, "s:a", "s:end", sights=(Sight(numbers(site, "t:goal"), 0),))

    flow = cut(site, find, SUBJECT, Detail.OVERVIEW)

    assert told(flow) == ["a -> goal", "a -> end"]
    assert [name.qualname for name in steps(flow)[0].through] == ["near"]


def test_equal_graphs_give_equal_flows() -> None:
    one, other = (graph(LAYERS, receivers=MIXED) for _ in range(2))

    assert cut(one, layered(one), SUBJECT) == cut(other, layered(other), SUBJECT)


def test_a_graph_without_activations_gives_an_empty_flow() -> None:
    assert cut(CallGraph({}, (), (), ()), lambda *_: Landmarks(()), SUBJECT).stages == ()


def test_a_long_way_needs_no_deep_stack() -> None:
    rows = [f"w{i} = s:w{i} -> w{i + 1}" for i in range(3000)]
    site = graph("\n".join(["root = s:<root> -> w0", *rows, "w3000 = s:w3000"]))

    flow = cut(site, through(site, "s:w0", "s:w3000"), SUBJECT)

    assert len(steps(flow)) == 3000
