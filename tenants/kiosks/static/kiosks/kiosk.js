// A tablet for many: installed with a one-time code, it signs with its own key and works without a network. Who stands
// before it shows the code of the own phone, or types NIP and PIN; the PIN is sealed at once and kept nowhere.

import { markOf, reading, watch } from "../punches/clock.js";
import { canSign, publicKey } from "../punches/key.js";
import { capture, keepFact, nameKey, needKey, onChange, signText, waiting } from "../punches/outbox.js";
import { flush, sendLater } from "../punches/sender.js";
import { keep, kept } from "./codes.js";
import { personOf } from "./person.js";
import { notice, tell, timeWords } from "./said.js";
import { wireScan } from "./scan.js";
import { seal } from "./seal.js";

const OWNER = "kiosk";
const FRESH_MS = 6 * 3600 * 1000;
const SHOW_MS = 12000;
const root = document.querySelector("[data-kiosk]");
const part = (name) => root.querySelector(`[data-${name}]`);
let told = null;
let scanned = null;

start();

async function start() {
  if (!canSign()) {
    notice(root, "unable");
    return;
  }
  watch();
  navigator.storage?.persist?.();
  try {
    told = await kept(OWNER);
  } catch {
    notice(root, "unable");
    return;
  }
  part("installing").addEventListener("submit", install);
  part("punching").addEventListener("submit", press);
  part("nip").addEventListener("input", () => greet(null));
  part("clear").addEventListener("click", () => clear());
  await wireScan(root, look, () => (part("camera").hidden = false));
  onChange(count);
  addEventListener("online", send);
  await show();
  setInterval(clock, 1000);
  setInterval(send, 60000);
}

async function show() {
  part("installing").hidden = Boolean(told);
  part("punching").hidden = !told;
  if (!told) return;
  document.querySelector("[data-label]").textContent = told.label;
  document.querySelector("[data-unit]").textContent = told.unit;
  clock();
  await count();
  if (!told.people || Date.now() - told.fetched > FRESH_MS) await fetchPeople();
  await send();
}

function clock() {
  if (told) document.querySelector("[data-clock]").textContent = timeWords(root, Date.now());
}

async function count() {
  const left = (await waiting(OWNER)).length;
  part("queue").hidden = left === 0;
  part("count").textContent = left;
}

async function send() {
  if (!told) return;
  if (Date.now() - (told.fetched ?? 0) > FRESH_MS) await fetchPeople();
  const { left } = await flush({ owner: OWNER, urgent: true });
  if (left) sendLater();
}

// Installing -----------------------------------------------------------------------------------------------------------

async function install(event) {
  event.preventDefault();
  part("wrong").hidden = part("offline").hidden = true;
  const key = await needKey(OWNER);
  const answer = await ask(root.dataset.install, { code: part("install-code").value, jwk: await publicKey(key.pair), label: navigator.userAgent.slice(0, 80) });
  if (!answer) part("offline").hidden = false;
  else if (!answer.device) {
    if (answer.detail) part("why").textContent = answer.detail;
    part("wrong").hidden = false;
    part("install-code").focus();
  } else {
    await nameKey(OWNER, answer.device, answer.state);
    told = { name: OWNER, fetched: 0, ...answer };
    await keep(told);
    await show();
  }
}

async function fetchPeople() {
  const { device } = await needKey(OWNER);
  const body = JSON.stringify({ kind: "roster", device, region: told.region, at: new Date().toISOString() });
  const { sig } = await signText(OWNER, body);
  const asked = reading();
  const answer = await ask(root.dataset.roster, { body, sig });
  if (answer?.people) {
    const mark = markOf(answer, asked, reading());
    if (mark) await keepFact("mark", mark, OWNER);
    told = { ...told, ...answer, fetched: Date.now() };
    await keep(told);
    notice(root, "");
  } else if (answer) notice(root, "ended");
}

/** The server's answer, also a refusal; null without one. */
async function ask(path, json) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      body: JSON.stringify(json),
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(15000),
    });
    return answer.status < 500 ? await answer.json() : null;
  } catch {
    return null;
  }
}

// Punching -------------------------------------------------------------------------------------------------------------

function look(text) {
  const person = personOf(text);
  if (!person) return false;
  scanned = { person, code: text, at: reading() };
  greet(person);
  return true;
}

function greet(person) {
  if (!person) scanned = null;
  const known = told.people?.find(([uid]) => uid === person);
  part("greeting").textContent = known ? `${part("words").dataset.hello} ${known[2]}` : "";
  part("typed").hidden = Boolean(scanned);
  part("clear").hidden = !scanned;
  part("unknown").hidden = part("short").hidden = true;
}

function clear() {
  part("nip").value = part("pin").value = "";
  greet(null);
  if (!part("typed").hidden) part("nip").focus();
}

async function press(event) {
  event.preventDefault();
  const button = event.submitter;
  const who = scanned ? byCode() : await byPin();
  if (!who || !button) return;
  clear();
  let made;
  try {
    made = await capture({ owner: OWNER, region: told.region, kind: button.value, at: who.at, placeError: "kiosk", context: who.context });
  } catch {
    notice(root, "unable");
    return;
  }
  const box = tell(root, made, [button.dataset.what, who.name].filter(Boolean).join(" · "));
  setTimeout(() => box.remove(), SHOW_MS);
  await send();
}

function byCode() {
  const { person, code, at } = scanned;
  return { at, name: nameOf(person), context: { person, by: "qr", code } };
}

async function byPin() {
  const nip = part("nip").value.replace(/\D/g, "");
  const pin = part("pin").value;
  const known = told.people?.find(([, number]) => number === nip);
  part("unknown").hidden = Boolean(known);
  part("short").hidden = /^\d{6}$/.test(pin);
  if (!known) part("nip").focus();
  else if (!part("short").hidden) part("pin").focus();
  if (!known || !part("short").hidden) return null;
  const at = reading();
  // Bound to this person and this press: taken out of one punch it opens in no other.
  const about = `${known[0]} ${new Date(at.wall).toISOString()}`;
  return { at, name: known[2], context: { person: known[0], by: "pin", sealed: await seal(pin, about, told.seal_to) } };
}

function nameOf(person) {
  return told.people?.find(([uid]) => uid === person)?.[2] ?? "";
}
