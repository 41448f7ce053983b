// Menus made of <details data-menu> close on Escape and on a click elsewhere.
// The links of the phone's menu stand beside it in the header, so a click on them is not elsewhere.
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
const belongs = (menu, target) =>
  menu.contains(target) || (menu.matches(".nav-toggle") && target.closest?.(".site-nav"));

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!belongs(menu, event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const hadFocus = belongs(menu, document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
});
