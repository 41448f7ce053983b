// Ticks many half hours at once: drag over them, Shift-click a second one, or press All or None of a part.
// Within [data-range-select]; keyboard and single clicks work as plain checkboxes do.
// [data-range] within it ticks all between two times.
for (const grid of document.querySelectorAll("[data-range-select]")) {
  const boxes = [...grid.querySelectorAll(".half-hour input[type=checkbox]:not(:disabled)")];
  const unsaved = grid.querySelector("[data-unsaved]");
  let last = null; // the box that was clicked before, where a Shift-click begins
  let drag = null;
  let swallowClick = false;

  const boxAt = (target) => boxes.find((box) => box === target || box.closest("label").contains(target));
  const between = (from, to) => {
    const [low, high] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    return boxes.slice(low, high + 1);
  };
  const isSaved = () =>
    !grid.hasAttribute("data-is-unsaved") && boxes.every((box) => box.checked === box.defaultChecked);
  const showUnsaved = () => {
    if (unsaved) unsaved.hidden = isSaved();
  };
  const set = (some, checked) => {
    for (const box of some) box.checked = checked;
    showUnsaved();
  };

  grid.addEventListener("change", showUnsaved);
  grid.addEventListener("click", (event) => {
    if (swallowClick) { // the end of a drag is no click
      event.preventDefault();
      swallowClick = false;
      return;
    }
    const box = boxAt(event.target);
    if (!box) return;
    if (event.shiftKey && last && last !== box) {
      // Browsers differ in what a Shift-click on a label does, so it is done here for all of them.
      if (event.target !== box) event.preventDefault();
      set(between(last, box), last.checked);
    }
    if (event.target === box || event.shiftKey) last = box;
  });

  // Fingers scroll, so only a mouse or a pen drags. What the drag leaves again goes back to how it was.
  grid.addEventListener("pointerdown", (event) => {
    const box = boxAt(event.target);
    swallowClick = false;
    if (!box || event.button !== 0 || event.pointerType === "touch" || event.shiftKey) return;
    drag = { from: box, checked: !box.checked, before: boxes.map((each) => each.checked), moved: false };
  });
  grid.addEventListener("pointerover", (event) => {
    const box = drag && boxAt(event.target);
    if (!box || (box === drag.from && !drag.moved)) return;
    drag.moved = true;
    boxes.forEach((each, i) => { each.checked = drag.before[i]; });
    set(between(drag.from, box), drag.checked);
  });
  document.addEventListener("pointerup", (event) => {
    if (drag?.moved) {
      last = drag.from;
      swallowClick = grid.contains(event.target);
      setTimeout(() => { swallowClick = false; });
    }
    drag = null;
  });

  for (const part of grid.querySelectorAll("fieldset")) {
    const its = boxes.filter((box) => part.contains(box));
    for (const [button, checked] of [["[data-tick-all]", true], ["[data-tick-none]", false]]) {
      const found = part.querySelector(button);
      if (!found || !its.length) continue;
      found.hidden = false;
      found.addEventListener("click", () => set(its, checked));
    }
  }

  // A stretch is ticked here, without asking the server; what cannot be right is left to the server to say.
  const stretch = grid.querySelector("[data-range]");
  const fields = stretch ? [...stretch.querySelectorAll("input[type=time]")] : [];
  const minutes = (text) => text.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
  const timeOf = (box) => box.closest("label").querySelector(".half-hour-time").textContent.trim().slice(0, 5);
  const inStretch = () => {
    const [first, last] = fields.map((field) => field.value);
    if (!first || !last) return [];
    const length = Number(fields[0].step) / 60;
    const latest = (minutes(last) || 24 * 60) - length;
    return boxes.filter((box) => minutes(timeOf(box)) >= minutes(first) && minutes(timeOf(box)) <= latest);
  };
  const tickStretch = (event, checked) => {
    const found = inStretch();
    if (!found.length) return;
    event.preventDefault();
    set(found, checked);
  };
  for (const button of stretch?.querySelectorAll("button[name=make]") ?? []) {
    button.addEventListener("click", (event) => tickStretch(event, button.value === "free"));
  }
  for (const field of fields) {
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") tickStretch(event, true); });
  }
}
