// Numbers and badges: the link, the twin, what the board is doing, the line's health.

import { signed } from "./canvas.js";

const $ = (id) => document.getElementById(id);
const count = (value) => (value ?? 0).toLocaleString("en-GB").replaceAll(",", " ");

function put(id, text, state) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text;
  if (state !== undefined) element.dataset.state = state;
}

export function showLink(open, store) {
  const link = store.status?.link;
  if (!open) return put("link", "no server: trying again", "bad");
  if (!link) return put("link", "connecting", "warn");
  const name = store.simulated ? "simulated Uno" : link.text;
  if (link.state === "connected") return put("link", name, "good");
  return put("link", `${link.state}: ${link.text}`, link.state === "lost" ? "bad" : "warn");
}

export function showTwin({ twin }) {
  if (!twin) return put("twin", "no twin", "warn");
  const { first_difference: difference, steps_replayed: steps } = twin;
  if (difference) return put("twin", `twin differs: ${difference}`, "bad");
  if (!twin.in_step || !twin.weights_known) return put("twin", `twin: ${twin.standing}`, "warn");
  const checksums = `${count(twin.checksums_equal)} checksums`;
  return put("twin", `twin identical · ${count(steps)} steps · ${checksums}`, "good");
}

export function showDoing(status) {
  const doing = status.teaching
    ? ["lesson: follow the pointer", "lesson"]
    : status.storing
      ? ["writing EEPROM", "warn"]
      : status.learning
        ? ["learning", "good"]
        : ["not learning", "idle"];
  put("doing", ...doing);
}

export function showBearing(store) {
  const present = store.latest("presence") > 0;
  const bearing = store.latest("bearing_deg");
  const truth = store.latest("hand_deg");
  put("bearing", present && !Number.isNaN(bearing) ? `${signed(bearing)}°` : "no hand");
  $("bearing").classList.toggle("absent", !present);
  if (Number.isNaN(truth)) return put("error", store.simulated ? "the hand is away" : "");
  const off = Math.abs(bearing - truth);
  const text = present ? `hand at ${signed(truth)}° · off by ${off.toFixed(1)}°` : `hand at ${signed(truth)}°`;
  return put("error", text);
}

const LEVELS = { zero: (value) => (value ? "bad" : "good") };

// [name, value, what it means, level]
function healthRows(status, store, frames) {
  const { totals, health, latency_ms: latency, hello } = status;
  return [
    ["steps / s", count(Math.round(status.steps_per_s)), "training steps per second of the board's time"],
    ["free SRAM", health ? `${health.stack_free} B` : hello ? `${hello.free_sram} B` : "–",
      "bytes that the stack has never touched"],
    ["frames", count(totals.frames), "received, all connections"],
    ["lost", count(totals.lost), "frames missing from the sequence", LEVELS.zero(totals.lost)],
    ["CRC errors", count(totals.crc_errors + totals.malformed), "damaged or malformed frames",
      LEVELS.zero(totals.crc_errors + totals.malformed)],
    ["gaps", count(status.gaps), "places where frames are missing", LEVELS.zero(status.gaps)],
    ["late readings", health ? count(health.missed_readings) : "–", "readings that the board missed",
      health && LEVELS.zero(health.missed_readings)],
    ["turn", health ? `${(health.loop_max_us / 1000).toFixed(1)} ms` : "–", "longest turn of the board's main loop"],
    ["to the page", latency[95] === null ? "–" : `${latency[95].toFixed(0)} ms`,
      "byte to drawn point, 95th percentile", latency[95] > 50 ? "warn" : "good"],
    ["drawing", `${frames.cost().toFixed(1)} ms`, "of a frame, 95th percentile"],
    ["connections", count(totals.connections), "times that the line was opened"],
    ["page behind", count(store.missed), "batches that this page was too slow for", LEVELS.zero(store.missed)],
  ];
}

export function showHealth(status, store, frames) {
  const list = $("health");
  const rows = healthRows(status, store, frames);
  if (list.children.length !== rows.length) list.replaceChildren(...rows.map(newRow));
  rows.forEach(([, value, , level], n) => {
    const shown = list.children[n].lastElementChild;
    if (shown.textContent !== value) shown.textContent = value;
    shown.dataset.state = level ?? "";
  });
}

function newRow([name, , meaning]) {
  const row = document.createElement("div");
  const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
  term.textContent = name;
  row.title = meaning;
  row.append(term, value);
  return row;
}
