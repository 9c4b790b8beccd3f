// Codes that change every thirty seconds, made on this device: the counterpart of tenants/kiosks/codes.py. The secret is
// kept as a key that cannot be read out of the browser again.

const NAME = "kinerja-kode";
export const STEP_MS = 30000;

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("things", { keyPath: "name" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within(mode, work) {
  const store = (await database()).transaction("things", mode).objectStore("things");
  return new Promise((resolve, reject) => {
    const request = work(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What this device keeps under a name: a screen, an assembly that its owner leads, a tablet's list; undefined without. */
export function kept(name) {
  return within("readonly", (store) => store.get(name));
}

export function allKept() {
  return within("readonly", (store) => store.getAll());
}

export function keep(thing) {
  return within("readwrite", (store) => store.put(thing));
}

/** The secret of a thing as a key for `codeAt`; nobody can take it out again. */
export function secretKey(text) {
  return crypto.subtle.importKey("raw", bytesOf(text), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** The eight digits at a moment (ms since 1970, by the server's clock). */
export async function codeAt(key, time) {
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(stepAt(time)));
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, message.buffer));
  const number = digest.getUint32(0) * 2 ** 16 + digest.getUint16(4);
  return String(number % 1e8).padStart(8, "0");
}

export function stepAt(time) {
  return Math.floor(time / STEP_MS);
}

/** Eight digits as people read them. */
export function inGroups(code) {
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}

/** What a person typed, without blanks; "" when it is no code. */
export function digitsOf(typed) {
  const digits = typed.replace(/\D/g, "");
  return digits.length === 8 ? digits : "";
}

export function bytesOf(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

export function textOf(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
