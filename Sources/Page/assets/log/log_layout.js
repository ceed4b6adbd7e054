/// The vertical position of each line of a log, calculated from its width in cells without asking the browser.
///
/// Lines are counted from 0. Where the browser renders a line differently, because its font lacks a glyph, `correct`
/// stores the real height.
export class LogLayout {
  /// - `groups` tells which lines take no row, see `LogGroups`.
  constructor(lineHeight, groups = null) {
    this.lineHeight = lineHeight;
    this.groups = groups;
    this.columns = 80;
    this.wraps = true;
    this.tops = new Float64Array(1024);
    this.numbers = new Int32Array(1024);
    this.validCount = 0;
    this.count = 0;
    this.corrections = new Map();
    /// The number of lines of the log before the first one.
    this.linesBefore = 0;
  }

  /// Sets the width in cells and whether lines wrap. All positions are calculated again.
  resize(columns, wraps) {
    if (columns === this.columns && wraps === this.wraps) return;
    this.columns = Math.max(1, columns);
    this.wraps = wraps;
    this.corrections.clear();
    this.invalidateFrom(0);
  }

  /// The positions from line `index` on must be calculated again.
  invalidateFrom(index) {
    this.validCount = Math.min(this.validCount, index);
  }

  /// Calculates the positions of `count` lines. `lineAt` returns a line by its index.
  update(count, lineAt) {
    this.count = count;
    if (count + 1 > this.tops.length) this.grow(count + 1);
    this.validCount = Math.min(this.validCount, count);
    for (let i = this.validCount; i < count; i += 1) {
      const line = lineAt(i);
      const rows = this.groups?.place(i, line) ? 0 : this.rowsOf(i, line);
      this.tops[i + 1] = this.tops[i] + rows * this.lineHeight;
      this.numbers[i + 1] = (i === 0 ? 0 : this.numbers[i]) + (line.isContinued && i > 0 ? 0 : 1);
    }
    this.validCount = count;
  }

  rowsOf(index, line) {
    if (!this.wraps) return 1;
    return this.corrections.get(index) ?? Math.max(1, Math.ceil(line.width / this.columns));
  }

  /// Stores that the browser rendered line `index` with this many rows. Returns whether that differs.
  correct(index, rows) {
    const calculated = Math.round((this.tops[index + 1] - this.tops[index]) / this.lineHeight);
    if (rows === calculated || rows < 1) return false;
    this.corrections.set(index, rows);
    const shift = (rows - calculated) * this.lineHeight;
    for (let i = index + 1; i <= this.count; i += 1) this.tops[i] += shift;
    return true;
  }

  get height() {
    return this.count === 0 ? 0 : this.tops[this.count];
  }

  top(index) {
    return this.tops[Math.max(0, Math.min(index, this.count))];
  }

  /// The number to show for the line at `index`, counted from 1. A continued line has the number of its first part.
  number(index) {
    return this.numbers[index + 1] + this.linesBefore;
  }

  /// Sets the number of the line at `index`, and so those of all lines.
  setNumber(index, number) {
    this.linesBefore = number - this.numbers[index + 1];
  }

  /// The index of the line with a number, or -1.
  indexOf(wanted) {
    const number = wanted - this.linesBefore;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.numbers[middle + 1] < number) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.numbers[low + 1] === number ? low : -1;
  }

  /// The indexes from `from` up to `to` of the lines that take rows.
  visibleIndexes(from, to) {
    const indexes = [];
    for (let i = from; i < to; i += 1) {
      if (this.tops[i + 1] > this.tops[i]) indexes.push(i);
      // The last line at this position is the one that takes rows.
      else i = Math.max(i, this.indexAt(this.tops[i]) - 1);
    }
    return indexes;
  }

  /// The index of the line at a vertical position.
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

  grow(minSize) {
    const size = Math.max(minSize, this.tops.length * 2);
    const tops = new Float64Array(size);
    tops.set(this.tops);
    this.tops = tops;
    const numbers = new Int32Array(size);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
