// The bell asks for news once a minute and when its tab is looked at again, but not in a tab that nobody sees.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "bell" && document.hidden) event.preventDefault();
});
