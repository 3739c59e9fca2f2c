// The WebSocket: what the server tells goes to `hear`, what the page asks for is answered.

import { unpack } from "./packing.js";

const RETRY_MS = [250, 500, 1000, 2000];
const TOKEN = "fixprop-token";

function token() {
  const query = new URLSearchParams(location.search);
  const given = query.get("token");
  if (!given) return sessionStorage.getItem(TOKEN) ?? "";
  sessionStorage.setItem(TOKEN, given);
  history.replaceState(null, "", location.pathname); // it need not stand in the address bar
  return given;
}

export class Link {
  constructor(hear, changed) {
    this.hear = hear;
    this.changed = changed;
    this.token = token();
    this.open = false;
    this.absence = "connecting"; // why it is not open
    this.attempts = 0;
    this.nextId = 1;
    this.waiting = new Map();
    this.undrawn = null; // the latest batch that is not on the screen yet
    this.connect();
  }

  url(path) {
    return this.token ? `${path}?token=${encodeURIComponent(this.token)}` : path;
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}${this.url("/live")}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.setOpen(true);
    this.socket.onclose = ({ reason }) => this.lost(reason);
    this.socket.onmessage = (event) => this.received(event.data);
  }

  setOpen(open) {
    this.open = open;
    if (open) this.attempts = 0;
    this.changed(open);
  }

  lost(reason) {
    this.absence = reason || "no server: trying again";
    for (const answer of this.waiting.values()) answer({ ok: false, text: "the server is gone" });
    this.waiting.clear();
    this.undrawn = null;
    this.setOpen(false);
    const pause = RETRY_MS[Math.min(this.attempts++, RETRY_MS.length - 1)];
    setTimeout(() => this.connect(), pause);
  }

  received(data) {
    const message = typeof data === "string" ? JSON.parse(data) : unpack(data);
    if (message.kind === "answer") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    }
    if (message.kind === "data") this.undrawn = message.batch;
    this.hear(message);
  }

  send(type, values = {}) {
    const id = this.nextId++;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type, id, ...values }));
    return id;
  }

  // The server's answer, {ok, text}; of a request that nobody answers it never comes.
  ask(type, values = {}) {
    if (!this.open) return Promise.resolve({ ok: false, text: "the server is gone" });
    return new Promise((resolve) => this.waiting.set(this.send(type, values), resolve));
  }

  // All batches up to the latest are on the screen: the server measures how long that took.
  tellDrawn() {
    if (this.undrawn === null) return;
    this.send("drawn", { batch: this.undrawn });
    this.undrawn = null;
  }
}
