// Source as lines: numbered, coloured a little, with the lines lit at which a call is made.
const KEYWORDS = new Set(("False None True and as assert async await break class continue def del elif else except exec "
  + "finally for from global if import in is lambda nonlocal not or pass print raise return try while with yield"
).split(" "));
const TOKEN = new RegExp([
  String.raw`(?<comment>#[^\n]*)`,
  String.raw`(?<string>[rRbBuUfF]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))`,
  String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*)`,
].join("|"), "gu");

// [text, class] of the pieces of each line.
function coloured(text) {
  const lines = [[]];
  const add = (piece, kind) => piece.split("\n").forEach((part, index) => {
    if (index) lines.push([]);
    if (part) lines.at(-1).push([part, kind]);
  });
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    add(text.slice(end, token.index), "");
    const { comment, string } = token.groups;
    add(token[0], comment ? "comment" : string ? "string" : KEYWORDS.has(token[0]) ? "keyword" : "");
    end = token.index + token[0].length;
  }
  add(text.slice(end), "");
  return lines;
}

// `marks`: line -> {lit, notes}; `only`: the lines to begin with, all of them unless told.
function sourceBlock(index, marks, only = null) {
  const { source } = DATA.functions[index];
  if (!source?.length) return null;
  const list = element("ol", { class: "source", role: "list" });
  let before = null;
  for (const [first, text] of source) {
    coloured(text).forEach((pieces, offset) => {
      const number = first + offset;
      if (only && (number < only[0] || number > only[1])) return;
      if (before !== null && number > before + 1) list.append(element("li", { class: "skipped" }, "…"));
      before = number;
      list.append(sourceLine(number, pieces, marks.get(number)));
    });
  }
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": say("source-of", { name: nameOf(index) }) }, list);
}

function sourceLine(number, pieces, mark) {
  const code = element("code", {}, pieces.map(([text, kind]) => (kind ? element("span", { class: kind }, text) : text)));
  const line = element("li", { class: mark?.lit ? "lit" : mark?.isCall ? "site" : mark?.isGap ? "gap" : null },
    element("span", { class: "number" }, String(number)), code);
  if (mark?.lit) line.setAttribute("aria-current", "true");
  // The numbers of the steps stay in sight where the line is longer than the panel.
  if (mark) line.append(element("span", { class: "notes" }, mark.notes));
  if (mark?.steps.length) line.append(element("span", { class: "steps" }, mark.steps));
  return line;
}

// What is known of the lines of a function: the steps of this level first, then the other calls, then the gaps.
function marksOf(index, level, lit = 0, layer = null) {
  const marks = new Map();
  const mark = (line) => {
    if (!marks.has(line)) marks.set(line, { steps: [], notes: [], said: new Set(), lit: false, isCall: false, isGap: false });
    return marks.get(line);
  };
  for (const box of level.boxesOf.get(index) ?? []) {
    if (layer !== null && box.layer !== layer) continue;
    for (const arrow of level.leaving.get(box.index) ?? []) {
      if (!arrow.number) continue;
      const found = mark(arrow.line);
      found.isCall = true;
      found.said.add(level.boxes[arrow.head].function);
      found.steps.push(stepButton(arrow, String(arrow.number)));
    }
  }
  for (const call of CALLEES.get(index) ?? [])
    for (const [line] of call.sites) {
      const found = mark(line);
      found.isCall = true;
      if (found.said.has(call.callee)) continue;
      found.said.add(call.callee);
      if (found.said.size <= 4) found.notes.push(functionButton(call.callee, `→ ${nameOf(call.callee)}`));
      else if (found.said.size === 5) found.notes.push(element("span", {}, "…"));
    }
  for (const gap of GAPS.get(index) ?? []) {
    const found = mark(gap.line);
    found.isGap = true;
    found.notes.push(element("span", { class: "gap-note" }, `? ${gap.reason}`));
  }
  if (lit) mark(lit).lit = true;
  return marks;
}
