"""What flow.html costs: to make, to open, and to move about in, at full detail.

`python -m tests.benchmarks.viewer [RELEASE] [--repeat N]` makes the page of a release that is kept in `fixtures/flows`,
with source that is made up, and uses it in a Chromium of 1280 by 800 that is driven through WebDriver. Opening counts
from the request to the end of the script, with nothing in any cache; frames are the times between two callbacks of
requestAnimationFrame while something is done in each. The best of N runs counts: noise only adds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.browser.driver import Browser, browser
from tests.browser.pages import kept_page
from tests.browser.releases import RELEASES

FRAMES: Final = 60
# What is done in the frame with this number.
ACTS: Final = {
    "panning": "document.getElementById('view').scrollBy({top: 90, behavior: 'instant'})",
    "zooming": "document.getElementById(frame % 20 < 10 ? 'larger' : 'smaller').click()",
    "tour, ten frames a step": "if (frame % 10 === 0) document.getElementById('next').click()",
    "search, ten frames a letter": """
        if (frame % 10) return;
        const box = document.getElementById("search");
        box.value = "middleware".slice(0, 1 + frame / 10);
        box.dispatchEvent(new Event("input"));
    """,
    "start-up, hidden and shown": "if (frame % 15 === 0) document.getElementById('startup').click()",
}
RUN: Final = """
    window.gaps = [];
    window.isDone = false;
    const [act, frames] = [new Function("frame", arguments[0]), arguments[1]];
    let [frame, last] = [0, null];
    const tick = (now) => {
        if (last !== null) window.gaps.push(now - last);
        last = now;
        if (frame === frames) window.isDone = true;
        else {
            act(frame++);
            requestAnimationFrame(tick);
        }
    };
    requestAnimationFrame(tick);
"""


def opened(window: Browser, address: str) -> float:
    """Seconds until the page is there and does what it is told."""
    window.open("about:blank")
    window.open(address)
    found: float = window.ask("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    return found / 1000


def gaps(window: Browser, act: str) -> list[float]:
    """Milliseconds from frame to frame while something is done, the least first."""
    window.ask(RUN, act, FRAMES)
    window.until("return window.isDone")
    found: list[float] = window.ask("return window.gaps")
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("release", nargs="?", default="6.1.3", choices=RELEASES)
    parser.add_argument("--repeat", type=int, default=3)
    wanted = parser.parse_args()
    begin = time.process_time()
    text = kept_page(wanted.release)
    made = time.process_time() - begin
    print(f"{wanted.release}: {len(text.encode()) / 1e6:.2f} MB, made in {made:.2f} s CPU")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "flow.html"
        file.write_text(text, encoding="utf-8")
        with browser(Path(folder) / "profile") as window:
            address = f"{file.as_uri()}#level=full"
            least = min(opened(window, address) for _ in range(wanted.repeat))
            print(f"opened at full detail in {least:.2f} s")
            for name, act in ACTS.items():
                runs = []
                for _ in range(wanted.repeat):
                    opened(window, address)
                    runs.append(gaps(window, act))
                best = min(runs, key=lambda run: run[-1])
                print(f"  {name:28}  frames of {best[len(best) // 2]:4.0f} ms, the longest {best[-1]:4.0f} ms")


if __name__ == "__main__":
    main()
