// The office's code on a screen: the secret comes once, with the session of an official, and stays in this browser as a
// key that nobody can read out. From then on neither session nor network is needed.

import { codeAt, inGroups, keep, kept, allKept, secretKey, STEP_MS, stepAt } from "./codes.js";
import { serverFault } from "./fault.js";
import { drawQr } from "./qr.js";
import { notice } from "./said.js";

const root = document.querySelector("[data-screen]");
let shown = null;
let fault = 0;
let drawn = "";

addEventListener("hashchange", start);
start();
setInterval(tick, 1000);

async function start() {
  shown = null;
  drawn = "";
  const uid = location.hash.slice(1);
  try {
    if (uid) shown = (await install(uid)) ?? (await kept(`screen ${uid}`));
    else await choose();
  } catch {
    notice(root, "unable");
    return;
  }
  if (uid && !shown) notice(root, "refused");
  if (!shown) return;
  notice(root, "");
  fault = await serverFault(shown.fault);
  document.querySelector("[data-place]").textContent = `${shown.label}, ${shown.unit}`;
  root.querySelector("[data-choice]").hidden = true;
  root.querySelector("[data-shown]").hidden = false;
  await tick();
}

/** Fetch the secret with the session of who is signed in; null without network, session or right. */
async function install(uid) {
  const token = document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/)?.[1] ?? "";
  let told;
  try {
    const answer = await fetch(`/absen/layar/${encodeURIComponent(uid)}/kunci/`, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(8000),
    });
    if (!answer.ok) return null;
    told = await answer.json();
  } catch {
    return null;
  }
  const thing = {
    name: `screen ${told.uid}`,
    uid: told.uid,
    label: told.label,
    unit: told.unit,
    fault: Date.now() - Date.parse(told.server_time),
    key: await secretKey(told.secret),
  };
  await keep(thing);
  return thing;
}

async function choose() {
  const screens = (await allKept()).filter(({ name }) => name.startsWith("screen "));
  root.querySelector("[data-shown]").hidden = true;
  notice(root, screens.length ? "" : "none");
  if (screens.length === 1) {
    location.hash = screens[0].uid;
    return;
  }
  const list = root.querySelector("[data-choice]");
  list.hidden = !screens.length;
  list.replaceChildren(
    ...screens.map(({ uid, label, unit }) => {
      const row = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${uid}`;
      link.textContent = `${label}, ${unit}`;
      row.append(link);
      return row;
    }),
  );
}

async function tick() {
  if (!shown) return;
  const time = Date.now() - fault;
  root.querySelector("[data-left]").value = 30 - Math.floor((time % STEP_MS) / 1000);
  const name = `${shown.uid} ${stepAt(time)}`;
  if (name === drawn) return;
  drawn = name;
  const code = await codeAt(shown.key, time);
  root.querySelector("[data-code]").textContent = inGroups(code);
  const host = root.querySelector("[data-qr]");
  drawQr(host, `KDO:${shown.uid}:${code}`, host.dataset.label);
}
