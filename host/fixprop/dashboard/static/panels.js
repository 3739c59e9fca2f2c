// Badges and the large number: the link, the twin, what the board is doing, the bearing.

import { count, signed } from "./numbers.js";

const $ = (id) => document.getElementById(id);
const NAMES = { "sim://": "simulated Uno", "native://": "firmware on this computer" };

function nameOf(url) {
  if (url.startsWith("replay://")) return `replay of ${url.split(/[/\\]/).at(-1)}`;
  return NAMES[url] ?? url;
}

// `whole`: the text when `text` is short for it or may be cut.
function put(id, text, state, whole = text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== whole) element.title = whole;
  if (state !== undefined) element.dataset.state = state;
}

export function showLink({ open, absence }, store) {
  const link = store.status?.link;
  if (!open) return put("link", absence, "bad");
  if (!link) return put("link", "connecting", "warn");
  if (store.board === "here") return put("link", nameOf(link.text), "good", link.text);
  if (store.board === "over") return put("link", "recording over", "idle", link.text);
  return put("link", "no board: trying again", "bad", `${link.state}: ${link.text}`);
}

export function showTwin({ twin }) {
  if (!twin) return put("twin", "no twin", "warn");
  const { first_difference: difference, steps_replayed: steps } = twin;
  if (difference) return put("twin", `twin differs: ${difference}`, "bad");
  if (!twin.in_step || !twin.weights_known) return put("twin", `twin: ${twin.standing}`, "warn");
  const checksums = `${count(twin.checksums_equal)} checksums`;
  return put("twin", `twin identical · ${count(steps)} steps · ${checksums}`, "good");
}

function doing(status) {
  if (status.teaching) return ["lesson", "lesson"];
  if (status.storing) return ["writing EEPROM", "warn"];
  return status.learning ? ["learning", "good"] : ["not learning", "idle"];
}

export function showDoing(store) {
  $("doing").hidden = store.board !== "here";
  put("doing", ...doing(store.status));
}

// What is shown of a board that is away is old: it is dimmed.
export function showStale(open, store) {
  const stale = !open || store.board === "away";
  for (const id of ["scene", "left-now", "right-now"]) $(id).classList.toggle("stale", stale);
  const { twin } = store.status;
  const unknown = store.board === "here" && !(twin?.in_step && twin.weights_known);
  $("network").classList.toggle("stale", Boolean(store.network) && (stale || unknown));
}

export function showBearing(open, store) {
  const { status } = store;
  const absence = !open ? "no server" : status && store.board === "away" ? "no board" : "";
  $("scene").parentElement.classList.toggle("boardless", absence !== "");
  if (absence) {
    $("bearing").classList.add("absent");
    put("bearing", absence);
    return put("error", open ? status.link.text : "");
  }
  return showEstimate(store);
}

function showEstimate(store) {
  const bearing = store.latest("bearing_deg");
  const truth = store.latest("hand_deg");
  const present = store.latest("presence") > 0;
  const heard = store.readings.length > 0;
  $("bearing").classList.toggle("absent", !present);
  put("bearing", present ? `${signed(bearing)}°` : heard ? "no hand" : "–");
  if (Number.isNaN(truth)) return put("error", store.simulated ? (heard ? "the hand is away" : "") : lesson(store));
  const at = `hand at ${signed(truth)}°`;
  return put("error", present ? `${at} · off by ${Math.abs(bearing - truth).toFixed(1)}°` : at);
}

function lesson({ status, replayed }) {
  return status?.teaching && !replayed ? "hold a hand over the green pointer and follow it" : "";
}
