// Asks before a page is left on which a form [data-ask-before-leaving] has changes that are not saved.
// The browser asks in its own words; sending that form asks nothing.
// What counts as a change: a field that differs from how the page came, but for those in [data-not-saved],
// or [data-is-unsaved] on the form. What a [data-autosave] in the form has sent, and the server has taken, is saved.
const forms = [...document.querySelectorAll("form[data-ask-before-leaving]")];
let isSent = false;

const said = (form) => {
  const skipped = new Set([...form.querySelectorAll("[data-not-saved] [name]")].map((field) => field.name));
  skipped.add("csrfmiddlewaretoken"); // session-warning.js renews it
  const values = [...new FormData(form)].filter(([name]) => !skipped.has(name));
  return JSON.stringify(values.map(([name, value]) => [name, String(value)]));
};
const before = new Map(forms.map((form) => [form, said(form)]));
const isChanged = (form) => form.hasAttribute("data-is-unsaved") || said(form) !== before.get(form);

document.addEventListener("submit", (event) => {
  if (forms.includes(event.target) && !event.defaultPrevented) isSent = true;
});
window.addEventListener("pageshow", () => { isSent = false; });
window.addEventListener("beforeunload", (event) => {
  if (!isSent && forms.some(isChanged)) event.preventDefault();
});

const sent = new WeakMap();
const autosaves = (event) => event.detail.elt?.matches?.("[data-autosave]") && event.detail.elt.form;
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = autosaves(event);
  if (form) sent.set(form, said(form));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = autosaves(event);
  if (form && event.detail.successful) before.set(form, sent.get(form));
});
