// Numbers as people read them.

export const signed = (value, digits = 1) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

// A whole number with commas between thousands, as the server's own lines have them.
export const count = (value) => (value ?? 0).toLocaleString("en-GB");

// The same, with a dash where the board has not told it.
export const countOrDash = (value) => (value === undefined || value === null ? "–" : count(value));

export const minus = (value) => String(value).replace("-", "−");
