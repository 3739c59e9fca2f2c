// What the line and the chip say of themselves: counters, reserves, what was cut off.

import { count, countOrDash } from "./numbers.js";

const WINDOW_STEPS = 2000; // over which a pace is taken: about a second
const LEAST_STEPS = 100;
const FAST = 0.01; // saturations in a training step, where each costs accuracy
const REFUSED = 0.01; // of all readings: a sensor that is off, or a label that cannot be
const CROWDED = 1 / 3; // of a network's inputs and sums, which may well end at an end

// Kinds of saturation: host/fixprop/saturation.py.
const SUMS = {
  inputs: "inputs beyond ±1",
  nets: "sums beyond their activation's range",
};
const STEPS = {
  targets: "targets beyond ±1",
  errors: "errors",
  deltas: "deltas",
  steps: "learning rate times delta",
  weights: "weights at an end of their format",
  changes: "momentum",
};

const zero = (value) => (value ? "bad" : "good");
const rare = (value) => (value ? "warn" : "good");
// Room for four digits; the exact count is in the row's title.
const short = (value) =>
  value < 1e4 ? count(value) : value < 1e6 ? `${(value / 1e3).toFixed(1)} k` : `${(value / 1e6).toFixed(2)} M`;

// Saturations in a training step of late. It starts anew where nothing is learned (readings saturate
// too) and where the counts do.
class Pace {
  constructor() {
    this.points = []; // [steps, saturations]
  }

  take(steps, saturations) {
    const latest = this.points.at(-1);
    if (latest && (steps <= latest[0] || saturations < latest[1])) this.points = [];
    this.points.push([steps, saturations]);
    while (this.points.length > 2 && steps - this.points[1][0] >= WINDOW_STEPS) this.points.shift();
    const [from, before] = this.points[0];
    return steps - from < LEAST_STEPS ? 0 : (saturations - before) / (steps - from);
  }
}

const paces = { sums: new Pace(), steps: new Pace() };

function saturationRow(name, kinds, pace, limit, meaning, { twin }) {
  const counted = twin?.saturation;
  if (!counted) return [name, "–", `${meaning} Not known: the twin does not know the weights.`];
  const present = Object.keys(kinds).filter((kind) => kind in counted);
  const total = present.reduce((sum, kind) => sum + counted[kind], 0);
  const each = present.map((kind) => `${kinds[kind]}: ${count(counted[kind])}`).join("\n");
  const fast = pace.take(twin.steps_replayed, total) > limit;
  return [name, short(total), `${meaning}\n${each}`, fast ? "warn" : ""];
}

function saturationRows(status, sizes = []) {
  const values = sizes.reduce((sum, size) => sum + size, 0);
  return [
    saturationRow("saturated steps", STEPS, paces.steps, FAST,
      "Values of training steps cut off at an end of their format, since the weights were loaded or reset; " +
      "none wraps. If they rise fast, lower the rate.", status),
    saturationRow("saturated sums", SUMS, paces.sums, CROWDED * values,
      "Inputs and sums beyond the end of their function, since the weights were loaded or reset: a neuron " +
      "that is sure. If they rise fast, scale the inputs or reset the weights.", status),
  ];
}

// [name, value, what it means, level]
function rowsOf(status, store, frames) {
  const { totals, health, latency_ms: latency, hello } = status;
  const damaged = totals.crc_errors + totals.malformed;
  const onChip = health?.loop_max_us > 0; // natively there is no chip to measure
  const free = health ? onChip && health.stack_free : hello?.free_sram;
  return [
    ["steps / s", count(Math.round(status.steps_per_s)), "training steps in a second of the board's time"],
    ["free SRAM", free ? `${count(free)} B` : "–", "bytes that the stack has never touched"],
    ["frames", count(totals.frames), "received, over all connections"],
    ["lost", count(totals.lost), "frames missing from the sequence", zero(totals.lost)],
    ["gaps", count(status.gaps), "places where frames are missing", zero(status.gaps)],
    ["CRC errors", count(damaged), "damaged or malformed frames", zero(damaged)],
    ["late readings", countOrDash(health?.missed_readings), "readings that the board missed",
      health && zero(health.missed_readings)],
    ["weights at limit", countOrDash(health?.saturated_weights),
      "weights that stand at an end of their format now and cannot grow: lower the rate, or reset them",
      health && rare(health.saturated_weights)],
    ...saturationRows(status, store.facts?.network.sizes),
    ["refused", countOrDash(health?.rejected_samples),
      "labelled readings that were not plausible and are not learned from: see fixprop doctor",
      health && rare(health.rejected_samples > REFUSED * health.reading_index)],
    ["connections", count(totals.connections), "times that the line was opened"],
    ["longest turn", onChip ? `${(health.loop_max_us / 1000).toFixed(1)} ms` : "–", "of the board's main loop"],
    ["to the page", latency[95] === null ? "–" : `${latency[95].toFixed(0)} ms`,
      "from byte to drawn point, 95th percentile", latency[95] > 50 ? "warn" : "good"],
    ["drawing", `${frames.cost().toFixed(1)} ms`, "of a frame, 95th percentile"],
    ["page behind", count(store.missed), "batches that this page was too slow for", rare(store.missed)],
  ];
}

export function showHealth(status, store, frames) {
  const list = document.getElementById("health");
  const rows = rowsOf(status, store, frames);
  if (list.children.length !== rows.length) list.replaceChildren(...rows.map(newRow));
  rows.forEach(([, value, meaning, level], n) => {
    const row = list.children[n];
    const shown = row.lastElementChild;
    if (shown.textContent !== value) shown.textContent = value;
    if (row.title !== meaning) row.title = meaning;
    shown.dataset.state = level ?? "";
  });
}

function newRow([name]) {
  const row = document.createElement("div");
  const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
  term.textContent = name;
  row.dataset.name = name;
  row.append(term, value);
  return row;
}
