// The punch: the time is taken when the button is pressed, the place if it comes soon enough, and what could not be sent
// stays in this tab under the same id until it is sent. Without this file the form posts by itself and the server's time
// counts.

const PLACE_MS = 4000;
const SEND_MS = 15000;
const AGAIN_S = 20;

for (const box of document.querySelectorAll("[data-punch]")) start(box);

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, version, random, variant, random. */
export function uuidv7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function start(box) {
  const form = box.querySelector("[data-punch-form]");
  const answer = box.querySelector("[data-answer]");
  const placeLine = box.querySelector("[data-place]");
  const words = box.querySelector("[data-words]").dataset;
  const key = `kd.punch.${box.dataset.owner}`;
  let busy = false;
  let wanted = false;
  let held = null;

  tick();
  setInterval(tick, 5000);

  /** The clock in the button, in the region's zone. */
  function tick() {
    const clock = box.querySelector("[data-clock]");
    if (!clock) return;
    const label = clock.textContent.trim().split(/\s+/).at(-1);
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: box.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false });
    clock.textContent = `${parts.format(new Date()).replace(":", ".")}\u00a0${label}`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // A second tap while the first is on its way is the same punch; a kept one goes first.
    if (busy) return;
    const kept = read();
    if (kept) send(kept);
    else take(event.submitter);
  });
  for (const again of box.querySelectorAll("[data-again]")) again.addEventListener("click", sendKept);
  window.addEventListener("online", sendKept);
  sendKept();

  async function take(button) {
    setBusy(button, true);
    const punch = { uid: uuidv7(), kind: button?.value ?? form.querySelector("button").value, captured_at: new Date().toISOString() };
    keep(punch);
    Object.assign(punch, await place());
    keep(punch);
    await send(punch, button);
  }

  async function send(punch, button) {
    setBusy(button, true);
    wanted = false;
    show("");
    const body = new FormData(form);
    for (const [name, value] of Object.entries(punch)) body.set(name, value ?? "");
    body.set("sent_at", new Date().toISOString());
    // Signed in again in another tab: the page's token is old, the cookie's is not.
    const token = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
    if (token) body.set("csrfmiddlewaretoken", token[1]);
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body,
        redirect: "manual",
        headers: { "HX-Request": "true", Accept: "application/problem+json, text/html;q=0.5" },
        signal: AbortSignal.timeout(SEND_MS),
      });
    } catch {
      setBusy(button, false);
      // The signal came back while this attempt was failing.
      if (wanted) await send(punch, button);
      else later(punch, "offline");
      return;
    }
    setBusy(button, false);
    // Overloaded or away for a moment: the punch stays and goes again.
    if (response.status >= 500 || response.status === 429) later(punch, "busy", Number(response.headers.get("Retry-After")));
    else if (response.type === "opaqueredirect" || response.status === 401) show("session");
    else if (response.status === 403) await forbidden(response);
    else if (response.ok) await accepted(response);
    else await refused(response);
  }

  async function accepted(response) {
    forget();
    // The answer is our own page part, rendered and escaped by the server.
    const part = new DOMParser().parseFromString(await response.text(), "text/html");
    answer.replaceChildren(...part.body.childNodes);
    form.hidden = true;
    // What stands below was true before this punch.
    for (const stale of document.querySelectorAll("[data-last-receipt], [data-today]")) stale.remove();
    answer.tabIndex = -1;
    answer.focus();
    navigator.vibrate?.(60);
  }

  /** Signed out, or may not now (the region is being maintained): either way the punch stays here. */
  async function forbidden(response) {
    let page = null;
    try {
      page = await fetch(form.action, { redirect: "manual" });
    } catch {
      // Without an answer the server's own words are all there is to say.
    }
    if (page?.type === "opaqueredirect") show("session");
    else await explain(response);
  }

  async function refused(response) {
    forget();
    await explain(response);
  }

  async function explain(response) {
    let why = "";
    try {
      why = (await response.json()).detail;
    } catch {
      why = String(response.status);
    }
    box.querySelector("[data-why]").textContent = why;
    show("refused");
  }

  function later(punch, state, wait = AGAIN_S) {
    // Not all at the same second: a whole office was cut off together.
    setTimeout(sendKept, (Math.max(wait, 5) + 10 * Math.random()) * 1000);
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: box.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false });
    const time = parts.format(new Date(punch.captured_at)).replace(":", ".");
    for (const kept of box.querySelectorAll("[data-kept]")) kept.textContent = time;
    show(state);
  }

  function sendKept() {
    const kept = read();
    wanted = busy;
    if (kept && !busy) send(kept);
  }

  /** Where the phone is, or why that is not known; never longer than PLACE_MS. */
  function place() {
    if (!navigator.geolocation) return Promise.resolve({ place_error: "unsupported" });
    placeLine.textContent = words.locating;
    return new Promise((resolve) => {
      const late = setTimeout(() => done({ place_error: "timeout" }, words.missing), PLACE_MS);
      function done(found, text) {
        clearTimeout(late);
        placeLine.textContent = text;
        resolve(found);
      }
      navigator.geolocation.getCurrentPosition(
        ({ coords }) =>
          done(
            { latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6), accuracy: Math.round(coords.accuracy), place_error: "" },
            `${words.found} ±${Math.round(coords.accuracy)} m`,
          ),
        (error) => done({ place_error: error.code === 1 ? "denied" : error.code === 3 ? "timeout" : "unavailable" }, error.code === 1 ? words.denied : words.missing),
        { enableHighAccuracy: true, timeout: PLACE_MS, maximumAge: 60000 },
      );
    });
  }

  function setBusy(button, on) {
    busy = on;
    for (const each of form.querySelectorAll("button")) each.toggleAttribute("disabled", on);
    if (on) button?.setAttribute("aria-busy", "true");
    else for (const each of form.querySelectorAll("[aria-busy]")) each.removeAttribute("aria-busy");
  }

  function show(state) {
    for (const part of box.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  }

  // The tab's own storage: it ends with the tab and no other account of this tab reads another owner's key.
  function keep(punch) {
    held = punch;
    try {
      sessionStorage.setItem(key, JSON.stringify(punch));
    } catch {
      // Storage is full or forbidden: the punch lives in this page only.
    }
  }
  function read() {
    try {
      return held ?? JSON.parse(sessionStorage.getItem(key) ?? "null");
    } catch {
      return held;
    }
  }
  function forget() {
    held = null;
    try {
      sessionStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }
}
