"""Drives a real Chromium through chromedriver, as a hand would: the few commands of WebDriver that the tests need."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.browser.chromium import BROWSER

DRIVER: Final = shutil.which("chromedriver")

needs_driver = pytest.mark.skipif(
    (BROWSER is None or DRIVER is None) and not os.environ.get("CI"),
    reason="no chromium with its chromedriver is installed (apt-get install chromium chromium-driver)",
)

# The code points that WebDriver has for keys without a character (section 17.4.2).
KEYS: Final = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Escape": "\ue00c",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
}
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """One window."""

    def __init__(self, address: str, session: str) -> None:
        self._session = f"{address}/session/{session}"

    def open(self, url: str) -> None:
        """Another address with the same file and another fragment does not load the page again, as for a reader."""
        _post(f"{self._session}/url", {"url": url})

    def ask(self, script: str, *arguments: object) -> Any:  # what JSON may hold
        """What the body of a function returns; `arguments` are its arguments."""
        return _post(f"{self._session}/execute/sync", {"script": script, "args": list(arguments)})

    def press(self, *keys: str, holding: str = "") -> None:
        """Names of keys, or texts that are typed; `holding` is a key that is held down meanwhile."""
        actions: list[Mapping[str, str]] = [{"type": "keyDown", "value": KEYS[holding]}] if holding else []
        for key in keys:
            for letter in [KEYS[key]] if key in KEYS else key:
                actions += ({"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter})
        if holding:
            actions.append({"type": "keyUp", "value": KEYS[holding]})
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def click(self, selector: str) -> None:
        """In the middle of what is drawn, whatever lies there."""
        x, y = self.middle(selector)
        self._point([_move(x, y), {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def drag(self, start: tuple[int, int], by: tuple[int, int]) -> None:
        end = (start[0] + by[0], start[1] + by[1])
        moves = [_move(*start), {"type": "pointerDown", "button": 0}, _move(*end), {"type": "pointerUp", "button": 0}]
        self._point(moves)

    def wheel(self, at: tuple[int, int], by: int, *, holding: str = "") -> None:
        """Turns the wheel, `by` pixels down."""
        turned = {"type": "scroll", "x": at[0], "y": at[1], "deltaX": 0, "deltaY": by, "duration": 0}
        wheel = {"type": "wheel", "id": "wheel", "actions": [{"type": "pause"}, turned, {"type": "pause"}]}
        control = {"type": "keyDown", "value": "\ue009"}, {"type": "pause"}, {"type": "keyUp", "value": "\ue009"}
        key = {"type": "key", "id": "keyboard", "actions": list(control)}
        self._act(wheel, *([key] if holding else []))

    def middle(self, selector: str) -> tuple[int, int]:
        """Where an element is in the window, which it is scrolled into."""
        script = """
        const found = document.querySelector(arguments[0]);
        found.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
        const room = found.getBoundingClientRect();
        return [(room.left + room.right) / 2, (room.top + room.bottom) / 2];
        """
        x, y = self.ask(script, selector)
        return round(x), round(y)

    def until(self, script: str, *arguments: object) -> Any:  # what JSON may hold
        """The first thing that a script returns and that is true; fails after some seconds."""
        last = time.monotonic() + 10
        while not (found := self.ask(script, *arguments)):
            assert time.monotonic() < last, f"never true: {script}"
            time.sleep(0.05)
        return found

    def back(self) -> None:
        _post(f"{self._session}/back", {})

    def resize(self, width: int, height: int) -> None:
        """The window's inside, of any size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", metrics)

    def command(self, name: str, parameters: Mapping[str, object]) -> Any:  # what JSON may hold
        """One of the DevTools protocol."""
        return _post(f"{self._session}/goog/cdp/execute", {"cmd": name, "params": parameters})

    def said(self) -> list[str]:
        """What came to the console since the last time."""
        return [each["message"] for each in _post(f"{self._session}/se/log", {"type": "browser"})]

    def requested(self) -> list[str]:
        """The addresses that were asked for since the last time."""
        events = (json.loads(each["message"]) for each in _post(f"{self._session}/se/log", {"type": "performance"}))
        messages = [each["message"] for each in events]
        return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]

    def _point(self, actions: list[Mapping[str, object]]) -> None:
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def _act(self, *sources: Mapping[str, object]) -> None:
        _post(f"{self._session}/actions", {"actions": sources})


@contextlib.contextmanager
def browser(profile: Path, width: int = 1280, height: int = 800) -> Iterator[Browser]:
    """A Chromium with an empty profile of its own, gone with all of its processes when done."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [DRIVER or "chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address)
        options = {
            "binary": BROWSER or "chromium",
            "args": [*_FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}"],
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        session = _post(f"{address}/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        found = Browser(address, session)
        found.resize(width, height)
        yield found
        _send(f"{address}/session/{session}", None, "DELETE")
    finally:
        process.terminate()
        process.wait()


def _move(x: int, y: int) -> Mapping[str, object]:
    return {"type": "pointerMove", "x": x, "y": y, "duration": 0, "origin": "viewport"}


def _await(address: str) -> None:
    last = time.monotonic() + 20
    while True:
        try:
            _send(f"{address}/status", None, "GET")
        except (URLError, ConnectionError):
            assert time.monotonic() < last, "chromedriver does not answer"
            time.sleep(0.05)
        else:
            return


def _post(url: str, body: object) -> Any:  # what JSON may hold
    return _send(url, body, "POST")


def _send(url: str, body: object, method: str) -> Any:  # what JSON may hold
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except HTTPError as error:
        raise AssertionError(json.load(error)["value"]["message"]) from error
