"""The reader of cases and the comparison, on tiny inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, Gap, NodeKind
from flowmap.names import FunctionName, Origin
from tests.cases.case import ExpectedEdge, MalformedCaseError, cases_of, load_cases, module_name
from tests.cases.comparison import differences

TEXT = """# Title

## First one

A sentence. ignore: stdlib

```python
# file: pkg/mod.py
## no heading
f()
```

```edges
pkg.mod:<module> -> pkg.mod:f [property] ?
```

```gaps
pkg.mod:<module> 3
```

## Second

```python
pass
```

```edges
```
"""


def test_a_case_is_read_in_all_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "some.md"
    path.write_text(TEXT)

    first, second = cases_of(path)

    assert (first.id, second.id) == ("some/first-one", "some/second")
    assert first.files == (("pkg/mod.py", "# file: pkg/mod.py\n## no heading\nf()\n"),)
    assert first.edges == (ExpectedEdge("pkg.mod:<module>", "pkg.mod:f", "property", unseen=True),)
    assert first.gaps == (("pkg.mod:<module>", 3),)
    assert first.ignores_stdlib
    assert (second.files, second.edges, second.gaps) == ((("main.py", "pass\n"),), (), None)
    assert not second.ignores_stdlib


@pytest.mark.parametrize("line", ["main:f main:g", "main:f -> main:g [no evidence]", "main:f -> main:g ??"])
def test_a_line_that_is_no_edge_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "some.md"
    path.write_text(f"## One\n\n```python\npass\n```\n\n```edges\n{line}\n```\n")

    with pytest.raises(MalformedCaseError, match="not an edge"):
        list(cases_of(path))


def test_case_ids_are_unique_and_every_case_says_what_it_tests() -> None:
    cases = load_cases()

    assert len({case.id for case in cases}) == len(cases) >= 80
    assert [case.id for case in cases if len(case.prose) < 20] == []


def test_evidence_words_are_those_of_the_engine() -> None:
    words = {edge.evidence for case in load_cases() for edge in case.edges if edge.evidence}

    assert words <= {evidence.value for evidence in Evidence}


@pytest.mark.parametrize(
    ("path", "module"), [("main.py", "main"), ("a/b.py", "a.b"), ("a/__init__.py", "a"), ("__init__x.py", "__init__x")]
)
def test_module_names(path: str, module: str) -> None:
    assert module_name(path) == module


def _graph(*edges: tuple[str, str, NodeKind, Origin], gaps: tuple[Gap, ...] = ()) -> CallGraph:
    functions: dict[FunctionName, Function] = {}
    found = []
    for caller, callee, kind, origin in edges:
        for name in (caller, callee):
            functions.setdefault(FunctionName.parse(name), Function(FunctionName.parse(name), kind, origin))
        site = CallSite(1, Evidence.CALL)
        found.append(CallEdge(FunctionName.parse(caller), FunctionName.parse(callee), (site,)))
    return CallGraph(functions, tuple(found), gaps, ())


def test_the_comparison_names_what_is_missing_and_what_is_surplus(tmp_path: Path) -> None:
    path = tmp_path / "some.md"
    path.write_text(TEXT)
    first, _ = cases_of(path)
    project, stdlib = Origin.PROJECT, Origin.STDLIB
    function, external = NodeKind.FUNCTION, NodeKind.EXTERNAL
    body = FunctionName.parse("pkg.mod:<module>")
    graph = _graph(
        ("pkg.mod:<module>", "pkg.mod:f", function, project),
        ("pkg.mod:<module>", "pkg.mod:g", function, project),
        ("pkg.mod:<module>", "pkg:<module>", function, project),
        ("pkg.mod:<module>", "builtins:print", external, stdlib),
        ("pkg.mod:<module>", "functools:wraps", function, stdlib),
        ("functools:wraps", "pkg.mod:h", function, project),
        gaps=(Gap(body, 2, "why"),),
    )

    assert list(differences(first, graph)) == [
        "surplus:  pkg.mod:<module> -> pkg.mod:g [call at line 1]",
        "evidence: pkg.mod:<module> -> pkg.mod:f should have [property], has [call at line 1]",
        "missing gap:  pkg.mod:<module> line 3",
        "surplus gap:  pkg.mod:<module> line 2: why",
    ]
    assert next(differences(first, _graph())) == "missing:  pkg.mod:<module> -> pkg.mod:f"
