// Down and Up go from a search box through the links of results, and back to it. [data-walk] is the
// selector of these links, [data-asked] the text for which they were found: while another one is
// typed, the arrows wait. The first link of [data-walk-first] has the focus when the page opens.
const stops = () => [...document.querySelectorAll("[data-walk]")].flatMap((list) => [...list.querySelectorAll(list.dataset.walk)]);
const box = () => document.querySelector("main input[type=search]");
const isOld = (typed) => [...document.querySelectorAll("[data-asked]")].some((list) => list.dataset.asked !== typed.value.trim());

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = document.activeElement;
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = stops();
  const place = links.indexOf(here);
  if (place < 0 && here.type !== "search") return;
  event.preventDefault();
  if (place < 0 && isOld(here)) return;
  const next = place < 0 && step < 0 ? links.length - 1 : place + step;
  (links[next] ?? box() ?? here).focus();
});

if (document.querySelector("[data-walk-first]") && document.activeElement === document.body) stops()[0]?.focus();
