// Punches that wait, shown as QR codes to a colleague; and a colleague's punch, taken along and sent as it is.

import { canSign } from "../punches/key.js";
import { acceptForeign, onChange, person, punches, queued, signText } from "../punches/outbox.js";
import { flush, sendLater } from "../punches/sender.js";
import { read, toQr, toText } from "./carry.js";
import { drawQr } from "./qr.js";
import { notice, tell, timeWords } from "./said.js";
import { wireScan } from "./scan.js";

const root = document.querySelector("[data-carry]");
let index = 0;
let mine = [];

start();

async function start() {
  const owner = canSign() ? await person().catch(() => null) : null;
  if (!owner) {
    notice(root, canSign() ? "nobody" : "unable");
    return;
  }
  for (const part of root.querySelectorAll("[data-mine], [data-take]")) part.hidden = false;
  const show = async () => {
    // A punch whose key the server does not know yet would be signed again; nobody can carry it.
    mine = (await queued(owner.owner)).filter(({ body }) => JSON.parse(body).device);
    draw();
  };
  await show();
  onChange(show);
  root.querySelector("[data-next]").addEventListener("click", () => {
    index += 1;
    draw();
  });
  root.querySelector("[data-copy]").addEventListener("click", async () => {
    await navigator.clipboard.writeText(toText(mine[index % mine.length]));
    root.querySelector("[data-copied]").hidden = false;
  });
  const form = root.querySelector("[data-form]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(owner, form.querySelector("[data-text]").value);
  });
  await wireScan(root, (text) => text.startsWith("KDC1") && (take(owner, text), true), () => (root.querySelector("[data-camera]").hidden = false));
}

function draw() {
  root.querySelector("[data-none]").hidden = mine.length > 0;
  root.querySelector("[data-some]").hidden = !mine.length;
  root.querySelector("[data-next]").hidden = mine.length < 2;
  root.querySelector("[data-copied]").hidden = true;
  if (!mine.length) return;
  const event = mine[index % mine.length];
  const number = mine.length > 1 ? ` (${(index % mine.length) + 1}/${mine.length})` : "";
  root.querySelector("[data-which]").textContent = `${kindWords(event.kind)} ${timeWords(root, Date.parse(event.captured_at))}${number}`;
  const host = root.querySelector("[data-qr]");
  drawQr(host, toQr(event), host.dataset.label, { level: "L" });
}

function kindWords(kind) {
  return root.querySelector("[data-kinds]").dataset[kind] ?? kind;
}

async function take({ owner }, text) {
  const fault = (name) => {
    for (const each of ["wrong", "own"]) root.querySelector(`[data-${each}]`).hidden = each !== name;
  };
  fault("");
  let event;
  try {
    event = read(text);
  } catch {
    fault("wrong");
    root.querySelector("[data-text]").focus();
    return;
  }
  const { id, device } = JSON.parse(event.body);
  const { device: carrier, sig } = await signText(owner, event.body);
  if (device === carrier) {
    fault("own");
    return;
  }
  await acceptForeign(owner, { id, ...event, carrier, carrier_sig: sig });
  root.querySelector("[data-text]").value = "";
  const kept = (await punches(owner)).find((each) => each.id === id);
  // Somebody else of this phone has it in the own queue.
  if (!kept) {
    fault("own");
    return;
  }
  tell(root, kept, root.querySelector("[data-form] button").dataset.what);
  const { left } = await flush({ urgent: true });
  if (left) sendLater();
}

addEventListener("online", () => flush({ urgent: true }));
