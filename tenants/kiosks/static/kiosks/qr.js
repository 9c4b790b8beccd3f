// A QR code made on the phone itself, without a network: versions 1 to 25, levels L and M, alphanumeric or bytes
// (ISO/IEC 18004). Reading is the browser's own BarcodeDetector (scan.js).

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LARGEST = 25;
// By level and version: correction codewords of a block, and the number of blocks.
const CORRECTION = {
  L: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26],
  M: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28],
};
const BLOCKS = {
  L: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12],
  M: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21],
};
const LEVEL_BITS = { L: 1, M: 0 };
const MASKS = [
  (x, y) => (x + y) % 2,
  (_x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** The modules of a QR code as rows of 0 and 1, without the quiet margin. Throws RangeError for a text too long.
 * `version` and `mask` are chosen by what fits and reads best unless they are given. */
export function qrRows(text, { level = "M", version = 0, mask = -1 } = {}) {
  const chosen = version || smallest(text, level);
  const codewords = interleaved(dataCodewords(text, chosen, level), chosen, level);
  const { rows, fixed } = frame(chosen);
  place(rows, fixed, codewords);
  const tried = mask >= 0 ? [mask] : MASKS.keys();
  let best = null;
  for (const each of tried) {
    const candidate = masked(rows, fixed, each);
    formatInto(candidate, level, each);
    const cost = mask >= 0 ? 0 : penalty(candidate);
    if (!best || cost < best.cost) best = { candidate, cost };
  }
  return best.candidate;
}

/** Draw the code into an element as an SVG picture that says `label` to who cannot see it. */
export function drawQr(host, text, label, options) {
  const rows = qrRows(text, options);
  const size = rows.length + 8;
  let path = "";
  for (const [y, row] of rows.entries()) for (const [x, dark] of row.entries()) if (dark) path += `M${x + 4} ${y + 4}h1v1h-1z`;
  const picture = element("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" });
  picture.append(element("rect", { width: size, height: size, fill: "#fff" }), element("path", { d: path, fill: "#000" }));
  host.replaceChildren(picture);
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function isAlphanumeric(text) {
  return Array.from(text).every((sign) => ALPHANUMERIC.includes(sign));
}

function totalCodewords(version) {
  const sides = version > 1 ? Math.floor(version / 7) + 2 : 0;
  const aligned = sides ? (25 * sides - 10) * sides - 55 : 0;
  return Math.floor(((16 * version + 128) * version + 64 - aligned - (version >= 7 ? 36 : 0)) / 8);
}

function capacity(version, level) {
  return totalCodewords(version) - CORRECTION[level][version - 1] * BLOCKS[level][version - 1];
}

/** The text as a list of [value, bits] behind its mode and length. */
function segment(text, version) {
  if (isAlphanumeric(text)) {
    const bits = [[2, 4], [text.length, version < 10 ? 9 : 11]];
    for (let at = 0; at < text.length; at += 2) {
      const [one, two] = [ALPHANUMERIC.indexOf(text[at]), ALPHANUMERIC.indexOf(text[at + 1] ?? "")];
      bits.push(at + 1 < text.length ? [one * 45 + two, 11] : [one, 6]);
    }
    return bits;
  }
  const bytes = new TextEncoder().encode(text);
  return [[4, 4], [bytes.length, version < 10 ? 8 : 16], ...Array.from(bytes, (byte) => [byte, 8])];
}

function smallest(text, level) {
  for (let version = 1; version <= LARGEST; version += 1) {
    const length = segment(text, version).reduce((sum, [, bits]) => sum + bits, 0);
    if (length <= capacity(version, level) * 8) return version;
  }
  throw new RangeError(`too long for a QR code: ${text.length}`);
}

function dataCodewords(text, version, level) {
  const room = capacity(version, level) * 8;
  const bits = [];
  for (const [value, count] of segment(text, version)) for (let at = count - 1; at >= 0; at -= 1) bits.push((value >>> at) & 1);
  if (bits.length > room) throw new RangeError(`too long for version ${version}: ${text.length}`);
  for (let ending = Math.min(4, room - bits.length); ending > 0; ending -= 1) bits.push(0);
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  for (let filler = 0xec; words.length * 8 < room; filler ^= 0xec ^ 0x11) words.push(filler);
  return words;
}

/** A product in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1. */
function product(one, two) {
  let sum = 0;
  for (let at = 7; at >= 0; at -= 1) {
    sum = (sum << 1) ^ ((sum >>> 7) * 0x11d);
    sum ^= ((two >>> at) & 1) * one;
  }
  return sum;
}

function generator(degree) {
  const made = new Array(degree).fill(0);
  made[degree - 1] = 1;
  for (let count = 0, root = 1; count < degree; count += 1, root = product(root, 2)) {
    for (let at = 0; at < degree; at += 1) made[at] = product(made[at], root) ^ (made[at + 1] ?? 0);
  }
  return made;
}

function remainder(words, divisor) {
  const rest = new Array(divisor.length).fill(0);
  for (const word of words) {
    const factor = word ^ rest.shift();
    rest.push(0);
    for (const [at, each] of divisor.entries()) rest[at] ^= product(each, factor);
  }
  return rest;
}

function interleaved(words, version, level) {
  const blocks = BLOCKS[level][version - 1];
  const divisor = generator(CORRECTION[level][version - 1]);
  const short = Math.floor(words.length / blocks);
  const longer = words.length % blocks;
  const data = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const length = short + (block >= blocks - longer ? 1 : 0);
    data.push(words.slice(at, at + length));
    at += length;
  }
  const corrections = data.map((block) => remainder(block, divisor));
  const all = [];
  for (const list of [data, corrections]) {
    const most = Math.max(...list.map((block) => block.length));
    for (let at = 0; at < most; at += 1) for (const block of list) if (at < block.length) all.push(block[at]);
  }
  return all;
}

/** Finders, timing, alignment and version; `fixed` says which modules carry no data. */
function frame(version) {
  const size = version * 4 + 17;
  const rows = Array.from({ length: size }, () => new Array(size).fill(0));
  const fixed = Array.from({ length: size }, () => new Array(size).fill(false));
  const set = (x, y, dark) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    rows[y][x] = dark ? 1 : 0;
    fixed[y][x] = true;
  };
  const square = (x, y, reach, isDark) => {
    for (let dy = -reach; dy <= reach; dy += 1) for (let dx = -reach; dx <= reach; dx += 1) set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const places = alignment(version, size);
  const last = places.length - 1;
  for (const [i, x] of places.entries()) {
    for (const [j, y] of places.entries()) {
      const isFinder = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!isFinder) square(x, y, 2, (ring) => ring !== 1);
    }
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) square(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  for (const [x, y] of formatPlaces(size).flat()) set(x, y, false);
  set(8, size - 8, true);
  if (version >= 7) {
    const bits = withRemainder(version, 12, 0x1f25);
    for (let at = 0; at < 18; at += 1) {
      const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)];
      set(far, near, (bits >>> at) & 1);
      set(near, far, (bits >>> at) & 1);
    }
  }
  return { rows, fixed };
}

function alignment(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 4 + count * 2 + 1) / (count * 2 - 2)) * 2;
  const places = [6];
  for (let at = size - 7; places.length < count; at -= step) places.splice(1, 0, at);
  return places;
}

function withRemainder(value, bits, polynomial) {
  let rest = value << bits;
  for (let at = 31 - Math.clz32(rest); rest >>> bits; at = 31 - Math.clz32(rest)) rest ^= polynomial << (at - bits);
  return (value << bits) | rest;
}

/** Where the 15 format bits stand, twice. */
function formatPlaces(size) {
  const one = [];
  const two = [];
  for (let at = 0; at < 15; at += 1) {
    one.push(at < 6 ? [8, at] : at < 8 ? [8, at + 1] : at === 8 ? [7, 8] : [14 - at, 8]);
    two.push(at < 8 ? [size - 1 - at, 8] : [8, size - 15 + at]);
  }
  return [one, two];
}

function formatInto(rows, level, mask) {
  const bits = withRemainder((LEVEL_BITS[level] << 3) | mask, 10, 0x537) ^ 0x5412;
  for (const places of formatPlaces(rows.length)) for (const [at, [x, y]] of places.entries()) rows[y][x] = (bits >>> at) & 1;
}

function place(rows, fixed, codewords) {
  const size = rows.length;
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    // The column of the timing pattern is passed over.
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (fixed[y][x] || at >= codewords.length * 8) continue;
        rows[y][x] = (codewords[at >>> 3] >>> (7 - (at & 7))) & 1;
        at += 1;
      }
    }
  }
}

function masked(rows, fixed, mask) {
  return rows.map((row, y) => row.map((dark, x) => (fixed[y][x] ? dark : dark ^ (MASKS[mask](x, y) === 0 ? 1 : 0))));
}

/** How hard a picture is to read: long runs, blocks of one colour, what looks like a finder, too much of one colour. */
function penalty(rows) {
  const size = rows.length;
  const columns = rows.map((_row, x) => rows.map((row) => row[x]));
  let cost = 0;
  for (const line of [...rows, ...columns]) {
    const text = line.join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) cost += run.length - 2;
    for (let at = 0; at + 11 <= size; at += 1) {
      const part = text.slice(at, at + 11);
      if (part === "10111010000" || part === "00001011101") cost += 40;
    }
  }
  let dark = 0;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      dark += rows[y][x];
      if (x && y && rows[y][x] === rows[y - 1][x] && rows[y][x] === rows[y][x - 1] && rows[y][x] === rows[y - 1][x - 1]) cost += 3;
    }
  }
  return cost + Math.floor(Math.abs(dark * 20 - size * size * 10) / (size * size)) * 10;
}
