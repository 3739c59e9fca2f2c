// Fewer points for drawing, never for keeping: of each run of rows the least and the greatest.

const number = (value) => (Number.isNaN(value) ? null : value);

// [x, ...ys] for uPlot: the rows of `tape` with `time` from `start` to `end` and one beyond at
// either side. All of them if they are at most 2 * `runs`, else two for each run. Runs are counted
// from the tape's very first row, so that the picture stands still while it moves along.
export function decimate(tape, time, names, start, end, runs) {
  const first = Math.max(0, tape.find(time, start) - 1);
  const beyond = Math.min(tape.length, tape.find(time, end) + 1);
  if (beyond - first <= 2 * runs) return whole(tape, [time, ...names], first, beyond);
  const size = 2 ** Math.ceil(Math.log2((beyond - first) / runs));
  const origin = tape.length - tape.total; // where the very first row would be
  const result = [time, ...names].map(() => []);
  for (let from = first; from < beyond; ) {
    const to = Math.min(beyond, origin + (Math.floor((from - origin) / size) + 1) * size);
    addRun(tape, time, names, from, to, result);
    from = to;
  }
  return result;
}

function whole(tape, names, first, beyond) {
  return names.map((name) => Array.from(tape.columns[name].subarray(first, beyond), number));
}

function addRun(tape, time, names, from, to, result) {
  const times = tape.columns[time];
  result[0].push(times[from], times[(from + to) >> 1]);
  names.forEach((name, index) => {
    const [early, late] = extremes(tape.columns[name], from, to);
    result[index + 1].push(early, late);
  });
}

// The least and the greatest in the order in which they come; null where a gap is all there is.
function extremes(column, from, to) {
  let least = -1;
  let greatest = -1;
  for (let row = from; row < to; row++) {
    if (Number.isNaN(column[row])) continue;
    if (least < 0 || column[row] < column[least]) least = row;
    if (greatest < 0 || column[row] > column[greatest]) greatest = row;
  }
  if (least < 0) return [null, null];
  return least < greatest
    ? [column[least], column[greatest]]
    : [column[greatest], column[least]];
}
