// The day sheet asks every fifteen seconds what has changed (#desk-refresh), but not while somebody is at work on it.
const ASKS = "desk-refresh";
const SHEET = "desk-sheet";
const HEADS = "[id^=a]"; // rows are called a17, after their appointment
const sheet = () => document.getElementById(SHEET);
let isPressed = false;
let before = null;

const isInUse = () => {
  const page = document.getElementById("desk-day-sheet");
  const selection = document.getSelection();
  const isTyping = document.activeElement?.matches("input, select, textarea") && page.contains(document.activeElement);
  return isPressed || isTyping || sheet().querySelector("details[open]") !== null
    || (!selection.isCollapsed && page.contains(selection.anchorNode));
};
document.addEventListener("pointerdown", () => { isPressed = true; });
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { isPressed = false; });

// What stays where it is: the focus, the scrolled columns, and the row under the mouse, in focus or topmost.
const nameOf = (element) => element.id || element.getAttribute("formaction") || element.getAttribute("href") || element.tagName;
const remember = () => {
  const focused = sheet().contains(document.activeElement) ? document.activeElement : null;
  const inSight = (row) => row.getBoundingClientRect().bottom > 0;
  const row = sheet().querySelector(`${HEADS}:hover`) ?? focused?.closest(HEADS) ?? [...sheet().querySelectorAll(HEADS)].find(inSight);
  const columns = document.getElementById("desk-columns");
  return {
    changes: sheet().dataset.changes,
    focus: focused && { row: focused.closest(HEADS)?.id ?? SHEET, name: nameOf(focused) },
    row: row && { id: row.id, top: row.getBoundingClientRect().top },
    left: columns?.scrollLeft ?? 0,
  };
};
const restore = ({ focus, row, left }) => {
  const columns = document.getElementById("desk-columns");
  if (columns) columns.scrollLeft = left;
  if (focus) {
    const place = document.getElementById(focus.row) ?? sheet();
    const same = [...place.querySelectorAll("a, button, summary, [tabindex]")];
    (same.find((each) => nameOf(each) === focus.name) ?? place.querySelector("a"))?.focus({ preventScroll: true });
  }
  const now = row && document.getElementById(row.id);
  if (now) window.scrollBy(0, now.getBoundingClientRect().top - row.top);
};

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === ASKS && (document.hidden || isInUse())) event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  const asked = requestConfig.elt.id === ASKS;
  before = null;
  if (target.id !== SHEET || !event.detail.shouldSwap) return;
  if (asked && !xhr.getResponseHeader("ETag")) {
    event.detail.shouldSwap = false;
    window.location.reload(); // signed out meanwhile: this leads to the sign-in page
  } else if (asked && isInUse()) event.detail.shouldSwap = false; // somebody began; asked again soon
  else before = remember();
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (!before || event.detail.target.id !== SHEET) return;
  restore(before);
  const news = document.getElementById("desk-news");
  if (event.detail.requestConfig.elt.id === ASKS && before.changes !== sheet().dataset.changes) {
    news.textContent = "";
    setTimeout(() => { news.textContent = news.dataset.text; }, 100); // said again each time
  }
  before = null;
});

// The clocks on the sheet go on by the server's time, also when it has nothing new.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig.elt.id !== ASKS || !sheet()) return;
  const isAnswered = xhr.status === 200 || xhr.status === 304;
  for (const warning of sheet().querySelectorAll("[data-stale]")) warning.hidden = isAnswered;
  const at = new Date(xhr.getResponseHeader("Date") ?? Date.now());
  if (!isAnswered) return;
  for (const clock of sheet().querySelectorAll("[data-clock]")) {
    clock.textContent = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock });
  }
});
