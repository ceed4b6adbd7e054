/// Where each line of a log stands, without asking the browser: widths are counted in cells.
///
/// Lines are indexes from 0. Where the browser knows better (a font without a glyph), `correct` says so.
export class LogLayout {
  constructor(lineHeight) {
    this.lineHeight = lineHeight;
    this.columns = 80;
    this.wraps = true;
    this.tops = new Float64Array(1024);
    this.numbers = new Int32Array(1024);
    this.known = 0;
    this.count = 0;
    this.corrections = new Map();
  }

  /// Another width, or wrapping on or off: everything stands elsewhere.
  resize(columns, wraps) {
    if (columns === this.columns && wraps === this.wraps) return;
    this.columns = Math.max(1, columns);
    this.wraps = wraps;
    this.corrections.clear();
    this.forget(0);
  }

  /// What stands from line `index` on must be counted again.
  forget(index) {
    this.known = Math.min(this.known, index);
  }

  /// Counts the lines up to `count`; `lineAt` gives a line by its index.
  update(count, lineAt) {
    this.count = count;
    if (count + 1 > this.tops.length) this.grow(count + 1);
    this.known = Math.min(this.known, count);
    for (let i = this.known; i < count; i += 1) {
      const line = lineAt(i);
      this.tops[i + 1] = this.tops[i] + this.rowsOf(i, line) * this.lineHeight;
      this.numbers[i + 1] = (i === 0 ? 0 : this.numbers[i]) + (line.isContinued && i > 0 ? 0 : 1);
    }
    this.known = count;
  }

  rowsOf(index, line) {
    if (!this.wraps) return 1;
    return this.corrections.get(index) ?? Math.max(1, Math.ceil(line.width / this.columns));
  }

  /// The browser made line `index` that many rows high. Returns whether that was news.
  correct(index, rows) {
    const told = Math.round((this.tops[index + 1] - this.tops[index]) / this.lineHeight);
    if (rows === told || rows < 1) return false;
    this.corrections.set(index, rows);
    const shift = (rows - told) * this.lineHeight;
    for (let i = index + 1; i <= this.count; i += 1) this.tops[i] += shift;
    return true;
  }

  get height() {
    return this.count === 0 ? 0 : this.tops[this.count];
  }

  top(index) {
    return this.tops[Math.max(0, Math.min(index, this.count))];
  }

  /// The number a person would give the line at `index`.
  number(index) {
    return this.numbers[index + 1];
  }

  /// The line at a height.
  indexAt(y) {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  grow(wanted) {
    const size = Math.max(wanted, this.tops.length * 2);
    const tops = new Float64Array(size);
    tops.set(this.tops);
    this.tops = tops;
    const numbers = new Int32Array(size);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
