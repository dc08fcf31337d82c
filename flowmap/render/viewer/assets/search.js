// Search as one types over functions, modules and settings: what begins with the words comes before what holds them.
const BOX = document.getElementById("search");
const FOUND = document.getElementById("found");
const MOST = 40;
const ENTRIES = entries();
const CHOICE = { at: -1, found: [] };

function entries() {
  const functions = DATA.functions.map((each, index) => ({
    kind: "function", words: nameOf(index), more: each.module, text: `${each.name} ${each.id}`.toLowerCase(),
    isDrawn: LEVELS.some((name) => INDEXED[name].boxesOf.has(index)), act: () => go({ fn: each.id }),
  }));
  const modules = [...new Set(DATA.functions.map((each) => each.module))].sort().map((module) => ({
    kind: "module", words: module, more: "", text: module.toLowerCase(), isDrawn: true, act: () => go({ module }),
  }));
  const settings = DATA.settings.map(({ name, value }) => ({
    kind: "setting", words: name, more: (value ?? "").slice(0, 60), text: `${name} ${value ?? ""}`.toLowerCase(),
    isDrawn: true, act: () => go({ setting: name }),
  }));
  return [...functions, ...modules, ...settings];
}

function rank(entry, words) {
  if (!words.every((word) => entry.text.includes(word))) return null;
  const name = entry.words.toLowerCase();
  const last = name.split(".").at(-1);
  const score = name === words[0] || last === words[0] ? 0 : last.startsWith(words[0]) ? 1
    : name.startsWith(words[0]) ? 2 : name.includes(words[0]) ? 3 : 4;
  return score + (entry.isDrawn ? 0 : 5);
}

function search(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return { all: 0, first: [] };
  const ranked = ENTRIES.map((entry, index) => ({ entry, index, rank: rank(entry, words) }))
    .filter((each) => each.rank !== null)
    .sort((one, other) => one.rank - other.rank || one.index - other.index);
  return { all: ranked.length, first: ranked.slice(0, MOST).map((each) => each.entry) };
}

function showFound(query) {
  const { all, first } = search(query);
  CHOICE.found = first;
  FOUND.replaceChildren(...first.map((entry, index) => {
    const row = element("li", { role: "option", id: `found-${index}`, "aria-selected": "false", class: entry.kind },
      element("b", {}, entry.words), " ", element("span", { class: "why" }, `${say(`kind-${entry.kind}`)} ${entry.more}`));
    // The box must not lose the focus before the press has arrived.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => take(index));
    return row;
  }));
  if (all > first.length) FOUND.append(element("li", { role: "presentation", class: "why" }, say("more", { count: all - first.length })));
  if (query.trim() && !all) FOUND.append(element("li", { role: "presentation", class: "why" }, say("nothing")));
  const isOpen = query.trim() !== "";
  FOUND.hidden = !isOpen;
  BOX.setAttribute("aria-expanded", String(isOpen && all > 0));
  document.getElementById("counted").textContent = isOpen ? say("found", { count: all }) : "";
  choose(first.length ? 0 : -1);
}

function choose(index) {
  FOUND.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  CHOICE.at = index;
  const row = document.getElementById(`found-${index}`);
  row?.setAttribute("aria-selected", "true");
  row?.scrollIntoView({ block: "nearest" });
  if (row) BOX.setAttribute("aria-activedescendant", row.id);
  else BOX.removeAttribute("aria-activedescendant");
}

function take(index) {
  closeSearch();
  if (!CHOICE.found[index]) return;
  CHOICE.found[index].act();
  focusWords();
}

function closeSearch() {
  FOUND.hidden = true;
  BOX.setAttribute("aria-expanded", "false");
  BOX.removeAttribute("aria-activedescendant");
}

function startSearching() {
  BOX.addEventListener("input", () => {
    STATE.query = BOX.value;
    showFound(BOX.value);
    remember(false);
  });
  BOX.addEventListener("focus", () => BOX.value && showFound(BOX.value));
  BOX.addEventListener("blur", closeSearch);
  BOX.addEventListener("keydown", (event) => {
    const last = CHOICE.found.length - 1;
    if (event.key === "ArrowDown") choose(Math.min(last, CHOICE.at + 1));
    else if (event.key === "ArrowUp") choose(Math.max(0, CHOICE.at - 1));
    else if (event.key === "Enter" && !FOUND.hidden) take(CHOICE.at);
    else if (event.key === "Escape" && !FOUND.hidden) closeSearch();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
