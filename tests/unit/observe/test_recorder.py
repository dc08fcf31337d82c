"""Which calls are recorded, by real interpreters of every age."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.observe.interpreters import EVERY, MODERN, observed, python, write


@pytest.mark.parametrize("version", EVERY)
def test_calls_threads_comprehensions_and_generators(version: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        app="""\
            import threading
            import helper

            class Base(object):
                def __init__(self):
                    self.items = [helper.one(x) for x in range(2)]

                @property
                def size(self):
                    return len(self.items)

                @size.setter
                def size(self, value):
                    helper.two()

            def numbers():
                yield helper.one(1)
                yield 2

            def work():
                return list(numbers())

            def by_c():
                return sorted([2, 1], key=lambda x: helper.one(x))

            def any_of(items):
                return any(items)

            def made():
                return any_of(helper.one(x) for x in [0])

            class Own(threading.Thread):
                def run(self):
                    helper.two()

            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            own = Own()
            own.start()
            own.join()
            base = Base()
            base.size = base.size
            by_c()
            made()
            """,
        helper="""\
            def one(x):
                return x

            def two():
                return (lambda: 0)() or (lambda: 1)()
            """,
    )

    ran = observed(python(version), tmp_path, "app.py")

    assert ran.end == (0, b"", b"")
    assert ran.recording is not None
    assert ran.recording["processes"] == 1
    assert {each for each in ran.kinds() if each[2] != "create"} == {
        ("app:<module>", "helper:<module>", "import"),
        ("app:<module>", "app:Base", "class-body"),
        ("app:<module>", "app:Own", "class-body"),
        ("app:<module>", "app:Base.__init__", "call"),
        ("app:Base.__init__", "helper:one", "call"),
        ("app:<module>", "app:Base.size", "call"),
        ("app:<module>", "app:Base.size#2", "call"),
        ("app:Base.size#2", "helper:two", "call"),
        ("helper:two", "helper:two.<locals>.<lambda>", "call"),
        ("helper:two", "helper:two.<locals>.<lambda#2>", "call"),
        ("app:work", "app:numbers", "call"),
        ("app:numbers", "helper:one", "call"),
        ("app:<module>", "app:by_c", "call"),
        ("app:by_c", "app:by_c.<locals>.<lambda>", "call"),
        ("app:by_c.<locals>.<lambda>", "helper:one", "call"),
        ("app:<module>", "app:made", "call"),
        ("app:made", "app:any_of", "call"),
        # It runs for whoever asks, and counts as its holder.
        ("app:any_of", "app:made", "call"),
        ("app:made", "helper:one", "call"),
        ("app:Own.run", "helper:two", "call"),
    }
    functions = ran.recording["functions"]
    named = {
        (functions[edge["caller"]]["id"], functions[edge["callee"]]["id"], *edge["kinds"])
        for edge in ran.recording["edges"]
    }
    if version != "2.7":
        assert ("threading:Thread.start", "threading:Thread._bootstrap", "thread") in named
        assert ("threading:Thread._bootstrap", "threading:Thread._bootstrap_inner", "call") in named
        assert ("threading:Thread.run", "app:work", "call") in named
        assert ("threading:Thread._bootstrap_inner", "app:Own.run", "call") in named
    made = {each[:2] for each in ran.kinds() if each[2] == "create"}
    assert made == ({("app:work", "app:numbers")} if version in {"3.12", "3.13"} else set())


@pytest.mark.parametrize("version", MODERN)
def test_coroutines_and_tasks(version: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        app="""\
            import asyncio

            def leaf():
                return 1

            async def inner():
                await asyncio.sleep(0)
                return leaf()

            async def stream():
                yield leaf()
                await asyncio.sleep(0)
                yield 2

            async def view():
                await inner()
                async for _ in stream():
                    pass
                await asyncio.gather(inner(), asyncio.get_running_loop().run_in_executor(None, leaf))

            asyncio.run(view())
            """,
    )

    ran = observed(python(version), tmp_path, "app.py")

    assert ran.end == (0, b"", b"")
    assert {("app:view", "app:inner"), ("app:inner", "app:leaf"), ("app:view", "app:stream")} <= ran.edges()
    # That another one awaits it, or the loop runs it, is no call by the module.
    assert ("app:<module>", "app:inner") not in ran.edges()


@pytest.mark.parametrize("version", EVERY)
def test_what_dies_has_no_caller(version: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        app="""\
            import weakref

            class Thing(object):
                def __del__(self):
                    gone()

            def gone():
                pass

            def on_death(reference):
                gone()

            def holds():
                thing = Thing()
                return weakref.ref(thing, on_death)

            watching = holds()
            """,
    )

    kinds = observed(python(version), tmp_path, "app.py").kinds()

    assert {kind for _, callee, kind in kinds if callee in {"app:on_death", "app:Thing.__del__"}} == {"finalizer"}
    assert ("app:on_death", "app:gone", "call") in kinds


@pytest.mark.parametrize("version", EVERY)
def test_processes_however_they_begin_and_end(version: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        app="""\
            import multiprocessing
            import os
            import signal
            import subprocess
            import sys

            def forked():
                pass

            def pooled():
                pass

            def spawn():
                subprocess.check_call([sys.executable, "child.py"])

            def killed():
                later()
                os.kill(os.getpid(), signal.SIGKILL)

            def later():
                pass

            if __name__ == "__main__":
                spawn()
                process = multiprocessing.Process(target=pooled)
                process.start()
                process.join()
                for function in (forked, killed):
                    child = os.fork()
                    if not child:
                        function()
                        os._exit(3)
                    os.waitpid(child, 0)
            """,
        child="""\
            def main():
                pass

            main()
            """,
    )

    ran = observed(python(version), tmp_path, "app.py")

    assert ran.end[0] == 0, ran.stderr
    assert ran.recording is not None
    assert ran.recording["processes"] == 5
    assert {
        ("child:<module>", "child:main"),
        ("app:<module>", "app:forked"),
        ("app:<module>", "app:killed"),
        ("app:killed", "app:later"),
    } <= ran.edges()
    assert any(each["id"] == "app:pooled" for each in ran.recording["functions"])


@pytest.mark.parametrize("version", EVERY)
def test_importing_by_name_is_a_call_and_an_import(version: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        app="""\
            import importlib

            def load():
                return importlib.import_module("plugin")

            load()
            """,
        plugin="VALUE = 1\n",
    )

    ran = observed(python(version), tmp_path, "app.py")

    assert ("app:load", "plugin:<module>", "import") in ran.kinds()
    assert ran.recording is not None
    functions = ran.recording["functions"]
    called = {(functions[edge["caller"]]["id"], functions[edge["callee"]]["id"]) for edge in ran.recording["edges"]}
    assert ("app:load", "importlib:import_module") in called
    assert not any(each["file"].startswith("importlib/_bootstrap") for each in functions)


def test_the_way_of_a_recording_is_not_in_it(tmp_path: Path) -> None:
    write(tmp_path, app="secret = 'a value'\ndef f(x):\n    return x\nf(secret)\neval('f(1)')\n")

    ran = observed(python("3.11"), tmp_path, "app.py", "--token", "a word")

    text = (tmp_path / "observed.json").read_text(encoding="utf-8")
    assert ran.recording is not None
    assert ran.recording["program"] == "app.py"
    for word in (str(tmp_path), str(Path.home()), "/lib/python", "secret", "a value", "a word"):
        assert word not in text
