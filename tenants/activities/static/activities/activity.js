// The activity form: minutes from the norm, the time it ends, and an unsent draft that survives a lost connection.
// The draft lies in this browser only, under its owner's id, so another account on the same phone never sees it.

const PREFIX = "kd.activity";
const form = document.querySelector("form[data-draft]");
const owner = document.querySelector("[data-owner]")?.dataset.owner;

// Private windows may refuse storage; then the form works without a kept draft.
const store = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      return;
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      return;
    }
  },
  keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}.${owner}.`));
    } catch {
      return [];
    }
  },
};

if (owner) forgetWhatArrived();
if (form && owner) start();

/** An activity that the server shows is no longer unsent. */
function forgetWhatArrived() {
  const arrived = new Set([...document.querySelectorAll("[data-client-key]")].map((row) => row.dataset.clientKey));
  const stored = new Set([...document.querySelectorAll("[data-stored]")].map((row) => `${PREFIX}.${owner}.${row.dataset.stored}`));
  for (const key of store.keys()) {
    const kept = store.read(key);
    if (stored.has(key) || (kept?.fields?.client_key && arrived.has(kept.fields.client_key))) store.remove(key);
  }
}

function start() {
  const key = `${PREFIX}.${owner}.${form.dataset.draft}`;
  const field = (name) => form.elements.namedItem(name);
  const norms = new Map([...form.querySelectorAll("[data-norm]")].map((item) => [item.dataset.norm, Number(item.value)]));
  const kept = ["job_kind", "description", "date", "starts_at", "volume", "minutes", "client_key"];
  let byHand = form.hasAttribute("data-bound") || Number(field("minutes").value) !== norm();

  function norm() {
    return (norms.get(field("job_kind").value) ?? 0) * (Number(field("volume").value) || 0);
  }

  function showEnd() {
    const place = form.querySelector("[data-end-of]");
    const [hours, minutes] = field("starts_at").value.split(":").map(Number);
    const length = Number(field("minutes").value);
    if (!place) return;
    if (!Number.isFinite(hours) || !Number.isFinite(minutes) || !(length > 0)) {
      place.textContent = "";
      return;
    }
    const end = (hours * 60 + minutes + length) % 1440;
    const two = (number) => String(number).padStart(2, "0");
    place.textContent = `${place.dataset.endWords} ${two(Math.floor(end / 60))}.${two(end % 60)}`;
  }

  function keep() {
    const fields = Object.fromEntries(kept.map((name) => [name, field(name)?.value ?? ""]));
    store.write(key, { fields, at: new Date().toISOString() });
  }

  form.addEventListener("input", (event) => {
    if (event.target.name === "minutes") byHand = event.target.value !== "";
    if ((event.target.name === "volume" || event.target.name === "job_kind") && !byHand && norm() > 0) {
      field("minutes").value = String(Math.min(norm(), 1440));
    }
    showEnd();
    keep();
  });
  // Kept once more when sending: if the request is lost, the same client key goes out again and counts once.
  form.addEventListener("submit", keep);

  const notice = document.querySelector("[data-draft-notice]");
  const draft = store.read(key);
  if (draft && notice && !form.hasAttribute("data-bound")) {
    notice.querySelector("[data-draft-words]").textContent = draft.fields.description;
    notice.hidden = false;
    notice.querySelector("[data-draft-restore]").addEventListener("click", () => {
      for (const name of kept) {
        const control = field(name);
        if (control && draft.fields[name]) control.value = draft.fields[name];
      }
      byHand = true;
      notice.hidden = true;
      showEnd();
      field("description").focus();
    });
    notice.querySelector("[data-draft-discard]").addEventListener("click", () => {
      store.remove(key);
      notice.hidden = true;
      field("description").focus();
    });
  }
  showEnd();
}
