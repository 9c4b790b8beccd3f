// How far this device's clock is before the server's, in ms, as well as that can be known now.

const PATIENCE_MS = 4000;

/** Asks the server for its time; without an answer what was known before counts. */
export async function serverFault(before = 0) {
  try {
    const start = Date.now();
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    const told = Date.parse(answer.headers.get("Date"));
    // The header has whole seconds: on average the truth is half a second later.
    return Number.isFinite(told) ? Math.round((start + Date.now()) / 2 - told - 500) : before;
  } catch {
    return before;
  }
}
