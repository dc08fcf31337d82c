"""Runs a real Chromium without a window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest

BROWSER: Final = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
WIDTH: Final = 1700
HEIGHT: Final = 1300
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
# The only way out of a browser that prints its document.
SAY: Final = """
const say = (answer) => {
    const said = document.createElement("pre");
    said.id = "answer";
    said.textContent = encodeURIComponent(JSON.stringify(answer));
    document.body.append(said);
};
"""

# Where CI is set a picture that nobody looked at is a failure.
needs_chromium = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("CI"), reason="no chromium is installed (apt-get install chromium)"
)


def chromium(folder: Path, *arguments: str) -> str:
    """What it prints, with a profile of its own in the folder."""
    command = [
        BROWSER or "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={WIDTH},{HEIGHT}",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def asked(folder: Path, body: str, script: str, *arguments: str, style: str = "") -> Any:  # what JSON may hold
    """What the script's `answer` is, or what it hands to `say`, in a page with this body."""
    page = folder / "page.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>?</title><style>{style}</style><body style='margin:0'>"
        f"{body.removeprefix(DECLARATION)}<script>{SAY}\n{script}\n"
        "if (typeof answer !== 'undefined') say(answer);</script>",
        encoding="utf-8",
    )
    dom = chromium(folder, *arguments, "--dump-dom", page.as_uri())
    return json.loads(unquote(dom.rpartition('<pre id="answer">')[2].partition("</pre>")[0]))
