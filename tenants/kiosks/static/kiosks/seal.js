// What is typed on a shared tablet, sealed to the region's key: the tablet's own storage holds nothing that opens it.
// The counterpart of tenants/kiosks/secrets.py `unseal`.

import { bytesOf, textOf } from "./codes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const utf8 = new TextEncoder();

/** `text` for the holder of `point` (base64url, uncompressed), bound to `about`; as base64url. */
export async function seal(text, about, point) {
  const theirs = await crypto.subtle.importKey("raw", bytesOf(point), CURVE, false, []);
  const own = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const ownPoint = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: ownPoint, info: utf8.encode("kd.seal.1") };
  const key = await crypto.subtle.deriveKey(derived, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8.encode(about) }, key, utf8.encode(text));
  return textOf([...ownPoint, ...nonce, ...new Uint8Array(sealed)]);
}
