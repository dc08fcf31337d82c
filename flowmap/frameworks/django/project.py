"""The project that a release's own `startproject` makes, rendered in memory, with one view added to it.

The templates are Python files with `{{ variable }}` in them and no other template syntax; in releases before 1.4 the
whole template is the project's package, from 1.4 on the package is a folder in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import PACKAGE_FILE, Files

PROJECT: Final = "mysite"
VIEW: Final = "hello"
TEMPLATE_FOLDER: Final = "conf/project_template"

# A fixed text, so that equal releases give equal projects: it guards nothing.
_SECRET_KEY: Final = "rendered-by-flowmap"  # noqa: S105  # see above
_NAME_IN_PATHS: Final = "project_name"
_VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PATTERNS: Final = re.compile(r"^urlpatterns\s*=\s*[^\n]*[\[(][^\n]*\n", re.MULTILINE)
_CLOSING: Final = re.compile(r"^[\])]", re.MULTILINE)
# An entry of the list, which may stand in a comment: the function (none: a bare tuple) and how its route begins.
_EXAMPLE: Final = re.compile(r"^\s*(?:#\s*)?(?P<call>\w*)\((?P<raw>r?)(?P<quote>['\"])(?P<anchor>\^?)", re.MULTILINE)
_IMPORT: Final = re.compile(r"^(?:from|import)\s[^\n]*\n", re.MULTILINE)


def template_files(files: Files, package: str) -> Mapping[str, str]:
    """The template of a release: text by path below the template's folder, the suffix of templates taken away."""
    folder = f"{package}/{TEMPLATE_FOLDER}/"
    return {
        path.removeprefix(folder).removesuffix("-tpl"): files.read(path).decode("utf-8")
        for path in files.paths()
        if path.startswith(folder)
    }


def render_project(files: Files, package: str, version: str) -> MemoryFiles:
    """The project of a release whose source is in `files` below `package`."""
    values = {
        "project_name": PROJECT,
        "secret_key": _SECRET_KEY,
        "django_version": version,
        "docs_version": docs_version(version),
    }
    rendered = {
        path.replace(_NAME_IN_PATHS, PROJECT): render(text, values)
        for path, text in template_files(files, package).items()
    }
    rendered = dict(_placed(rendered))
    urls = f"{PROJECT}/urls.py"
    rendered[urls] = with_view(rendered[urls])
    rendered[f"{PROJECT}/views.py"] = _view(files, package)
    return MemoryFiles({path: text.encode() for path, text in rendered.items()})


def render(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables replaced; one that has no value becomes nothing, as in the template language."""
    return _VARIABLE.sub(lambda match: values.get(match[1], ""), text)


def docs_version(version: str) -> str:
    """`5.2` for 5.2.19, `dev` for anything that is no final release."""
    match = re.fullmatch(r"(\d+\.\d+)(?:\.\d+)*", version)
    return match[1] if match else "dev"


def with_view(urls: str) -> str:
    """A URLconf with the view as its last entry, written as the entries and examples in it are."""
    opening = _PATTERNS.search(urls)
    closing = _CLOSING.search(urls, opening.end()) if opening else None
    if opening is None or closing is None:
        return urls
    example = _EXAMPLE.search(urls, opening.end(), closing.start())
    call, is_pattern = (example["call"], bool(example["anchor"])) if example else ("", True)
    route = f"r'^{VIEW}/$'" if is_pattern else f"'{VIEW}/'"
    entry = f"    {call}({route}, {VIEW}),\n"
    imports = [match.end() for match in _IMPORT.finditer(urls, 0, opening.start())]
    top = imports[-1] if imports else 0
    line = f"from {PROJECT}.views import {VIEW}\n"
    return f"{urls[:top]}{line}{urls[top : closing.start()]}{entry}{urls[closing.start() :]}"


def _placed(rendered: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The files where imports find them.

    Where the template is the package itself, its folder and the folder above it are both searched: the command line
    puts the one there, and the management module the other.
    """
    yield from rendered.items()
    if PACKAGE_FILE in rendered:
        yield from ((f"{PROJECT}/{path}", text) for path, text in rendered.items())


def _view(files: Files, package: str) -> str:
    response = _response_class(files, package)
    return f"from {package}.http import {response}\n\n\ndef {VIEW}(request):\n    return {response}('{VIEW}')\n"


def _response_class(files: Files, package: str) -> str:
    """The plain response: the first class of the http package that a shortcut for views makes and returns."""
    for path in (f"{package}/shortcuts.py", f"{package}/shortcuts/{PACKAGE_FILE}"):
        if path not in files.paths():
            continue
        text = files.read(path).decode("utf-8")
        imported = re.search(rf"^from {package}\.http import (\([^)]*\)|[^\n]*)", text, re.MULTILINE)
        names = set(re.findall(r"\w+", imported[1])) if imported else set()
        for match in re.finditer(r"^\s+return (\w+)\(", text, re.MULTILINE):
            if match[1] in names:
                return match[1]
    return "HttpResponse"
