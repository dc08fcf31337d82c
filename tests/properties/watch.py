"""`python -m tests.properties.watch FOLDER`: maps what stdin asks for, and dies when code of FOLDER is about to run.

stdin as for tests.properties.dump, or `{"import": module}`, which is what must never happen: it shows that the watch
works. The audit hook (PEP 578) sees every exec of a code object and every import, also those made from C.
"""

from __future__ import annotations

import json
import os
import sys
import types

# Ends the process at once: an exception could be swallowed on its way.
TOUCHED = 97


def watch(folder: str) -> None:
    """From now on nothing below `folder` can run."""
    root = os.path.realpath(folder) + os.sep

    def inside(path: object) -> bool:
        return isinstance(path, str) and os.path.realpath(path).startswith(root)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "exec":
            code = arguments[0]
            touched = isinstance(code, types.CodeType) and inside(code.co_filename)
        elif event == "import":
            touched = inside(arguments[1])
        elif event in {"subprocess.Popen", "os.exec", "os.posix_spawn"}:
            touched = any(inside(word) for word in _programs(arguments))
        else:
            touched = event == "os.system"
        if touched:
            os.write(2, f"{event}: {arguments!r}\n".encode())
            os._exit(TOUCHED)

    sys.addaudithook(hook)


def _programs(arguments: tuple[object, ...]) -> list[str]:
    """The executable and the scripts of a process that is about to start: `arguments` are (executable, words, ...)."""
    words = arguments[1] if len(arguments) > 1 and isinstance(arguments[1], list | tuple) else ()
    texts = [os.fsdecode(each) for each in (arguments[0], *words) if isinstance(each, str | bytes)]
    return [text for number, text in enumerate(texts) if number < 2 or text.endswith(".py")]


def main(folder: str) -> None:
    request = json.load(sys.stdin)
    watch(folder)
    if "import" in request:
        sys.path.insert(0, folder)
        __import__(request["import"])
        return
    from tests.properties.dump import dumped

    for line in dumped(request):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1])
