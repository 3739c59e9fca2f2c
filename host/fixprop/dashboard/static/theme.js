// Dark or light: as the system says, or as chosen here. Canvases take their colours from the CSS.

const KEY = "fixprop-theme";
const NAMES = [
  "bg", "panel", "line", "text", "muted", "faint", "left", "right", "net", "target", "hand",
  "good", "warn", "bad", "positive", "negative",
];

export const palette = {};

function read() {
  const style = getComputedStyle(document.documentElement);
  for (const name of NAMES) palette[name] = style.getPropertyValue(`--${name}`).trim();
}

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function toggleTheme(changed) {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
  read();
  changed();
}

export function startTheme(changed) {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  read();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    read();
    changed();
  });
}

// A colour of the palette, let through by `alpha`.
export function faded(name, alpha) {
  const hex = palette[name].replace("#", "");
  const [red, green, blue] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
