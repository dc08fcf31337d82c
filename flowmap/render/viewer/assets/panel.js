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
  document.getElementById("said").textContent = step ? say("step-titled", { number: step.number, title }) : title;
  const lit = PANEL.querySelector("li.lit");
  if (lit) lit.parentElement.parentElement.scrollTop = lit.offsetTop - 90;
}

function focusWords() {
  PANEL.querySelector("h2").focus({ preventScroll: true });
}

function stepButton(arrow, words) {
  return button(words, () => go({ step: arrow.number }), { class: "step", title: say("step", { number: arrow.number }) });
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
  return found.length ? element("details", {}, element("summary", {}, say("drawer", { title, count: found.length })),
    element("ul", {}, found)) : null;
}

function whereabouts(index) {
  const { origin, file, line, end, kind, link: address } = DATA.functions[index];
  if (!file) return element("p", { class: "where" }, `${DATA.origins[origin]} · ${say("no-source")}`);
  const lines = end > line ? `${line}–${end}` : `${line}`;
  return element("p", { class: "where" }, element("span", {}, `${file}:${lines}`), " · ",
    `${kind === "function" ? "" : `${say(`kind-${kind}`)} · `}${DATA.origins[origin]}`, " ", link(address, say("public")));
}

function sourceOf(index, marks, only = null) {
  const { file, source } = DATA.functions[index];
  if (!file) return null;
  const block = sourceBlock(index, marks, only);
  if (!block) return element("p", { class: "none" }, source ? "" : say("source-elsewhere"));
  const [all, shown] = [source.reduce((sum, [, text]) => sum + text.split("\n").length, 0),
    block.querySelectorAll("li:not(.skipped)").length];
  if (shown >= all) return block;
  const holder = element("div", {}, block);
  holder.append(button(say("all-lines", { count: all }), () => holder.replaceChildren(sourceBlock(index, marks)), { class: "more" }));
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
    deeper ? element("p", { class: "none" }, told("not-drawn", { shown: button(
      say("show-at", { level: say(`level-${deeper}`) }), () => go({ fn: STATE.fn, level: deeper }), { class: "more" }) })) : null,
    !boxes.length && !deeper ? element("p", { class: "none" }, say("beside-way")) : null,
    layers.length ? element("p", { class: "layers" }, told("layers", { layers: layers.map((each) => button(
      each.title ? `${each.layer} ${each.title}` : `${each.layer}`,
      () => go({ fn: STATE.fn, layer: each.layer }),
      { "aria-pressed": String(each === box), class: "layer" })) })) : null,
    box ? section(say("entered-by"), stepList(level, level.entering.get(box.index) ?? [], "tail")) : null,
    section(say("source"), [sourceOf(index, marksOf(index, level, 0, box ? box.layer : null))]),
    box ? section(say("calls"), stepList(level, level.leaving.get(box.index) ?? [], "head")) : null,
    section(say("gaps"), [gapList(index)]),
    drawer(say("callers"), callList(CALLERS.get(index) ?? [], "caller")),
    drawer(say("callees"), callList(CALLEES.get(index) ?? [], "callee")),
  ];
}

function stepList(level, arrows, end) {
  const numbered = arrows.filter((arrow) => arrow.number);
  if (!numbered.length) return [];
  return [element("ul", { class: "steps" }, numbered.map((arrow) => {
    const box = level.boxes[arrow[end]];
    return element("li", {}, stepButton(arrow, String(arrow.number)), " ",
      functionButton(box.function, nameOf(box.function), box.layer), box.layer ? ` ${say("layer", { layer: box.layer })}` : "",
      element("span", { class: "why" }, ` ${whyShort(arrow)}`));
  }))];
}

function whyShort(arrow) {
  const parts = [say("line", { line: arrow.line })];
  if (arrow.evidence !== "call") parts.push(arrow.evidence);
  if (arrow.condition) parts.push(say("if", { condition: arrow.condition }));
  if (arrow.returning) parts.push(say("back"));
  if (arrow.mark) parts.push(DATA.marks[arrow.mark]);
  return parts.join(" · ");
}

function callList(calls, end) {
  return calls.map((call) => element("li", {}, functionButton(call[end]),
    element("span", { class: "why" }, ` ${among(call.sites.map(([line, evidence]) => (
      evidence === "call" ? say("line", { line }) : `${say("line", { line })} ${evidence}`))).join("")}`)));
}

function gapList(index) {
  const gaps = GAPS.get(index) ?? [];
  return gaps.length ? element("ul", { class: "gaps" }, gaps.map((gap) => element("li", {},
    say("gap", { line: gap.line, reason: gap.reason, name: gap.name ? say("in-brackets", { name: gap.name }) : "" })))) : null;
}

function stepPanel(level, arrow) {
  const [caller, callee] = [level.boxes[arrow.tail], level.boxes[arrow.head]];
  const stage = level.stages.find((each) => each.id === arrow.stage);
  const place = level.steps.indexOf(arrow) + 1;
  const only = [arrow.line - AROUND[0], arrow.line + AROUND[1]];
  const begin = DATA.functions[callee.function].line;
  return [
    element("p", { class: "stage" }, say("step-place", { stage: stage.title, number: arrow.number, at: place, count: level.steps.length })),
    element("h2", { tabindex: -1 }, functionButton(caller.function, nameOf(caller.function), caller.layer),
      caller.layer ? ` ${caller.title || say("layer", { layer: caller.layer })}` : "", " → ",
      functionButton(callee.function, nameOf(callee.function), callee.layer),
      callee.layer ? ` ${callee.title || say("layer", { layer: callee.layer })}` : ""),
    element("p", { class: "evidence" }, say(
      arrow.returning ? "evidence-back" : "evidence", { evidence: EVIDENCE[arrow.evidence] ?? arrow.evidence })),
    namedBy(callee.function),
    arrow.mark ? element("p", { class: "mark" }, say("evidence", { evidence: DATA.marks[arrow.mark] })) : null,
    arrow.condition ? element("p", {}, told("only-if", { condition: element("code", {}, arrow.condition) })) : null,
    arrow.through.length ? element("p", {}, told("through", { names: among(
      arrow.through.map((index) => functionButton(index))) })) : null,
    section(say("call"), [whereabouts(caller.function),
      sourceOf(caller.function, marksOf(caller.function, level, arrow.line, caller.layer), only)]),
    section(say("called"), [whereabouts(callee.function),
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
    section(say("in-picture"), listed(members.filter(isDrawn))),
    section(say("beside"), listed(members.filter((index) => !isDrawn(index)))),
  ];
}

function settingPanel(setting) {
  const isNamed = ({ source }) => source?.some(([, text]) => wordIn(text, setting.name));
  const named = DATA.functions.map((_, index) => index).filter((index) => isNamed(DATA.functions[index]));
  return [
    element("h2", { tabindex: -1 }, setting.name),
    setting.value === null ? null : section(say("value"), [element("pre", { tabindex: 0, class: "value" }, setting.value)]),
    section(say("decided"), setting.decided.map((words) => element("p", {}, words))),
    setting.open ? element("p", {}, setting.open) : null,
    section(say("named-by-source"), named.length
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
  return found.length ? element("p", {}, told("named-in", { settings: among(found.map((setting) =>
    button(setting.name, () => go({ setting: setting.name }), { class: "setting" }))) })) : null;
}

function wordIn(text, word) {
  const at = text.indexOf(word);
  return at >= 0 && !/[\w]/.test(text[at + word.length] ?? " ") && !/[\w]/.test(text[at - 1] ?? " ");
}

function overviewPanel(level) {
  return [
    element("h2", { tabindex: -1 }, DATA.title),
    element("p", { class: "where" }, level.subtitle),
    element("p", {}, told("press", { count: String(level.steps.length),
      tour: button(say("take-tour"), () => go({ step: level.steps[0]?.number ?? 0 }), { class: "more" }) })),
    section(say("stages"), [element("ul", { class: "stages" }, level.stages.map((stage) => stageRow(level, stage)))]),
    section(say("not-reached"), DATA.holes.map((words) => element("p", {}, words))),
    section(say("settings"), [element("ul", {}, DATA.settings.map((setting) => element("li", {},
      button(setting.name, () => go({ setting: setting.name }), { class: "setting" }))))]),
    element("details", { id: "licence" }, element("summary", {}, say("licence")),
      DATA.notices.map(({ of, text }) => [element("h4", {}, of), element("pre", { tabindex: 0 }, text)])),
  ];
}

function stageRow(level, stage) {
  const first = level.steps.find((step) => step.stage === stage.id);
  const note = stage.hidden ? say("hidden", { count: stage.hidden }) : "";
  return element("li", {},
    button(isClosed(stage) ? "▸" : "▾", () => toggleFold(stage.id),
      { class: "fold", "aria-expanded": String(!isClosed(stage)), "aria-label": say("fold-stage", { stage: stage.title }),
        disabled: isHiddenStage(stage) }),
    first ? button(stage.title, () => go({ step: first.number }), { class: "stage" }) : stage.title,
    element("span", { class: "why" }, ` ${stage.boxes} · ${note}`));
}
