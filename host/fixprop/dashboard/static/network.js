// The network as it stands: a line for each weight, a disc for each neuron, filled as it answers.

import { fit } from "./canvas.js";
import { signed } from "./numbers.js";
import { faded, palette } from "./theme.js";

const INPUTS = ["left + right", "left − right", "change of sum", "change of diff."];
const OUTPUTS = ["bearing", "one ahead", "presence"];
const WIDEST = 5; // pixels, of a weight of LARGE or more
const LARGE = 3;

const sign = (value) => (value < 0 ? "negative" : "positive");

export class NetworkView {
  constructor(canvas, store) {
    this.canvas = canvas;
    this.store = store;
  }

  draw() {
    const { context, width, height } = fit(this.canvas);
    const { facts, network } = this.store;
    if (!facts || !network) return this.drawAbsence(context, width, height);
    const layers = this.places(facts.network.sizes, width, height);
    const radius = Math.min(11, height / (2.6 * Math.max(...facts.network.sizes)));
    this.drawWeights(context, layers, network.weights);
    this.drawNeurons(context, layers, radius, network);
    this.drawNames(context, layers, radius, network.activations);
  }

  drawAbsence(context, width, height) {
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillStyle = palette.muted;
    context.fillText("no weights known yet", width / 2, height / 2);
  }

  places(sizes, width, height) {
    const margin = { left: 112, right: 84 };
    return sizes.map((size, layer) => {
      const x = margin.left + ((width - margin.left - margin.right) * layer) / (sizes.length - 1);
      return Array.from({ length: size }, (_, n) => ({ x, y: (height * (n + 0.5)) / size }));
    });
  }

  // Storage order: layer, neuron, its bias, then a weight for each input.
  drawWeights(context, layers, weights) {
    let index = 0;
    for (let layer = 1; layer < layers.length; layer++) {
      for (const to of layers[layer]) {
        index++;
        for (const from of layers[layer - 1]) this.drawWeight(context, from, to, weights[index++]);
      }
    }
  }

  drawWeight(context, from, to, weight) {
    const size = Math.min(1, Math.abs(weight) / LARGE);
    context.beginPath();
    context.moveTo(from.x, from.y);
    const bend = (to.x - from.x) / 2;
    context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
    context.strokeStyle = faded(sign(weight), 0.18 + 0.72 * size);
    context.lineWidth = 0.6 + (WIDEST - 0.6) * size;
    context.stroke();
  }

  drawNeurons(context, layers, radius, { weights, activations }) {
    let neuron = 0;
    let bias = 0;
    layers.forEach((layer, depth) => {
      for (const { x, y } of layer) {
        const value = activations ? activations[neuron] : 0;
        neuron++;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = palette.panel;
        context.fill();
        context.fillStyle = faded(sign(value), Math.min(1, Math.abs(value)));
        context.fill();
        context.strokeStyle = depth ? palette[sign(weights[bias])] : palette.faint;
        context.lineWidth = depth ? 1 + Math.min(2.5, Math.abs(weights[bias])) : 1;
        context.stroke();
        if (depth) bias += layers[depth - 1].length + 1;
      }
    });
  }

  drawNames(context, layers, radius, activations) {
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.fillStyle = palette.muted;
    context.textAlign = "right";
    layers[0].forEach(({ x, y }, n) => context.fillText(INPUTS[n], x - radius - 6, y));
    context.textAlign = "left";
    const first = activations ? activations.length - OUTPUTS.length : 0;
    layers.at(-1).forEach(({ x, y }, n) => {
      context.fillStyle = palette.muted;
      context.fillText(OUTPUTS[n], x + radius + 6, y - 7);
      if (!activations) return;
      const value = activations[first + n];
      context.fillStyle = palette.text;
      const text = n < 2 ? `${signed(value * this.fullScale)}°` : signed(value, 2);
      context.fillText(text, x + radius + 6, y + 8);
    });
    context.textBaseline = "alphabetic";
  }

  get fullScale() {
    return this.store.facts.full_scale_deg;
  }
}
