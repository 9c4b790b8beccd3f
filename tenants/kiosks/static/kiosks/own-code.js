// The changing code of this phone's owner, drawn anew every thirty seconds, with or without a network.

import { canSign } from "../punches/key.js";
import { person } from "../punches/outbox.js";
import { STEP_MS, stepAt } from "./codes.js";
import { now, personCode } from "./person.js";
import { drawQr } from "./qr.js";
import { notice } from "./said.js";

const root = document.querySelector("[data-own-code]");
let drawn = -1;

start();

async function start() {
  const owner = canSign() ? await person().catch(() => null) : null;
  if (!owner) {
    notice(root, canSign() ? "nobody" : "unable");
    return;
  }
  root.querySelector("[data-name]").textContent = owner.name;
  const tick = async () => {
    const time = await now(owner.owner);
    root.querySelector("[data-left]").value = 30 - Math.floor((time % STEP_MS) / 1000);
    if (stepAt(time) === drawn) return;
    const text = await personCode(owner, time);
    root.querySelector("[data-shown]").hidden = !text;
    notice(root, text ? "" : "unnamed");
    if (!text) return;
    drawn = stepAt(time);
    const host = root.querySelector("[data-qr]");
    drawQr(host, text, host.dataset.label, { level: "L" });
  };
  await tick();
  setInterval(tick, 1000);
}
