// The plots' y scales: what they span, where their lines are, how they are called.

export const LOSS_FLOOR = 1e-7; // a loss of nothing has no logarithm
const UNKNOWN_LOSS = 1e-3;
const AROUND = 100;
const MOST_DEG = 40; // nobody sees a hand beyond
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

export const lossScale = {
  distr: 3,
  log: 10,
  // Of the running mean, and a hundredfold to either side: single steps are lucky down to nothing.
  range: (_, low, high) => {
    const from = Math.max(LOSS_FLOOR, (low || UNKNOWN_LOSS) / AROUND);
    const to = Math.max(from * 10, high ?? 0, Math.min(1, (high || UNKNOWN_LOSS) * AROUND));
    return [10 ** Math.floor(Math.log10(from)), 10 ** Math.ceil(Math.log10(to))];
  },
};

export const bearingScale = {
  range: (_, low, high) => {
    const most = Math.max(20, Math.abs(low ?? 0), Math.abs(high ?? 0));
    const round = Math.ceil(most / 10) * 10;
    return [-Math.min(round, MOST_DEG), Math.min(round, MOST_DEG)];
  },
};

export const FURTHEST_CM = 80; // where the sensors' curve ends: beyond is far

export const readingScale = {
  most: Infinity, // what is shown: a line that leaves at the top goes on
  range: (_, low, high) => {
    const top = Math.min(readingScale.most, Math.max((high ?? 100) * 1.05, 60));
    return [Math.max(0, Math.min(low ?? 0, top / 2) - 10), top];
  },
};

export const decades = (_plot, _axis, low, high) => {
  const [from, to] = [low, high].map((value) => Math.round(Math.log10(value)));
  return Array.from({ length: to - from + 1 }, (_, n) => 10 ** (from + n));
};

// uPlot gives null where it wants no text.
export const power = (value) =>
  value === null ? "" : `10${[...String(Math.round(Math.log10(value)))].map((digit) => RAISED[digit]).join("")}`;
