// The hand in the scene: dragged by mouse, finger or arrow keys. With a real board it is a mark to set.

const STEP_DEG = 1;
const STEP_CM = 1;
const LARGE = 5;
const PAUSE_MS = 15; // from one move that is sent to the next: some screens have 240 frames a second
const FRESH_MS = 1000; // until the server's status knows of a move

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class Hand {
  constructor(store, link, changed) {
    this.store = store;
    this.link = link;
    this.changed = changed;
    this.place = { bearing_deg: 0, range_cm: 22 };
    this.held = false;
    this.unsent = false;
    this.sentAt = -Infinity;
    this.movedAt = -Infinity;
  }

  // Whether the hand goes where this page says.
  get mine() {
    const fresh = performance.now() - this.movedAt < FRESH_MS;
    return !this.store.simulated || this.held || fresh || this.store.status?.hand?.auto === false;
  }

  // While held it is where the pointer is, else where the world says that it was.
  shownPlace() {
    if (this.held || !this.store.simulated) return this.place;
    const { store } = this;
    return { bearing_deg: store.latest("hand_deg"), range_cm: store.latest("hand_cm") };
  }

  // `scene` finds the place under a pixel.
  listen(canvas, scene) {
    const take = (event) => this.move(scene.place(event.offsetX, event.offsetY));
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.held = true;
      take(event);
    });
    canvas.addEventListener("pointermove", (event) => this.held && take(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        this.held = false;
        this.changed();
      });
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const direction = by[event.key];
    if (!direction) return;
    event.preventDefault();
    const times = event.shiftKey ? LARGE : 1;
    const seen = this.mine ? this.place : this.shownPlace();
    const from = Number.isNaN(seen.bearing_deg) ? this.place : seen;
    this.move({
      bearing_deg: from.bearing_deg + direction[0] * STEP_DEG * times,
      range_cm: from.range_cm + direction[1] * STEP_CM * times,
    });
  }

  move({ bearing_deg, range_cm }) {
    const { limits } = this.store.facts;
    this.place = {
      bearing_deg: Math.round(clamp(bearing_deg, -limits.hand_deg, limits.hand_deg) * 100) / 100,
      range_cm: Math.round(clamp(range_cm, ...limits.hand_cm) * 100) / 100,
    };
    this.unsent = this.store.simulated;
    this.movedAt = performance.now();
    this.changed();
  }

  // The latest place, however often the mouse told; whether it waits for a later frame.
  send(now) {
    if (!this.unsent || now - this.sentAt < PAUSE_MS) return this.unsent;
    this.unsent = false;
    this.sentAt = now;
    this.link.send("hand", this.place);
    return false;
  }
}
