// Puts the parts together: where to go, what then is shown, and what the buttons do.
const HELP = document.getElementById("help");

// Goes to a function, step, module or setting, or (with nothing said) back to the whole.
function go(place) {
  const change = { ...SELECTIONS, ...place };
  if (change.fn && !place.level && !isDrawnAt(STATE.level, change.fn)) {
    change.level = LEVELS.find((name) => isDrawnAt(name, change.fn)) ?? STATE.level;
  }
  if (change.module !== null && !moduleBoxes(STATE.level, change.module).length) {
    change.level = LEVELS.find((name) => moduleBoxes(name, change.module).length) ?? STATE.level;
  }
  Object.assign(STATE, change);
  reveal();
  update({ isNewPlace: true });
}

function isDrawnAt(name, id) {
  return INDEXED[name].boxesOf.has(INDEX_OF.get(id));
}

function moduleBoxes(name, module) {
  return INDEXED[name].boxes.filter((box) => DATA.functions[box.function].module === module);
}

function pick(box) {
  go({ fn: DATA.functions[box.function].id, layer: box.layer });
}

// What somebody asks for is not left folded.
function reveal() {
  const level = INDEXED[STATE.level];
  for (const box of selectedBoxes(level)) {
    const stage = level.stages[box.stage];
    STATE.fold.delete(stage.id);
    if (isHiddenStage(stage)) STATE.startup = true;
  }
}

function selectedBoxes(level) {
  if (STATE.step) {
    const step = level.steps.find((each) => each.number === STATE.step);
    return step ? [level.boxes[step.tail], level.boxes[step.head]] : [];
  }
  if (STATE.fn !== null) return fnBoxes(level);
  return STATE.module === null ? [] : moduleBoxes(STATE.level, STATE.module);
}

function fnBoxes(level) {
  const boxes = level.boxesOf.get(INDEX_OF.get(STATE.fn)) ?? [];
  return boxes.filter((box) => box.layer === STATE.layer).concat(boxes).slice(0, 1);
}

function update({ isNewPlace = false, isOpening = false } = {}) {
  const level = INDEXED[STATE.level];
  const isOther = picture() !== PICTURES[STATE.level];
  showLevel(STATE.level);
  if (isOther || isOpening) fitWidth();
  else applyZoom(ZOOM.now);
  lightSelection(level);
  showPanel();
  showButtons(level);
  if (isOpening && STATE.at) goTo(STATE.at);
  else {
    const boxes = selectedBoxes(level);
    const arrow = STATE.step ? [picture().getElementById(level.steps.find((each) => each.number === STATE.step).anchor)] : [];
    show([...arrow, ...boxes.map(boxElement)], isOpening || isOther);
  }
  if (!isOpening) STATE.at = place();
  remember(isNewPlace);
}

function lightSelection(level) {
  const boxes = selectedBoxes(level);
  if (STATE.step) {
    const step = level.steps.find((each) => each.number === STATE.step);
    light([step.anchor], boxes.map((box) => box.anchor));
  } else if (STATE.fn !== null && boxes.length) light(around(level, boxes[0]), [boxes[0].anchor]);
  else light([], boxes.map((box) => box.anchor));
  if (boxes.length) rove(boxes.at(-1), false);
}

function showButtons(level) {
  for (const each of document.querySelectorAll("button[data-level]"))
    each.setAttribute("aria-pressed", String(each.dataset.level === STATE.level));
  document.getElementById("startup").setAttribute("aria-pressed", String(!STATE.startup));
  const at = level.steps.findIndex((step) => step.number === STATE.step);
  document.getElementById("previous").disabled = at === 0;
  document.getElementById("next").disabled = at === level.steps.length - 1;
  document.getElementById("toured").textContent = at < 0 ? say("steps", { count: level.steps.length })
    : say("step-of", { at: at + 1, count: level.steps.length });
  const unfolded = level.stages.some((stage) => !STATE.fold.has(stage.id));
  document.getElementById("fold").textContent = say(unfolded ? "fold" : "unfold");
}

// Next and previous; from a function, the step that enters it comes next.
function tour(by) {
  const { steps, boxes } = INDEXED[STATE.level];
  let at = steps.findIndex((step) => step.number === STATE.step);
  if (at < 0 && STATE.fn !== null) {
    at = steps.findIndex((step) => DATA.functions[boxes[step.head].function].id === STATE.fn) - (by > 0 ? 1 : 0);
  }
  const next = Math.max(0, Math.min(steps.length - 1, at + by));
  if (steps.length) go({ step: steps[next].number });
}

function toLevel(index) {
  if (!LEVELS[index] || LEVELS[index] === STATE.level) return;
  const change = { ...SELECTIONS, fn: STATE.fn, layer: STATE.layer, module: STATE.module, setting: STATE.setting };
  if (STATE.step) {
    // Numbers are those of a level: the same call in the other one, or the function that it enters.
    const from = INDEXED[STATE.level];
    const step = from.steps.find((each) => each.number === STATE.step);
    const [tail, head] = [from.boxes[step.tail], from.boxes[step.head]];
    const to = INDEXED[LEVELS[index]];
    const isSame = (one, other) => one.function === other.function && one.layer === other.layer;
    const same = to.steps.find((each) => isSame(to.boxes[each.tail], tail) && isSame(to.boxes[each.head], head));
    if (same) change.step = same.number;
    else Object.assign(change, { fn: DATA.functions[head.function].id, layer: head.layer });
  }
  Object.assign(STATE, change, { level: LEVELS[index] });
  update({ isNewPlace: true });
}

function toggleStartup() {
  STATE.startup = !STATE.startup;
  folded();
}

function toggleFold(id) {
  if (STATE.fold.has(id)) STATE.fold.delete(id);
  else STATE.fold.add(id);
  folded();
}

function foldAll() {
  const ids = INDEXED[STATE.level].stages.map((stage) => stage.id);
  const isAll = ids.every((id) => STATE.fold.has(id));
  STATE.fold = new Set(isAll ? [] : ids);
  folded();
}

function foldCurrent() {
  const level = INDEXED[STATE.level];
  const box = level.at.get(document.activeElement?.id) ?? selectedBoxes(level).at(-1);
  if (box?.stage !== undefined) toggleFold(level.stages[box.stage].id);
}

// The focus stays on the button that was pressed, though the panel it may be in is made anew.
function folded() {
  const label = document.activeElement?.getAttribute("aria-label");
  showLevel(STATE.level);
  applyZoom(ZOOM.now);
  lightSelection(INDEXED[STATE.level]);
  showPanel();
  showButtons(INDEXED[STATE.level]);
  remember(false);
  if (label) [...PANEL.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === label)?.focus();
}

function zoomed(by) {
  zoomTo(ZOOM.now * by);
  looked();
}

function settled(fit) {
  fit();
  looked();
}

function looked() {
  STATE.at = place();
  remember(false);
}

function showHelp() {
  if (!HELP.open) HELP.showModal();
}

function pressed(event) {
  if (DRAG.moved) return;
  const level = INDEXED[STATE.level];
  const title = event.target.closest(".folds, .cover");
  if (title) {
    const id = title.dataset.stage ?? title.querySelector("[data-stage]").dataset.stage;
    toggleFold(id);
    return;
  }
  const found = level.at.get(event.target.closest(".box, .arrow")?.id);
  if (!found) return;
  if ("function" in found) pick(found);
  else if (found.number) go({ step: found.number });
}

function opened() {
  Object.assign(STATE, stateIn(location.hash));
  BOX.value = STATE.query;
  update({ isOpening: true });
}

// Who follows a link to something wants to see it; who goes back wants what was there.
function linked() {
  Object.assign(STATE, stateIn(location.hash));
  const said = fragmentOf(STATE);
  reveal();
  if (fragmentOf(STATE) !== said) {
    // The place was that of the folded picture.
    STATE.at = null;
    remember(false);
  }
  opened();
}

function start() {
  takePictures();
  const acts = {
    previous: () => tour(-1), next: () => tour(1), fold: foldAll, startup: toggleStartup, whole: () => go({}),
    smaller: () => zoomed(0.8), larger: () => zoomed(1.25), fit: () => settled(fitWhole), wide: () => settled(fitWidth),
    keys: showHelp, close: () => HELP.close(),
  };
  for (const [id, act] of Object.entries(acts)) document.getElementById(id).addEventListener("click", act);
  LEVELS.forEach((name, index) => document.querySelector(`button[data-level=${name}]`)
    .addEventListener("click", () => toLevel(index)));
  SHEET.addEventListener("click", pressed);
  startViewing(looked);
  startSearching();
  startKeys();
  addEventListener("popstate", opened);
  document.body.classList.add("ready");
  linked();
}

start();
