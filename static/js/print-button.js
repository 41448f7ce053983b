// Shows each [data-print] button, which can do nothing without a script, and lets it print the page.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
