// Takes apart what dashboard/packing.py puts together: a JSON header, then columns of doubles.

const decoder = new TextDecoder();

export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(decoder.decode(new Uint8Array(buffer, 4, length)));
  const columns = {};
  let start = 4 + length;
  for (const [name, count] of header.columns) {
    columns[name] = new Float64Array(buffer, start, count);
    start += 8 * count;
  }
  return { ...header, columns };
}
