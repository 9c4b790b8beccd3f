// The phone's two clocks. The wall clock may be wrong or moved; the monotonic one is right between two moments of one
// uninterrupted run, which has a random name here: the boot. A reading of both goes into each punch.

const DRIFT_MS = 1500;
const WATCH_MS = 5000;
const BEFORE_MS = 4 * 3600 * 1000;
const AFTER_MS = 8 * 3600 * 1000;
const SAME_DAY_MS = 16 * 3600 * 1000;
const page = globalThis.document;

let boot = newBoot();
let before = { wall: Date.now(), mono: performance.now() };
let mayHaveSlept = false;

function newBoot() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The wall clock in ms, the monotonic clock in whole ms, and the run in which it is monotonic. */
export function reading() {
  const wall = Date.now();
  const mono = performance.now();
  const drift = wall - before.wall - (mono - before.mono);
  // The monotonic clock stands still while a phone sleeps, and then the wall clock seems to jump forward. A jump while
  // somebody was looking at the page, or a jump back, is a clock that was set: the run goes on.
  if (drift > DRIFT_MS && (mayHaveSlept || !page)) boot = newBoot();
  before = { wall, mono };
  mayHaveSlept = page?.visibilityState === "hidden";
  return { wall, mono: Math.round(mono), boot };
}

/** Look at both clocks often enough to know when the phone slept. */
export function watch() {
  setInterval(reading, WATCH_MS);
  page.addEventListener("visibilitychange", () => {
    reading();
    if (page.visibilityState === "hidden") mayHaveSlept = true;
  });
  page.addEventListener("freeze", () => {
    mayHaveSlept = true;
  });
}

/** What an answer says about the server's time, between the readings before and after: its own moment is taken as half-way. */
export function markOf({ mark, server_time: told }, start, end) {
  const at = Date.parse(told);
  if (!mark || !Number.isFinite(at)) return null;
  const half = start.boot === end.boot ? (end.mono - start.mono) / 2 : 0;
  return { mark, at, mono: Math.round(end.mono - half), wall: Math.round(end.wall - half), boot: end.boot };
}

/** The server's time for a reading, as far as it is known: exact in the mark's own run, else by the wall clock's fault then. */
export function serverTime(at, mark) {
  if (!mark) return { time: at.wall, isProven: false, fault: 0 };
  if (mark.boot === at.boot) {
    const time = mark.at + at.mono - mark.mono;
    return { time, isProven: true, fault: at.wall - time };
  }
  return { time: at.wall + mark.at - mark.wall, isProven: false, fault: mark.wall - mark.at };
}

/** The direction of the next punch: of the shift that is nearest to now, so that yesterday's forgotten one flips nothing.
 *
 * `shifts` are pairs of instants in ms, `made` the instants of the punches that are known.
 */
export function direction(shifts, made, now) {
  const away = ([begin, end], at) => (at < begin ? begin - at : at >= end ? at - end : 0);
  const nearest = (at) =>
    shifts
      .filter(([begin, end]) => at >= begin - BEFORE_MS && at < end + AFTER_MS)
      .sort((one, other) => away(one, at) - away(other, at) || one[0] - other[0])[0];
  const shift = nearest(now);
  if (!shift) return made.some((at) => !nearest(at) && now - at < SAME_DAY_MS) ? "out" : "in";
  return made.some((at) => nearest(at) === shift) || now >= shift[1] ? "out" : "in";
}
