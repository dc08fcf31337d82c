// All that can be shared of a view stands in the fragment of the address, and comes back from there.
const STATE = { level: DATA.opening, step: 0, fn: null, layer: 0, module: null, setting: null, fold: new Set(),
  startup: true, at: null, query: "" };
const SELECTIONS = { step: 0, fn: null, layer: 0, module: null, setting: null };

function fragmentOf(state) {
  const said = new URLSearchParams();
  said.set("level", state.level);
  if (state.step) said.set("step", state.step);
  for (const name of ["fn", "module", "setting"]) if (state[name] !== null) said.set(name, state[name]);
  if (state.layer) said.set("layer", state.layer);
  if (state.fold.size) said.set("fold", [...state.fold].sort().join(" "));
  if (!state.startup) said.set("startup", "hidden");
  if (state.query) said.set("q", state.query);
  if (state.at) said.set("at", state.at.map((number) => Math.round(number * 100) / 100).join(","));
  return `#${said}`;
}

// What a fragment says, as far as this page knows it: an old or broken address never breaks the page.
function stateIn(fragment) {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const level = LEVELS.includes(said.get("level")) ? said.get("level") : DATA.opening;
  const stages = new Set(INDEXED[level].stages.map((stage) => stage.id));
  const step = INDEXED[level].steps.find((each) => String(each.number) === said.get("step"))?.number ?? 0;
  const at = (said.get("at") ?? "").split(",").map(Number);
  return {
    level,
    step,
    fn: INDEX_OF.has(said.get("fn")) ? said.get("fn") : null,
    layer: Number(said.get("layer")) || 0,
    module: DATA.functions.some((each) => each.module === said.get("module")) ? said.get("module") : null,
    setting: DATA.settings.some((each) => each.name === said.get("setting")) ? said.get("setting") : null,
    fold: new Set((said.get("fold") ?? "").split(" ").filter((id) => stages.has(id))),
    startup: said.get("startup") !== "hidden",
    query: said.get("q") ?? "",
    at: at.length === 3 && at.every(Number.isFinite) && at[0] > 0 ? at : null,
  };
}

// Where somebody goes is a new entry of the history, so that Back leads there again; how it is looked at is not.
function remember(isNewPlace) {
  const fragment = fragmentOf(STATE);
  if (fragment === location.hash) return;
  if (isNewPlace) history.pushState(null, "", fragment);
  else history.replaceState(null, "", fragment);
}
