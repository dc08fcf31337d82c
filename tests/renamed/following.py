"""`python -m tests.renamed.following django==5.2.19 --count 50`: does `flowmap diff` find again what was renamed?

Makes a copy of the release in which so many functions, classes and modules bear other names everywhere, in code and in
texts, compares the two, and says how many of the functions concerned were matched, how many wrongly, and what else was
reported. Which names is decided by `--seed`. Ends with 1 when fewer than 98 % are matched, or one wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.renamed.make import write_copy
from tests.renamed.mapping import release_files

_WORD: Final = re.compile(r"[^\W\d]\w*")
_DEFINITION: Final = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+([^\W\d]\w*)", re.MULTILINE)
_ENOUGH: Final = 0.98


def choose(sources: Mapping[str, str], count: int, seed: int) -> dict[str, str]:
    """New names by the old: of definitions and modules whose names nothing else in the release or the library has."""
    foreign = set(_words(path.read_text("utf-8", "replace") for path in _library()))
    defined = Counter(name for text in sources.values() for name in _DEFINITION.findall(text))
    stems = Counter(Path(path).stem for path in sources)
    # What a path names, such as a command, is found by its file; migrations and translations are found by their folder.
    found = {
        stem for path in sources if (stem := Path(path).stem) and not re.search("/(commands|migrations|conf)/", path)
    }
    once = {name for name in defined if defined[name] == 1 and name not in stems}
    once |= {stem for stem in found if stems[stem] == 1 and stem not in defined}
    names = sorted(name for name in once - foreign if len(name) > 5 and not name.startswith("__"))
    names.sort(key=lambda name: _digest(f"{seed}{name}"))
    return {name: _other(name) for name in names[:count]}


def _library() -> Iterable[Path]:
    return sorted(Path(sysconfig.get_path("stdlib")).glob("**/[a-z]*.py"))


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (word for text in texts for word in _WORD.findall(text))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def _other(name: str) -> str:
    bare = name.lstrip("_")
    prefix = name[: len(name) - len(bare)]
    return f"{prefix}{'Q' if bare[0].isupper() else 'q'}{_digest(name)}"


def copy_of(files: Iterable[tuple[str, bytes]], names: Mapping[str, str], folder: Path) -> None:
    """The files below `folder`, under the new names in Python's sources and templates, and in their paths."""
    old = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")

    def renamed(text: str) -> str:
        return old.sub(lambda match: names[match[0]], text)

    changed = [
        (renamed(path), renamed(content.decode()).encode()) if path.endswith((".py", ".py-tpl")) else (path, content)
        for path, content in files
        if not path.endswith("/RECORD")
    ]
    record = "".join(f"{path},,\n" for path, _ in changed).encode()
    folders = [path for path, _ in changed if path.endswith("/METADATA")]
    write_copy([*changed, *((path.replace("METADATA", "RECORD"), record) for path in folders)], folder, rename=False)


def judged(diff: Mapping[str, Any], names: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    """The changes that match a function with its new self, those that match it with another, and all others."""
    old = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    right, wrong, rest = [], [], []
    for change in diff["changes"]:
        words = f"{change['kind']}: {change['sentence']}"
        if change["kind"] not in ("function-renamed", "function-moved"):
            rest.append(words)
        elif old.sub(lambda match: names[match[0]], change["old"]) == change["new"]:
            right.append(words)
        else:
            wrong.append(words)
    return right, wrong, rest


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.renamed.following", description=__doc__)
    parser.add_argument("release", help="pinned, such as django==5.2.19")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    files = list(release_files(given.release))
    sources = {path: content.decode() for path, content in files if path.endswith(".py")}
    names = choose(sources, given.count, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        copy_of(files, names, Path(folder))
        command = [sys.executable, "-m", "flowmap", "diff", given.release, folder, "--format", "json", "-q"]
        done = subprocess.run([*command, "--exit-zero"], capture_output=True, check=True)
    right, wrong, rest = judged(json.loads(done.stdout), names)
    lost = [words for words in rest if words.startswith("function-removed")]
    whole = len(right) + len(wrong) + len(lost)
    print(*wrong, *rest, sep="\n")
    print(
        f"{len(names)} names, {whole} functions: {len(right)} matched, {len(wrong)} wrongly, {len(lost)} lost; ", end=""
    )
    print(f"{len(rest)} other changes")
    return int(bool(wrong) or len(right) < _ENOUGH * whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
