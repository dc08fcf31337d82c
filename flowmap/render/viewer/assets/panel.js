// What stands beside the picture: a function, a step, a module, a setting, or what there is to see at all.
const PANEL = document.getElementById("about");
const EVIDENCE = DATA.evidence;
// Lines before and after a call that are shown before anybody asks for all.
const AROUND = [5, 7];
const BEGINNING = 14;

function showPanel() {
  const level = INDEXED[STATE.level];
  const step = STATE.step ? level.steps.find((each) => each.number === STATE.step) : null;
  const parts = step ? stepPanel(level, step)
    : STATE.fn !== null ? functionPanel(level, INDEX_OF.get(STATE.fn))
      : STATE.module !== null ? modulePanel(level, STATE.module)
        : STATE.setting !== null ? settingPanel(DATA.settings.find((each) => each.name === STATE.setting))
          : overviewPanel(level);
  // What was pressed goes with the words it stood in, and whoever pressed it reads on from the new heading.
  const isHere = PANEL.contains(document.activeElement);
  PANEL.replaceChildren(...parts.filter(Boolean));
  if (isHere) focusWords();
  PANEL.scrollTop = 0;
  // For those who do not see it change.
  const title = PANEL.querySelector("h2").textContent;
  document.getElementById("said").textContent = step ? `Step ${step.number}: ${title}` : title;
  const lit = PANEL.querySelector("li.lit");
  if (lit) lit.parentElement.parentElement.scrollTop = lit.offsetTop - 90;
}

function focusWords() {
  PANEL.querySelector("h2").focus({ preventScroll: true });
}

function stepButton(arrow, words) {
  return button(words, () => go({ step: arrow.number }), { class: "step", title: `Step ${arrow.number}` });
}

function functionButton(index, words = nameOf(index), layer = 0) {
  const { id, module } = DATA.functions[index];
  const isShown = LEVELS.some((name) => INDEXED[name].boxesOf.has(index));
  const act = () => go({ fn: id, layer });
  return button(words, act, { class: isShown ? "function" : "function aside", title: `${module}` });
}

function section(title, children, properties = {}) {
  const found = children.flat().filter(Boolean);
  return found.length ? element("section", properties, element("h3", {}, title), found) : null;
}

// As a section, and closed until somebody wants it.
function drawer(title, children) {
  const found = children.flat().filter(Boolean);
  return found.length ? element("details", {}, element("summary", {}, `${title} (${found.length})`),
    element("ul", {}, found)) : null;
}

function whereabouts(index) {
  const { origin, file, line, end, kind, link: address } = DATA.functions[index];
  if (!file) return element("p", { class: "where" }, `${DATA.origins[origin]} · no Python source`);
  const lines = end > line ? `${line}–${end}` : `${line}`;
  return element("p", { class: "where" }, element("span", {}, `${file}:${lines}`), " · ",
    `${kind === "function" ? "" : `${kind} · `}${DATA.origins[origin]}`, " ", link(address, "public source"));
}

function sourceOf(index, marks, only = null) {
  const { file, source } = DATA.functions[index];
  if (!file) return null;
  const block = sourceBlock(index, marks, only);
  if (!block) return element("p", { class: "none" }, source ? "" : "The source is not in this page.");
  const [all, shown] = [source.reduce((sum, [, text]) => sum + text.split("\n").length, 0),
    block.querySelectorAll("li:not(.skipped)").length];
  if (shown >= all) return block;
  const holder = element("div", {}, block);
  holder.append(button(`all ${all} lines`, () => holder.replaceChildren(sourceBlock(index, marks)), { class: "more" }));
  return holder;
}

function functionPanel(level, index) {
  const { name, module, signature } = DATA.functions[index];
  const boxes = level.boxesOf.get(index) ?? [];
  const box = boxes.find((each) => each.layer === STATE.layer) ?? boxes[0];
  const deeper = boxes.length ? null : LEVELS.find((each) => INDEXED[each].boxesOf.has(index));
  const layers = boxes.length > 1 ? boxes : [];
  return [
    element("h2", { tabindex: -1 }, nameOf(index)),
    element("p", { class: "module" }, moduleButton(module)),
    signature ? element("p", { class: "signature" }, element("code", {}, `${name.split(".").at(-1)}${signature}`)) : null,
    whereabouts(index),
    namedBy(index),
    deeper ? element("p", { class: "none" }, "Not drawn at this level. ",
      button(`show it at ${deeper}`, () => go({ fn: STATE.fn, level: deeper }), { class: "more" })) : null,
    !boxes.length && !deeper ? element("p", { class: "none" }, "Not on the way of the request: it is called beside it.") : null,
    layers.length ? element("p", { class: "layers" }, "In layers: ", layers.map((each) => button(
      each.title ? `${each.layer} ${each.title}` : `${each.layer}`,
      () => go({ fn: STATE.fn, layer: each.layer }),
      { "aria-pressed": String(each === box), class: "layer" }))) : null,
    box ? section("Entered by", stepList(level, level.entering.get(box.index) ?? [], "tail")) : null,
    section("Source", [sourceOf(index, marksOf(index, level, 0, box ? box.layer : null))]),
    box ? section("Calls, in order", stepList(level, level.leaving.get(box.index) ?? [], "head")) : null,
    section("Gaps", [gapList(index)]),
    drawer("Callers in the whole program", callList(CALLERS.get(index) ?? [], "caller")),
    drawer("Callees in the whole program", callList(CALLEES.get(index) ?? [], "callee")),
  ];
}

function stepList(level, arrows, end) {
  const numbered = arrows.filter((arrow) => arrow.number);
  if (!numbered.length) return [];
  return [element("ul", { class: "steps" }, numbered.map((arrow) => {
    const box = level.boxes[arrow[end]];
    return element("li", {}, stepButton(arrow, String(arrow.number)), " ",
      functionButton(box.function, nameOf(box.function), box.layer), box.layer ? ` layer ${box.layer}` : "",
      element("span", { class: "why" }, ` ${whyShort(arrow)}`));
  }))];
}

function whyShort(arrow) {
  const parts = [`line ${arrow.line}`];
  if (arrow.evidence !== "call") parts.push(arrow.evidence);
  if (arrow.condition) parts.push(`if ${arrow.condition}`);
  if (arrow.returning) parts.push("on the way back");
  if (arrow.mark) parts.push(DATA.marks[arrow.mark]);
  return parts.join(" · ");
}

function callList(calls, end) {
  return calls.map((call) => element("li", {}, functionButton(call[end]),
    element("span", { class: "why" }, ` ${call.sites.map(([line, evidence]) => (
      evidence === "call" ? `line ${line}` : `line ${line} ${evidence}`)).join(", ")}`)));
}

function gapList(index) {
  const gaps = GAPS.get(index) ?? [];
  return gaps.length ? element("ul", { class: "gaps" }, gaps.map((gap) => element("li", {},
    `line ${gap.line}: ${gap.reason}${gap.name ? ` (${gap.name})` : ""}`))) : null;
}

function stepPanel(level, arrow) {
  const [caller, callee] = [level.boxes[arrow.tail], level.boxes[arrow.head]];
  const stage = level.stages.find((each) => each.id === arrow.stage);
  const place = level.steps.indexOf(arrow) + 1;
  const only = [arrow.line - AROUND[0], arrow.line + AROUND[1]];
  const begin = DATA.functions[callee.function].line;
  return [
    element("p", { class: "stage" }, `${stage.title} · step ${arrow.number}, ${place} of ${level.steps.length}`),
    element("h2", { tabindex: -1 }, functionButton(caller.function, nameOf(caller.function), caller.layer),
      caller.layer ? ` ${caller.title || `layer ${caller.layer}`}` : "", " → ",
      functionButton(callee.function, nameOf(callee.function), callee.layer),
      callee.layer ? ` ${callee.title || `layer ${callee.layer}`}` : ""),
    element("p", { class: "evidence" }, `${EVIDENCE[arrow.evidence] ?? arrow.evidence}${
      arrow.returning ? ", on the way back of the response" : ""}.`),
    namedBy(callee.function),
    arrow.mark ? element("p", { class: "mark" }, `${DATA.marks[arrow.mark]}.`) : null,
    arrow.condition ? element("p", {}, "Only if ", element("code", {}, arrow.condition), ".") : null,
    arrow.through.length ? element("p", {}, "Through ",
      arrow.through.flatMap((index, at) => [at ? ", " : "", functionButton(index)]), ", not drawn here.") : null,
    section("The call", [whereabouts(caller.function),
      sourceOf(caller.function, marksOf(caller.function, level, arrow.line, caller.layer), only)]),
    section("What is called", [whereabouts(callee.function),
      sourceOf(callee.function, marksOf(callee.function, level, 0, callee.layer), [begin - 9, begin + BEGINNING])]),
  ];
}

function moduleButton(module) {
  return button(module, () => go({ module }), { class: "module" });
}

function modulePanel(level, module) {
  const members = DATA.functions.map((_, index) => index).filter((index) => DATA.functions[index].module === module);
  const isDrawn = (index) => level.boxesOf.has(index);
  const listed = (indices) => (indices.length
    ? [element("ul", {}, indices.map((index) => element("li", {}, functionButton(index))))] : []);
  return [
    element("h2", { tabindex: -1 }, module),
    element("p", { class: "where" }, DATA.functions[members[0]].file),
    section("In this picture", listed(members.filter(isDrawn))),
    section("Beside it", listed(members.filter((index) => !isDrawn(index)))),
  ];
}

function settingPanel(setting) {
  const isNamed = ({ source }) => source?.some(([, text]) => wordIn(text, setting.name));
  const named = DATA.functions.map((_, index) => index).filter((index) => isNamed(DATA.functions[index]));
  return [
    element("h2", { tabindex: -1 }, setting.name),
    setting.value === null ? null : section("Value", [element("pre", { tabindex: 0, class: "value" }, setting.value)]),
    section("Where it stands, and what it decided", setting.decided.map((words) => element("p", {}, words))),
    setting.open ? element("p", {}, setting.open) : null,
    section("Named in the source of", named.length
      ? [element("ul", {}, named.map((index) => element("li", {}, functionButton(index))))] : []),
  ];
}

// The settings in whose values a function, its class or its module is named.
function namedBy(index) {
  const { module, name } = DATA.functions[index];
  const names = [module, ...name.split(".").map((_, at, parts) => `${module}.${parts.slice(0, at + 1).join(".")}`)];
  const holds = (value) => names.some((each) => value.includes(`"${each}"`))
    || (name === "<module>" && value.includes(`"${module}.`));
  const found = DATA.settings.filter(({ value }) => value !== null && holds(value));
  return found.length ? element("p", {}, "Named in ", found.flatMap((setting, at) => [at ? ", " : "",
    button(setting.name, () => go({ setting: setting.name }), { class: "setting" })]), ".") : null;
}

function wordIn(text, word) {
  const at = text.indexOf(word);
  return at >= 0 && !/[\w]/.test(text[at + word.length] ?? " ") && !/[\w]/.test(text[at - 1] ?? " ");
}

function overviewPanel(level) {
  return [
    element("h2", { tabindex: -1 }, DATA.title),
    element("p", { class: "where" }, level.subtitle),
    element("p", {}, "Press a box to see its function's source and calls here. ",
      button("Take the tour", () => go({ step: level.steps[0]?.number ?? 0 }), { class: "more" }),
      ` walks the ${level.steps.length} calls in their order.`),
    section("Stages", [element("ul", { class: "stages" }, level.stages.map((stage) => stageRow(level, stage)))]),
    section("Not reached", DATA.holes.map((words) => element("p", {}, words))),
    section("Settings", [element("ul", {}, DATA.settings.map((setting) => element("li", {},
      button(setting.name, () => go({ setting: setting.name }), { class: "setting" }))))]),
    element("details", { id: "licence" }, element("summary", {}, "Licence of the quoted source"),
      DATA.notices.map(({ of, text }) => [element("h4", {}, of), element("pre", { tabindex: 0 }, text)])),
  ];
}

function stageRow(level, stage) {
  const first = level.steps.find((step) => step.stage === stage.id);
  const note = stage.hidden ? `+${stage.hidden} hidden` : "";
  return element("li", {},
    button(isClosed(stage) ? "▸" : "▾", () => toggleFold(stage.id),
      { class: "fold", "aria-expanded": String(!isClosed(stage)), "aria-label": `Fold ${stage.title}`,
        disabled: isHiddenStage(stage) }),
    first ? button(stage.title, () => go({ step: first.number }), { class: "stage" }) : stage.title,
    element("span", { class: "why" }, ` ${stage.boxes} · ${note}`));
}
