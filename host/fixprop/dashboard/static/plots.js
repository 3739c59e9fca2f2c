// The three plots: bearing and its target, both readings, the loss of every step.

import uPlot from "./vendor/uPlot.js";
import { decimate } from "./decimate.js";
import { faded, palette } from "./theme.js";

const AXIS_FONT = "11px system-ui, sans-serif";

const seconds = (value) => {
  if (value < 0) return "";
  const minutes = Math.floor(value / 60);
  const decimals = value % 1 ? 1 : 0;
  const rest = (value - 60 * minutes).toFixed(decimals);
  return minutes ? `${minutes}:${rest.padStart(decimals ? 4 : 2, "0")}` : `${rest} s`;
};

function axis(more = {}) {
  const ticks = { stroke: palette.line, width: 1, size: 4 };
  const grid = { stroke: palette.line, width: 1 };
  return { stroke: palette.muted, font: AXIS_FONT, grid, ticks, ...more };
}

export class Plot {
  // `series`: {column, label, colour, width, alpha, shown, wide: its value, in characters,
  // ranged: whether it stretches y};
  // `y`: uPlot's scale and axis; `nothing()`: what is said where there is nothing to draw.
  constructor(box, { store, view, frames, name, tape, time, series, y, nothing }) {
    Object.assign(this, { box, store, view, frames, name, tape, time, series, y, nothing });
    this.legend = box.parentElement.querySelector(".legend");
    this.hovered = null;
    this.build();
    this.buildLegend();
    new ResizeObserver(() => this.resized()).observe(box);
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("dblclick", () => view.follow());
    frames.add(name, () => this.draw());
  }

  build() {
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), [[], ...this.series.map(() => [])], this.box);
  }

  rebuild() {
    this.build();
    this.buildLegend();
    this.frames.invalidate(this.name);
  }

  options() {
    const size = { width: this.box.clientWidth || 300, height: this.box.clientHeight || 120 };
    return {
      ...size,
      legend: { show: false },
      padding: [8, 16, 0, 0],
      cursor: {
        sync: { key: "fixprop" },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
      },
      scales: { x: { time: false, range: () => this.view.range() }, y: this.y.scale },
      axes: [
        axis({ size: 26, space: 60, values: (_, splits) => splits.map(seconds) }),
        axis({ size: 46, space: 26, ...this.y.axis }),
      ],
      series: [{}, ...this.series.map((series) => this.seriesOptions(series))],
      hooks: {
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.hover(plot.cursor.idx)],
      },
    };
  }

  seriesOptions({ label, colour, width = 1.5, alpha = 1, ranged = true, shown = true }) {
    const stroke = faded(colour, alpha);
    return { label, stroke, width, auto: ranged, show: shown, points: { show: false } };
  }

  buildLegend() {
    this.values = [];
    const items = this.series.map((series, index) => {
      const item = document.createElement("button");
      const [swatch, label, value] = ["i", "span", "b"].map((tag) => document.createElement(tag));
      swatch.style.background = faded(series.colour, series.alpha ?? 1); // as it is drawn
      swatch.style.height = `${Math.max(2, series.width)}px`;
      label.textContent = series.label;
      value.style.minWidth = `${series.wide}ch`; // so that nothing moves as figures change
      item.append(swatch, label, value);
      item.setAttribute("aria-pressed", String(series.shown !== false));
      item.title = `Show or hide ${series.label}`;
      item.addEventListener("click", () => this.toggle(item, series, index));
      this.values.push(value);
      return item;
    });
    this.legend.replaceChildren(...items);
  }

  toggle(item, series, index) {
    series.shown = series.shown === false;
    item.setAttribute("aria-pressed", String(series.shown));
    this.plot.setSeries(index + 1, { show: series.shown });
  }

  selected(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.view.zoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
  }

  wheel(event) {
    if (!event.ctrlKey && !event.shiftKey) return; // the page's own scrolling
    event.preventDefault();
    const left = event.clientX - this.plot.over.getBoundingClientRect().left;
    this.view.scale(this.plot.posToVal(left, "x"), event.deltaY + event.deltaX > 0 ? 1.25 : 0.8);
  }

  resized() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!width || (width === this.plot.width && height === this.plot.height)) return;
    this.plot.setSize({ width, height });
    this.frames.invalidate(this.name);
  }

  names() {
    return this.series.map(({ column }) => column);
  }

  draw() {
    const [start, end] = this.view.range();
    const empty = this.tape.find(this.time, end + 1e-9) <= this.tape.find(this.time, start);
    if (empty) this.box.dataset.empty = this.nothing();
    else delete this.box.dataset.empty;
    const runs = Math.max(50, Math.floor(this.plot.width / 2));
    this.data = decimate(this.tape, this.time, this.names(), start, end, runs);
    if (this.y.floor) this.liftTo(this.y.floor);
    this.plot.setData(this.data);
    this.showValues();
  }

  liftTo(floor) {
    for (let n = 1; n < this.data.length; n++) {
      this.data[n] = this.data[n].map((value) => value === null ? null : Math.max(value, floor));
    }
  }

  hover(index) {
    this.hovered = index ?? null;
    this.showValues();
  }

  showValues() {
    if (!this.data || !this.values) return;
    this.series.forEach(({ column, text }, index) => {
      const at = this.hovered === null ? this.tape.last(column) : this.data[index + 1][this.hovered];
      const known = at !== null && at !== undefined && !Number.isNaN(at);
      this.values[index].textContent = known ? text(at) : "–";
    });
  }
}
