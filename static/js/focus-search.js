// "/" goes to the search box, Escape leaves it.
const box = document.querySelector("[data-focus-search]");
const isTyping = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  if (!box) return;
  if (event.key === "Escape" && document.activeElement === box) box.blur();
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  box.focus();
  box.select();
});
