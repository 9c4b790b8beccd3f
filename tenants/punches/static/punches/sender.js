// From the phone to the server: in batches, one sender at a time on a phone, again and again until there is an answer.

import { markOf, reading } from "./clock.js";
import { publicKey } from "./key.js";
import { fact, keepFact, keyOf, nameKey, needKey, person, update, waiting } from "./outbox.js";

const BATCH = 30;
const SEND_MS = 15000;
const FIRST_WAIT_MS = 4000;
const LONGEST_WAIT_MS = 15 * 60 * 1000;
const AVOID_MS = 5 * 60 * 1000;
export const SYNC = "kd-absen";
export const PATHS = { send: "/absen/kirim/", mark: "/absen/tanda/", phone: "/absen/hp/" };

// Addresses that did not answer, and until when they come last.
const avoided = new Map();

/** Send what waits of the person who is signed in on this phone, or of `owner` where the phone is nobody's (a kiosk).
 *
 * Resolves with {left, why, until}: how many still wait, why ("" none, "offline", "busy", "unknown": the key has no name
 * yet), and when it is worth trying again (ms). `urgent` does not wait for the own patience to end; what the server asked
 * for it always honours.
 */
export async function flush({ owner: given = "", urgent = false } = {}) {
  const owner = given || (await person())?.owner;
  if (!owner) return { left: 0, why: "", until: 0 };
  const isCurrent = async () => Boolean(given) || (await person())?.owner === owner;
  const work = () => sendAll(owner, urgent, isCurrent);
  // Another tab or the service worker is at it: it takes this one's punches along, or we look again behind it.
  return navigator.locks ? navigator.locks.request(`kd-send-${owner}`, work) : work();
}

async function sendAll(owner, urgent, isCurrent) {
  for (;;) {
    const all = await waiting(owner);
    if (!all.length) return { left: 0, why: "", until: 0 };
    // Somebody else signed in while this was waiting.
    if (!(await isCurrent())) return { left: 0, why: "", until: 0 };
    const key = await keyOf(owner);
    if (!key?.device) return { left: all.length, why: "unknown", until: 0 };
    const wait = (await fact("wait", owner)) ?? { tries: 0, until: 0, asked: false };
    const now = Date.now();
    // A clock that was set back must not make the wait endless.
    const isOn = wait.until > now && wait.until - now <= 2 * LONGEST_WAIT_MS;
    if (isOn && (wait.asked || !urgent)) return { left: all.length, why: wait.asked ? "busy" : "offline", until: wait.until };
    const batch = all.slice(0, wait.batch ?? BATCH);
    const found = await sendBatch(owner, batch, all.length - batch.length);
    if (found.isDone) {
      if (wait.tries) await remember("wait", { tries: 0, until: 0, asked: false }, owner);
      continue;
    }
    const until = Date.now() + found.after;
    const backoff = Math.min(FIRST_WAIT_MS * 2 ** wait.tries, LONGEST_WAIT_MS) * (0.5 + Math.random());
    const next = { tries: wait.tries + 1, until: Math.max(until, Date.now() + backoff), asked: found.after > 0, batch: found.batch };
    await remember("wait", next, owner);
    return { left: all.length, why: found.why, until: next.until };
  }
}

/** Keep a fact if the phone still takes any: sending must go on when it is full. */
async function remember(name, value, owner) {
  try {
    await keepFact(name, value, owner);
  } catch {
    // Told where the person sees it, by the page's own look at the storage.
  }
}

async function sendBatch(owner, batch, left) {
  await update(Object.fromEntries(batch.map(({ id }) => [id, { state: "sending" }])));
  const answer = await deliver(owner, batch, left);
  if (answer.told) {
    const changes = Object.fromEntries(batch.map((event) => [event.id, { state: "saved" }]));
    // In the order of the sending; what the server could not read has no id of its own.
    answer.told.answers.forEach((each, n) => {
      const id = each.id ?? batch[n]?.id;
      if (id in changes) changes[id] = answered(each);
    });
    await update(changes);
    const missing = Object.values(changes).filter(({ state }) => state === "saved").length;
    return missing === batch.length ? { isDone: false, why: "busy", after: 0 } : { isDone: true };
  }
  if (answer.status === 400 || answer.status === 413) {
    // One of them is beyond what the server takes: alone it must not hold up the others, and it stays to be seen.
    if (batch.length === 1) {
      await update({ [batch[0].id]: { state: "refused", reasons: ["unreadable"], words: [] } });
      return { isDone: true };
    }
    await update(Object.fromEntries(batch.map(({ id }) => [id, { state: "saved" }])));
    return { isDone: false, why: "busy", after: 0, batch: Math.ceil(batch.length / 2) };
  }
  await update(Object.fromEntries(batch.map(({ id }) => [id, { state: "saved" }])));
  return { isDone: false, why: answer.status ? "busy" : "offline", after: answer.after };
}

/** Send this one, which the phone could not keep; resolves with what the server said, or null. */
export async function sendAtOnce(event) {
  const answer = await deliver(event.owner, [event], 0);
  const found = answer.told?.answers[0];
  return found ? { ...event, ...answered(found) } : null;
}

async function deliver(owner, batch, left) {
  const events = batch.map(({ body, sig, carrier, seal }) => ({ body, sig, ...(carrier ? { carrier, carrier_sig: seal } : {}) }));
  let start;
  // The clocks are read at each attempt: before it the phone may have waited for its storage or another address, or slept.
  const envelope = () => {
    start = reading();
    return JSON.stringify({ sent_at: new Date(start.wall).toISOString(), sent_mono_ms: start.mono, boot: start.boot, left, events });
  };
  const answer = await post(await addresses(owner), envelope);
  const mark = answer.told && markOf(answer.told, start, reading());
  if (mark) await remember("mark", mark, owner);
  return answer;
}

/** What the server said about one punch, as the phone keeps it. */
function answered({ state, grade, receipt, captured_at: counted, reasons = [], words = [], draw = null }) {
  const known = { grade, receipt, reasons, words, draw, counted: Date.parse(counted) || null };
  if (state === "refused") return { ...known, state: "refused" };
  const isReviewed = state === "accepted_review" || (state === "duplicate" && grade === "C");
  return { ...known, state: isReviewed ? "review" : "accepted" };
}

/** Where to send: the lane's own address first, this site, then the region's other names. */
async function addresses(owner) {
  const told = (await fact("policy", owner))?.send_to ?? [];
  const own = new URL(PATHS.send, location.origin).href;
  const fit = told.filter((address) => URL.canParse(address) && new URL(address).protocol === location.protocol);
  const all = [...new Set([...fit.slice(0, 1), own, ...fit.slice(1)])];
  const isAvoided = (address) => Number((avoided.get(address) ?? 0) > Date.now());
  return all.sort((one, other) => isAvoided(one) - isAvoided(other));
}

/** The first answer of those addresses to what `envelope` makes for each: {told} or {status, after} (ms that the server
 * asked to wait); status 0 is none.
 */
async function post(all, envelope) {
  let status = 0;
  for (const address of all) {
    try {
      const response = await fetch(address, {
        method: "POST",
        body: envelope(),
        headers: { "Content-Type": "application/json" },
        // The signature says whose it is; whoever is signed in here by now has nothing to do with it.
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(SEND_MS),
      });
      if (response.ok) {
        const told = await response.json();
        if (Array.isArray(told.answers)) return { told };
      } else if (response.status === 429 || response.status === 503) {
        return { status: response.status, after: patience(response.headers.get("Retry-After")) };
      } else if (response.status === 400 || response.status === 413) {
        return { status: response.status, after: 0 };
      }
      status = response.status;
    } catch {
      // No network, a blocked name, or a page of somebody else's in between: the next address.
    }
    avoided.set(address, Date.now() + AVOID_MS);
  }
  return { status, after: 0 };
}

/** `Retry-After` in ms, with up to a fifth more: a whole office was asked to wait for the same seconds. */
function patience(text) {
  const seconds = /^\d+$/.test(text ?? "") ? Number(text) : (Date.parse(text ?? "") - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, LONGEST_WAIT_MS) * (1 + Math.random() / 5) : 0;
}

/** Ask the browser to send by itself when there is a network, also when no page is open. False where it cannot. */
export async function sendLater() {
  try {
    const worker = await navigator.serviceWorker.ready;
    await worker.sync.register(SYNC);
    return true;
  } catch {
    return false;
  }
}

// Signed in: the mark, the policy, the key's name ----------------------------------------------------------------------

/** Fetch the time mark and the policy, and give the key its name. Resolves with the answer; null without one.
 *
 * Throws nothing: a phone without a network, or whose session is over, goes on with what it knows.
 */
export async function getReady(owner) {
  const start = reading();
  const told = await ask(PATHS.mark);
  if (told?.owner !== owner) return null;
  const mark = markOf(told, start, reading());
  if (mark) await remember("mark", mark, owner);
  if (told.policy) await remember("policy", told.policy, owner);
  const key = await needKey(owner);
  const known = (told.keys ?? []).find(({ device }) => device === key.device);
  if (known) {
    if (known.state !== key.state) await nameKey(owner, key.device, known.state);
  } else {
    const named = await ask(PATHS.phone, { jwk: await publicKey(key.pair), label: phoneName() });
    if (named?.device) await nameKey(owner, named.device, named.state);
  }
  return told;
}

async function ask(path, json) {
  const send = { method: "POST", body: JSON.stringify(json), headers: { "Content-Type": "application/json", "X-CSRFToken": token() } };
  try {
    const response = await fetch(path, { ...(json ? send : {}), cache: "no-store", redirect: "error", signal: AbortSignal.timeout(SEND_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** What a form of this site must bring along. */
export function token() {
  return document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

/** What an official reads in the list of a person's phones. */
function phoneName() {
  const known = navigator.userAgentData;
  if (known) return [known.brands.find(({ brand }) => !brand.includes("Not"))?.brand, known.platform].filter(Boolean).join(" ");
  return navigator.userAgent.slice(0, 80);
}
