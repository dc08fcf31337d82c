// The keyboard alone is enough: every button has its place in the order of Tab, and the picture has keys of its own.
const KEYS = {
  "/": () => BOX.focus(),
  n: () => tour(1),
  p: () => tour(-1),
  "+": () => zoomed(1.25),
  "=": () => zoomed(1.25),
  "-": () => zoomed(0.8),
  0: () => settled(fitWhole),
  w: () => settled(fitWidth),
  1: () => toLevel(0),
  2: () => toLevel(1),
  3: () => toLevel(2),
  s: () => toggleStartup(),
  f: () => foldCurrent(),
  i: focusWords,
  "?": () => showHelp(),
  Escape: () => go({}),
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, dialog")) return;
    const box = INDEXED[STATE.level].at.get(event.target.closest?.(".box")?.id);
    if (box && pressedInPicture(event, box)) event.preventDefault();
    else if (event.shiftKey && event.key in ARROWS && VIEW.contains(event.target)) {
      const [dx, dy] = ARROWS[event.key];
      VIEW.scrollBy({ left: dx * 120, top: dy * 120, behavior: "instant" });
      event.preventDefault();
    } else if (KEYS[event.key]) {
      KEYS[event.key]();
      event.preventDefault();
    }
  });
}

function pressedInPicture(event, box) {
  if (event.key === "Enter" || event.key === " ") {
    pick(box);
    return true;
  }
  if (event.shiftKey || !(event.key in ARROWS)) return false;
  const next = nearest(box, ...ARROWS[event.key]);
  if (!next) return true;
  rove(next, true);
  show([boxElement(next)]);
  return true;
}
