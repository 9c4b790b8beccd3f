// The picture that some regions want with a punch. It never stands in a punch's way: taken or not, the punch is kept and
// sent. The picture is made small here, stays on the phone in a database of its own, and goes when the server has its
// punch. All by owner: nobody sees or sends what belongs to somebody else on the same phone.
//
// A picture's way: kept (di HP), then sent, or refused, which asks for another one.

import { person } from "./outbox.js";
import { token } from "./sender.js";

const NAME = "kinerja-swafoto";
const DAY_MS = 24 * 3600 * 1000;
const ASKED_MS = DAY_MS;
const FORGOTTEN_MS = 14 * DAY_MS;
const MOST_WAITING = 12;
const LONGEST_EDGE = 720;
const LARGEST = 150_000;
const QUALITIES = [0.8, 0.6, 0.4];
const SENT_AS_IT_IS = ["image/jpeg", "image/png"];
const SEND_MS = 60_000;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 15 * 60 * 1000;
const UNANSWERED = ["saved", "sending"];
const ANSWERED = ["accepted", "review"];

// The database ---------------------------------------------------------------------------------------------------------

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pictures", { keyPath: "id" }).createIndex("owner", "owner");
    request.onsuccess = () => {
      const db = request.result;
      db.onclose = () => (opened = null);
      resolve(db);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

async function within(mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction("pictures", mode, { durability: "strict" });
    const request = work(transaction.objectStore("pictures"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}

/** What this phone knows of the owner's pictures: {id, owner, picture, reason, taken, state, why} each. */
function picturesOf(owner) {
  return within("readonly", (store) => store.index("owner").getAll(owner));
}

function put(record) {
  return within("readwrite", (store) => store.put(record));
}

// The picture ----------------------------------------------------------------------------------------------------------

/** A small JPEG of what the camera gave, as bytes. What cannot be drawn goes as it is if the server may be able to. */
async function smallPicture(file, mostBytes) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (image) {
    const share = Math.min(1, LONGEST_EDGE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * share));
    canvas.height = Math.max(1, Math.round(image.height * share));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    for (const quality of QUALITIES) {
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (made && (made.size <= LARGEST || quality === QUALITIES.at(-1))) return made.arrayBuffer();
    }
  }
  return SENT_AS_IT_IS.includes(file.type) && file.size <= mostBytes ? file.arrayBuffer() : null;
}

/** When the file says that it was made; now for what claims to be of the future. */
function takenAt(file) {
  const now = Date.now();
  return file.lastModified > 0 && file.lastModified <= now ? file.lastModified : now;
}

// The page -------------------------------------------------------------------------------------------------------------

/** Show and do the picture's part of the punch page; what it returns the page calls when it knows something new. */
export function start(part, owner, describe) {
  const box = part.querySelector("[data-selfie]");
  const ask = box.querySelector("[data-selfie-ask]");
  const input = box.querySelector("[data-selfie-file]");
  const excuse = box.querySelector("[data-selfie-excuse]");
  const fault = box.querySelector("[data-selfie-fault]");
  const rows = box.querySelector("[data-selfie-rows]");
  const words = box.dataset;

  let rule = null;
  let events = [];
  let known = new Map();
  let wanted = null;
  let asked = null;
  let why = "";
  let timer = 0;
  let tries = 0;

  box.querySelector("[data-selfie-take]").addEventListener("click", () => {
    asked = wanted;
    input.click();
  });
  input.addEventListener("change", () => take(input.files[0]));
  excuse.addEventListener("submit", (event) => {
    event.preventDefault();
    keep({ picture: null, reason: excuse.elements.reason.value, taken: Date.now() });
  });
  window.addEventListener("online", () => send());

  return async function update(toldRule, all) {
    rule = toldRule;
    events = all;
    offer(rule.reasons ?? []);
    await forgetOld();
    await render();
    await send();
  };

  function offer(reasons) {
    const list = excuse.elements.reason;
    if (list.options.length !== reasons.length) list.replaceChildren(...reasons.map(([code, text]) => new Option(text, code)));
  }

  /** What is done, and what nobody will ask for any more. */
  async function forgetOld() {
    const waits = new Set(events.filter(({ state }) => UNANSWERED.includes(state)).map(({ id }) => id));
    for (const { id, taken } of await picturesOf(owner)) {
      if (taken < Date.now() - FORGOTTEN_MS && !waits.has(id)) await within("readwrite", (store) => store.delete(id));
    }
  }

  function isWanted(event) {
    if (event.carrier || ![...UNANSWERED, ...ANSWERED].includes(event.state)) return false;
    if (Date.now() - event.captured > ASKED_MS || (event.counted ?? event.captured) < Date.parse(rule.since)) return false;
    if (rule.done?.includes(event.id) || ["kept", "sent"].includes(known.get(event.id)?.state)) return false;
    return rule.mode === "always" || (rule.mode === "sample" && event.draw !== null && event.draw < rule.percent);
  }

  async function take(file) {
    input.value = "";
    if (!file) return;
    say("");
    const picture = await smallPicture(file, rule.max_bytes).catch(() => null);
    if (picture) await keep({ picture, reason: "", taken: takenAt(file) });
    else say(words.unreadable);
  }

  async function keep(made) {
    const event = asked ?? wanted;
    asked = null;
    if (!event) return;
    const waiting = [...known.values()].filter(({ state }) => state === "kept").length;
    if (waiting >= MOST_WAITING) {
      say(words.tooMany);
      return;
    }
    try {
      await put({ id: event.id, owner, ...made, state: "kept", why: "" });
    } catch {
      say(words.full);
      return;
    }
    say("");
    excuse.closest("details").open = false;
    await render();
    if (ask.hidden) rows.focus();
    tries = 0;
    await send();
  }

  function say(text) {
    fault.textContent = text;
    fault.hidden = !text;
  }

  async function render() {
    known = new Map((await picturesOf(owner)).map((record) => [record.id, record]));
    wanted = events.findLast(isWanted) ?? null;
    ask.hidden = !wanted;
    const shown = events.filter(({ id, captured }) => ["kept", "sent"].includes(known.get(id)?.state) && Date.now() - captured < ASKED_MS);
    rows.replaceChildren(...shown.reverse().map(row));
    box.hidden = !wanted && !shown.length;
    if (wanted) {
      box.querySelector("[data-selfie-for]").textContent = describe(wanted);
      const refused = known.get(wanted.id)?.why;
      if (refused) say(refused);
    }
  }

  function row(event) {
    const record = known.get(event.id);
    const line = box.querySelector("[data-selfie-row]").content.firstElementChild.cloneNode(true);
    line.querySelector("[data-selfie-row-for]").textContent = describe(event);
    const state = record.state === "sent" ? "sent" : record.reason ? "reason" : "kept";
    for (const chip of line.querySelectorAll("[data-selfie-state]")) chip.hidden = chip.dataset.selfieState !== state;
    line.querySelector("[data-selfie-row-why]").textContent = record.state === "kept" && why === "session" ? words.session : "";
    return line;
  }

  // Sending ------------------------------------------------------------------------------------------------------------

  /** Send what waits and whose punch the server has; one tab at a time. Tried again by itself. */
  async function send() {
    clearTimeout(timer);
    const before = why;
    const work = async () => {
      const isReceived = ({ id }) => ANSWERED.includes(events.find((event) => event.id === id)?.state);
      for (const record of (await picturesOf(owner)).filter(({ state }) => state === "kept").filter(isReceived)) {
        // Somebody else signed in while this was waiting.
        if ((await person())?.owner !== owner) return "session";
        const told = await post(record);
        if (!told.record) return told.why;
        await put(told.record);
      }
      return "";
    };
    why = (await (navigator.locks ? navigator.locks.request(`kd-selfie-${owner}`, work) : work()).catch(() => "away")) ?? "";
    tries = why ? tries + 1 : 0;
    if (why) timer = setTimeout(send, Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.5 + Math.random()));
    if (why !== before || !why) await render();
  }

  /** What became of one: {record} as it is kept from now on, or {why} it waits: "away" (no answer) or "session". */
  async function post(record) {
    const form = new FormData();
    if (record.picture) {
      form.append("photo", new Blob([record.picture]), "swafoto.jpg");
      form.append("taken_at", new Date(record.taken).toISOString());
    } else {
      form.append("reason", record.reason);
    }
    let response;
    try {
      response = await fetch(`${rule.send_to}${record.id}/`, {
        method: "POST",
        body: form,
        headers: { Accept: "application/json", "X-CSRFToken": token() },
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(SEND_MS),
      });
    } catch {
      return { why: "away" };
    }
    if (response.ok) return { record: { ...record, picture: null, state: "sent", why: "" } };
    if (response.status === 413 || response.status === 422) {
      const { detail = "" } = await response.json().catch(() => ({}));
      return { record: { ...record, picture: null, state: "refused", why: detail || words.unreadable } };
    }
    // A page to sign in, or a punch that is not of whoever is signed in here.
    return { why: response.type === "opaqueredirect" || [401, 403, 404].includes(response.status) ? "session" : "away" };
  }
}
