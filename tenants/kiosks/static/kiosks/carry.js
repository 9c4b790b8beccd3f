// A signed punch so small that a QR code holds it, and back. The signature is over the exact text, so what comes out is
// the same to the byte; a text that does not come back the same is carried as it is.
//
// Inside: one byte (0 plain, 1 packed), the signature's 64 bytes, the text. Packed: a byte below 0x20, which a JSON text
// never holds, stands for a word of WORDS, for 16 bytes of a UUID, or for a run of base64url.

import { bytesOf, textOf } from "./codes.js";

const SIGNATURE = 64;
const UUID = 1;
const RUN = 2;
const FIRST_WORD = 3;
// Their places are part of the format: only add at the end, up to byte 0x1f.
const WORDS = [
  '{"id":"',
  '","kind":"',
  '","captured_at":"20',
  '","mono_ms":',
  ',"boot":"',
  '","mark":"',
  '","mark_mono_ms":',
  ',"mark_boot":"',
  '","place":null,"place_error":"',
  '","place":{"lat":"',
  '","lon":"',
  '","accuracy_m":',
  '"altitude_m":',
  ',"taken_at":"20',
  '"context":{"network":"',
  'offline","schema":1',
  '"app_version":"',
  '},"prev":"',
  '","device":"',
  '","region":"',
  'Z"},',
  'Z","',
  '"roll_call":{"assembly":"',
  '"office_qr":"',
  '","code":"',
  "denied",
  "timeout",
  "unavailable",
];
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const AS_QR = "KDC1:";
const AS_TEXT = "KDC1.";

/** A signed punch ({body, sig}) as the text of a QR code. */
export function toQr(event) {
  return AS_QR + base45(wrap(event));
}

/** The same to copy and paste. */
export function toText(event) {
  return AS_TEXT + textOf(wrap(event));
}

/** Whether a scanned or pasted text is a carried punch at all. */
export function isCarried(text) {
  return text.trim().startsWith("KDC1");
}

/** The signed punch ({body, sig}) behind a text of either kind. Throws RangeError for any other. */
export function read(text) {
  const plain = text.trim();
  try {
    // A code ends with no blank that would have to stay: base45 is read from the untrimmed text.
    const bytes = plain.startsWith(AS_TEXT) ? bytesOf(plain.slice(AS_TEXT.length).replace(/\s/g, "")) : fromBase45(text.trimStart().slice(AS_QR.length));
    if (!isCarried(plain) || bytes.length <= SIGNATURE + 1 || bytes[0] > 1) throw new RangeError("no punch");
    const inner = bytes.slice(1 + SIGNATURE);
    const body = bytes[0] ? unpack(inner) : new TextDecoder("utf-8", { fatal: true }).decode(inner);
    JSON.parse(body);
    return { body, sig: textOf(bytes.slice(1, 1 + SIGNATURE)) };
  } catch (error) {
    throw new RangeError("not a carried punch", { cause: error });
  }
}

function wrap({ body, sig }) {
  let inner = pack(body);
  let isPacked = 1;
  if (!inner || unpack(inner) !== body) {
    inner = new TextEncoder().encode(body);
    isPacked = 0;
  }
  return Uint8Array.from([isPacked, ...bytesOf(sig), ...inner]);
}

/** The text in short; null when it holds what a byte of ours would be taken for. */
function pack(body) {
  // eslint-disable-next-line no-control-regex -- exactly these bytes are ours
  if (/[\u0000-\u001f]/.test(body)) return null;
  const out = [];
  const utf8 = new TextEncoder();
  let at = 0;
  while (at < body.length) {
    const rest = body.slice(at);
    const word = WORDS.findIndex((each) => rest.startsWith(each));
    if (word >= 0) {
      out.push(FIRST_WORD + word);
      at += WORDS[word].length;
      continue;
    }
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(rest);
    if (uuid) {
      out.push(UUID, ...uuid[0].replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16)));
      at += 36;
      continue;
    }
    // Four letters are three bytes: a run of whole fours comes back the same.
    const run = /^[A-Za-z0-9_-]{12,}/.exec(rest)?.[0].slice(0, 252);
    if (run) {
      const length = run.length - (run.length % 4);
      out.push(RUN, length / 4, ...bytesOf(run.slice(0, length)));
      at += length;
      continue;
    }
    const sign = String.fromCodePoint(rest.codePointAt(0));
    out.push(...utf8.encode(sign));
    at += sign.length;
  }
  return Uint8Array.from(out);
}

function unpack(bytes) {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === UUID) {
      const hex = Array.from(bytes.slice(at + 1, at + 17), (each) => each.toString(16).padStart(2, "0")).join("");
      text += [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
      at += 17;
    } else if (byte === RUN) {
      const length = bytes[at + 1] * 3;
      text += textOf(bytes.slice(at + 2, at + 2 + length));
      at += 2 + length;
    } else if (byte < 0x20) {
      if (!WORDS[byte - FIRST_WORD]) throw new RangeError("unknown word");
      text += WORDS[byte - FIRST_WORD];
      at += 1;
    } else {
      let end = at;
      while (end < bytes.length && bytes[end] >= 0x20) end += 1;
      text += utf8.decode(bytes.slice(at, end));
      at = end;
    }
  }
  return text;
}

/** RFC 9285: two bytes as three signs of the narrow alphabet of a QR code. */
function base45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let number = isPair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let sign = 0; sign < (isPair ? 3 : 2); sign += 1) {
      text += BASE45[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return text;
}

function fromBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = Array.from(text.slice(at, at + 3), (sign) => BASE45.indexOf(sign));
    if (part.includes(-1) || part.length === 1) throw new RangeError("no base45");
    const number = part.reduceRight((sum, value) => sum * 45 + value, 0);
    if (number > (part.length === 3 ? 0xffff : 0xff)) throw new RangeError("no base45");
    if (part.length === 3) bytes.push(number >>> 8);
    bytes.push(number & 0xff);
  }
  return Uint8Array.from(bytes);
}
