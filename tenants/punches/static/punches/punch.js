// The punch page, with a network and without: a tap is signed and kept on the phone, then sent, and what became of it
// stays in sight. Without this file, or without a browser that can sign, the form posts by itself and the server's time
// counts.

import { direction, reading, serverTime, watch } from "./clock.js";
import { canSign } from "./key.js";
import { capture, enter, fact, keyOf, leave, NotKept, onChange, onLost, person, probe, punches, restore, tidy } from "./outbox.js";
import { flush, getReady, sendAtOnce, sendLater } from "./sender.js";

const PLACE_MS = 4000;
const FRESH_PLACE_MS = 60_000;
const TICK_MS = 5000;
const STALE_MS = 4 * 3600 * 1000;
const SHOWN_MS = 18 * 3600 * 1000;
const MOST_ROWS = 6;
const FAULT_MS = 2 * 60 * 1000;
const NEAR_MS = 4 * 3600 * 1000;
const WAITING = ["saved", "sending"];

const box = document.querySelector("[data-punch]");
if (box && canSign()) start(box).catch(() => plain(box));
else if (box) plain(box);

/** A browser that cannot sign: the form posts by itself, with the time of the tap. */
function plain(part) {
  if (!part.dataset.owner) {
    show(part, "unable", true);
    return;
  }
  const form = part.querySelector("[data-punch-form]");
  form.hidden = false;
  form.addEventListener("submit", () => {
    form.elements.captured_at.value = form.elements.sent_at.value = new Date().toISOString();
    form.elements.place_error.value = "unsupported";
  });
}

function show(part, name, on) {
  for (const each of part.querySelectorAll(`[data-notice="${name}"]`)) each.hidden = !on;
}

async function start(part) {
  const form = part.querySelector("[data-punch-form]");
  const hero = form.querySelector("[data-hero]");
  const other = form.querySelector("[data-other]");
  const again = part.querySelector("[data-another]");
  const answer = part.querySelector("[data-answer]");
  const placeLine = part.querySelector("[data-place]");
  const words = part.querySelector("[data-words]").dataset;
  const isShell = part.hasAttribute("data-shell");
  const began = Date.now();
  const { region, version } = part.dataset;

  let owner = part.dataset.owner;
  let known = [];
  let key = null;
  let mark = null;
  let policy = null;
  let busy = false;
  let done = null;
  let unkept = [];
  let position = null;
  let timer = 0;
  let outlook = { left: 0, why: "", until: 0 };
  let selfies = null;

  watch();
  if (isShell) {
    const somebody = await person();
    if (!somebody) {
      show(part, "nobody", true);
      return;
    }
    owner = somebody.owner;
    for (const each of document.querySelectorAll("[data-name]")) each.textContent = somebody.name;
  }
  form.hidden = false;
  part.querySelector("[data-outbox]").hidden = false;
  form.addEventListener("submit", tap);
  again.addEventListener("click", offerAgain);
  for (const each of part.querySelectorAll("[data-send]")) each.addEventListener("click", () => send(true));

  try {
    if (!isShell) await enter({ owner, name: part.dataset.person });
    await tidy(owner);
    await probe();
  } catch {
    tellFull();
  }
  const before = rememberedBefore();
  onChange(refresh);
  onLost(storageLost);
  await refresh();
  missed(before);
  tick();
  setInterval(tick, TICK_MS);
  lookForPlace();
  registerWorker();
  window.addEventListener("online", () => send(true));
  document.addEventListener("visibilitychange", returned);
  for (const each of document.querySelectorAll('form[action="/keluar/"]')) each.addEventListener("submit", () => leave());
  await send(true);
  await prepare();

  // The person's own things ------------------------------------------------------------------------------------------

  /** Fetch the mark and the policy; a key that has a name now can send what waited for it. */
  async function prepare() {
    const told = await getReady(owner).catch(() => null);
    await refresh();
    show(part, "session", !told && navigator.onLine && !key?.device);
    if (told) {
      navigator.storage?.persist?.().catch(() => false);
      await send(true);
    }
    tick();
  }

  async function refresh() {
    try {
      [known, key, mark, policy] = await Promise.all([punches(owner), keyOf(owner), fact("mark", owner), fact("policy", owner)]);
      remember();
      askForSelfies();
    } catch {
      tellFull();
    }
    render();
  }

  /** Some regions want a picture with a punch: only there its part of this page is fetched. */
  async function askForSelfies() {
    const rule = policy?.selfie;
    if (!rule || (!selfies && rule.mode === "off")) return;
    const describe = (event) => `${words[event.kind] ?? ""} ${clockWords(countedTime(event))}`;
    selfies ??= import("./selfie.js").then((selfie) => selfie.start(part, owner, describe));
    try {
      const update = await selfies.catch(() => null);
      // Not on this phone yet: asked for again when there is a network.
      if (update) await update(rule, known);
      else selfies = null;
    } catch {
      // A picture never stands in the way of a punch.
    }
  }

  async function returned() {
    if (document.visibilityState !== "visible") return;
    if (Date.now() - began > STALE_MS && navigator.onLine && !busy && !unkept.length) {
      location.reload();
      return;
    }
    offerAgain();
    tick();
    await send(true);
  }

  async function registerWorker() {
    try {
      await navigator.serviceWorker.register("/sw.js", { type: "module", scope: "/", updateViaCache: "all" });
    } catch {
      // The page works without it; only the next opening needs a network.
    }
  }

  // The tap ----------------------------------------------------------------------------------------------------------

  async function tap(event) {
    event.preventDefault();
    if (busy || done) return;
    const at = reading();
    const kind = event.submitter?.value ?? hero.value;
    setBusy(event.submitter ?? hero, true);
    try {
      const made = await capture({ owner, region, kind, at, ...(await place()), context: { app_version: version } });
      saved(made);
      sendLater();
    } catch (error) {
      if (error instanceof NotKept) await notKept(error.event, kind);
      else throw error;
    } finally {
      setBusy(hero, false);
    }
    await send(true);
    if (!(await navigator.storage?.persisted?.())) navigator.storage?.persist?.().catch(() => false);
  }

  function saved(made) {
    done = made;
    if (!known.some(({ id }) => id === made.id)) known = [...known, made];
    remember();
    hero.dataset.saved = "";
    hero.setAttribute("aria-disabled", "true");
    hero.querySelector("[data-hero-text]").textContent = made.kind === "in" ? words.inSaved : words.outSaved;
    hero.querySelector("[data-hero-time]").textContent = clockWords(countedTime(made));
    other.hidden = true;
    again.hidden = false;
    for (const stale of document.querySelectorAll("[data-last-receipt], [data-today]")) stale.remove();
    say(made);
    answer.focus();
    navigator.vibrate?.(60);
  }

  /** Storage is full or forbidden: said at once, and sent from here if there is any way. */
  async function notKept(event, kind) {
    tellFull();
    if (!event) {
      // Not even a key: the old way, by the form itself.
      if (navigator.onLine && !isShell) {
        hero.value = kind;
        HTMLFormElement.prototype.submit.call(withKind(kind));
      }
      return;
    }
    const sent = await sendAtOnce(event).catch(() => null);
    if (sent) saved(sent);
    else {
      unkept.push(event);
      say({ ...event, state: "unkept" });
      answer.focus();
    }
  }

  function withKind(kind) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "kind", value: kind });
    form.append(field);
    return form;
  }

  function offerAgain() {
    if (!done || (done.state && WAITING.includes(done.state) && busy)) return;
    done = null;
    delete hero.dataset.saved;
    hero.removeAttribute("aria-disabled");
    again.hidden = true;
    other.hidden = false;
    tick();
    if (document.activeElement === document.body) hero.focus();
  }

  function setBusy(button, on) {
    busy = on;
    for (const each of form.querySelectorAll("button")) each.toggleAttribute("disabled", on);
    for (const each of form.querySelectorAll("[aria-busy]")) each.removeAttribute("aria-busy");
    if (on) button.setAttribute("aria-busy", "true");
  }

  // Sending ----------------------------------------------------------------------------------------------------------

  async function send(urgent) {
    clearTimeout(timer);
    try {
      await sendUnkept();
      outlook = await flush({ urgent });
    } catch {
      outlook = { left: known.length, why: "busy", until: Date.now() + 30_000 };
    }
    await refresh();
    if (outlook.left && outlook.why !== "unknown") timer = setTimeout(send, Math.max(outlook.until - Date.now(), 1000));
    else if (outlook.why === "unknown" && urgent !== "named") nameAndSend();
  }

  async function nameAndSend() {
    if (!(await getReady(owner).catch(() => null))) return;
    await refresh();
    if (key?.device) await send("named");
  }

  async function sendUnkept() {
    for (const event of unkept.slice()) {
      const sent = await sendAtOnce(event);
      if (!sent) return;
      unkept = unkept.filter(({ id }) => id !== event.id);
      say(sent);
    }
  }

  // Storage ----------------------------------------------------------------------------------------------------------

  function tellFull() {
    show(part, "full", true);
  }

  /** The browser dropped everything while we look: what this page still knows goes back. */
  async function storageLost() {
    const waiting = known.filter(({ state }) => WAITING.includes(state));
    try {
      await restore(key, waiting);
      await refresh();
    } catch {
      tellFull();
    }
  }

  /** The punches that wait, in a second place that is small enough to survive: to say so if the first is emptied. */
  function remember() {
    const waiting = known.filter(({ state, carrier }) => WAITING.includes(state) && !carrier).map(({ id, captured }) => [id, captured]);
    try {
      localStorage.setItem(`kd.absen.${owner}`, JSON.stringify(waiting));
    } catch {
      // It only helps to notice.
    }
  }

  function rememberedBefore() {
    try {
      return JSON.parse(localStorage.getItem(`kd.absen.${owner}`)) ?? [];
    } catch {
      return [];
    }
  }

  function missed(before) {
    const gone = before.filter(([id]) => !known.some((event) => event.id === id));
    for (const each of part.querySelectorAll("[data-gone]")) each.textContent = gone.map(([, at]) => dayWords(at)).join(", ");
    show(part, "gone", gone.length > 0);
  }

  // The place --------------------------------------------------------------------------------------------------------

  /** Where the permission is there already, looking starts with the page, so that the tap need not wait. */
  async function lookForPlace() {
    try {
      const permission = await navigator.permissions.query({ name: "geolocation" });
      if (permission.state !== "granted") return;
      const id = navigator.geolocation.watchPosition(
        (found) => {
          position = found;
          placeLine.textContent = `${words.found} ±${Math.round(found.coords.accuracy)} m`;
        },
        () => {},
        { enableHighAccuracy: true },
      );
      setTimeout(() => navigator.geolocation.clearWatch(id), FRESH_PLACE_MS);
    } catch {
      // Asked at the tap.
    }
  }

  /** Where the phone is, or why that is not known; never longer than PLACE_MS, and at once when the page is left. */
  function place() {
    if (!navigator.geolocation) return Promise.resolve({ placeError: "unsupported" });
    if (position && Math.abs(Date.now() - position.timestamp) < FRESH_PLACE_MS) return Promise.resolve({ place: pointOf(position) });
    placeLine.textContent = words.locating;
    return new Promise((resolve) => {
      const stop = new AbortController();
      const late = setTimeout(() => finish({ placeError: "timeout" }, words.missing), PLACE_MS);
      document.addEventListener("visibilitychange", () => finish({ placeError: "left" }, words.missing), { signal: stop.signal });
      function finish(found, text) {
        clearTimeout(late);
        stop.abort();
        placeLine.textContent = text;
        resolve(found);
      }
      navigator.geolocation.getCurrentPosition(
        (found) => finish({ place: pointOf(found) }, `${words.found} ±${Math.round(found.coords.accuracy)} m`),
        ({ code }) => finish({ placeError: ["", "denied", "unavailable", "timeout"][code] }, code === 1 ? words.denied : words.missing),
        { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: FRESH_PLACE_MS },
      );
    });
  }

  function pointOf({ coords, timestamp }) {
    const text = (degrees) => String(Number(degrees.toFixed(7)));
    return {
      lat: text(coords.latitude),
      lon: text(coords.longitude),
      accuracy_m: Math.round(coords.accuracy),
      ...(coords.altitude === null ? {} : { altitude_m: Math.round(coords.altitude) }),
      taken_at: new Date(timestamp).toISOString(),
    };
  }

  // What is seen -----------------------------------------------------------------------------------------------------

  function countedTime(event) {
    if (event.counted) return event.counted;
    const { mono_ms: mono, boot } = JSON.parse(event.body);
    return serverTime({ wall: event.captured, mono, boot }, mark).time;
  }

  function clockWords(at) {
    return `${short(at)} ${part.dataset.zoneLabel}`;
  }

  function short(at) {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: part.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return parts.format(at).replace(":", ".");
  }

  function dayWords(at) {
    const parts = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: part.dataset.zone, day: "numeric", month: "short" });
    return `${parts.format(at)} ${short(at)}`;
  }

  /** The clock in the button, its direction and its shift. */
  function tick() {
    if (done) return;
    const now = serverTime(reading(), mark);
    const fault = Math.round(Math.abs(now.fault) / 60_000);
    show(part, "fault", Math.abs(now.fault) > FAULT_MS);
    for (const each of part.querySelectorAll("[data-fault]")) each.textContent = `${now.fault > 0 ? words.ahead : words.behind} ${fault} ${words.minutes}`;
    hero.querySelector("[data-hero-time]").textContent = clockWords(now.time);
    const days = policy?.days ?? [];
    const shifts = days.flatMap(({ shifts: all }) => all.map((pair) => pair.map((text) => Date.parse(text))));
    const isOld = isShell || known.some(({ captured }) => captured > began) || Date.now() - began > STALE_MS;
    if (isOld) point(direction(shifts, known.filter(({ kind, state }) => ["in", "out"].includes(kind) && state !== "refused").map(countedTime), now.time));
    if (isShell && policy) describeShift(days, shifts, now.time);
  }

  function point(next) {
    hero.value = next;
    other.value = next === "in" ? "out" : "in";
    hero.querySelector("[data-hero-text]").textContent = next === "in" ? words.punchIn : words.punchOut;
    other.textContent = next === "in" ? words.punchOut : words.punchIn;
  }

  function describeShift(days, shifts, now) {
    const line = hero.querySelector("[data-hero-shift]");
    const next = shifts.find(([begin, end]) => now >= begin - NEAR_MS && now < end + NEAR_MS);
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: part.dataset.zone }).format(now);
    const free = days.find(({ date }) => date === today)?.note || words.free;
    line.textContent = next ? `${words.schedule} ${short(next[0])}–${short(next[1])}` : days.length ? free : "";
    hero.querySelector("[data-hero-place]").textContent = policy.place ?? "";
  }

  function render() {
    const count = (...states) => known.filter(({ state }) => states.includes(state));
    const recent = (event) => WAITING.includes(event.state) || Date.now() - event.captured < SHOWN_MS;
    const numbers = {
      saved: count("saved").length,
      sending: count("sending").length,
      accepted: count("accepted").filter(recent).length,
      review: count("review", "refused").filter(recent).length,
    };
    for (const [name, number] of Object.entries(numbers)) {
      const cell = part.querySelector(`[data-count="${name}"]`);
      cell.querySelector("dd").textContent = number;
      cell.toggleAttribute("data-some", number > 0);
    }
    const rows = part.querySelector("[data-rows]");
    rows.replaceChildren(...known.filter(recent).reverse().slice(0, MOST_ROWS).map(row));
    show(part, "pending", key?.state === "pending");
    show(part, "revoked", key?.state === "revoked");
    const isWaiting = numbers.saved > 0 && !busy;
    show(part, "offline", isWaiting && outlook.why === "offline");
    show(part, "busy", isWaiting && outlook.why === "busy");
    for (const each of part.querySelectorAll("[data-until]")) each.textContent = outlook.until > Date.now() ? clockWords(outlook.until) : "";
    if (isShell) linkElsewhere();
    const newest = done && known.find(({ id }) => id === done.id);
    if (newest && newest.state !== done.state) {
      done = newest;
      say(newest);
    }
  }

  /** The region's other names: where its pages are when this name is blocked. */
  function linkElsewhere() {
    const list = document.querySelector("[data-elsewhere]");
    const all = policy?.elsewhere ?? [];
    if (!list || list.childElementCount === all.length) return;
    const link = (origin) => Object.assign(document.createElement("a"), { href: `${origin}/`, textContent: new URL(origin).host });
    list.replaceChildren(...all.map(link));
    list.closest("p").hidden = !all.length;
  }

  function row(event) {
    const line = part.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    line.querySelector("[data-row-time]").textContent = Date.now() - event.captured < SHOWN_MS ? short(countedTime(event)) : dayWords(countedTime(event));
    line.querySelector("[data-row-kind]").textContent = event.carrier ? words.carried : words[event.kind] ?? "";
    for (const chip of line.querySelectorAll("[data-row-state]")) chip.hidden = chip.dataset.rowState !== event.state;
    line.querySelector("[data-row-receipt]").textContent = event.receipt ? `${words.receipt} ${event.receipt}` : "";
    line.querySelector("[data-row-why]").textContent = (event.words ?? []).join(" ");
    return line;
  }

  /** What became of the tap, in the part that a screen reader speaks. */
  function say(event) {
    const template = part.querySelector(`template[data-said="${event.state}"]`);
    if (!template) return;
    const said = template.content.cloneNode(true);
    const fill = { kind: words[event.kind] ?? "", time: clockWords(countedTime(event)), receipt: event.receipt ?? "", why: (event.words ?? []).join(" ") };
    for (const [name, text] of Object.entries(fill)) for (const each of said.querySelectorAll(`[data-said-${name}]`)) each.textContent = text;
    answer.replaceChildren(said);
    answer.tabIndex = -1;
  }
}
