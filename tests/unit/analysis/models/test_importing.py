"""Modules found, made and executed at run time."""

from __future__ import annotations

from tests.unit.analysis.programs import calls


def test_a_spec_is_executed_step_by_step() -> None:
    source = """
from importlib.util import find_spec, module_from_spec
spec = find_spec("other")
module = module_from_spec(spec)
spec.loader.exec_module(module)
module.run()
"""
    assert "<module> -> other:run" in calls(source, other="def run(): ...")


def test_a_module_that_is_not_there_has_no_spec() -> None:
    source = """
from importlib.util import find_spec
def f(): ...
def g(): ...
if find_spec("nowhere") is None: f()
else: g()
"""
    assert calls(source) == {"<module> -> f"}


def test_importers_of_the_program_are_asked() -> None:
    source = """
import sys
from importlib.machinery import ModuleSpec
class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, Loader()) if name == "virtual" else None
class Loader:
    def create_module(self, spec): return None
    def exec_module(self, module): module.f = f
def f(): ...
sys.meta_path.append(Finder())
import virtual
virtual.f()
"""
    assert calls(source) >= {"<module> -> Finder.find_spec", "<module> -> Loader.exec_module", "<module> -> f"}


def test_walking_a_package_gives_names_with_their_prefix() -> None:
    source = """
import importlib, pkgutil
import plugins
for _, name, is_package in pkgutil.walk_packages(plugins.__path__, "plugins."):
    importlib.import_module(name).run()
"""
    others = {"plugins____init__": "", "plugins__one": "def run(): ..."}
    assert "<module> -> plugins.one:run" in calls(source, **others)


def test_a_default_in_the_environment_is_read_again() -> None:
    source = """
import importlib, os
os.environ["OPEN"] = input()
os.environ.setdefault("NAME", "other")
os.environ["NAME"] = input()
importlib.import_module(os.environ["NAME"]).run()
"""
    assert "<module> -> other:run" in calls(source, other="def run(): ...")
