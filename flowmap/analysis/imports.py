"""The import system (language reference 5 and 7.11): modules are run once, packages first."""

from __future__ import annotations

from flowmap.analysis.assumptions import assume
from flowmap.analysis.definitions import Definitions
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.platform import EXTENSION_MODULES, lies_behind
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    CodeBlock,
    Constant,
    External,
    Instance,
    Module,
    PointsTo,
    Unknown,
    Value,
)
from flowmap.names import MAIN, Origin
from flowmap.syntax import ir


class Imports(Definitions):
    """Import statements and the modules they run."""

    def import_names(self, frame: Frame, node: ir.Import) -> None:
        for alias in node.names:
            value = self._imported(frame, alias.name, node.site)
            if alias.asname is not None:
                self.assign_name(frame, alias.asname, value)
            else:
                top = alias.name.partition(".")[0]
                module = self.modules.get(top)
                found = self.space.one(module) if module is not None else self.space.external(top)
                self.assign_name(frame, top, found)

    def _imported(self, frame: Frame, name: str, site: int) -> PointsTo:
        try:
            return self.import_dotted(frame, name, site, "import")
        except DivergedError:
            return self._missing(frame, name, site)

    def _missing(self, frame: Frame, name: str, site: int) -> PointsTo:
        """A module that is not there: an ImportError, for the handler that waits for it."""
        if frame.guards_imports:
            frame.missing_import = True
            raise DivergedError
        if name not in self.unreadable:
            self.gap(frame, site, Reason.MODULE_MISSING.value, name)
        return self.space.external(name)

    def import_from(self, frame: Frame, node: ir.ImportFrom) -> None:
        if node.module == "__future__" and not node.level:
            return
        base = self.absolute_name(frame, node.module, node.level)
        modules = self._imported(frame, base, node.site)
        for alias in node.names:
            if alias.name == "*":
                for module in modules.items:
                    if isinstance(module, (Module, External)):
                        self._import_star(frame, module, node.site)
                continue
            value = NOTHING
            for module in modules.items:
                value = self.space.join(value, self._member(frame, module, alias.name, node.site))
            self.assign_name(frame, alias.asname or alias.name, value)

    def absolute_name(self, frame: Frame, name: str, level: int) -> str:
        """The module that a relative import means (PEP 328)."""
        if not level:
            return name
        module = frame.module
        parts = module.name.split(".")
        keep = len(parts) - level + (module.folder is not None)
        return ".".join([*parts[:keep], *([name] if name else [])])

    def _member(self, frame: Frame, module: object, name: str, site: int) -> PointsTo:
        if isinstance(module, External):
            return self.space.external(f"{module.name}.{name}")
        if isinstance(module, Instance):
            return self.get_attribute(frame, module, name, site)
        if not isinstance(module, Module):
            return NOTHING
        found = self.find_attribute(frame, module, name, site)
        if found is not None and found.items:
            child = self.modules.get(f"{module.name}.{name}")
            if child is not None and child in found.items:
                # Imported before: the edge is this statement's all the same.
                self._import_one(frame, child.name, site, "import")
            return found
        if module.folder is not None:
            try:
                return self.import_dotted(frame, f"{module.name}.{name}", site, "import")
            except DivergedError:
                pass
        if module.state == "running":
            # A cycle: the name may come yet.
            return NOTHING
        return self._missing(frame, f"{module.name}.{name}", site)

    def _import_star(self, frame: Frame, module: Module | External, site: int) -> None:
        if isinstance(module, External):
            self.write(frame.module.outside, self.space.one(module))
            return
        unknown = self.space.external(module.name) if module.is_native else self.read(module.outside, frame)
        self.write(frame.module.outside, unknown)
        listed = module.cells.get("__all__")
        if listed is not None and listed.value.items:
            names = [
                each.value
                for each in self.elements_of(frame, self.read(listed, frame), site).items
                if isinstance(each, Constant) and isinstance(each.value, str)
            ]
        else:
            names = [name for name in module.cells if not name.startswith("_")]
        for name in names:
            value = (
                self._member(frame, module, name, site) if listed is not None else self.read(module.cells[name], frame)
            )
            if value.items:
                self.assign_name(frame, name, value)

    # --- running modules ---

    def import_dotted(self, frame: Frame, name: str, site: int, evidence: str) -> PointsTo:
        parts = name.split(".")
        parent: Module | Instance | None = None
        module: Module | Instance | External | None = None
        for i in range(1, len(parts) + 1):
            prefix = ".".join(parts[:i])
            module = self._import_one(frame, prefix, site, evidence)
            if module is None or prefix in self.hooked:
                module = self._import_hooked(frame, prefix, site) or module
            if module is None:
                raise DivergedError
            if isinstance(module, External):
                return self.space.external(name)
            if isinstance(parent, Module):
                self._adopt(parent, parts[i - 1], module)
            parent = module
        assert module is not None
        return self.space.one(module)

    def _adopt(self, parent: Module, name: str, child: Module | Instance) -> None:
        """A submodule becomes an attribute of its package (5.4.2), unless the package binds the name itself."""
        cell = parent.cells.get(name)
        if cell is None or not cell.value.items or parent.state == "running":
            self.set_global(parent, name, self.space.one(child))

    def _import_one(self, frame: Frame, name: str, site: int, evidence: str) -> Module | External | None:
        module = self.modules.get(name)
        if module is None:
            if self.is_closed(name):
                self.frontier_hits[name] = self.frontier_hits.get(name, 0) + 1
                return self._as_external(name)
            module = self._load(frame, name, site)
            if module is None:
                return self._as_external(name) if name in EXTENSION_MODULES else None
        if module.activation is not None and name != MAIN:
            frame.activation.calls[(frame.lines[site], evidence, module.activation)] = None
            if module.state == "new":
                module.state = "running"
                self.run(module.activation, frame.activation)
        return module

    def _as_external(self, name: str) -> External:
        return self.space.outsider(name)

    def is_closed(self, name: str) -> bool:
        """Whether a module lies behind the frontier."""
        return lies_behind(name, self.closed)

    def is_platform(self, name: str) -> bool:
        """Whether a dotted name leads into the platform's own modules, or behind the frontier."""
        top = name.partition(".")[0]
        return (top in EXTENSION_MODULES and top not in self.hidden) or self.is_closed(name)

    def _load(self, frame: Frame, name: str, site: int) -> Module | None:
        source = self.library.find(name)
        if source is None:
            return None
        module = Module(name, source.origin)
        self.space.number(module)
        module.pinned = self.pinned.get(name, {}) if source.origin is Origin.STDLIB else {}
        for pinned, value in module.pinned.items():
            module.cells[pinned] = Cell()
            module.cells[pinned].value = value
        if source.folder is not None:
            module.folder = self.library.virtual_path(source.origin, source.folder)
        if source.file is None:
            module.state = "done"
        else:
            module.file = self.library.virtual_path(source.origin, source.file.path)
            parsed = self.library.load(source)
            if isinstance(parsed, str):
                self.gap(frame, site, Reason.UNREADABLE.value, name)
                self.unreadable[name] = parsed
                return None
            self.attach(module, parsed, source.file.path)
            if name in self.outside.assumed:
                assume(self, module, self.outside.assumed[name])
        self.modules[name] = module
        return module

    def attach(self, module: Module, parsed: ir.Module, path: str) -> None:
        """Gives a module its body."""
        module.lines = parsed.lines
        block = CodeBlock(parsed.code, module, parsed.lines)
        module.activation = self.new_activation(block, None, (), None)
        self.files[module.name] = path

    def _import_hooked(self, frame: Frame, name: str, site: int) -> Module | Instance | None:
        """Asks the importers in sys.meta_path for a module that the path does not have (5.3.3)."""
        cell = self.modules["sys"].cells.get("meta_path")
        none = self.space.constant(None)
        for hook in self.elements_of(frame, self.read(cell, frame), site).items if cell is not None else ():
            if not isinstance(hook, (Instance, Class)):
                continue
            arguments = Arguments((self.space.constant(name), none))
            spec = self._ask(frame, self.space.one(hook), "find_spec", Arguments((*arguments.positional, none)), site)
            if spec is None:
                spec = self._ask(frame, self.space.one(hook), "find_module", arguments, site)
            for value in spec.items if spec is not None else (hook,):
                module = None if isinstance(value, Constant) else self.load_spec(frame, value, name, site)
                if module is not None:
                    return module
        return None

    def load_spec(self, frame: Frame, spec: Value, name: str, site: int) -> Module | Instance | None:
        """The module that a loader makes and executes (5.4), once."""
        known = self.modules.get(name)
        loaders = self.find_attribute(frame, spec, "loader", site) or self.space.one(spec)
        made = self._ask(frame, loaders, "create_module", Arguments((self.space.one(spec),)), site)
        if made is None:
            made = self._ask(frame, loaders, "load_module", Arguments((self.space.constant(name),)), site)
        instance = next((v for v in (made or NOTHING).items if self._is_module_object(v)), None)
        if isinstance(instance, Instance):
            self.module_objects[name] = instance
            return instance
        module = known or next((v for v in (made or NOTHING).items if isinstance(v, Module)), None)
        if module is None:
            if made is None and self._ask(frame, loaders, "exec_module", None, site) is None:
                return None
            module = Module(name, Origin.PROJECT)
            module.state = "done"
            self.space.number(module)
        self.modules[name] = module
        self.hooked.add(name)
        self._ask(frame, loaders, "exec_module", Arguments((self.space.one(module),)), site)
        return module

    def _is_module_object(self, value: Value) -> bool:
        """Whether an importer made an object of a class derived from ModuleType: it stands for a module."""
        return isinstance(value, Instance) and self.native_class("module") in value.cls.mro

    def _ask(
        self, frame: Frame, owners: PointsTo, method: str, arguments: Arguments | None, site: int
    ) -> PointsTo | None:
        """Calls a method of an importer; None when it has none. Without arguments, only finds it."""
        found = NOTHING
        for owner in owners.items:
            known = (
                None
                if isinstance(owner, (Constant, Unknown, External))
                else self.find_attribute(frame, owner, method, site)
            )
            found = self.space.join(found, known or NOTHING)
        if not found.items or arguments is None:
            return found if found.items else None
        try:
            return self.call(frame, found, arguments, site, "callback")
        except DivergedError:
            return NOTHING
