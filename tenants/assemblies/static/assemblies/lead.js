// The leader of an assembly: the changing code on the leader's own phone, and names ticked for who has no phone. Both work
// without a network once the assembly was put on this phone; what is ticked is signed by this phone and queued as a punch.

import { watch } from "../punches/clock.js";
import { canSign } from "../punches/key.js";
import { capture, person } from "../punches/outbox.js";
import { flush, sendLater } from "../punches/sender.js";
import { allKept, codeAt, inGroups, keep, kept, secretKey, STEP_MS, stepAt, textOf } from "../kiosks/codes.js";
import { now, personOf } from "../kiosks/person.js";
import { drawQr } from "../kiosks/qr.js";
import { notice, tell, timeWords } from "../kiosks/said.js";
import { wireScan } from "../kiosks/scan.js";

// So many people fit into one signed event of less than 2 KB.
const MOST = 40;
const root = document.querySelector("[data-lead]");
const part = (name) => root.querySelector(`[data-${name}]`);
let owner = null;
let open = null;
let drawn = "";

start();

async function start() {
  owner = canSign() ? await person().catch(() => null) : null;
  if (!owner) {
    notice(root, canSign() ? "nobody" : "unable");
    return;
  }
  watch();
  part("back").addEventListener("click", () => choose());
  part("search").addEventListener("input", narrow);
  part("list").addEventListener("change", () => (part("number").textContent = ticked().length));
  part("ticks").addEventListener("submit", save);
  await wireScan(root, pair, () => (part("camera").hidden = false));
  await choose();
  setInterval(tick, 1000);
  addEventListener("online", () => flush({ urgent: true }));
}

/** The assemblies of this leader: those on this phone, and with a network those that may be put on it. */
async function choose() {
  open = null;
  part("running").hidden = true;
  part("choice").hidden = false;
  const known = new Map();
  for (const thing of await allKept()) if (thing.name.startsWith("assembly ") && thing.owner === owner.owner) known.set(thing.uid, thing);
  const told = await ask("/absen/apel/pimpin/daftar/");
  const rows = new Map(known);
  for (const each of told?.owner === owner.owner ? told.assemblies : []) rows.set(each.uid, { ...known.get(each.uid), ...each });
  const sorted = [...rows.values()].filter(({ closes_at }) => Date.parse(closes_at) > Date.now() - 24 * 3600 * 1000);
  sorted.sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  part("none").hidden = sorted.length > 0;
  part("rows").replaceChildren(...sorted.map((each) => row(each, known.has(each.uid))));
}

function row(assembly, isHere) {
  const made = part("row").content.cloneNode(true);
  made.querySelector("[data-title]").textContent = assembly.title;
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: root.dataset.zone, weekday: "long", day: "numeric", month: "long" });
  made.querySelector("[data-when]").textContent = [day.format(new Date(assembly.starts_at)), timeWords(root, Date.parse(assembly.starts_at)), assembly.place].filter(Boolean).join(", ");
  const button = made.querySelector("button");
  button.textContent = isHere ? part("words").dataset.show : part("words").dataset.put;
  button.addEventListener("click", () => show(assembly.uid));
  return made;
}

async function show(uid) {
  const thing = (await take(uid)) ?? (await kept(`assembly ${uid}`));
  if (!thing || thing.owner !== owner.owner) {
    notice(root, "refused");
    return;
  }
  notice(root, "");
  open = thing;
  drawn = "";
  part("choice").hidden = true;
  part("running").hidden = false;
  part("opened").textContent = thing.title;
  part("list").replaceChildren(...thing.people.map(line));
  part("number").textContent = 0;
  await tick();
}

/** Fetch the secret and the names with the leader's session; null without network, session or right. */
async function take(uid) {
  const told = await ask(`/absen/apel/${encodeURIComponent(uid)}/kunci/`, "POST");
  if (!told?.secret) return null;
  const before = await kept(`assembly ${uid}`);
  const { secret, ...rest } = told;
  const thing = { ...rest, name: `assembly ${uid}`, key: await secretKey(secret), done: before?.done ?? [] };
  await keep(thing);
  return thing;
}

async function ask(path, method = "GET") {
  const token = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1] ?? "";
  try {
    const answer = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...(method === "POST" ? { "X-CSRFToken": token } : {}) },
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(8000),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function tick() {
  if (!open) return;
  const time = await now(owner.owner);
  const isOpen = time >= Date.parse(open.opens_at) && time <= Date.parse(open.closes_at);
  part("shown").hidden = !isOpen;
  part("closed").hidden = isOpen;
  part("from").textContent = timeWords(root, Date.parse(open.opens_at));
  part("until").textContent = timeWords(root, Date.parse(open.closes_at));
  if (!isOpen) return;
  part("left").value = 30 - Math.floor((time % STEP_MS) / 1000);
  const name = `${open.uid} ${stepAt(time)}`;
  if (name === drawn) return;
  drawn = name;
  const code = await codeAt(open.key, time);
  part("code").textContent = inGroups(code);
  drawQr(part("qr"), `KDA:${open.uid}:${code}`, part("qr").dataset.label);
}

// Names ---------------------------------------------------------------------------------------------------------------

function line([uid, nip, name]) {
  const made = part("person").content.cloneNode(true);
  const box = made.querySelector("input");
  const isDone = open.done.includes(uid);
  box.value = uid;
  box.checked = isDone;
  box.disabled = isDone;
  made.querySelector("[data-name]").textContent = name;
  made.querySelector("[data-nip]").textContent = nip;
  made.querySelector("li").dataset.text = `${name} ${nip}`.toLowerCase();
  return made;
}

function narrow() {
  const wanted = part("search").value.trim().toLowerCase();
  for (const each of part("list").children) each.hidden = !each.dataset.text.includes(wanted);
}

function ticked() {
  return [...part("list").querySelectorAll("input:checked:not(:disabled)")].map(({ value }) => value);
}

async function save(event) {
  event.preventDefault();
  const chosen = ticked();
  part("empty").hidden = chosen.length > 0;
  for (let at = 0; at < chosen.length; at += MOST) {
    const some = chosen.slice(at, at + MOST);
    await send({ ticks: some.map(short).join(".") }, `${some.length} ${part("words").dataset.names}`, some);
  }
}

/** Another phone's code was scanned: both phones have signed. */
function pair(text) {
  const uid = personOf(text);
  const known = open?.people.find(([one]) => one === uid);
  if (!known) return false;
  send({ pair: text }, known[2], [uid]);
  return false;
}

async function send(said, what, uids) {
  try {
    const made = await capture({ owner: owner.owner, region: owner.region, kind: "roll_call", placeError: "code", context: { roll_call: { assembly: open.uid, ...said } } });
    open.done = [...new Set([...open.done, ...uids])];
    await keep(open);
    for (const box of part("list").querySelectorAll("input")) if (open.done.includes(box.value)) box.checked = box.disabled = true;
    part("number").textContent = ticked().length;
    tell(root, made, what);
    const { left } = await flush({ urgent: true });
    if (left) sendLater();
  } catch {
    notice(root, "unable");
  }
}

/** A uid in 22 signs instead of 36. */
function short(uid) {
  return textOf(uid.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16)));
}
