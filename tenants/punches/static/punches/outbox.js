// What a phone keeps in IndexedDB: the key, the punches, the last time mark, the region's policy, and who is signed in.
// All of it by owner (an employee's uid): nobody sees or sends what belongs to somebody else on the same phone.
//
// A punch's way: saved (di HP), sending (terkirim), then accepted, review or refused, as the server answered.

import { reading } from "./clock.js";
import { digest, makePair, sign } from "./key.js";

const NAME = "kinerja-absen";
const KEPT_MS = 14 * 24 * 3600 * 1000;
const WAITING = ["saved", "sending"];
const SCHEMA = 1;

const channel = new BroadcastChannel(NAME);
let opened = null;

/** Call `work` when anything changed in this tab, in another one or in the service worker. */
export function onChange(work) {
  channel.addEventListener("message", work);
  local.addEventListener("change", work);
}
const local = new EventTarget();
function changed() {
  channel.postMessage("changed");
  local.dispatchEvent(new Event("change"));
}

/** Call `work` when the browser threw the storage away while this page is open. */
export function onLost(work) {
  local.addEventListener("lost", work);
}

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, SCHEMA);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "owner" });
      request.result.createObjectStore("facts", { keyPath: "name" });
      request.result.createObjectStore("events", { keyPath: "id" }).createIndex("owner", "owner");
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => {
        db.close();
        opened = null;
      };
      db.onclose = () => {
        opened = null;
        local.dispatchEvent(new Event("lost"));
      };
      resolve(db);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error);
    };
  });
  return opened;
}

/** One transaction: `work` gets the stores and asks only them. Resolves with what it returned once that is on the disk. */
async function within(names, mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    // Strict: a phone that dies right after the button turned green still has the punch.
    const transaction = db.transaction(names, mode, { durability: "strict" });
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
    Promise.resolve(work(...names.map((name) => transaction.objectStore(name)))).then(
      (value) => {
        result = value;
      },
      () => {
        try {
          transaction.abort();
        } catch {
          // Over already.
        }
      },
    );
  });
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Facts --------------------------------------------------------------------------------------------------------------

/** A fact of this phone (`person`) or of one owner (`mark`, `policy`, `wait`), undefined when not known. */
export async function fact(name, owner = "") {
  const found = await within(["facts"], "readonly", (facts) => asked(facts.get(`${name} ${owner}`)));
  return found?.value;
}

export function keepFact(name, value, owner = "") {
  return within(["facts"], "readwrite", (facts) => asked(facts.put({ name: `${name} ${owner}`, value })));
}

/** Who is signed in on this phone, as {owner, name, region}; nobody after a log-out. */
export function person() {
  return fact("person");
}

export async function enter(somebody) {
  const before = await person();
  if (before?.owner !== somebody.owner || before.name !== somebody.name) await keepFact("person", somebody);
}

export async function leave() {
  await within(["facts"], "readwrite", (facts) => asked(facts.delete("person ")));
  changed();
}

// The key ------------------------------------------------------------------------------------------------------------

/** The owner's key on this phone: {owner, pair, device, state, prev, count}; undefined when there is none. */
export function keyOf(owner) {
  return within(["keys"], "readonly", (keys) => asked(keys.get(owner)));
}

/** The owner's key, made now when there is none: the first time, or after the storage was cleared. */
export async function needKey(owner) {
  const known = await keyOf(owner);
  if (known) return known;
  const made = { owner, pair: await makePair(), device: "", state: "new", prev: "", count: 0 };
  // Two tabs at once: the first one's key stays.
  return within(["keys"], "readwrite", async (keys) => {
    const other = await asked(keys.get(owner));
    if (!other) await asked(keys.put(made));
    return other ?? made;
  });
}

/** Keep what the server calls this key, and sign again what was signed before it had a name (nobody has seen that yet). */
export async function nameKey(owner, device, state) {
  for (;;) {
    const key = await keyOf(owner);
    if (!key) return;
    const own = key.device === device ? [] : (await waiting(owner)).filter((event) => !event.carrier);
    const nameless = own.filter((event) => JSON.parse(event.body).device === "");
    let { prev } = key;
    if (nameless.length) prev = JSON.parse(nameless[0].body).prev;
    for (const event of nameless) {
      event.body = JSON.stringify({ ...JSON.parse(event.body), device, prev });
      event.sig = await sign(key.pair, event.body);
      prev = await digest(event.body);
    }
    const done = await within(["keys", "events"], "readwrite", async (keys, events) => {
      const now = await asked(keys.get(owner));
      if (now?.prev !== key.prev) return false;
      await asked(keys.put({ ...now, device, state, prev }));
      for (const event of nameless) await asked(events.put(event));
      return true;
    });
    if (done) return;
  }
}

// Punches ------------------------------------------------------------------------------------------------------------

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, version, random, variant, random. */
export function uuidv7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The phone could not keep the punch. `event` is signed and can still be sent from here; null when there is no key either. */
export class NotKept extends Error {
  constructor(event, cause) {
    super("not kept", { cause });
    this.event = event;
  }
}

/** Make, sign and keep a punch; resolves when it is on the disk.
 *
 * `at` is the reading of the clocks at the tap. `place` is {lat, lon, accuracy_m, altitude_m?, taken_at} or null with
 * `placeError`. `context` adds to what every punch says (office_qr, roll_call, reason, ...). Throws NotKept.
 */
export async function capture({ owner, region, kind, at = reading(), place = null, placeError = "", context = {} }) {
  const id = uuidv7(at.wall);
  for (;;) {
    let key;
    let mark;
    try {
      key = await needKey(owner);
      mark = await fact("mark", owner);
    } catch (cause) {
      throw new NotKept(null, cause);
    }
    const captured = new Date(at.wall).toISOString();
    const body = JSON.stringify({
      id,
      kind,
      captured_at: captured,
      mono_ms: at.mono,
      boot: at.boot,
      mark: mark?.mark ?? "",
      mark_mono_ms: mark?.mono ?? 0,
      mark_boot: mark?.boot ?? "",
      place,
      ...(place ? {} : { place_error: placeError || "unknown" }),
      context: { network: navigator.onLine ? "online" : "offline", schema: SCHEMA, ...context },
      prev: key.prev,
      device: key.device,
      region,
    });
    const event = { id, owner, kind, body, sig: await sign(key.pair, body), number: key.count + 1, captured: at.wall, state: "saved" };
    const prev = await digest(body);
    let kept;
    try {
      kept = await within(["keys", "events"], "readwrite", async (keys, events) => {
        const now = await asked(keys.get(owner));
        // Another tab was quicker, or the key was named meanwhile: the chain goes on from there.
        if (now?.prev !== key.prev || now.device !== key.device) return false;
        await asked(keys.put({ ...now, prev, count: event.number }));
        await asked(events.add(event));
        return true;
      });
    } catch (cause) {
      throw new NotKept(event, cause);
    }
    if (kept) {
      changed();
      return event;
    }
  }
}

/** All punches of the owner that this phone knows, oldest first. */
export async function punches(owner) {
  const found = await within(["events"], "readonly", (events) => asked(events.index("owner").getAll(owner)));
  for (const event of found) Object.assign(event, unwritten.get(event.id));
  return found.sort((one, other) => one.number - other.number || one.captured - other.captured);
}

/** Those of them that the server has not answered yet. */
export async function waiting(owner) {
  return (await punches(owner)).filter((event) => WAITING.includes(event.state));
}

// What a full phone did not let us write about punches that it has: known as long as this page lives, which is enough to
// send each of them once from here.
const unwritten = new Map();

/** Write what is known now about some punches: `changes` by id. One that is gone meanwhile stays gone. */
export async function update(changes) {
  try {
    await within(["events"], "readwrite", async (events) => {
      for (const [id, change] of Object.entries(changes)) {
        const event = await asked(events.get(id));
        if (event) await asked(events.put({ ...event, ...unwritten.get(id), ...change }));
      }
    });
    for (const id of Object.keys(changes)) unwritten.delete(id);
  } catch {
    for (const [id, change] of Object.entries(changes)) unwritten.set(id, { ...unwritten.get(id), ...change });
  }
  changed();
}

// Carried over ---------------------------------------------------------------------------------------------------------

/** The owner's key over this text, with the key's name. */
export async function signText(owner, text) {
  const key = await needKey(owner);
  return { device: key.device, sig: await sign(key.pair, text) };
}

/** The owner's own punches that still wait, as a colleague's phone takes them. */
export async function queued(owner) {
  const own = (await waiting(owner)).filter((event) => !event.carrier);
  return own.map(({ id, body, sig, kind, captured }) => ({ id, body, sig, kind, captured_at: new Date(captured).toISOString() }));
}

/** Take somebody else's signed punch along: it is sent as it is, and the server counts it for its signer only. */
export async function acceptForeign(owner, { id, body, sig, carrier, carrier_sig: seal }) {
  const { kind, captured_at: captured } = JSON.parse(body);
  const event = { id, owner, kind, body, sig, carrier, seal, number: Infinity, captured: Date.parse(captured), state: "saved" };
  await within(["events"], "readwrite", async (events) => {
    if (!(await asked(events.get(id)))) await asked(events.put(event));
  });
  changed();
}

/** Put back what this page still remembers after the storage was cleared under it. */
export async function restore(key, events) {
  await within(["keys", "events"], "readwrite", async (keys, store) => {
    if (key && !(await asked(keys.get(key.owner)))) await asked(keys.put(key));
    for (const event of events) if (!(await asked(store.get(event.id)))) await asked(store.put(event));
  });
  changed();
}

/** Drop answered punches of long ago; what is not answered stays for ever. */
export async function tidy(owner, now = Date.now()) {
  const old = (await punches(owner)).filter((event) => !WAITING.includes(event.state) && event.captured < now - KEPT_MS);
  if (old.length) {
    await within(["events"], "readwrite", async (events) => {
      for (const { id } of old) await asked(events.delete(id));
    });
  }
}

/** Whether the phone still takes what is written. Throws what the browser says when not. */
export function probe() {
  return keepFact("probe", "x".repeat(4096));
}
