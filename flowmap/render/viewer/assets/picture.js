// The picture of each level of detail: only the one that is looked at is in the page, the others wait.
const PICTURES = {};
const LIT = [];

function takePictures() {
  PICTURES[DATA.opening] = picture();
  for (const waiting of document.querySelectorAll("template[data-level]"))
    PICTURES[waiting.dataset.level] = waiting.content.querySelector("svg");
}

function showLevel(name) {
  const svg = PICTURES[name];
  if (picture() !== svg) picture().replaceWith(svg);
  prepare(svg, INDEXED[name]);
  fold(svg, INDEXED[name]);
}

// Boxes become what can be pressed. One at a time is in the order of the Tab key: the one that arrows lead on from.
function prepare(svg, level) {
  if (svg.classList.contains("prepared")) return;
  svg.classList.add("prepared");
  for (const box of level.boxes) {
    const group = svg.getElementById(box.anchor);
    group.setAttribute("role", "button");
    group.setAttribute("tabindex", box.index ? "-1" : "0");
  }
  level.stages.forEach((stage, index) => {
    const title = svg.getElementById(`lane-${index + 1}-title`);
    title.classList.add("folds");
    title.dataset.stage = stage.id;
  });
}

function boxElement(box) {
  return picture().getElementById(box.anchor);
}


// The rest of the picture fades; `chosen` are the boxes that it is about.
function light(anchors, chosen = []) {
  for (const each of LIT.splice(0)) each.classList.remove("lit", "chosen");
  const svg = picture();
  for (const [names, mark] of [[anchors, "lit"], [chosen, "chosen"]])
    for (const name of names) {
      const group = svg.getElementById(name);
      if (!group) continue;
      group.classList.add("lit", mark);
      LIT.push(group);
    }
  svg.classList.toggle("focused", LIT.length > 0);
}

// What belongs to a box: itself, its arrows, and the boxes at their other ends.
function around(level, box) {
  const arrows = [...(level.entering.get(box.index) ?? []), ...(level.leaving.get(box.index) ?? [])];
  const boxes = arrows.flatMap((arrow) => [arrow.tail, arrow.head]).map((index) => level.boxes[index].anchor);
  return [box.anchor, ...boxes, ...arrows.map((arrow) => arrow.anchor)];
}

function rove(box, isFocused) {
  for (const other of picture().querySelectorAll(".box[tabindex='0']")) other.setAttribute("tabindex", "-1");
  const group = boxElement(box);
  group.setAttribute("tabindex", "0");
  if (isFocused) group.focus({ preventScroll: true });
}

// The nearest box in a direction, one that lies straight ahead before one that is off to the side.
function nearest(box, dx, dy) {
  const level = INDEXED[STATE.level];
  const middle = (each) => {
    const room = boxElement(each).getBoundingClientRect();
    return [(room.left + room.right) / 2, (room.top + room.bottom) / 2];
  };
  const [x, y] = middle(box);
  let best = null;
  for (const other of level.boxes) {
    if (other === box || boxElement(other).classList.contains("shut")) continue;
    const [ox, oy] = middle(other);
    const [ahead, aside] = dx ? [(ox - x) * dx, Math.abs(oy - y)] : [(oy - y) * dy, Math.abs(ox - x)];
    if (ahead < 2) continue;
    const cost = ahead + aside * (dx ? 3 : 1.2);
    if (best === null || cost < best.cost) best = { cost, other };
  }
  return best?.other ?? null;
}
