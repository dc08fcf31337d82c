// Pan, zoom and fit. Panning is the browser's own scrolling; a zoom keeps the point under the pointer where it is.
const VIEW = document.getElementById("view");
const SHEET = document.getElementById("sheet");
const ZOOM = { least: 0.05, most: 4, now: 1 };
const MARGIN = 24;

function picture() {
  return SHEET.querySelector("svg");
}

function pictureSize() {
  const [, , width, height] = picture().getAttribute("viewBox").split(" ").map(Number);
  return { width, height };
}

// Where the picture's left edge is in the sheet: in the middle where there is room.
function leftAt(zoom) {
  return Math.max(MARGIN, (VIEW.clientWidth - pictureSize().width * zoom) / 2);
}

// `spot` is what stays where it is, in pixels from the view's corner; its middle unless told.
function zoomTo(zoom, spot = { x: VIEW.clientWidth / 2, y: VIEW.clientHeight / 2 }) {
  const next = Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));
  const x = (VIEW.scrollLeft + spot.x - leftAt(ZOOM.now)) / ZOOM.now;
  const y = (VIEW.scrollTop + spot.y - MARGIN) / ZOOM.now;
  applyZoom(next);
  VIEW.scrollTo({ left: x * next + leftAt(next) - spot.x, top: y * next + MARGIN - spot.y, behavior: "instant" });
}

// A transform: a picture of another width would have all of its texts laid out anew, even when it is told its own.
function applyZoom(zoom) {
  const { width, height } = pictureSize();
  ZOOM.now = zoom;
  const svg = picture();
  for (const [name, length] of [["width", width], ["height", height]])
    if (svg.getAttribute(name) !== String(length)) svg.setAttribute(name, length);
  svg.style.transform = `translate(${leftAt(zoom)}px, ${MARGIN}px) scale(${zoom})`;
  SHEET.style.width = `${leftAt(zoom) + width * zoom + MARGIN}px`;
  SHEET.style.height = `${height * zoom + 2 * MARGIN}px`;
  document.getElementById("zoom").textContent = `${Math.round(zoom * 100)} %`;
}

function fitWidth() {
  const room = VIEW.clientWidth - 2 * MARGIN;
  applyZoom(Math.min(1.4, Math.max(room / pictureSize().width, 0.75)));
  VIEW.scrollTo({ left: 0, top: 0, behavior: "instant" });
}

function fitWhole() {
  const { width, height } = pictureSize();
  const room = [(VIEW.clientWidth - 2 * MARGIN) / width, (VIEW.clientHeight - 2 * MARGIN) / height];
  applyZoom(Math.max(ZOOM.least, Math.min(...room)));
  VIEW.scrollTo({ left: 0, top: 0, behavior: "instant" });
}

// The zoom, and the point of the picture in the middle of the view.
function place() {
  const x = (VIEW.scrollLeft + VIEW.clientWidth / 2 - leftAt(ZOOM.now)) / ZOOM.now;
  const y = (VIEW.scrollTop + VIEW.clientHeight / 2 - MARGIN) / ZOOM.now;
  return [ZOOM.now, x, y];
}

function goTo([zoom, x, y]) {
  applyZoom(Math.min(ZOOM.most, Math.max(ZOOM.least, zoom)));
  const left = x * ZOOM.now + leftAt(ZOOM.now) - VIEW.clientWidth / 2;
  VIEW.scrollTo({ left, top: y * ZOOM.now + MARGIN - VIEW.clientHeight / 2, behavior: "instant" });
}

// Moves the picture so that all of these are seen, or as many as fit, the last of them for certain.
function show(elements, isAtOnce) {
  const seen = VIEW.getBoundingClientRect();
  const rooms = elements.filter((each) => each.getClientRects().length).map((each) => each.getBoundingClientRect());
  if (!rooms.length) return;
  const fits = (all) => {
    const left = Math.min(...all.map((room) => room.left));
    const top = Math.min(...all.map((room) => room.top));
    const right = Math.max(...all.map((room) => room.right));
    const bottom = Math.max(...all.map((room) => room.bottom));
    return { left, top, right, bottom, small: right - left < seen.width - 40 && bottom - top < seen.height - 40 };
  };
  const all = fits(rooms);
  const room = all.small ? all : fits(rooms.slice(-1));
  const near = 60;
  const isSeen = room.left >= seen.left && room.right <= seen.right && room.top >= seen.top + near / 2
    && room.bottom <= seen.bottom - near / 2;
  if (isSeen) return;
  VIEW.scrollBy({
    left: (room.left + room.right) / 2 - (seen.left + seen.right) / 2,
    top: (room.top + room.bottom) / 2 - (seen.top + seen.bottom) / 2,
    behavior: isAtOnce || matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth",
  });
}

const FINGERS = new Map();
const DRAG = { moved: false, from: null };

function spread() {
  const [one, other] = [...FINGERS.values()];
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function spotOf(event) {
  const room = VIEW.getBoundingClientRect();
  return { x: event.clientX - room.left, y: event.clientY - room.top };
}

function startViewing(changed) {
  let waiting = 0;
  let wheel = null;
  VIEW.addEventListener("wheel", (event) => {
    // Without a key it scrolls, which the browser does best.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const by = Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 150);
    wheel = { zoom: (wheel?.zoom ?? ZOOM.now) * by, spot: spotOf(event) };
    waiting ||= requestAnimationFrame(() => {
      zoomTo(wheel.zoom, wheel.spot);
      [waiting, wheel] = [0, null];
    });
  }, { passive: false });
  VIEW.addEventListener("pointerdown", (event) => {
    FINGERS.set(event.pointerId, { x: event.clientX, y: event.clientY });
    DRAG.moved = false;
    if (event.pointerType === "mouse" && event.button === 0) DRAG.from = [event.clientX, event.clientY];
  });
  VIEW.addEventListener("pointermove", (event) => {
    if (FINGERS.has(event.pointerId) && FINGERS.size === 2) {
      const before = spread();
      FINGERS.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (before) zoomTo((ZOOM.now * spread()) / before, spotOf(event));
    }
    if (!DRAG.from) return;
    const [dx, dy] = [event.clientX - DRAG.from[0], event.clientY - DRAG.from[1]];
    if (!DRAG.moved && Math.hypot(dx, dy) < 4) return;
    if (!DRAG.moved) VIEW.setPointerCapture(event.pointerId);
    DRAG.moved = true;
    VIEW.classList.add("dragged");
    VIEW.scrollBy({ left: -dx, top: -dy, behavior: "instant" });
    DRAG.from = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointercancel"])
    VIEW.addEventListener(name, (event) => {
      FINGERS.delete(event.pointerId);
      DRAG.from = null;
      VIEW.classList.remove("dragged");
    });
  let timer = 0;
  VIEW.addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 250);
  });
}
