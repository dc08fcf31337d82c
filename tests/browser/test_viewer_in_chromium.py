"""Uses flow.html as a reader would, by mouse and by keyboard, in a real browser and from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from flowmap.render.sentences import Language
from flowmap.render.viewer.words import EVIDENCE, FRAME, ORIGINS, SPOKEN
from tests.browser.driver import Browser, needs_driver
from tests.browser.pages import kept_page

pytestmark = needs_driver

HANDLER: Final = "django.core.handlers.wsgi:WSGIHandler.__call__"
HANDLER_BOX: Final = "[id='node-django.core.handlers.wsgi-WSGIHandler.__call__']"
MIDDLEWARE: Final = "django.utils.deprecation:MiddlewareMixin.__call__"

# What the page says outside of its picture and of what comes from the source, piece by piece.
OWN_WORDS: Final = """
    const found = [];
    for (const each of document.body.querySelectorAll("*")) {
        if (each.closest("svg, template, script, style, code, pre, li.skipped")) continue;
        for (const name of ["title", "aria-label", "placeholder"]) found.push(each.getAttribute(name) ?? "");
        for (const part of each.childNodes) if (part.nodeType === Node.TEXT_NODE) found.push(part.data);
    }
    return found.map((each) => each.trim()).filter(Boolean);
"""
ENGLISH: Final = {said.en for table in (EVIDENCE, FRAME, ORIGINS, SPOKEN) for said in table.values()}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("viewer") / "flow.html"
    file.write_text(kept_page("5.2.19"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("chinese") / "flow.html"
    file.write_text(kept_page("5.2.19", language=Language.ZH), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def reader(window: Browser, page: str) -> Iterator[Browser]:
    """A page that was just opened; whatever is done to it, it says nothing and asks for nothing."""
    window.open("about:blank")
    window.requested()
    window.said()
    window.open(page)
    yield window
    assert [each for each in window.requested() if each.partition("#")[0] not in {page, "about:blank"}] == []
    assert window.said() == []


def at(reader: Browser) -> dict[str, str]:
    """What the address says."""
    found: dict[str, str] = reader.ask(
        "return Object.fromEntries(new URLSearchParams(location.hash.replace(/^#/, '')))"
    )
    found.pop("at", None)
    return found


def title(reader: Browser) -> str:
    found: str = reader.ask("return document.querySelector('#about h2').textContent")
    return found


def chosen(reader: Browser) -> list[str]:
    found: list[str] = reader.ask("return [...document.querySelectorAll('#sheet .chosen')].map((each) => each.id)")
    return found


def boxes(reader: Browser) -> int:
    """Those that are seen."""
    script = """
    return [...document.querySelectorAll("#sheet .box")].filter(
        (box) => getComputedStyle(box).visibility === "visible" && !box.id.startsWith("legend")).length
    """
    found: int = reader.ask(script)
    return found


def seen(reader: Browser, selector: str) -> bool:
    """Whether the whole of an element is inside of the view, once nothing moves any more."""
    script = """
    const view = document.getElementById("view");
    const now = [view.scrollLeft, view.scrollTop].join();
    const last = window.last;
    window.last = now;
    if (now !== last) return null;
    const [inner, outer] = [document.querySelector(arguments[0]), view].map((each) => each.getBoundingClientRect());
    return [inner.left >= outer.left && inner.right <= outer.right
        && inner.top >= outer.top && inner.bottom <= outer.bottom];
    """
    found: list[bool] = reader.until(script, selector)
    return found[0]


def zoom(reader: Browser) -> float:
    script = "return document.querySelector('#sheet svg').getScreenCTM().a"
    found: float = reader.ask(script)
    return found


def scrolled(reader: Browser) -> list[float]:
    found: list[float] = reader.ask("const v = document.getElementById('view'); return [v.scrollLeft, v.scrollTop]")
    return found


# --- what is chosen ---


def test_it_opens_with_the_whole(reader: Browser) -> None:
    assert title(reader) == "Django 5.2.19: manage.py runserver"
    assert at(reader) == {"level": "flow"}
    assert boxes(reader) > 60


def test_a_click_on_a_box_shows_its_source(reader: Browser) -> None:
    reader.click(HANDLER_BOX)

    assert title(reader) == "WSGIHandler.__call__"
    assert at(reader) == {"level": "flow", "fn": HANDLER}
    assert chosen(reader) == ["node-django.core.handlers.wsgi-WSGIHandler.__call__"]
    lines = reader.ask("return [...document.querySelectorAll('#about .source li')].map((each) => each.textContent)")
    assert lines[0].endswith("def WSGIHandler.__call__(self, environ, start_response):")
    assert "# line " in lines[1]
    sites = reader.ask("return [...document.querySelectorAll('#about .source .site')].length")
    assert sites >= 3
    link = reader.ask("return document.querySelector('#about a.public').href")
    assert link.startswith("https://github.com/django/django/blob/5.2.19/django/core/handlers/wsgi.py#L")


def test_callers_and_callees_lead_on(reader: Browser) -> None:
    reader.click(HANDLER_BOX)
    heads = reader.ask("return [...document.querySelectorAll('#about h3')].map((each) => each.textContent)")
    assert heads[:3] == ["Entered by", "Source", "Calls, in order"]
    drawers = reader.ask("return [...document.querySelectorAll('#about summary')].map((each) => each.textContent)")
    assert [each.partition(" (")[0] for each in drawers] == [
        "Callers in the whole program",
        "Callees in the whole program",
    ]

    reader.click("#about section:nth-of-type(3) li:nth-child(2) button.function")

    assert title(reader) == "WSGIRequest.__init__"
    reader.back()
    reader.until("return document.querySelector('#about h2').textContent === 'WSGIHandler.__call__'")


def test_gaps_are_told_at_their_line(reader: Browser) -> None:
    gap = reader.ask("return JSON.parse(document.getElementById('data').textContent).gaps[0]")
    name = reader.ask(
        "return JSON.parse(document.getElementById('data').textContent).functions[arguments[0]].id", gap["caller"]
    )
    reader.ask("location.hash = new URLSearchParams({level: 'full', fn: arguments[0]})", name)

    reader.until("return document.querySelector('#about .gaps') !== null")
    assert gap["reason"] in reader.ask("return document.querySelector('#about .gaps').textContent")


def test_layers_of_one_function_are_told_apart(reader: Browser) -> None:
    reader.ask("location.hash = new URLSearchParams({fn: arguments[0], layer: 3})", MIDDLEWARE)
    reader.until("return document.querySelector('#about h2').textContent === 'MiddlewareMixin.__call__'")
    pressed = "return document.querySelector('#about .layer[aria-pressed=true]').textContent"

    assert reader.ask(pressed) == "3 CommonMiddleware"
    assert chosen(reader)[0].endswith("-layer-3")

    reader.click("#about .layer:nth-of-type(5)")

    assert chosen(reader)[0].endswith("-layer-5")


def test_an_arrow_is_its_step(reader: Browser) -> None:
    reader.click("#edge-44 text")

    assert at(reader) == {"level": "flow", "step": "44"}
    assert len(chosen(reader)) == 2


def test_a_step_says_why_it_is_believed_what_it_hangs_on_and_what_it_goes_through(reader: Browser) -> None:
    script = """
        const {arrows} = JSON.parse(document.getElementById("data").textContent).levels.flow;
        const found = [(each) => each.evidence === "setting" && each.through.length, (each) => each.condition];
        return found.map((holds) => arrows.find((each) => each.number && holds(each)));
    """
    by_setting, tested = reader.ask(script)
    words = "return document.getElementById('about').textContent"

    for step in (by_setting, tested):
        reader.ask("location.hash = new URLSearchParams({step: arguments[0]})", step["number"])
        reader.until(
            "return document.querySelector('#about .stage')?.textContent.includes(`step ${arguments[0]},`)",
            step["number"],
        )
        if step is by_setting:
            assert "found by a name that stands in the settings." in reader.ask(words)
            through = "return document.querySelectorAll('#about p:not(.stage) button.function').length"
            assert reader.ask(through) == len(step["through"])
        else:
            assert f"Only if {step['condition']}." in reader.ask(words)


def test_what_the_settings_name_says_which_setting(reader: Browser) -> None:
    named = "return [...document.querySelectorAll('#about button.setting')].map((each) => each.textContent)"
    for name, settings in {
        "mysite.wsgi:<module>": ["WSGI_APPLICATION"],
        "django.middleware.csrf:CsrfViewMiddleware.process_view": ["MIDDLEWARE"],
        HANDLER: [],
    }.items():
        reader.ask("location.hash = new URLSearchParams({fn: arguments[0]})", name)
        reader.until("return location.hash.includes('fn=') && document.querySelector('#about .module') !== null")
        reader.until("return arguments[0].startsWith(document.querySelector('#about .module').textContent)", name)
        assert reader.ask(named) == settings


# --- the tour ---


def test_the_tour_walks_the_calls_and_moves_the_picture(reader: Browser) -> None:
    steps = reader.ask("return JSON.parse(document.getElementById('data').textContent).levels.flow.arrows"
                       ".filter((each) => each.number).length")  # fmt: skip
    reader.click("#next")
    assert at(reader)["step"] == "1"
    assert reader.ask("return document.getElementById('previous').disabled")
    for number in range(2, 31):
        reader.click("#next")
        assert at(reader)["step"] == str(number)
    assert seen(reader, f"[id='{chosen(reader)[-1]}']")
    lit = reader.ask("return document.querySelector('#about .source li.lit .number').textContent")
    line = reader.ask("return JSON.parse(document.getElementById('data').textContent).levels.flow.arrows"
                      ".find((each) => each.number === 30).line")  # fmt: skip
    assert lit == str(line)
    reader.click("#previous")
    assert at(reader)["step"] == "29"

    reader.ask("location.hash = `level=flow&step=${arguments[0]}`", steps)

    reader.until("return document.getElementById('next').disabled")


def test_the_tour_goes_on_from_a_function(reader: Browser) -> None:
    reader.click(HANDLER_BOX)
    reader.press("n")

    script = "return document.querySelector('#about h2').textContent"
    assert reader.ask(script).endswith("→ WSGIHandler.__call__")


# --- search ---


@pytest.mark.parametrize(
    ("typed", "found", "place"),
    [
        ("wsgihandler.__call__", "WSGIHandler.__call__", {"fn": HANDLER}),
        ("django.core.handlers.base", "django.core.handlers.base", {"module": "django.core.handlers.base"}),
        ("root_url", "ROOT_URLCONF", {"setting": "ROOT_URLCONF"}),
    ],
)
def test_search_finds_as_one_types(reader: Browser, typed: str, found: str, place: dict[str, str]) -> None:
    reader.press("/", typed)
    first = "return document.querySelector('#found [aria-selected=true] b').textContent"
    assert reader.ask(first) == found
    assert at(reader)["q"] == typed

    reader.press("Enter")

    assert at(reader) == {"level": "flow", "q": typed, **place}
    assert title(reader) == found
    assert reader.ask("return document.getElementById('found').hidden")


def test_search_says_when_there_is_nothing(reader: Browser) -> None:
    reader.press("/", "no such name")

    assert reader.ask("return document.getElementById('found').textContent") == "Nothing has this name."
    reader.press("Escape")
    assert reader.ask("return document.getElementById('found').hidden")


def test_what_is_drawn_deeper_is_shown_there(reader: Browser) -> None:
    script = """
    const {levels, functions} = JSON.parse(document.getElementById("data").textContent);
    const drawn = new Set(levels.flow.boxes.map((box) => box.function));
    return functions[levels.full.boxes.find((box) => !drawn.has(box.function)).function].id;
    """
    name = reader.ask(script)
    reader.press("/", name, "Enter")

    assert {"level": "full", "fn": name}.items() <= at(reader).items()
    assert len(chosen(reader)) == 1


# --- level of detail, folding, start-up ---


def test_levels_are_three_pictures_and_keep_what_is_chosen(reader: Browser) -> None:
    counts = {}
    for name in ("overview", "flow", "full"):
        reader.click(f"button[data-level={name}]")
        counts[name] = boxes(reader)
        assert at(reader)["level"] == name
    assert 20 < counts["overview"] < counts["flow"] < counts["full"]
    reader.click("button[data-level=flow]")
    reader.click("#edge-41 text")
    tail, head = chosen(reader)

    reader.click("button[data-level=full]")

    assert at(reader)["step"] != "41"
    assert chosen(reader) == [tail, head]


def test_a_stage_folds_and_unfolds(reader: Browser) -> None:
    before = boxes(reader)
    height = "return document.querySelector('#sheet svg').viewBox.baseVal.height"
    tall = reader.ask(height)

    reader.click("#lane-7-title")

    assert at(reader)["fold"] == "middleware"
    assert boxes(reader) < before - 15
    assert reader.ask(height) < tall - 300
    assert "folded" in reader.ask("return document.querySelector('#sheet .cover').textContent")
    script = "return [...document.querySelectorAll('#sheet .cover text')].map((each) => each.getBoundingClientRect())"
    words, note = reader.ask(script)
    assert words["right"] < note["left"]

    reader.click("#sheet .cover")

    assert "fold" not in at(reader)
    assert (boxes(reader), reader.ask(height)) == (before, tall)


def test_nothing_of_a_folded_picture_is_left_where_it_was(reader: Browser) -> None:
    """Every box that is seen stands in its own lane, and no arrow leaves the page."""
    reader.click("#lane-7-title")
    reader.click("#startup")
    script = """
    const svg = document.querySelector("#sheet svg");
    const level = JSON.parse(document.getElementById("data").textContent).levels.flow;
    const room = (each) => each.getBoundingClientRect();
    const page = room(svg);
    const faults = [];
    for (const box of level.boxes) {
        const group = svg.getElementById(box.anchor);
        if (getComputedStyle(group).visibility !== "visible") continue;
        const [inner, lane] = [room(group), room(svg.getElementById(`lane-${box.stage + 1}`))];
        if (inner.top < lane.top - 1 || inner.bottom > lane.bottom + 1) faults.push(box.anchor);
    }
    for (const path of svg.querySelectorAll(".arrow path")) {
        const {top, bottom} = room(path);
        if (top < page.top - 2 || bottom > page.bottom + 2) faults.push(path.parentNode.id);
    }
    return faults;
    """

    assert reader.ask(script) == []


def test_all_stages_fold_at_once(reader: Browser) -> None:
    reader.click("#fold")
    assert boxes(reader) == 0
    reader.click("#fold")
    assert boxes(reader) > 60


def test_the_start_up_is_hidden_and_comes_back(reader: Browser) -> None:
    before = boxes(reader)

    reader.click("#startup")

    assert at(reader)["startup"] == "hidden"
    assert before - 40 < boxes(reader) < before - 20
    reader.ask("location.hash = 'level=flow&startup=hidden&step=3'")
    reader.until("return document.querySelectorAll('#sheet .chosen').length === 2")
    reader.click("#previous")
    # What is asked for is shown.
    assert "startup" not in at(reader)
    assert boxes(reader) == before


# --- pan, zoom, fit ---


def test_zoom_keeps_the_point_under_the_pointer(reader: Browser) -> None:
    reader.click("#larger")
    spot = reader.middle(HANDLER_BOX)
    before = zoom(reader)

    reader.wheel(spot, -200, holding="Control")

    reader.until("return document.querySelector('#sheet svg').getScreenCTM().a > arguments[0] * 1.2", before)
    script = """
    const room = document.querySelector(arguments[0]).getBoundingClientRect();
    return [room.left + room.width / 2, room.top + room.height / 2];
    """
    x, y = reader.ask(script, HANDLER_BOX)
    assert abs(x - spot[0]) < 6
    assert abs(y - spot[1]) < 6


def test_the_wheel_alone_scrolls(reader: Browser) -> None:
    reader.wheel((300, 400), 240)

    reader.until("return document.getElementById('view').scrollTop > 200")


def test_dragging_moves_the_picture_and_chooses_nothing(reader: Browser) -> None:
    reader.click("#larger")
    x, y = reader.middle(HANDLER_BOX)
    before = scrolled(reader)

    reader.drag((x, y), (-70, -120))

    after = scrolled(reader)
    assert [round(new - old) for new, old in zip(after, before, strict=True)] == [70, 120]
    assert chosen(reader) == []


def test_fit_shows_all_of_it(reader: Browser) -> None:
    reader.click("#fit")
    assert seen(reader, "#sheet svg")
    reader.click("#wide")
    assert zoom(reader) >= 0.75


# --- the address ---


def test_every_state_comes_back_from_the_address(reader: Browser, page: str) -> None:
    reader.press("/", "signal", "Escape")
    reader.click("#lane-8-title")
    reader.click("#startup")
    reader.click(HANDLER_BOX)
    reader.click("#larger")
    reader.click("#larger")
    before = (at(reader), title(reader), chosen(reader), boxes(reader), round(zoom(reader), 2))
    place = scrolled(reader)
    address = reader.ask("return location.href")

    reader.open("about:blank")
    reader.open(address)

    assert (at(reader), title(reader), chosen(reader), boxes(reader), round(zoom(reader), 2)) == before
    assert reader.ask("return document.getElementById('search').value") == "signal"
    assert all(abs(new - old) < 3 for new, old in zip(scrolled(reader), place, strict=True))


@pytest.mark.parametrize("place", ["&at=0,0,1", ""])
def test_a_link_to_what_is_folded_or_hidden_shows_it(reader: Browser, page: str, place: str) -> None:
    reader.open("about:blank")
    reader.open(f"{page}#step=1&fold=command-line%20view&startup=hidden{place}")

    assert at(reader)["fold"] == "view"
    assert "startup" not in at(reader)
    assert seen(reader, "#edge-1")


@pytest.mark.parametrize(
    "fragment",
    [
        "level=none&step=9999&fn=no:such&fold=x&at=1,2",
        "step=%E0%A4%A",
        "<script>alert(1)</script>",
        "at=NaN,0,0&layer=x",
    ],
)
def test_an_address_that_says_nonsense_opens_the_page(reader: Browser, page: str, fragment: str) -> None:
    reader.open("about:blank")
    reader.open(f"{page}#{fragment}")

    assert title(reader) == "Django 5.2.19: manage.py runserver"
    assert boxes(reader) > 60


# --- keyboard alone ---


def focused(reader: Browser) -> str:
    found: str = reader.ask("return document.activeElement.id || document.activeElement.textContent")
    return found


def test_tab_reaches_every_control_and_the_picture(reader: Browser) -> None:
    found = []
    for _ in range(60):
        reader.press("Tab")
        found.append(focused(reader))
    wanted = ["whole", "search", "next", "Overview", "Flow", "Full", "startup", "fold", "keys", "view"]
    rest = ["node-manage-module", "smaller", "larger", "wide", "fit", "Take the tour"]
    places = [found.index(each) for each in (*wanted, *rest)]
    assert places == sorted(places)
    # One box stands for all: the others are reached by arrows.
    assert len([each for each in found if each.startswith("node-")]) < 3


def test_arrows_go_from_box_to_box_and_enter_opens_one(reader: Browser) -> None:
    reader.ask("document.getElementById('node-manage-module').focus()")
    reader.press("ArrowRight")
    assert focused(reader) == "node-manage-main"
    reader.press("ArrowRight", "ArrowDown", "ArrowLeft")
    assert focused(reader).startswith("node-")
    assert focused(reader) != "node-manage-main"
    for _ in range(12):
        reader.press("ArrowDown")
    assert seen(reader, f"[id='{focused(reader)}']")

    here = focused(reader)
    reader.press("Enter")

    assert chosen(reader) == [here]
    reader.press("i")
    assert reader.ask("return document.activeElement === document.querySelector('#about h2')")
    assert reader.ask("return document.getElementById('said').textContent") == title(reader)


def test_keys_do_what_the_buttons_do(reader: Browser) -> None:
    reader.press("n", "n", "n", "p")
    assert at(reader)["step"] == "2"
    reader.press("3")
    assert at(reader)["level"] == "full"
    reader.press("1")
    assert at(reader)["level"] == "overview"
    reader.press("2", "Escape", "s")
    assert at(reader) == {"level": "flow", "startup": "hidden"}
    reader.press("s", "n", "f")
    assert at(reader)["fold"] == "command-line"
    reader.press("f", "Escape", "w")
    before = zoom(reader)
    reader.press("+")
    assert zoom(reader) > before
    reader.press("-", "-")
    assert zoom(reader) < before
    reader.press("0")
    assert seen(reader, "#sheet svg")
    reader.press("w")
    reader.ask("document.getElementById('view').focus()")
    reader.press("ArrowDown", "ArrowDown", holding="Shift")
    assert scrolled(reader)[1] == 240


def test_who_leads_on_by_keyboard_reads_on_from_the_new_heading(reader: Browser) -> None:
    heading = "return document.activeElement === document.querySelector('#about h2')"
    reader.press("/", "wsgihandler.__call__", "Enter")
    assert reader.ask(heading)
    reader.press("Tab", "Tab", "Tab", "Tab", "Enter")
    assert title(reader) != "WSGIHandler.__call__"
    assert reader.ask(heading)
    reader.press("n")
    assert at(reader)["step"]
    assert reader.ask(heading)


def test_help_opens_and_closes(reader: Browser) -> None:
    reader.press("?")
    assert reader.ask("return document.getElementById('help').open")
    reader.press("Escape")
    assert not reader.ask("return document.getElementById('help').open")


def test_folding_in_the_panel_keeps_the_focus(reader: Browser) -> None:
    reader.ask("document.querySelectorAll('#about .fold')[6].focus()")
    reader.press("Enter")
    assert at(reader)["fold"] == "middleware"
    reader.press("Enter")
    assert "fold" not in at(reader)


# --- on paper, and without scripts ---


def test_print_is_the_plain_picture(reader: Browser) -> None:
    reader.press("n")
    reader.command("Emulation.setEmulatedMedia", {"media": "print"})
    script = """
    const shown = (each) => getComputedStyle(each).display !== "none";
    const faded = [...document.querySelectorAll("#sheet .box > *, #sheet .arrow > *")]
        .filter((each) => getComputedStyle(each).strokeOpacity !== "1" || getComputedStyle(each).fillOpacity !== "1");
    return [[...document.body.children].filter((each) => shown(each)).map((each) => each.id || each.tagName),
        faded.length, getComputedStyle(document.querySelector("#sheet svg")).transform];
    """
    found = reader.ask(script)
    reader.command("Emulation.setEmulatedMedia", {"media": ""})

    assert found == [["view"], 0, "none"]
    assert reader.ask(script)[1] > 100


def test_without_scripts_there_is_the_picture(reader: Browser, page: str) -> None:
    reader.command("Emulation.setScriptExecutionDisabled", {"value": True})
    reader.open("about:blank")
    reader.open(page)
    reader.command("Emulation.setScriptExecutionDisabled", {"value": False})
    script = """
    const shown = (id) => getComputedStyle(document.getElementById(id)).display !== "none";
    return [document.querySelector("#sheet svg").getBoundingClientRect().width > 800, shown("bar"), shown("about")];
    """

    assert reader.ask(script) == [True, False, False]


@pytest.mark.parametrize(
    "place", ["", f"fn={HANDLER}", "step=22", "setting=MIDDLEWARE", "module=django.core.handlers.base", "fold=handler"]
)
def test_a_page_in_chinese_says_nothing_of_its_own_in_english(window: Browser, chinese: str, place: str) -> None:
    window.open("about:blank")
    window.said()
    window.open(f"{chinese}#{place}")
    words = window.ask(OWN_WORDS)

    assert window.ask("return document.documentElement.lang") == "zh-Hans"
    assert [each for each in words if each in ENGLISH] == []
    assert "上一步" in " ".join(words)
    assert window.said() == []


def test_a_phone_has_the_picture_above_and_the_words_below(reader: Browser, page: str, tmp_path: Path) -> None:
    reader.resize(390, 800)
    try:
        reader.open("about:blank")
        reader.open(f"{page}#step=44")
        script = """
        const room = (id) => document.getElementById(id).getBoundingClientRect();
        return [document.documentElement.scrollWidth, room("view").height, room("about").top >= room("view").bottom];
        """
        width, height, is_below = reader.ask(script)
    finally:
        reader.resize(1280, 800)

    assert width <= 390
    assert height > 200
    assert is_below
