// Columns that grow at their end and forget at their start, always contiguous in memory.

export class Tape {
  // `names`: the columns; at least the latest `capacity` rows are kept.
  constructor(names, capacity) {
    this.capacity = capacity;
    this.length = 0;
    this.total = 0; // rows ever appended
    this.columns = Object.fromEntries(names.map((name) => [name, new Float64Array(2 * capacity)]));
  }

  append(rows, count) {
    for (let done = 0; done < count; ) {
      if (this.length === 2 * this.capacity) this.forget();
      const fits = Math.min(count - done, 2 * this.capacity - this.length);
      for (const [name, column] of Object.entries(this.columns)) {
        column.set(rows[name].subarray(done, done + fits), this.length);
      }
      this.length += fits;
      this.total += fits;
      done += fits;
    }
  }

  forget() {
    for (const column of Object.values(this.columns)) {
      column.copyWithin(0, this.capacity, 2 * this.capacity);
    }
    this.length = this.capacity;
  }

  clear() {
    this.length = 0;
  }

  last(name) {
    return this.length ? this.columns[name][this.length - 1] : NaN;
  }

  // The first row whose `name`, which must not decrease, is not below `value`.
  find(name, value) {
    const column = this.columns[name];
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
