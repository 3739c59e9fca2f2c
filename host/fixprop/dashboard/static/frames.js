// One animation frame for everyone, and none while nothing changes.

const KEPT = 240;

export class Frames {
  constructor() {
    this.parts = new Map();
    this.changed = new Set();
    this.afterDraw = [];
    this.asked = false;
    this.count = 0;
    this.costs = []; // milliseconds of the latest frames' drawing
  }

  // `draw(now)` may return true to be called again in the next frame.
  add(name, draw) {
    this.parts.set(name, draw);
    this.invalidate(name);
  }

  invalidate(...names) {
    for (const name of names) this.changed.add(name);
    if (this.asked || document.hidden) return;
    this.asked = true;
    requestAnimationFrame((now) => this.draw(now));
  }

  invalidateAll() {
    this.invalidate(...this.parts.keys());
  }

  draw(now) {
    this.asked = false;
    this.count++;
    const due = [...this.changed];
    this.changed.clear();
    const began = performance.now();
    const again = due.filter((name) => this.parts.get(name)?.(now) === true);
    this.costs.push(performance.now() - began);
    if (this.costs.length > KEPT) this.costs.shift();
    for (const tell of this.afterDraw) tell();
    if (again.length) this.invalidate(...again);
  }

  // Cost of drawing that `share` of the frames do not exceed.
  cost(share = 0.95) {
    const sorted = [...this.costs].sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor(share * (sorted.length - 1))] : 0;
  }
}
