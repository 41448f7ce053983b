// Says two minutes ahead that the session ends, and covers the page once it has ended.
// #session-warning has data-seconds: until it ends if nobody uses it. The server knows best, as other tabs
// may have used it: it is asked (data-state) before anything is shown. The form on the page stays as it is.
const dialog = document.getElementById("session-warning");
const AHEAD_S = 120;
const LOOK_EVERY_MS = 1000;
let endsAt = Date.now() + 1000 * Number(dialog.dataset.seconds);
let isAsking = false;

const left = () => Math.max(0, Math.round((endsAt - Date.now()) / 1000));
const show = (name) => {
  for (const part of dialog.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
  document.documentElement.classList.toggle("is-covered", name === "ended");
  if (name && !dialog.open) dialog.showModal();
  if (!name && dialog.open) dialog.close();
};

// A sign-in in another tab changes the token that forms are sent with.
const renew = (token) => {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
  dialog.dataset.token = token;
};

const ask = async (address, options) => {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(address, { headers: { "x-csrftoken": dialog.dataset.token }, ...options });
    if (!answer.ok) return;
    const state = await answer.json();
    if (state.user !== null && String(state.user) !== dialog.dataset.user) window.location.reload();
    endsAt = Date.now() + 1000 * Math.max(0, state.seconds);
    renew(state.token);
  } catch {
    // Offline: it is asked again in a second.
  } finally {
    isAsking = false;
  }
};

const clock = dialog.querySelector("[data-clock]");
const look = async () => {
  if (left() <= AHEAD_S && !(dialog.open && left() > 0 && left() % 10)) await ask(dialog.dataset.state);
  const seconds = left();
  if (seconds > AHEAD_S) show("");
  else show(seconds ? "warning" : "ended");
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

dialog.addEventListener("cancel", (event) => { if (!left()) event.preventDefault(); }); // Escape
dialog.querySelector("[data-stay]").addEventListener("click", async () => {
  await ask(dialog.dataset.stay, { method: "POST" });
  look();
});
dialog.addEventListener("close", () => { if (left() && left() <= AHEAD_S) ask(dialog.dataset.stay, { method: "POST" }); });
// What is done on the page itself uses the session as well.
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.elt?.matches?.("#bell, #desk-refresh") && event.detail.successful) ask(dialog.dataset.state);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
setInterval(look, LOOK_EVERY_MS);
