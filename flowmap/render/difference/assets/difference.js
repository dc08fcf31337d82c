// Shows old, new or both of one picture, and goes from change to change. What can be shared stands in the fragment.
const DATA = JSON.parse(document.getElementById("data").textContent);
const PANEL = document.getElementById("about");
const HELP = document.getElementById("help");
const SIDES = ["old", "both", "new"];
const STATE = { side: "both", change: null, at: null };
// What the drawn texts say of the new side, by anchor, to come back to.
const NOW = new Map();

function current() {
  return DATA.tales.findIndex((tale) => tale.id === STATE.change);
}

function fragment() {
  const said = new URLSearchParams();
  said.set("side", STATE.side);
  if (STATE.change) said.set("change", STATE.change);
  if (STATE.at) said.set("at", STATE.at.map((number) => Math.round(number * 100) / 100).join(","));
  return `#${said}`;
}

function read() {
  const said = new URLSearchParams(location.hash.replace(/^#/, ""));
  STATE.side = SIDES.includes(said.get("side")) ? said.get("side") : "both";
  STATE.change = DATA.tales.some((tale) => tale.id === said.get("change")) ? said.get("change") : null;
  const at = (said.get("at") ?? "").split(",").map(Number);
  STATE.at = at.length === 3 && at.every(Number.isFinite) && at[0] > 0 ? at : null;
}

function remember(isNewPlace) {
  history[isNewPlace ? "pushState" : "replaceState"](null, "", fragment());
}

// Numbers, names and lines are those of the side that is shown.
function showSide() {
  picture().dataset.side = STATE.side;
  for (const [anchor, words] of Object.entries(DATA.was)) {
    const texts = [...picture().getElementById(anchor).querySelectorAll("text")];
    if (!NOW.has(anchor)) NOW.set(anchor, texts.map((text) => [text.textContent, text.getAttribute("textLength")]));
    const was = new Map([[texts[0], words[0]], ...(words.length > 1 ? [[texts.at(-1), words[1]]] : [])]);
    texts.forEach((text, place) => {
      const [now, length] = NOW.get(anchor)[place];
      const said = STATE.side === "old" ? was.get(text) ?? now : now;
      if (text.textContent === said) return;
      text.textContent = said;
      // Words of another length take their own room, as long as there is any.
      if (said === now) text.setAttribute("textLength", length);
      else {
        text.removeAttribute("textLength");
        if (words.length > 1) hold(text);
      }
    });
  }
  for (const each of document.querySelectorAll("button[data-side]"))
    each.setAttribute("aria-pressed", String(each.dataset.side === STATE.side));
}

function hold(text) {
  const box = text.closest(".box").querySelector("path, polygon").getBBox();
  const room = box.x + box.width - 6 - text.x.baseVal[0].value;
  if (text.getAttribute("text-anchor") === "start" && text.getComputedTextLength() > room)
    text.setAttribute("textLength", room.toFixed(1));
}

function isShown(group) {
  const missing = { old: "added", new: "removed" }[STATE.side];
  return !missing || !group.classList.contains(missing);
}

function light(anchors) {
  for (const each of picture().querySelectorAll(".lit")) each.classList.remove("lit");
  picture().classList.toggle("focused", anchors.length > 0);
  const found = anchors.map((anchor) => picture().getElementById(anchor)).filter(Boolean);
  for (const each of found) each.classList.add("lit");
  return found.filter(isShown);
}

function tell(tale) {
  const told = document.getElementById("told");
  if (!tale) {
    told.replaceChildren(element("p", {}, DATA.summary));
    return;
  }
  const parts = [element("h2", {}, tale.sentence)];
  if (!tale.anchors.length) parts.push(element("p", { class: "note" }, "This is of no box or call of the picture."));
  else if (!tale.anchors.some((anchor) => isShown(picture().getElementById(anchor))))
    parts.push(element("p", { class: "note" }, `Nothing of this is on the ${STATE.side} side.`));
  if (tale.changes.length > 1 || tale.changes[0][1] !== tale.sentence) {
    const items = tale.changes.map(([kind, sentence]) => element("li", {}, element("b", {}, kind), `: ${sentence}`));
    parts.push(element("ul", {}, items));
  } else parts.push(element("p", { class: "note" }, tale.changes[0][0]));
  told.replaceChildren(...parts);
}

function update({ isNewPlace = false, isOpening = false } = {}) {
  const at = current();
  const tale = DATA.tales[at];
  showSide();
  tell(tale);
  const seen = light(tale ? tale.anchors : []);
  document.getElementById("toured").textContent = at < 0 ? `${DATA.tales.length} changes` : `${at + 1} of ${DATA.tales.length}`;
  document.getElementById("previous").disabled = at === 0 || !DATA.tales.length;
  document.getElementById("next").disabled = at === DATA.tales.length - 1;
  for (const each of document.querySelectorAll("#list [data-change]")) {
    if (each.dataset.change === STATE.change) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  PANEL.scrollTo({ top: 0, behavior: "instant" });
  if (isOpening && STATE.at) goTo(STATE.at);
  else show(seen, isOpening);
  if (!isOpening) STATE.at = place();
  remember(isNewPlace);
}

function go(change) {
  STATE.change = change;
  update({ isNewPlace: true });
}

function tour(by) {
  const next = Math.max(0, Math.min(DATA.tales.length - 1, current() < 0 && by < 0 ? 0 : current() + by));
  if (DATA.tales.length) go(DATA.tales[next].id);
}

function toSide(side) {
  STATE.side = side;
  update();
}

function list() {
  const items = DATA.tales.map((tale) =>
    element("li", {}, button(tale.sentence, () => go(tale.id), { "data-change": tale.id })));
  const parts = [element("h3", {}, "Changes"), element("ol", {}, items)];
  if (DATA.far.length) {
    const far = element("ul", {}, DATA.far.map((sentence) => element("li", {}, sentence)));
    parts.push(element("details", {}, element("summary", {}, `${DATA.far.length} off the way of a request`), far));
  }
  document.getElementById("list").replaceChildren(...parts);
}

// A box or an arrow that a change is about leads to the first one; of any other its own words are shown.
function pressed(event) {
  if (DRAG.moved) return;
  const group = event.target.closest(".box, .arrow");
  if (!group || group.id.startsWith("legend")) return;
  const tale = DATA.tales.find((each) => each.anchors.includes(group.id));
  if (tale) {
    go(tale.id);
    return;
  }
  STATE.change = null;
  update({ isNewPlace: true });
  light([group.id]);
  const words = group.querySelector("title").textContent;
  document.getElementById("told").replaceChildren(
    element("p", {}, words), element("p", {}, link(DATA.links[group.id], "Public source")));
}

function looked() {
  STATE.at = place();
  remember(false);
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function start() {
  const zoomed = (by) => { zoomTo(ZOOM.now * by); looked(); };
  const settled = (fit) => { fit(); looked(); };
  const keys = {
    n: () => tour(1), p: () => tour(-1), 1: () => toSide("old"), 2: () => toSide("both"), 3: () => toSide("new"),
    "+": () => zoomed(1.25), "=": () => zoomed(1.25), "-": () => zoomed(0.8), 0: () => settled(fitWhole),
    w: () => settled(fitWidth), i: () => PANEL.focus(), "?": () => HELP.open || HELP.showModal(), Escape: () => go(null),
  };
  const acts = {
    previous: keys.p, next: keys.n, whole: keys.Escape, smaller: keys["-"], larger: keys["+"], fit: keys[0],
    wide: keys.w, keys: keys["?"], close: () => HELP.close(),
  };
  for (const [id, act] of Object.entries(acts)) document.getElementById(id).addEventListener("click", act);
  for (const each of document.querySelectorAll("button[data-side]"))
    each.addEventListener("click", () => toSide(each.dataset.side));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, dialog")) return;
    if (event.shiftKey && event.key in MOVES && VIEW.contains(event.target)) {
      const [dx, dy] = MOVES[event.key];
      VIEW.scrollBy({ left: dx * 120, top: dy * 120, behavior: "instant" });
    } else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  });
  SHEET.addEventListener("click", pressed);
  startViewing(looked);
  list();
  document.body.classList.add("ready");
  const opened = () => { read(); update({ isOpening: true }); };
  addEventListener("popstate", opened);
  fitWidth();
  opened();
}

start();
