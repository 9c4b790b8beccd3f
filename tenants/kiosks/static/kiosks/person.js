// The changing code of this phone's owner: signed by the phone's own key, shown to a tablet or to the leader of an
// assembly. The counterpart of tenants/kiosks/statements.py.

import { reading, serverTime } from "../punches/clock.js";
import { fact, signText } from "../punches/outbox.js";
import { stepAt } from "./codes.js";

const PREFIX = "KDP";

/** The server's time now, as well as this phone knows it, in ms. */
export async function now(owner) {
  return serverTime(reading(), await fact("mark", owner)).time;
}

/** The text of the code at this moment; null while the server has not named this phone's key. */
export async function personCode({ owner, region }, time) {
  const step = stepAt(time);
  const { device } = await signText(owner, "");
  if (!device) return null;
  const { sig } = await signText(owner, `${PREFIX}:${region}:${owner}:${device}:${step}`);
  return `${PREFIX}:${owner}:${device}:${step}:${sig}`;
}

/** Who is named by a scanned code of a person; "" when it is none. */
export function personOf(text) {
  const parts = text.split(":");
  return parts.length === 5 && parts[0] === PREFIX ? parts[1] : "";
}
