// Ticks many half hours at once: drag over them, or click one and Shift-click another.
// Within [data-range-select]; keyboard and single clicks work as plain checkboxes do.
for (const grid of document.querySelectorAll("[data-range-select]")) {
  const boxes = () => [...grid.querySelectorAll("input[type=checkbox]:not(:disabled)")];
  const boxAt = (target) => target.closest?.("label")?.querySelector("input[type=checkbox]:not(:disabled)");
  let last = null;
  let drag = null;

  const tick = (from, to, checked) => {
    const all = boxes();
    const [low, high] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
    for (const box of all.slice(low, high + 1)) {
      if (box.checked === checked) continue;
      box.checked = checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  grid.addEventListener("click", (event) => {
    const box = event.target.matches("input[type=checkbox]") ? event.target : null;
    if (!box) return;
    if (event.shiftKey && last && last !== box) tick(last, box, box.checked);
    last = box;
  });

  // Fingers scroll, so only a mouse or pen drags.
  grid.addEventListener("pointerdown", (event) => {
    const box = boxAt(event.target);
    if (!box || event.button !== 0 || event.pointerType === "touch" || event.shiftKey) return;
    drag = { from: box, checked: !box.checked, moved: false };
  });
  grid.addEventListener("pointerover", (event) => {
    const box = drag && boxAt(event.target);
    if (!box || (box === drag.from && !drag.moved)) return;
    drag.moved = true;
    tick(drag.from, box, drag.checked);
  });
  document.addEventListener("pointerup", () => {
    if (drag?.moved) last = drag.from;
    drag = null;
  });
}
