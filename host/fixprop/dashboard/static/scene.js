// The scene from above: beams, what each sensor says, the pointer, the hand, and what the network thinks.

import { fit, radians } from "./canvas.js";
import { minus } from "./numbers.js";
import { faded, palette } from "./theme.js";

const DEPTH_CM = 54;
const HALF_CM = 33;
const BELOW_CM = 6;
const EASING_MS = 45; // of what moves between two readings
const FANS = 7;
const LEAST_WRITTEN = 44; // pixels of a hand that has its name on it

export class Scene {
  constructor(canvas, store, hand) {
    this.canvas = canvas;
    this.store = store;
    this.hand = hand;
    this.shown = {};
    this.then = 0;
  }

  layout(width, height) {
    this.scale = Math.min(width / (2 * HALF_CM), height / (DEPTH_CM + BELOW_CM));
    this.origin = { x: width / 2, y: height - BELOW_CM * this.scale };
  }

  // Pixels of a place in centimetres: x to the right, y ahead.
  at(x, y) {
    return [this.origin.x + x * this.scale, this.origin.y - y * this.scale];
  }

  polar(bearingDeg, rangeCm, fromX = 0) {
    const angle = radians(bearingDeg);
    return this.at(fromX + rangeCm * Math.sin(angle), rangeCm * Math.cos(angle));
  }

  // The place under a pixel: bearing in degrees, range in cm.
  place(px, py) {
    const x = (px - this.origin.x) / this.scale;
    const y = (this.origin.y - py) / this.scale;
    return { bearing_deg: (Math.atan2(x, y) * 180) / Math.PI, range_cm: Math.hypot(x, y) };
  }

  draw(now) {
    const { context, width, height } = fit(this.canvas);
    this.layout(width, height);
    if (!this.store.facts) return false;
    const moving = this.ease(now);
    this.drawGrid(context);
    this.drawBeam(context, "left", -1);
    this.drawBeam(context, "right", 1);
    this.drawPointer(context);
    this.drawHand(context);
    this.drawEstimate(context);
    this.drawSensors(context);
    return moving;
  }

  ease(now) {
    const passed = Math.min(100, now - this.then);
    this.then = now;
    const share = 1 - Math.exp(-passed / EASING_MS);
    let moving = false;
    for (const name of ["pointer_deg", "bearing_deg", "left_cm", "right_cm"]) {
      const goal = this.store.latest(name);
      const from = this.shown[name];
      const near = !(Math.abs(goal - from) > 0.02);
      this.shown[name] = near ? goal : from + (goal - from) * share;
      if (!near) moving = true;
    }
    return moving;
  }

  drawGrid(context) {
    const { field_deg: field } = this.store.facts.scene;
    const [x, y] = this.at(0, 0);
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, 52 * this.scale, radians(-90 - field), radians(-90 + field));
    context.fillStyle = faded("muted", 0.07);
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = palette.line;
    context.fillStyle = palette.faint;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    for (const range of [10, 20, 30, 40, 50]) {
      context.beginPath();
      context.arc(x, y, range * this.scale, radians(-90 - 38), radians(-90 + 38));
      context.stroke();
      const [lx, ly] = this.polar(38.5, range);
      context.fillText(`${range} cm`, Math.min(lx, this.canvas.clientWidth - 44), ly + 4);
    }
    context.textAlign = "center";
    for (const bearing of [-30, -20, -10, 0, 10, 20, 30]) {
      context.beginPath();
      context.moveTo(...this.polar(bearing, 8));
      context.lineTo(...this.polar(bearing, 50));
      context.stroke();
      const [lx, ly] = this.polar(bearing, 52);
      context.fillText(`${minus(bearing)}°`, lx, ly + 3);
    }
  }

  drawBeam(context, name, side) {
    const { baseline_cm: base, toe_in_deg: toe, half_angle_deg: half } = this.store.facts.scene;
    const x = (side * base) / 2;
    const axis = -side * toe;
    const light = context.createLinearGradient(...this.at(x, 0), ...this.at(x, 53));
    light.addColorStop(0, faded(name, 0.085));
    light.addColorStop(1, faded(name, 0));
    for (let n = FANS; n >= 1; n--) {
      const angle = (half * 1.7 * n) / FANS;
      context.beginPath();
      context.moveTo(...this.at(x, 0));
      context.lineTo(...this.polar(axis - angle, 54, x));
      context.lineTo(...this.polar(axis + angle, 54, x));
      context.closePath();
      context.fillStyle = light;
      context.fill();
    }
    this.drawMeasured(context, name, x, axis, half);
  }

  // An arc across the beam where the sensor believes that something is.
  drawMeasured(context, name, x, axis, half) {
    const range = this.shown[`${name}_cm`];
    if (!(range < DEPTH_CM)) return;
    const from = axis - half * 1.3;
    context.beginPath();
    for (let n = 0; n <= 8; n++) {
      context.lineTo(...this.polar(from + (half * 2.6 * n) / 8, range, x));
    }
    context.strokeStyle = palette[name];
    context.lineWidth = 3;
    context.lineCap = "round";
    context.stroke();
  }

  drawPointer(context) {
    const bearing = this.shown.pointer_deg;
    if (Number.isNaN(bearing)) return;
    const teaching = this.store.status?.teaching;
    context.lineCap = "round";
    context.setLineDash([3, 6]);
    context.lineWidth = teaching ? 2 : 1.25;
    context.strokeStyle = teaching ? palette.target : faded("text", 0.45);
    context.beginPath();
    context.moveTo(...this.polar(bearing, 9));
    context.lineTo(...this.polar(bearing, 49));
    context.stroke();
    context.setLineDash([]);
    context.lineWidth = 5;
    context.strokeStyle = teaching ? palette.target : palette.text;
    context.beginPath();
    context.moveTo(...this.at(0, 0));
    context.lineTo(...this.polar(bearing, 8));
    context.stroke();
  }

  drawHand(context) {
    const place = this.hand.shownPlace();
    if (this.store.replayed || Number.isNaN(place.bearing_deg)) return;
    const { hand_width_cm: wide, hand_depth_cm: deep } = this.store.facts.scene;
    const [x, y] = this.polar(place.bearing_deg, place.range_cm + deep / 2);
    context.save();
    context.translate(x, y);
    context.rotate(radians(place.bearing_deg));
    context.beginPath();
    context.ellipse(0, 0, (wide / 2) * this.scale, (deep / 2) * this.scale, 0, 0, 2 * Math.PI);
    if (this.store.simulated) this.fillHand(context);
    else this.outlineMark(context);
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (wide * this.scale > LEAST_WRITTEN) context.fillText(this.store.simulated ? "hand" : "mark", 0, 1);
    context.restore();
    context.textBaseline = "alphabetic";
  }

  fillHand(context) {
    context.fillStyle = faded("hand", this.hand.mine ? 0.95 : 0.78);
    context.shadowColor = faded("hand", 0.5);
    context.shadowBlur = this.hand.held ? 24 : 8;
    context.fill();
    context.shadowBlur = 0;
    context.fillStyle = palette.panel;
  }

  // Nobody says that a hand is here: it is where one could be marked.
  outlineMark(context) {
    context.fillStyle = faded("panel", 0.8);
    context.fill();
    context.setLineDash([4, 4]);
    context.lineWidth = this.hand.held ? 2.5 : 1.5;
    context.strokeStyle = palette.hand;
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = palette.hand;
  }

  drawEstimate(context) {
    const bearing = this.shown.bearing_deg;
    if (!(this.store.latest("presence") > 0) || Number.isNaN(bearing)) return;
    context.beginPath();
    context.moveTo(...this.polar(bearing, 10));
    context.lineTo(...this.polar(bearing, 49));
    context.strokeStyle = palette.net;
    context.lineWidth = 2.5;
    context.stroke();
    const [x, y] = this.polar(bearing, 49);
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fillStyle = palette.net;
    context.fill();
  }

  drawSensors(context) {
    const { baseline_cm: base, toe_in_deg: toe } = this.store.facts.scene;
    for (const [name, side] of [["left", -1], ["right", 1]]) {
      context.save();
      context.translate(...this.at((side * base) / 2, 0));
      context.rotate(radians(-side * toe));
      context.fillStyle = palette[name];
      context.beginPath();
      context.roundRect(-1.6 * this.scale, -0.4 * this.scale, 3.2 * this.scale, 1.6 * this.scale, 3);
      context.fill();
      context.restore();
    }
    context.beginPath();
    context.arc(...this.at(0, 0), 7, 0, 2 * Math.PI);
    context.fillStyle = palette.text;
    context.fill();
  }
}
