"""Booby-trapped source: whatever of it is imported or executed leaves a mark."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_SPRING = "open({mark!r}, 'a').write({name!r} + '\\n')\n"

# Every way in which reading a tree could turn into running it: modules, packages, names that shadow the library's and
# flowmap's own, hooks that the interpreter looks for, class bodies, decorators, defaults, annotations, build scripts.
PROGRAM: Mapping[str, str] = {
    "main.py": """\
import json
import libcst
import msgspec
import trapped
from trapped import inner
from trapped.inner import Class, function


def run():
    Class().method()
    return function()


run()
""",
    "trapped/__init__.py": "",
    "trapped/inner.py": """\
def spring():
    {spring}


class Meta(type):
    def __new__(mcs, name, bases, namespace):
        spring()
        return super().__new__(mcs, name, bases, namespace)


class Class(metaclass=Meta):
    spring()

    def __init_subclass__(cls):
        spring()

    @staticmethod
    def decorate(f):
        spring()
        return f

    @decorate
    def method(self, default=spring()) -> spring():
        pass


def function():
    return eval("spring()")


def __getattr__(name):
    spring()
""",
    "json.py": "",
    "libcst.py": "",
    "msgspec.py": "",
    "sitecustomize.py": "",
    "usercustomize.py": "",
    "conftest.py": "",
    "setup.py": "",
    "encodings/__init__.py": "",
    "trap.pth": "import trapped\n",
}


def write_program(folder: Path, mark: Path) -> Path:
    """The trapped program below `folder`; returns its entry."""
    for name, text in PROGRAM.items():
        spring = _SPRING.format(mark=str(mark), name=name)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("{spring}", spring.strip()) + (spring if name.endswith(".py") else ""))
    return folder / "main.py"


def trap_tree(folder: Path, mark: Path) -> int:
    """Put a trap at the end of every module below `folder`; returns how many."""
    modules = sorted(folder.rglob("*.py"))
    for path in modules:
        spring = _SPRING.format(mark=str(mark), name=path.relative_to(folder).as_posix())
        path.write_text(path.read_text("utf-8").rstrip("\n") + "\n\n" + spring, "utf-8")
    return len(modules)


# What Python runs of an environment when it starts, and what installers leave there to be run.
ENVIRONMENT: Mapping[str, str] = {
    "sitecustomize.py": "",
    "usercustomize.py": "",
    "_virtualenv.py": "",
    "setup.py": "",
    "code.pth": "import trapped; {spring}\n",
    "_virtualenv.pth": "import _virtualenv\n",
    "__editable__.near-1.0.pth": "import __editable___near_1_0_finder; __editable___near_1_0_finder.install()\n",
    "__editable___near_1_0_finder.py": "MAPPING = {'near': {near!r}}\n",
    "__editable__.far-1.0.pth": "import __editable___far_1_0_finder; __editable___far_1_0_finder.install()\n",
    "__editable___far_1_0_finder.py": "MAPPING = dict(far=open({mark!r}, 'a').write('MAPPING'))\n",
    "trapped/__init__.py": "",
    "trapped-1.0.dist-info/METADATA": "Name: trapped\nVersion: 1.0\n",
    "trapped-1.0.dist-info/RECORD": "trapped/__init__.py,,\n",
    "trapped-1.0.dist-info/entry_points.txt": "[console_scripts]\ntrapped = trapped:spring\n",
}


def write_environment(folder: Path, mark: Path, python: str) -> Path:
    """An environment whose every part is trapped; returns its site-packages."""
    near = folder / "near"
    site = folder / "lib" / f"python{python}" / "site-packages"
    texts = {site / name: text for name, text in ENVIRONMENT.items()}
    texts |= {near / "__init__.py": "", near.parent / "setup.py": "", folder / "bin" / "python": "#!/bin/sh\n"}
    for path, text in texts.items():
        spring = _SPRING.format(mark=str(mark), name=path.name)
        filled = text.replace("{spring}", spring.strip()).replace("{near!r}", repr(str(near)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled.replace("{mark!r}", repr(str(mark))) + (spring if path.suffix == ".py" else ""))
    (folder / "bin" / "python").chmod(0o755)
    (folder / "bin" / "python").write_text(f"#!/bin/sh\necho python >> {mark}\n")
    (folder / "pyvenv.cfg").write_text(f"home = {folder / 'bin'}\nversion = {python}.1\n")
    return site
