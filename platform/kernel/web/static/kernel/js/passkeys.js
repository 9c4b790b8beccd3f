// Passkeys: the browser's ceremony for a form with data-passkey ("create" or "get").
// The form works only with it; its words for the person stand in the page.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function readable(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = named(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = named(key.allowCredentials);
  return { publicKey: key };
}

function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

function optionsOf() {
  const data = JSON.parse(document.getElementById("passkey-options").textContent);
  return data.creation_options ?? data.request_options;
}

function wire(form) {
  const status = form.querySelector("[data-passkey-status]");
  const say = (name) => {
    status.textContent = status.dataset[name];
  };
  if (!globalThis.PublicKeyCredential) {
    say("cannot");
    return;
  }
  let isUnderWay = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isUnderWay) return;
    isUnderWay = true;
    status.textContent = "";
    try {
      const options = readable(optionsOf());
      const made =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create(options)
          : await navigator.credentials.get(options);
      form.elements.credential.value = JSON.stringify(sendable(made));
      form.submit();
    } catch (error) {
      isUnderWay = false;
      say(error.name === "InvalidStateError" ? "known" : "failed");
    }
  });
}

document.querySelectorAll("form[data-passkey]").forEach(wire);
