// Makes elements. Texts become text nodes: there is no way from a name in the source to markup.
const SVG = "http://www.w3.org/2000/svg";

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made && typeof value !== "string") made[name] = value;
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function drawn(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A button that does one thing when it is pressed.
function button(words, act, properties = {}) {
  return element("button", { type: "button", onclick: act, ...properties }, words);
}

// Only addresses of the public web become links: an address is data as everything else.
function link(address, words) {
  if (!/^https?:\/\//.test(address ?? "")) return null;
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", class: "public" }, words);
}
