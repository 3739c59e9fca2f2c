// The page: puts the parts together and passes on what comes.

import { Controls } from "./controls.js";
import { saveCsv, savePng } from "./export.js";
import { Frames } from "./frames.js";
import { Hand } from "./hand.js";
import { showHealth } from "./health.js";
import { Link } from "./link.js";
import { NetworkView } from "./network.js";
import { minus } from "./numbers.js";
import { showBearing, showDoing, showLink, showStale, showTwin } from "./panels.js";
import { Plot } from "./plots.js";
import { FURTHEST_CM, LOSS_FLOOR, bearingScale, decades, lossScale, power, readingScale } from "./scales.js";
import { Scene } from "./scene.js";
import { Store } from "./store.js";
import { palette, startTheme, toggleTheme } from "./theme.js";
import { View } from "./view.js";

const $ = (id) => document.getElementById(id);
const PLOTS = ["bearing-plot", "readings-plot", "loss-plot"];

const store = new Store();
const frames = new Frames();
const view = new View(store, () => {
  frames.invalidate(...PLOTS);
  showSpan();
});
const link = new Link(hear, () => {
  showLink(link, store);
  frames.invalidate("status", "bearing");
});
const hand = new Hand(store, link, () => frames.invalidate("scene"));
const scene = new Scene($("scene"), store, hand);
const network = new NetworkView($("network"), store);

const degrees = (value) => `${minus(value.toFixed(1))}°`;
const whole = (value) => value.toFixed(0);
const far = (value) => value >= FURTHEST_CM;
const centimetres = (value) => (far(value) ? "far" : value.toFixed(1));

const power10 = (value) => minus(value.toExponential(1));
const nothingRead = () => (store.readings.length ? "no reading in this time" : "no reading yet");
const nothingLearned = () =>
  store.losses.length ? "no training step in this time" : "no training step yet: teach, or mark the hand";

startTheme(() => repaint());
const shared = { store, view, frames };
const plots = {
  bearing: new Plot($("bearing-plot"), {
    ...shared, name: "bearing-plot", tape: store.readings, time: "t",
    nothing: nothingRead,
    y: { scale: bearingScale, axis: { values: (_, splits) => splits.map((v) => `${minus(v)}°`) } },
    series: [
      { column: "hand_deg", label: "hand", colour: "hand", width: 5, alpha: 0.3, wide: 6, text: degrees },
      { column: "label_deg", label: "target", colour: "target", width: 2, wide: 6, text: degrees },
      { column: "ahead_deg", label: "ahead", colour: "muted", width: 1, wide: 6, text: degrees, shown: false },
      { column: "bearing_deg", label: "network", colour: "net", width: 2, wide: 6, text: degrees },
    ],
  }),
  readings: new Plot($("readings-plot"), {
    ...shared, name: "readings-plot", tape: store.readings, time: "t",
    nothing: nothingRead,
    y: { scale: readingScale, axis: {} },
    series: [
      { column: "left", label: "left", colour: "left", width: 1.75, wide: 4, text: whole },
      { column: "right", label: "right", colour: "right", width: 1.75, wide: 4, text: whole },
    ],
  }),
  loss: new Plot($("loss-plot"), {
    ...shared, name: "loss-plot", tape: store.losses, time: "loss_t",
    nothing: nothingLearned,
    y: {
      scale: lossScale,
      floor: LOSS_FLOOR,
      axis: { splits: decades, values: (_, splits) => splits.map(power) },
    },
    series: [
      { column: "loss", label: "step", colour: "net", width: 1, alpha: 0.3, ranged: false, wide: 6, text: power10 },
      { column: "loss_mean", label: "mean", colour: "net", width: 2.5, wide: 6, text: power10 },
    ],
  }),
};
const controls = new Controls(store, link, hand, {
  p: () => view.pause(),
  d: () => toggleTheme(repaint),
  "?": () => $("help").showModal(),
});

function hear(message) {
  const what = store.hear(message);
  if (what === "data") frames.invalidate(...PLOTS, "scene", "bearing");
  if (what === "network") frames.invalidate("network");
  if (what === "status") frames.invalidate("status");
  if (what === "note") controls.say(message.text, store.replayed || !/^(lost|cannot)/.test(message.text));
  if (what === "facts") {
    controls.showFacts(store.facts);
    frames.invalidateAll();
  }
}

function drawStatus() {
  const { status } = store;
  if (!status) return;
  showLink(link, store);
  showTwin(status);
  showDoing(store);
  showStale(link.open, store);
  showHealth(status, store, frames);
  controls.show(status, link.open);
  frames.invalidate("bearing");
}

function drawBearing() {
  showBearing(link.open, store);
  const [left, right] = ["left", "right"].map((name) => store.latest(name));
  if (Number.isNaN(left)) return;
  $("left-now").textContent = sideText(left, store.latest("left_cm"));
  $("right-now").textContent = sideText(right, store.latest("right_cm"));
}

function sideText(counts, range) {
  return `${whole(counts)} · ${centimetres(range)}${far(range) ? "" : " cm"}`;
}

function repaint() {
  for (const plot of Object.values(plots)) plot.rebuild();
  frames.invalidateAll();
}

function showSpan() {
  for (const button of document.querySelectorAll("[data-span]")) {
    const on = !view.frozen && Number(button.dataset.span) === view.span;
    button.setAttribute("aria-pressed", String(on));
  }
  $("pause").setAttribute("aria-pressed", String(Boolean(view.frozen)));
}

function setUnit(centimetre) {
  const [left, right] = plots.readings.series;
  left.column = centimetre ? "left_cm" : "left";
  right.column = centimetre ? "right_cm" : "right";
  left.text = right.text = centimetre ? centimetres : whole;
  readingScale.most = centimetre ? FURTHEST_CM : Infinity;
  $("unit").textContent = centimetre ? "cm" : "counts";
  frames.invalidate("readings-plot");
}

frames.add("scene", (now) => {
  const waits = hand.send(now);
  return scene.draw(now) || waits;
});
frames.add("network", () => network.draw());
frames.add("status", drawStatus);
frames.add("bearing", drawBearing);
frames.afterDraw.push(() => link.tellDrawn());
hand.listen($("scene"), scene);
for (const button of document.querySelectorAll("[data-span]")) {
  button.addEventListener("click", () => view.follow(Number(button.dataset.span)));
}
for (const button of document.querySelectorAll("[data-save]")) {
  const [kind, name] = button.dataset.save.split(" ");
  button.addEventListener("click", () =>
    kind === "png" ? savePng(plots[name], palette.panel) : saveCsv(plots[name]));
}
$("pause").addEventListener("click", () => view.pause());
$("unit").addEventListener("click", () => setUnit($("unit").textContent !== "cm"));
$("theme").addEventListener("click", () => toggleTheme(repaint));
$("ask").addEventListener("click", () => $("help").showModal());
document.addEventListener("visibilitychange", () => frames.invalidateAll());
new ResizeObserver(() => frames.invalidate("scene", "network")).observe(document.body);
showSpan();

window.fixprop = { store, link, view, frames, hand, scene, plots, controls }; // for tests, and for the curious
