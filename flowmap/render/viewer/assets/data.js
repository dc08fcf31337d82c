// What the page was made of, and the ways to look things up in it. Nothing in it is ever taken for markup.
const DATA = JSON.parse(document.getElementById("data").textContent);
const LEVELS = Object.keys(DATA.levels);
const INDEX_OF = new Map(DATA.functions.map((each, index) => [each.id, index]));
// Lines of calls and gaps, by the index of the function that they stand in.
const CALLEES = new Map();
const CALLERS = new Map();
for (const call of DATA.calls) {
  grouped(CALLEES, call.caller, call);
  grouped(CALLERS, call.callee, call);
}
const GAPS = new Map();
for (const gap of DATA.gaps) grouped(GAPS, gap.caller, gap);

function grouped(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
}

// A level of detail with what is asked of it: steps by number, and what enters and leaves a box or a function.
function indexed(level) {
  const steps = level.arrows.filter((arrow) => arrow.number).sort((one, other) => one.number - other.number);
  const found = { ...level, steps, boxesOf: new Map(), entering: new Map(), leaving: new Map(), at: new Map() };
  level.boxes.forEach((box, index) => {
    box.index = index;
    found.at.set(box.anchor, box);
    grouped(found.boxesOf, box.function, box);
  });
  for (const arrow of level.arrows) {
    found.at.set(arrow.anchor, arrow);
    grouped(found.leaving, arrow.tail, arrow);
    grouped(found.entering, arrow.head, arrow);
  }
  return found;
}

const INDEXED = Object.fromEntries(LEVELS.map((name) => [name, indexed(DATA.levels[name])]));

// The parts of a fixed sentence in the language of the page; what stands in its places may be elements.
function told(key, values = {}) {
  return DATA.words[key].split(/\{(\w+)\}/).flatMap((part, index) => (index % 2 ? values[part] : [part]));
}

function say(key, values = {}) {
  return told(key, values).join("");
}

// One after the other, with what the language puts between them.
function among(parts) {
  return parts.flatMap((part, at) => (at ? [say("among"), part] : [part]));
}

function nameOf(index) {
  const { module, name } = DATA.functions[index];
  return name === "<module>" ? `${module} <module>` : name;
}
