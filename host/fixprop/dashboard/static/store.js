// Everything the page knows: readings and losses as they came, the latest status, the network.

import { Tape } from "./tape.js";

const READINGS = 1 << 16; // 41 minutes
const LOSSES = 1 << 19; // some minutes, of every single step
const MEAN_STEPS = 400; // of the running mean

const READING_COLUMNS = [
  "t", "left", "right", "left_cm", "right_cm", "bearing_deg", "ahead_deg", "presence",
  "pointer_deg", "label_deg", "hand_deg", "hand_cm", "step", "rate", "teaching", "index",
];

export class Store {
  constructor() {
    this.facts = null;
    this.status = null;
    this.network = null;
    this.readings = new Tape(READING_COLUMNS, READINGS);
    this.losses = new Tape(["loss_t", "loss", "loss_mean"], LOSSES);
    this.meanLoss = NaN;
    this.batch = null;
    this.missed = 0; // batches that this page was too slow for
    this.notes = [];
  }

  // What changed, by the name of the message: "data", "status", "network", "facts" or "note".
  hear(message) {
    if (message.kind === "data") this.data(message);
    else if (message.kind === "network") this.network = message.columns;
    else if (message.kind === "status") this.status = message;
    else if (message.kind === "facts") this.start(message);
    else if (message.kind === "note") this.note(message.text);
    return message.kind;
  }

  start(facts) {
    this.facts = facts; // a server that we have lost, or another: the past comes anew
    this.readings.clear();
    this.losses.clear();
    this.meanLoss = NaN;
    this.batch = null;
  }

  data({ batch, columns }) {
    if (this.batch !== null && batch > this.batch + 1) this.missed += batch - this.batch - 1;
    this.batch = batch;
    this.readings.append(columns, columns.t.length);
    columns.loss_mean = this.runningMean(columns.loss);
    this.losses.append(columns, columns.loss.length);
  }

  runningMean(losses) {
    const means = new Float64Array(losses.length);
    losses.forEach((loss, n) => {
      const known = !Number.isNaN(this.meanLoss);
      this.meanLoss = known ? this.meanLoss + (loss - this.meanLoss) / MEAN_STEPS : loss;
      means[n] = this.meanLoss;
    });
    return means;
  }

  note(text) {
    this.notes.push(text);
    if (this.notes.length > 50) this.notes.shift();
  }

  get now() {
    return this.readings.last("t");
  }

  latest(name) {
    return this.readings.last(name);
  }

  // How the line stands, for people: "here", "away" or "over", which a recording can be.
  get board() {
    if (this.status?.link.state === "connected") return "here";
    return this.replayed && this.readings.length ? "over" : "away";
  }

  get replayed() {
    return this.facts?.replayed ?? false;
  }

  get simulated() {
    return this.facts?.simulated ?? false;
  }
}
