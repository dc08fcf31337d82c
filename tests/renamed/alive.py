"""Run with a renamed `site/` and its dependencies on the path: does the copy still work?

`PYTHONPATH=DST/site:DEPENDENCIES python alive.py DST/project` runs `manage.py check`, then one request through the
WSGI application that the project's settings name, and prints what came of both.
"""

from __future__ import annotations

import io
import os
import runpy
import sys
from wsgiref.util import setup_testing_defaults


def main(project: str) -> None:
    sys.path.insert(0, project)
    os.chdir(project)
    sys.argv = ["manage.py", "check"]
    runpy.run_path("manage.py", run_name="__main__")

    environ: dict[str, object] = {"wsgi.input": io.BytesIO(), "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    wsgi = runpy.run_module("mysite.wsgi")
    statuses: list[str] = []
    body = wsgi["application"](environ, lambda status, headers, error=None: statuses.append(status))
    text = b"".join(body)
    body.close()
    print(f"{type(wsgi['application']).__name__}: {statuses[0]}, {len(text)} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
