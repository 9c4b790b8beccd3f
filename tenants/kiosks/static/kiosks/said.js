// What a page says about a punch that was made on it: saved, then what the server answered.

import { onChange, punches } from "../punches/outbox.js";

/** The wall-clock time in the region, as `07.25 WITA`. */
export function timeWords(root, ms) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.zone, hour: "2-digit", minute: "2-digit", hour12: false });
  return `${parts.format(new Date(ms)).replace(":", ".")} ${root.dataset.zoneLabel ?? ""}`.trim();
}

/** Tell about the punch `event` in the page's list, and again when its state changes. `what` are its words. */
export function tell(root, event, what) {
  const box = document.createElement("div");
  root.querySelector("[data-answers]").prepend(box);
  let shown = "";
  const show = (now) => {
    const state = now.state === "sending" ? "saved" : now.state;
    if (state === shown) return;
    shown = state;
    const part = root.querySelector(`template[data-said="${state}"]`).content.cloneNode(true);
    const fill = (name, text) => {
      const place = part.querySelector(`[data-${name}]`);
      if (place) place.textContent = text;
    };
    fill("what", what);
    fill("when", timeWords(root, now.counted || now.captured));
    fill("receipt", now.receipt ?? "");
    fill("why", (now.words ?? []).join(" "));
    box.replaceChildren(part);
  };
  show(event);
  onChange(async () => {
    const now = (await punches(event.owner)).find(({ id }) => id === event.id);
    if (now) show(now);
  });
  return box;
}

/** Show one of the page's notices, or none. */
export function notice(root, name) {
  for (const each of root.querySelectorAll("[data-notice]")) each.hidden = each.dataset.notice !== name;
}
