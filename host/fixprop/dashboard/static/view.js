// Which seconds the plots show: the latest, or a stretch that was zoomed to or paused at.

const SHORTEST_S = 10; // of what is seen while it has just begun

export class View {
  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.span = 30; // seconds; Infinity: all
    this.frozen = null; // [start, end] while paused or zoomed
  }

  range() {
    if (this.frozen) return this.frozen;
    const now = this.store.now || 0;
    const first = this.store.readings.length ? this.store.readings.columns.t[0] : 0;
    const start = Math.max(now - this.span, first);
    return [start, Math.max(now, start + SHORTEST_S)];
  }

  follow(span = this.span) {
    this.span = span;
    this.frozen = null;
    this.changed();
  }

  pause() {
    this.frozen = this.frozen ? null : this.range();
    this.changed();
  }

  zoom(start, end) {
    if (end - start < 0.05) return;
    this.frozen = [start, end];
    this.changed();
  }

  // About `at`, by the factor `by`.
  scale(at, by) {
    const [start, end] = this.range();
    this.zoom(at - (at - start) * by, at + (end - at) * by);
  }
}
