// Buttons, sliders and shortcuts. Each asks the server for one thing and shows its answer.

const $ = (id) => document.getElementById(id);
const RATE_EXPONENTS = [1, 2, 3, 4, 5, 6, 7, 8];
const RATE_ONE = 2 ** 13;
const BOARD_KEYS = new Set("tmnls"); // what needs a board that takes commands

export class Controls {
  // `more`: actions that need no server, by shortcut: {key: [name, action]}.
  constructor(store, link, hand, more) {
    Object.assign(this, { store, link, hand });
    this.teaching = false;
    this.otherRate = new Option();
    this.lessonChosen = false;
    this.actions = {
      t: () => this.teach(),
      a: () => this.auto(),
      m: () => this.mark(),
      n: () => this.noHand(),
      l: () => this.ask("learn", { on: !this.store.status?.learning }),
      s: () => this.ask("save"),
      ...more,
    };
    this.fillRates();
    this.listen();
    document.addEventListener("keydown", (event) => this.key(event));
  }

  async ask(type, values) {
    const answer = await this.link.ask(type, values);
    this.say(answer.text, answer.ok);
    return answer;
  }

  say(text, ok = true) {
    $("answer").textContent = text;
    $("answer").dataset.state = ok ? "" : "bad";
  }

  listen() {
    const clicks = {
      teach: () => this.teach(),
      auto: () => this.auto(),
      mark: () => this.mark(),
      absent: () => this.noHand(),
      learn: () => this.actions.l(),
      reset: () => this.reset(),
      save: () => this.ask("save"),
      load: () => this.ask("load"),
      erase: () => this.erase(),
      record: () => this.ask("record", { on: !this.store.status?.recording }),
      replug: () => this.ask("replug"),
      release: () => this.release(),
      export: () => this.download(),
    };
    for (const [id, action] of Object.entries(clicks)) $(id).addEventListener("click", action);
    $("rate").addEventListener("change", () => this.ask("rate", { rate: Number($("rate").value) }));
    $("pointer").addEventListener("input", () => this.point());
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, select, dialog[open]")) return;
    const action = this.actions[event.key.toLowerCase()];
    if (!action || (BOARD_KEYS.has(event.key.toLowerCase()) && !this.commanded)) return;
    event.preventDefault();
    action();
  }

  teach() {
    const seconds = this.store.status?.teaching ? 0 : Number($("seconds").value);
    return this.ask("teach", { seconds });
  }

  auto() {
    if (!this.store.simulated) return;
    this.ask("auto_hand", { on: !this.store.status?.hand?.auto });
  }

  // The hand is where the scene shows it: on a simulated board in truth, else where it was clicked.
  mark() {
    const { bearing_deg: bearing } = this.hand.shownPlace();
    const most = this.store.facts.limits.mark_deg;
    if (Number.isNaN(bearing)) return this.say("the hand is away: mark “no hand”", false);
    if (Math.abs(bearing) > most) return this.say(`a mark goes to ±${most}° at most`, false);
    return this.ask("mark", { bearing_deg: bearing });
  }

  async noHand() {
    if (this.store.simulated) await this.ask("hand_away");
    else await this.ask("mark_absent");
  }

  reset() {
    const seed = $("seed");
    if (!seed.reportValidity()) return;
    this.ask("reset_weights", { seed: Number(seed.value) });
  }

  erase() {
    if (confirm("Erase what the board has stored?")) this.ask("erase");
  }

  // One request at a time, then the latest place: a slider moves faster than a board answers.
  async point() {
    this.unsentPoint = true;
    if (this.pointing) return;
    this.pointing = true;
    const { centre_us: centre, deg_per_us: scale } = this.store.facts.servo;
    while (this.unsentPoint) {
      this.unsentPoint = false;
      await this.ask("pointer", { pointer_us: Math.round(centre + Number($("pointer").value) / scale) });
    }
    this.pointing = false;
  }

  release() {
    this.unsentPoint = false;
    $("pointer").value = "0";
    this.ask("pointer", { pointer_us: 0 });
  }

  async download() {
    const response = await fetch(this.link.url("/model.h"));
    if (!response.ok) return this.say(await response.text(), false);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = "model.h";
    link.click();
    return this.say("model.h: the weights as they stand");
  }

  fillRates() {
    const options = RATE_EXPONENTS.map((exponent) => new Option(`1/${2 ** exponent}`, RATE_ONE / 2 ** exponent));
    $("rate").replaceChildren(...options);
  }

  // Another tool may have set a rate that is not in the list.
  showRate(rate) {
    const list = $("rate");
    if (document.activeElement === list) return;
    this.otherRate.remove();
    list.value = String(rate);
    if (list.selectedIndex >= 0) return;
    this.otherRate.text = rate === null ? "–" : (rate / RATE_ONE).toPrecision(2);
    this.otherRate.value = String(rate);
    list.add(this.otherRate);
    list.value = String(rate);
  }

  // What the buttons say follows the board, not what was clicked.
  show(status, open) {
    const pressed = (id, on) => $(id).setAttribute("aria-pressed", String(Boolean(on)));
    $("teach").textContent = status.teaching ? "End lesson" : "Teach";
    $("learn").textContent = status.learning ? "Pause learning" : "Learn";
    $("record").textContent = status.recording ? "Stop recording" : "Record";
    pressed("teach", status.teaching);
    pressed("record", status.recording);
    pressed("auto", status.hand?.auto);
    this.showRate(status.rate);
    this.commanded = open && this.store.board === "here" && !this.store.replayed;
    for (const button of document.querySelectorAll("[data-board]")) button.disabled = !this.commanded;
    if (this.teaching && !status.teaching && this.commanded) this.say("the lesson is over");
    this.teaching = status.teaching;
  }

  // As long as the button's on the board, until another length is chosen.
  showLesson(seconds) {
    const list = $("seconds");
    if (this.lessonChosen) return;
    if (![...list.options].some(({ value }) => value === String(seconds))) {
      list.add(new Option(`${seconds} s`, seconds), 0);
    }
    list.value = String(seconds);
    this.lessonChosen = true;
  }

  showFacts(facts) {
    this.showLesson(facts.lesson_s);
    $("seed").value = String(facts.seed);
    if (facts.replayed) this.say("a recording: it shows what was, and takes no commands");
    for (const element of document.querySelectorAll("[data-simulated]")) {
      element.hidden = !facts.simulated;
    }
    $("mark").title = facts.simulated
      ? "Label the present reading with the hand's bearing (M)"
      : "Label the present reading with the bearing of the mark in the scene (M)";
  }
}
