// Folds stages together and hides those of the start-up, without laying anything out anew: heights go through a
// piecewise linear map that squeezes what is folded, and every shape is drawn from where it stood at first.
const FOLDED = 34;
const ORIGINAL = new WeakMap();
const MEASURED = new WeakSet();
// Heads and numbers of arrows, and the legend.
const MOVED = ".arrow polygon, .arrow text, .arrow ellipse, [id^=legend-]";

function numbersIn(text) {
  return (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
}

function original(shape, name) {
  if (!ORIGINAL.has(shape)) ORIGINAL.set(shape, shape.getAttribute(name));
  return ORIGINAL.get(shape);
}

function heightsOf(path) {
  const ys = numbersIn(original(path, "d")).filter((_, index) => index % 2);
  return [Math.min(...ys), Math.max(...ys)];
}

// [from, to, new height] of every lane that is not as it was, from the top; hidden ones take what is above them along.
function squeezes(svg, level) {
  let above = null;
  return level.stages.flatMap((stage, index) => {
    const [top, bottom] = heightsOf(svg.getElementById(`lane-${index + 1}`).querySelector("path"));
    const start = above ?? top;
    above = null;
    if (isHiddenStage(stage)) {
      above = bottom;
      return [[start, bottom, 0]];
    }
    return STATE.fold.has(stage.id) ? [[top, bottom, Math.min(FOLDED, bottom - top)]] : [];
  });
}

function heightMap(parts) {
  return (y) => {
    let gone = 0;
    for (const [from, to, height] of parts) {
      if (y >= to) gone += to - from - height;
      else if (y > from) return y - gone - (y - from) * (1 - height / (to - from));
      else break;
    }
    return y - gone;
  };
}

function isHiddenStage(stage) {
  return stage.once && !STATE.startup;
}

function isClosed(stage) {
  return STATE.fold.has(stage.id) || isHiddenStage(stage);
}

function fold(svg, level) {
  const parts = squeezes(svg, level);
  // Most pages are opened with everything unfolded.
  if (!parts.length && !MEASURED.has(svg)) return;
  measure(svg, level);
  const map = heightMap(parts);
  const closed = new Set(level.stages.filter(isClosed).map((stage) => stage.id));
  const isShut = (box) => closed.has(level.stages[level.boxes[box].stage].id);
  for (const extra of svg.querySelectorAll(".cover")) extra.remove();
  svg.classList.toggle("squeezed", parts.length > 0);
  level.stages.forEach((stage, index) => foldLane(svg, stage, index, map));
  for (const box of level.boxes) {
    const group = svg.getElementById(box.anchor);
    group.classList.toggle("shut", closed.has(level.stages[box.stage].id));
    shift(group, map);
  }
  for (const arrow of level.arrows) {
    const group = svg.getElementById(arrow.anchor);
    group.classList.toggle("shut", isShut(arrow.tail) && isShut(arrow.head));
    group.classList.toggle("ends-shut", isShut(arrow.head));
    for (const path of group.querySelectorAll("path")) bend(path, map);
    for (const shape of group.querySelectorAll("polygon, text, ellipse")) shift(shape, map);
  }
  for (const group of svg.querySelectorAll("[id^=legend-]")) shift(group, map);
  resize(svg, map);
}

function foldLane(svg, stage, index, map) {
  const band = svg.getElementById(`lane-${index + 1}`);
  const shape = band.querySelector("path");
  bend(shape, map);
  const words = wordsOf(svg, index);
  band.classList.toggle("gone", isHiddenStage(stage));
  words.forEach((group, part) => {
    if (!group) return;
    group.classList.toggle("gone", isHiddenStage(stage) || (part > 0 && part < 3 && STATE.fold.has(stage.id)));
    shift(group, map);
  });
  if (!STATE.fold.has(stage.id) || isHiddenStage(stage)) return;
  // Arrows that end here go under it, and it says what is in it.
  const cover = drawn("g", { class: `cover ${band.getAttribute("class")}`, "aria-hidden": "true" });
  cover.append(shape.cloneNode(), words[0].cloneNode(true));
  cover.lastChild.removeAttribute("id");
  const [top, bottom] = heightsOf(shape).map(map);
  const title = words[0].getBBox();
  const note = drawn("text", { x: title.x + title.width + 16, y: (top + bottom) / 2 + 3.5, class: "note" });
  note.textContent = say(stage.boxes === 1 ? "folded-one" : "folded", { count: stage.boxes });
  cover.append(note);
  svg.getElementById("flow").append(cover);
}

// The title of a lane, what it says of hidden calls, that it was not reached, and, over it, which half it begins; any
// but the title may be missing.
function wordsOf(svg, index) {
  return ["title", "hidden", "hole", "half"].map((part) => svg.getElementById(`lane-${index + 1}-${part}`));
}

function bend(path, map) {
  const before = original(path, "d");
  let index = 0;
  const after = before.replace(/-?\d+(?:\.\d+)?/g, (number) =>
    (index++ % 2 ? Math.round(map(Number(number)) * 100) / 100 : number));
  if (path.getAttribute("d") !== after) path.setAttribute("d", after);
}

// All that will be moved, measured before anything is: a measure after each move would lay the page out each time.
function measure(svg, level) {
  if (MEASURED.has(svg)) return;
  MEASURED.add(svg);
  const lanes = level.stages.flatMap((_, index) => wordsOf(svg, index)).filter(Boolean);
  const boxes = level.boxes.map((box) => svg.getElementById(box.anchor));
  for (const shape of [...lanes, ...boxes, ...svg.querySelectorAll(MOVED)]) {
    const room = shape.getBBox();
    ORIGINAL.set(shape, room.y + room.height / 2);
  }
}

// Moves a shape, or a group of them, by as much as its middle moves.
function shift(shape, map) {
  const by = map(ORIGINAL.get(shape)) - ORIGINAL.get(shape);
  if (by) shape.setAttribute("transform", `translate(0 ${Math.round(by * 100) / 100})`);
  else shape.removeAttribute("transform");
}

function resize(svg, map) {
  const ground = svg.querySelector("#flow > polygon");
  const [, , width, height] = numbersIn(original(svg, "viewBox"));
  const bottom = Math.max(...numbersIn(original(ground, "points")).filter((_, index) => index % 2));
  svg.setAttribute("viewBox", `0 0 ${width} ${height + map(bottom) - bottom}`);
  let index = 0;
  ground.setAttribute("points", original(ground, "points").replace(/-?\d+(?:\.\d+)?/g, (number) =>
    (index++ % 2 ? map(Number(number)) : number)));
}
