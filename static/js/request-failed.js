// When an htmx request fails, nothing is silent: a link is followed as a plain link, a form keeps its text and says so.
const announce = () => {
  const place = document.getElementById("messages");
  if (!place) return; // With DEBUG, django-htmx has put the traceback in place of the page.
  place.replaceChildren(document.getElementById("request-failed").content.cloneNode(true));
  place.scrollIntoView({ block: "center" });
};

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => {
    if (event.detail.elt?.matches?.("#bell, #desk-refresh")) return; // nobody asked for it; it asks again soon
    const link = event.detail.elt?.closest?.("a[href]");
    if (link && event.detail.requestConfig?.verb === "get") window.location.assign(link.href);
    else announce();
  });
}
