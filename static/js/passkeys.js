// Passkeys: form[data-passkey] asks the browser for one, puts the answer into its field and is sent.
// data-passkey: "create" and "get" take their options from #js_data, "sign-in" asks its action for them.
// The server's mfa/js/webauthn-json.js turns JSON into what browsers want and back.
const known = window.webauthnJSON?.supported() ?? false;

const optionsOf = async (form) => {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(document.getElementById("js_data").textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const credentialOf = async (form) => {
  const options = await optionsOf(form);
  if (form.dataset.passkey !== "create") return window.webauthnJSON.get(options.request_options);
  const wanted = options.creation_options;
  // One that the device remembers, and that asks who holds it: it signs in without the password.
  Object.assign(wanted.publicKey.authenticatorSelection, {
    residentKey: "required", requireResidentKey: true, userVerification: "required",
  });
  return window.webauthnJSON.create(wanted);
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.querySelector("[data-needs-passkeys]").hidden = !known;
  form.querySelector("[data-no-passkeys]").hidden = known;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return; // the browser has answered: sent as any form
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await credentialOf(form));
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
}
