"""What a distribution says about itself, read from its metadata files without running anything.

Sources: the core metadata specification (PEP 566, 621, 643), setuptools' requires.txt, and, for a folder that was
never built, literal values in pyproject.toml, setup.cfg, setup.py and the package's own version assignment.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

UNKNOWN_VERSION = "0+unknown"

# Where packages keep their version as a literal, most usual first.
VERSION_FILES = ("__init__.py", "__about__.py", "_version.py", "version.py", "__version__.py")

_VERSION = re.compile(
    r"""^(?:__version__|VERSION|version|__version_info__)[ \t]*(?::[^=\n]+)?=[ \t]*(\([^()]*\)|"[^"\n]+"|'[^'\n]+')""",
    re.MULTILINE,
)
# What the parser and literal_eval raise on text that is no Python, or is made to exhaust them.
_UNPARSABLE = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)
_STAGES = {"alpha": "a", "beta": "b", "rc": "rc", "candidate": "rc", "a": "a", "b": "b"}


@dataclass(frozen=True, slots=True)
class ReleaseMetadata:
    """The part of the core metadata that is needed. What is not known is empty."""

    name: str = ""
    version: str = ""
    requires: tuple[str, ...] = ()
    requires_python: str = ""

    def filled_from(self, other: ReleaseMetadata) -> ReleaseMetadata:
        """This one, with what it lacks taken from the other."""
        return ReleaseMetadata(
            self.name or other.name,
            self.version or other.version,
            self.requires or other.requires,
            self.requires_python or other.requires_python,
        )


def core_metadata(text: str) -> ReleaseMetadata:
    """From METADATA or PKG-INFO: RFC 822 headers up to the first empty line."""
    headers: dict[str, list[str]] = {}
    for name, value in _headers(text):
        headers.setdefault(name.lower(), []).append(value)

    def one(name: str) -> str:
        value = headers.get(name, [""])[0].strip()
        return "" if value == "UNKNOWN" else value

    requires = tuple(" ".join(value.split()) for value in headers.get("requires-dist", ()))
    return ReleaseMetadata(one("name"), one("version"), requires, one("requires-python"))


def _headers(text: str) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in text.lstrip("\ufeff").splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            value += "\n" + line
            continue
        if name:
            yield name, value
        name, _, value = line.partition(":")
    if name:
        yield name, value


def egg_requires(text: str) -> tuple[str, ...]:
    """From an egg-info's requires.txt: sections `[extra:marker]` become markers."""
    requires = []
    marker = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            conditions = [f'extra == "{extra}"'] if extra else []
            marker = " and ".join([*conditions, f"({condition})"] if condition else conditions)
        elif line and not line.startswith("#"):
            requires.append(f"{line} ; {marker}" if marker else line)
    return tuple(requires)


def pyproject_metadata(text: str) -> ReleaseMetadata:
    """The static part of `[project]` (PEP 621); empty when the file is not TOML."""
    try:
        table = tomllib.loads(text).get("project", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return ReleaseMetadata()
    if not isinstance(table, dict):
        return ReleaseMetadata()
    return ReleaseMetadata(
        _text(table.get("name")),
        _text(table.get("version")),
        _texts(table.get("dependencies")),
        _text(table.get("requires-python")),
    )


def setup_cfg_metadata(text: str) -> ReleaseMetadata:
    """setuptools' declarative metadata; `attr:` and `file:` values are not literal and count as unknown."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ReleaseMetadata()
    version = parser.get("metadata", "version", fallback="")
    requires = parser.get("options", "install_requires", fallback="")
    return ReleaseMetadata(
        parser.get("metadata", "name", fallback=""),
        "" if ":" in version else version,
        tuple(line.strip() for line in requires.splitlines() if line.strip() and not line.strip().startswith("file:")),
        parser.get("options", "python_requires", fallback=""),
    )


def setup_py_metadata(text: str) -> ReleaseMetadata:
    """The literal arguments of the call of `setup()`, read from the syntax tree; the file is never run."""
    try:
        with warnings.catch_warnings():
            # Python warns about odd escapes in the text it parses; they are not the user's.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except _UNPARSABLE:
        return ReleaseMetadata()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "setup":
            values = {keyword.arg: _literal(keyword.value) for keyword in node.keywords if keyword.arg}
            return ReleaseMetadata(
                _text(values.get("name")),
                _text(values.get("version")),
                _texts(values.get("install_requires")),
                _text(values.get("python_requires")),
            )
    return ReleaseMetadata()


def assigned_version(text: str) -> str:
    """The version that a module assigns as a literal string or tuple; empty when there is none."""
    for match in _VERSION.finditer(text):
        try:
            value = ast.literal_eval(match.group(1))
        except _UNPARSABLE:
            continue
        version = _version_of_tuple(value) if isinstance(value, tuple) else str(value)
        if re.match(r"\d", version):
            return version
    return ""


def _version_of_tuple(parts: tuple[object, ...]) -> str:
    """`(5, 2, 0, 'final', 0)` is 5.2 and `(6, 0, 0, 'rc', 1)` is 6.0rc1, in the manner of `sys.version_info`."""
    numbers = []
    for part in parts:
        if not isinstance(part, int):
            break
        numbers.append(part)
    rest = parts[len(numbers) :]
    if rest and len(numbers) > 2 and numbers[-1] == 0:
        numbers.pop()
    release = ".".join(map(str, numbers))
    stage = _STAGES.get(str(rest[0])) if rest else None
    return f"{release}{stage}{rest[1] if len(rest) > 1 else 0}" if stage else release


def read_metadata(files: Mapping[str, Callable[[], str]], order: Iterable[str]) -> ReleaseMetadata:
    """Metadata put together from several files; the first in `order` that knows something is believed."""
    found = ReleaseMetadata()
    for path in order:
        if path in files:
            parse = _PARSERS[path.rpartition("/")[2]]
            found = found.filled_from(parse(files[path]()))
    return found


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except _UNPARSABLE:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
    return tuple(item for item in items if isinstance(item, str))


_PARSERS: dict[str, Callable[[str], ReleaseMetadata]] = {
    "METADATA": core_metadata,
    "PKG-INFO": core_metadata,
    "requires.txt": lambda text: ReleaseMetadata(requires=egg_requires(text)),
    "pyproject.toml": pyproject_metadata,
    "setup.cfg": setup_cfg_metadata,
    "setup.py": setup_py_metadata,
}
