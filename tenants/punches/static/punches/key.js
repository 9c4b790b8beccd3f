// The phone's own key: it signs each punch, never leaves the browser, and cannot be copied out of it.

const KEY = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const utf8 = new TextEncoder();

/** Whether this browser can keep a key and sign with it; without, the page's form posts by itself. */
export function canSign() {
  return Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && globalThis.BroadcastChannel);
}

/** A new pair; the private half is not extractable. */
export function makePair() {
  return crypto.subtle.generateKey(KEY, false, ["sign", "verify"]);
}

/** The public half, as the server keeps it. */
export async function publicKey(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { kty, crv, x, y };
}

/** The signature of exactly these characters in UTF-8, IEEE P1363, as base64url. */
export async function sign(pair, text) {
  return base64url(await crypto.subtle.sign(SIGNATURE, pair.privateKey, utf8.encode(text)));
}

/** SHA-256 of these characters in UTF-8 as base64url: what the next punch names as the one before. */
export async function digest(text) {
  return base64url(await crypto.subtle.digest("SHA-256", utf8.encode(text)));
}

function base64url(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
