// The activity form: minutes from the norm, when it ends, how long the day stays open. And what was typed survives a
// lost connection: text, times and photos lie in this browser until the server has them, and go out under the same client
// key however often they are sent, so that they count once. Without this file the form posts by itself.
//
// Everything kept carries its owner's id and is read by the pages of that person only: another account on the same phone
// neither sees nor sends it.

const DATABASE = "kd.activity";
const SEND_MS = 30000;
const AGAIN_S = 20;
const OPEN_MS = 10000;
const FIELDS = ["job_kind", "description", "date", "starts_at", "volume", "minutes", "letter_number", "disposition_number", "part", "target_uid", "client_key"];

const strip = document.querySelector("[data-outbox]");
const owner = strip?.dataset.owner;
const words = document.querySelector("[data-outbox-words]")?.dataset ?? {};

// What is kept ------------------------------------------------------------------------------------------------------
// Two stores with the same key: `drafts` {key, owner, of, path, fields, at, step, problem} and `files` {key, files}, so
// that a letter typed does not write the photos again. `step` is the pressed button; without one nothing is sent.

const held = new Map();
let keeps = true;
const opened = owner ? open() : Promise.resolve(null);

/** The database, or null where the browser refuses one (a private window): then this page alone remembers. */
function open() {
  return new Promise((resolve) => {
    let request;
    // A browser that never answers is like one that refuses.
    setTimeout(() => resolve(null), OPEN_MS);
    try {
      request = indexedDB.open(DATABASE, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      request.result.createObjectStore("drafts", { keyPath: "key" });
      request.result.createObjectStore("files", { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

/** Run `work(stores)` in one transaction; resolves when it is on the disk. */
async function through(mode, work) {
  const database = await opened;
  if (!database) throw new Error("no storage");
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(["drafts", "files"], mode, { durability: "strict" });
    const request = work(transaction.objectStore("drafts"), transaction.objectStore("files"));
    // At once, so that it also holds when the page goes away now; left open it would be undone.
    transaction.commit?.();
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

async function keep(draft, files) {
  held.set(draft.key, { draft, files: files ?? held.get(draft.key)?.files ?? [] });
  try {
    await through("readwrite", (drafts, photos) => {
      drafts.put(draft);
      if (files) photos.put({ key: draft.key, files });
    });
  } catch {
    keeps = false;
  }
}

async function forget(key) {
  held.delete(key);
  try {
    await through("readwrite", (drafts, photos) => {
      drafts.delete(key);
      photos.delete(key);
    });
  } catch {
    keeps = false;
  }
}

/** The person's own drafts, the oldest first. */
async function kept() {
  let stored = [];
  try {
    stored = await through("readonly", (drafts) => drafts.getAll());
  } catch {
    keeps = false;
  }
  const all = new Map([...held.values()].map((each) => [each.draft.key, each.draft]));
  for (const draft of stored ?? []) all.set(draft.key, draft);
  return [...all.values()].filter((draft) => draft.owner === owner).sort((one, other) => one.at.localeCompare(other.at));
}

async function filesOf(key) {
  try {
    const row = await through("readonly", (_drafts, photos) => photos.get(key));
    if (row) return row.files;
  } catch {
    keeps = false;
  }
  return held.get(key)?.files ?? [];
}

// Sending -----------------------------------------------------------------------------------------------------------

let sending = false;
let wanted = false;
let timer = 0;

/** One draft to the server: "sent", "refused" with the answered page, or why it has to wait. */
async function send(draft, files) {
  const body = new FormData();
  for (const [name, value] of Object.entries(draft.fields)) body.set(name, value);
  for (const uid of draft.removed ?? []) body.append("removed", uid);
  for (const file of files) body.append("evidence", file, file.name);
  body.set("langkah", draft.step);
  // Signed in again meanwhile: the page's token is old, the cookie's is not.
  const token = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (token) body.set("csrfmiddlewaretoken", token);
  let response;
  try {
    response = await fetch(draft.path, { method: "POST", body, redirect: "manual", headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(SEND_MS) });
  } catch {
    return { state: "offline" };
  }
  if (response.type === "opaqueredirect" || response.status === 401) return { state: "session" };
  if (response.status >= 500 || response.status === 429) return { state: "busy", wait: Number(response.headers.get("Retry-After")) };
  if (response.ok) return { state: "sent", url: response.headers.get("HX-Redirect") ?? "/" };
  if (response.status === 403) {
    // Without the session's cookies the form's token counts for nothing: that is no answer to what was written.
    const signedIn = await isSignedIn(draft.path);
    if (signedIn === null) return { state: "offline" };
    if (!signedIn) return { state: "session" };
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { state: "refused", page };
}

/** Whether a page of this person's is shown, or null when nothing answers. */
async function isSignedIn(path) {
  try {
    const response = await fetch(path, { redirect: "manual", signal: AbortSignal.timeout(SEND_MS) });
    return response.type !== "opaqueredirect" && response.status !== 401;
  } catch {
    return null;
  }
}

/** Everything that waits, one after the other, in one tab at a time; the server takes each client key once. */
async function sendAll() {
  // The signal may come back while an attempt from before is still failing: that one asks once more.
  wanted = true;
  if (sending || !owner) return;
  sending = true;
  try {
    while (wanted) {
      wanted = false;
      // Another tab's turn is waited for: it may be one that is just being closed.
      if (navigator.locks) await navigator.locks.request(`${DATABASE}.${owner}`, sendWaiting);
      else await sendWaiting();
    }
  } finally {
    sending = false;
  }
}

async function sendWaiting() {
  clearTimeout(timer);
  for (const draft of await kept()) {
    if (!draft.step || draft.problem) continue;
    show(draft, "kept", words.sending);
    const answer = await send(draft, await filesOf(draft.key));
    if (answer.state === "sent") {
      await forget(draft.key);
      show(draft, "sent");
    } else if (answer.state === "refused") {
      const why = answer.page.querySelector(".field__error, .errorlist li, .notice p")?.textContent?.trim() || words.refused;
      await keep({ ...draft, problem: why });
      show({ ...draft, problem: why }, "bad", why);
    } else {
      show(draft, "kept", words.waiting);
      say(answer.state);
      if (answer.state === "session") return;
      // Not all at the same second: a whole office was cut off together.
      timer = setTimeout(sendAll, (Math.max(answer.wait || AGAIN_S, 5) + 10 * Math.random()) * 1000);
      return;
    }
  }
  say("");
}

// What the person sees ------------------------------------------------------------------------------------------------

/** One kept draft in the strip: its words, its state, what can be done. */
function show(draft, state, note = "") {
  const list = strip.querySelector("[data-outbox-list]");
  let row = [...list.children].find((each) => each.dataset.key === draft.key);
  if (!row) {
    row = document.querySelector("[data-outbox-row]").content.firstElementChild.cloneNode(true);
    row.dataset.key = draft.key;
    row.querySelector("[data-drop]").addEventListener("click", async () => {
      await forget(draft.key);
      row.remove();
      settle();
    });
    list.append(row);
  }
  row.querySelector("[data-text]").textContent = draft.fields.description || draft.fields.date;
  row.querySelector("[data-note]").textContent = note;
  for (const chip of row.querySelectorAll("[data-chip]")) chip.hidden = chip.dataset.chip !== state;
  const link = row.querySelector("[data-open-draft]");
  link.hidden = state === "sent" || (state === "kept" && Boolean(draft.step)) || draft.key === currentKey();
  // A new activity's form is that of a kind and a day; a stored one's has both.
  const chosen = draft.of ? {} : { jenis: draft.fields.job_kind, tanggal: draft.fields.date };
  link.href = `${draft.path}?${new URLSearchParams({ ...chosen, isian: draft.key })}`;
  row.querySelector("[data-drop]").hidden = link.hidden;
  // Yesterday's work may lie in the month before.
  if (state === "sent") strip.querySelector("[data-outbox-list-link]").search = `?bulan=${draft.fields.date.slice(0, 7)}`;
  settle();
}

function settle() {
  const rows = [...strip.querySelectorAll("[data-outbox-list] > li")];
  const states = rows.map((row) => row.querySelector("[data-chip]:not([hidden])")?.dataset.chip);
  const title = strip.querySelector("[data-outbox-title]");
  strip.hidden = rows.length === 0;
  const done = states.every((state) => state === "sent");
  title.textContent = done ? title.dataset.done : title.dataset.some;
  strip.classList.toggle("notice--wait", !done);
  strip.classList.toggle("notice--ok", done);
  strip.querySelector("[data-outbox-list-link]").hidden = !done;
  strip.querySelector("[data-outbox-send]").hidden = !states.includes("kept") || !rows.some((row) => row.querySelector("[data-open-draft]").hidden && !row.querySelector('[data-chip="kept"]').hidden);
}

/** Why something waits; "" when nothing does. */
function say(state) {
  const line = strip.querySelector("[data-outbox-why]");
  line.hidden = !state && keeps;
  line.textContent = [words[state], keeps ? "" : words.unkept].filter(Boolean).join(" ");
  if (state === "session") {
    const link = document.createElement("a");
    link.href = `${strip.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = line.textContent;
    line.replaceChildren(link);
  }
}

function currentKey() {
  return document.querySelector("form[data-draft]")?.dataset.draft;
}

/** What the server shows as its own is no longer only here. */
async function forgetWhatArrived() {
  const arrived = new Set([...document.querySelectorAll("[data-client-key]")].map((row) => row.dataset.clientKey));
  const stored = new Set([...document.querySelectorAll("[data-stored]")].map((row) => row.dataset.stored));
  for (const draft of await kept()) {
    if (arrived.has(draft.fields.client_key) || (stored.has(draft.key) && !draft.step)) await forget(draft.key);
  }
}

async function list() {
  for (const draft of await kept()) {
    if (draft.key === currentKey() && !draft.step) continue;
    if (draft.problem) show(draft, "bad", draft.problem);
    else show(draft, "kept", draft.step ? words.waiting : words.unsent);
  }
}

// The form ------------------------------------------------------------------------------------------------------------

/** Follow the form; `waiting` gives the kept draft with which it goes on. Resolves when that stands in it. */
function start(form, waiting = Promise.resolve()) {
  const field = (name) => form.elements.namedItem(name);
  const norms = new Map([...form.querySelectorAll("[data-norm]")].map((item) => [item.dataset.norm, item]));
  const files = form.querySelector("[data-files]");
  let byHand = form.hasAttribute("data-bound") || Number(field("minutes").value) !== norm();
  const touched = new Set();
  let busy = false;
  // Until then nothing is kept or sent, else half a form would take the place of the kept one.
  const whole = waiting.then(async (draft) => {
    if (!draft) return;
    await restore(form, draft, touched);
    byHand = true;
    openLetter();
    showEnd();
    showWindow();
  });

  function norm() {
    return Number(norms.get(field("job_kind").value)?.value ?? 0) * (Number(field("volume").value) || 0);
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

  /** How long the chosen day may still be entered. */
  function showWindow() {
    const box = form.querySelector("[data-windows]");
    if (!box) return;
    const rows = [...box.querySelectorAll("[data-window]")];
    const day = field("date").value;
    const found = rows.find((row) => row.dataset.window === day && Date.parse(row.dataset.until) > Date.now()) ?? rows.at(-1);
    for (const row of rows) row.hidden = row !== found;
    const left = found.querySelector("[data-left]");
    if (!left) return;
    const minutes = Math.max(0, Math.floor((Date.parse(found.dataset.until) - Date.now()) / 60000));
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
    const parts = [];
    if (days) parts.push(`${days} ${box.dataset.day}`);
    if (hours) parts.push(`${hours} ${box.dataset.hour}`);
    if (!days && (rest || !hours)) parts.push(`${rest} ${box.dataset.minute}`);
    left.textContent = parts.join(" ");
  }

  /** A kind that asks for a number opens the part in which numbers are written. */
  function openLetter() {
    if (norms.get(field("job_kind").value)?.hasAttribute("data-letter")) form.querySelector("[data-letter-fields]").open = true;
  }

  function draft(step = "") {
    const fields = Object.fromEntries(FIELDS.map((name) => [name, field(name)?.value ?? ""]));
    const removed = [...form.querySelectorAll("[name=removed]:checked")].map((box) => box.value);
    return { key: form.dataset.draft, owner, of: form.dataset.of, path: location.pathname, fields, removed, at: new Date().toISOString(), step, problem: "" };
  }

  function setBusy(on) {
    busy = on;
    form.querySelector("[data-sending]").hidden = !on;
    for (const button of form.querySelectorAll("button[name=langkah]")) button.toggleAttribute("disabled", on);
  }

  form.addEventListener("input", (event) => {
    touched.add(event.target.name);
    if (event.target.name === "minutes") byHand = event.target.value !== "";
    if ((event.target.name === "volume" || event.target.name === "job_kind") && !byHand && norm() > 0) {
      field("minutes").value = String(Math.min(norm(), 1440));
    }
    if (event.target.name === "job_kind") openLetter();
    showEnd();
    showWindow();
    whole.then(() => keep(draft(), event.target === files ? [...files.files] : undefined)).then(() => say(""));
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const step = event.submitter?.value ?? "ajukan";
    await whole;
    // On the disk before anything is sent: from here on nothing is lost.
    const handed = draft(step);
    await keep(handed, [...files.files]);
    const answer = await send(handed, [...files.files]);
    setBusy(false);
    if (answer.state === "sent") {
      await forget(handed.key);
      location.assign(answer.url);
    } else if (answer.state === "refused") {
      await keep({ ...handed, step: "" });
      await replaced(answer.page);
    } else {
      wait(handed, answer);
    }
  });

  /** The form goes away: what it held is in the strip now, on its way by itself. */
  function wait(handed, answer) {
    show(handed, "kept", words.waiting);
    say(answer.state);
    if (!keeps) return;
    form.hidden = true;
    strip.tabIndex = -1;
    strip.focus();
    if (answer.state !== "session") timer = setTimeout(sendAll, (Math.max(answer.wait || AGAIN_S, 5) + 10 * Math.random()) * 1000);
  }

  /** The server's form with its words beside the fields, and the files that were chosen. */
  async function replaced(page) {
    const fresh = page.querySelector("form[data-draft]");
    if (!fresh) {
      // Not our form: a page that says why (no right, too large).
      const main = page.querySelector("main");
      if (main) document.querySelector("main").replaceChildren(...main.childNodes);
      return;
    }
    const chosen = [...files.files];
    form.replaceWith(fresh);
    start(fresh);
    choose(fresh, chosen);
    (fresh.querySelector("[data-errors], .errors, [role=alert]") ?? fresh.querySelector("[aria-invalid=true]"))?.focus();
  }

  openLetter();
  showEnd();
  showWindow();
  setInterval(showWindow, 30000);
  return whole;
}

/** Put files into the form's field, as if they had been chosen. */
function choose(form, chosen) {
  if (!chosen.length) return;
  const transfer = new DataTransfer();
  for (const file of chosen) transfer.items.add(file);
  form.querySelector("[data-files]").files = transfer.files;
}

/** A kept draft back into the form, which goes on under its key; what is in `touched` the person has typed meanwhile. */
async function restore(form, draft, touched) {
  for (const name of FIELDS) {
    const control = form.elements.namedItem(name);
    if (control && draft.fields[name] && !touched.has(name)) control.value = draft.fields[name];
  }
  form.dataset.draft = draft.key;
  if (!touched.has("removed")) {
    for (const box of form.querySelectorAll("[name=removed]")) box.checked = (draft.removed ?? []).includes(box.value);
  }
  if (draft.fields.letter_number || draft.fields.disposition_number) form.querySelector("[data-letter-fields]").open = true;
  const files = await filesOf(draft.key);
  if (!touched.has(form.querySelector("[data-files]").name)) choose(form, files);
  form.setAttribute("data-bound", "");
}

/** The kept draft that this form goes on with, if any. */
async function keptFor(form) {
  if (form.hasAttribute("data-bound")) return undefined;
  const key = new URLSearchParams(location.search).get("isian") ?? form.dataset.draft;
  return (await kept()).find((draft) => draft.key === key);
}

async function begin() {
  const form = document.querySelector("form[data-draft]");
  const cleared = forgetWhatArrived();
  // The form is followed from its first letter on; the storage may answer later.
  if (form) await start(form, cleared.then(() => keptFor(form)));
  await cleared;
  await list();
  say("");
  strip.dataset.listed = "";
  await sendAll();
}

if (owner) {
  strip.querySelector("[data-outbox-send]").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
  navigator.storage?.persist?.().catch(() => false);
  begin();
}
