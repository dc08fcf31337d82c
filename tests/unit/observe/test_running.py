"""A program that is observed ends and says what it would have: its status, its streams, its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.unit.observe.interpreters import EVERY, MODERN, command, environment, observed, plainly, python, write

ENDINGS = {
    "to the end": "print('out')",
    "sys.exit": "import sys; sys.stderr.write('err'); sys.exit(7)",
    "sys.exit with words": "import sys; sys.exit('words')",
    "an exception": "def f():\n    raise ValueError('x')\nf()",
    "an exception in a thread": (
        "import threading\ndef f():\n    raise ValueError('x')\nt = threading.Thread(target=f, name='t')\n"
        "t.start()\nt.join()"
    ),
    "os._exit": "import os, sys\ndef f():\n    print('lost or not'); sys.stdout.flush(); os._exit(9)\nf()",
    "a signal to itself": "import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGTERM)\nf()",
    "SIGKILL": "import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGKILL)\nf()",
    "an interrupt": "def f():\n    raise KeyboardInterrupt\nf()",
    "at exit": "import atexit\ndef f():\n    print('late')\natexit.register(f)",
    "input": "import sys\nprint(sys.stdin.read())",
    "a stack": "import traceback\ndef f():\n    traceback.print_stack()\nf()",
    "itself": (
        "import sys, os\nprint(sys.argv, sys.path[0], sorted(sys.modules['__main__'].__dict__), os.getcwd())\n"
        "print([p for p in sys.path if 'flowmap-observe' in p], 'sitecustomize' in sys.modules)"
    ),
    "descriptors": "import os\nprint(os.open(os.devnull, os.O_RDONLY))\nos.closerange(3, 200)\ndef f():\n    pass\nf()",
    "deaths at the end": (
        "class A(object):\n    def __del__(self):\n        print('gone')\na = A()\nb = [a]\nb.append(b)"
    ),
    "a profile function": (
        "import sys\nseen = []\ndef g():\n    return len('x')\ndef f(frame, event, argument):\n"
        "    if event == 'call':\n        seen.append(frame.f_code.co_name)\n"
        "sys.setprofile(f)\ng()\nsys.setprofile(None)\ng()\nprint(seen)"
    ),
    "cProfile": (
        "import cProfile\ndef g():\n    return 1\np = cProfile.Profile()\np.enable()\ng()\np.disable()\n"
        "print(sorted(e.code.co_name for e in p.getstats() if hasattr(e.code, 'co_name')))"
    ),
}


@pytest.mark.parametrize("version", ["2.7", *MODERN])
@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_changed(version: str, ending: str, tmp_path: Path) -> None:
    write(tmp_path, app=ENDINGS[ending])
    interpreter = python(version)

    before = plainly(interpreter, tmp_path, "app.py", "-o", "--debug", "x y", input=b"line\n")
    ran = observed(interpreter, tmp_path, "app.py", "-o", "--debug", "x y", input=b"line\n")

    assert ran.end == before.end
    assert ran.recording is not None


@pytest.mark.parametrize("version", MODERN)
def test_a_program_that_calls_nothing_has_a_recording(version: str, tmp_path: Path) -> None:
    write(tmp_path, app="")

    # Without the user's packages the interpreter calls nothing on its way to the program either.
    ran = observed(python(version), tmp_path, "-s", "app.py")

    assert ran.end == (0, b"", b"")
    assert ran.recording is not None
    assert (ran.recording["processes"], ran.edges()) == (1, set())


@pytest.mark.parametrize("version", EVERY)
def test_what_was_called_before_a_violent_end_is_recorded(version: str, tmp_path: Path) -> None:
    for ending in ("os._exit", "a signal to itself", "SIGKILL", "an exception", "descriptors"):
        write(tmp_path, app=ENDINGS[ending])
        assert ("app:<module>", "app:f") in observed(python(version), tmp_path, "app.py").edges(), ending


def test_modules_and_code_are_run_as_python_runs_them(tmp_path: Path) -> None:
    interpreter = python("3.11")
    write(tmp_path, app="import sys\ndef f():\n    print(sys.argv[1:])\nf()\n")

    for words in (("-m", "app", "-x"), ("-c", "import app", "-x"), ("-W", "error", "app.py", "-x")):
        before, ran = plainly(interpreter, tmp_path, *words), observed(interpreter, tmp_path, *words)
        assert ran.end == before.end == (0, b"['-x']\n", b"")
        assert ("app:<module>", "app:f") in ran.edges()


@pytest.mark.parametrize("version", EVERY)
def test_a_sitecustomize_of_the_users_is_imported(version: str, tmp_path: Path) -> None:
    write(
        tmp_path, sitecustomize="print('mine')\n", app="import sys\nprint(sys.modules['sitecustomize'].__file__[-5:])\n"
    )
    more = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    before = subprocess.run([python(version), "app.py"], cwd=tmp_path, env=more, capture_output=True, check=True)

    words = command(python(version), ["app.py"], tmp_path / "observed.json")
    ran = subprocess.run(words, cwd=tmp_path, env=more, capture_output=True, check=True)

    assert ran.stdout == before.stdout
    assert ran.stdout.startswith(b"mine")
    assert (ran.stderr, before.stderr) == (b"", b"")


WAITING = """\
import signal, sys, time

def told(number, frame):
    print("told")
    sys.exit(4)

def ready():
    print("ready")
    sys.stdout.flush()

if sys.argv[1:] == ["handler"]:
    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
ready()
time.sleep(20)
"""


@pytest.mark.parametrize("version", ["2.7", *MODERN])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1], ids=str)
@pytest.mark.parametrize("argument", ["default", "handler"])
@pytest.mark.parametrize("whole_group", [False, True])
def test_signals_are_passed_on(
    version: str, number: signal.Signals, argument: str, whole_group: bool, tmp_path: Path
) -> None:
    write(tmp_path, app=WAITING)
    interpreter = python(version)

    def ends(words: list[str]) -> tuple[int, bytes, bytes]:
        process = subprocess.Popen(
            words,
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        ready = process.stdout.readline()
        time.sleep(0.2)
        if whole_group:
            os.killpg(process.pid, number)
        else:
            os.kill(process.pid, number)
        out, err = process.communicate(timeout=15)
        return process.returncode, ready + out, err

    before = ends([interpreter, "app.py", argument])
    after = ends(command(interpreter, ["app.py", argument], tmp_path / "observed.json"))

    # A traceback cannot be cut on Python 2.
    ends_as = 2 if version == "2.7" else 3
    assert after[:ends_as] == before[:ends_as]
    assert (tmp_path / "observed.json").is_file()


@pytest.mark.parametrize("version", MODERN)
def test_an_interrupt_in_the_midst_of_calls_leaves_no_trace_of_us(version: str, tmp_path: Path) -> None:
    write(tmp_path, app="import sys\ndef f():\n    pass\nprint('ready')\nsys.stdout.flush()\nwhile True:\n    f()\n")
    words = command(python(version), ["app.py"], tmp_path / "observed.json")
    process = subprocess.Popen(
        words, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=15)

    assert err.rstrip().endswith(b"KeyboardInterrupt")
    assert b"sitecustomize" not in err
    assert process.returncode == -signal.SIGINT


def test_a_program_that_the_recorder_is_kept_from_runs_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, app="print('out')\n")

    ran = observed(python("3.11"), tmp_path, "-I", "app.py")

    assert (ran.status, ran.stdout, ran.recording) == (0, b"out\n", None)
    assert b"nothing was recorded" in ran.stderr
