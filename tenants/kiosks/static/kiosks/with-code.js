// Punching with a code: of an office where GPS fails, or of an assembly.

import { reading, watch } from "../punches/clock.js";
import { canSign } from "../punches/key.js";
import { capture, person } from "../punches/outbox.js";
import { flush, sendLater } from "../punches/sender.js";
import { digitsOf } from "./codes.js";
import { notice, tell } from "./said.js";
import { wireScan } from "./scan.js";

const root = document.querySelector("[data-with-code]");
const OFFICE = "KDO";
const ASSEMBLY = "KDA";
let scanned = null;

start();

async function start() {
  const owner = canSign() ? await person().catch(() => null) : null;
  if (!owner) {
    notice(root, canSign() ? "nobody" : "unable");
    root.querySelector("[data-form]").hidden = true;
    return;
  }
  watch();
  const form = root.querySelector("[data-form]");
  const input = form.querySelector("[data-code]");
  input.addEventListener("input", () => see(null));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press(owner, event.submitter ?? form.querySelector("button[name=kind]"), input);
  });
  await wireScan(root, (text) => see(read(text)), () => (root.querySelector("[data-camera]").hidden = false));
}

/** What a scanned code says: {of, uid, code}; null for any other code. */
function read(text) {
  const [of, uid, code] = text.split(":");
  return [OFFICE, ASSEMBLY].includes(of) && uid && digitsOf(code ?? "") ? { of, uid, code, at: reading() } : null;
}

function see(found) {
  scanned = found;
  root.querySelector("[data-scanned]").hidden = !found;
  root.querySelector("[data-wrong]").hidden = true;
  root.querySelector("[data-scanned-office]").hidden = found?.of !== OFFICE;
  root.querySelector("[data-scanned-assembly]").hidden = found?.of !== ASSEMBLY;
  return Boolean(found);
}

async function press({ owner, region }, button, input) {
  const isAssembly = button.value === "roll_call";
  // A code that was scanned says when somebody stood before it; the press may come a little later.
  const fits = scanned && (scanned.of === ASSEMBLY) === isAssembly ? scanned : null;
  const code = fits?.code ?? digitsOf(input.value);
  if (!code) {
    root.querySelector("[data-wrong]").hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.focus();
    return;
  }
  input.removeAttribute("aria-invalid");
  const context = isAssembly
    ? { roll_call: { assembly: fits?.uid ?? "", code } }
    : { office_qr: fits ? `${fits.uid}:${code}` : code };
  button.disabled = true;
  try {
    const event = await capture({ owner, region, kind: button.value, at: fits?.at ?? reading(), placeError: "code", context });
    tell(root, event, button.dataset.what);
    input.value = "";
    see(null);
    const { left } = await flush({ urgent: true });
    if (left) sendLater();
  } catch {
    notice(root, "unable");
  } finally {
    button.disabled = false;
  }
}

addEventListener("online", () => flush({ urgent: true }));
