// What is seen, as a file: a plot as PNG, its values as CSV, not decimated.

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The plot's canvas on the page's own background.
export function savePng(plot, background) {
  const drawn = plot.plot.root.querySelector("canvas");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [drawn.width, drawn.height];
  const context = canvas.getContext("2d");
  context.fillStyle = background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(drawn, 0, 0);
  canvas.toBlob((blob) => save(blob, `fixprop-${plot.name}.png`));
}

// Every row between the plot's ends, as text.
export function csvOf(tape, time, names, [start, end]) {
  const columns = [time, ...names];
  const lines = [columns.join(",")];
  const beyond = tape.find(time, end + 1e-9);
  for (let row = tape.find(time, start); row < beyond; row++) {
    const values = columns.map((name) => tape.columns[name][row]);
    lines.push(values.map((value) => (Number.isNaN(value) ? "" : value)).join(","));
  }
  return `${lines.join("\n")}\n`;
}

export function saveCsv(plot) {
  const text = csvOf(plot.tape, plot.time, plot.names(), plot.view.range());
  save(new Blob([text], { type: "text/csv" }), `fixprop-${plot.name}.csv`);
}
