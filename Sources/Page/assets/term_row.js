import { charWidth, simpleText, textWidth } from "./term_width.js";

/// One row of the screen.
///
/// As long as it is only appended to with characters of one cell it is a text with spans; the first time something in
/// it is overwritten it becomes cells. Most rows never do, which is what makes a flood cheap.
export class TermRow {
  constructor() {
    this.text = "";
    this.spans = [];
    this.cells = null;
    this.styles = null;
    this.isContinued = false;
    this.cached = null;
  }

  get length() {
    return this.cells ? this.cells.length : this.text.length;
  }

  /// Writes characters of one cell each from column `x`.
  put(x, text, style) {
    this.cached = null;
    if (!this.cells && x >= this.text.length) {
      if (x > this.text.length) this.text += " ".repeat(x - this.text.length);
      this.text += text;
      if (style) this.addSpan(x, x + text.length, style);
      return;
    }
    this.becomeCells();
    this.clearHalves(x, x + text.length);
    for (let i = 0; i < text.length; i += 1) this.set(x + i, text[i], style);
  }

  /// Writes one character of one or two cells, whatever it is made of.
  putChar(x, char, width, style) {
    this.cached = null;
    this.becomeCells();
    this.clearHalves(x, x + width);
    this.set(x, char, style);
    if (width === 2) this.set(x + 1, "", style);
  }

  /// Adds a combining character to the cell left of column `x`.
  combine(x, char) {
    this.cached = null;
    this.becomeCells();
    let at = Math.min(x, this.cells.length) - 1;
    if (at > 0 && this.cells[at] === "") at -= 1;
    if (at >= 0 && this.cells[at] && this.cells[at].length < 32) this.cells[at] += char;
  }

  /// Blanks the columns from `start` up to `end`; `ground` is the style the blanks take.
  erase(start, end, ground) {
    this.cached = null;
    if (start === 0 && end >= this.length && !ground) {
      this.reset();
      return;
    }
    if (!this.cells && !ground && end >= this.text.length) {
      if (start < this.text.length) this.cut(start);
      return;
    }
    this.becomeCells();
    this.clearHalves(start, end);
    const last = ground ? end : Math.min(end, this.cells.length);
    for (let x = start; x < last; x += 1) this.set(x, " ", ground);
  }

  insertBlanks(x, count, columns, ground) {
    if (x >= this.length) return;
    this.becomeCells();
    this.clearHalves(x, x);
    this.cells.splice(x, 0, ...new Array(count).fill(" "));
    this.styles.splice(x, 0, ...new Array(count).fill(ground));
    this.cells.length = Math.min(this.cells.length, columns);
    this.styles.length = this.cells.length;
    this.cached = null;
  }

  deleteCells(x, count) {
    if (x >= this.length) return;
    this.becomeCells();
    this.clearHalves(x, x + count);
    this.cells.splice(x, count);
    this.styles.splice(x, count);
    this.cached = null;
  }

  reset() {
    this.text = "";
    this.spans = [];
    this.cells = null;
    this.styles = null;
    this.cached = null;
  }

  /// The row as a line: `{ text, spans, width, isContinued }`, a span being `{ start, end, style }` in UTF-16 units.
  line() {
    this.cached ??= this.cells ? this.lineOfCells() : lineOf16(this.text, this.spans, this.isContinued);
    return this.cached;
  }

  addSpan(start, end, style) {
    const last = this.spans[this.spans.length - 1];
    if (last && last.end === start && last.style === style) last.end = end;
    else this.spans.push({ start, end, style });
  }

  cut(length) {
    this.text = this.text.slice(0, length);
    while (this.spans.length && this.spans[this.spans.length - 1].start >= length) this.spans.pop();
    const last = this.spans[this.spans.length - 1];
    if (last) last.end = Math.min(last.end, length);
  }

  becomeCells() {
    if (this.cells) return;
    this.cells = this.text.split("");
    this.styles = new Array(this.cells.length).fill(null);
    for (const { start, end, style } of this.spans) this.styles.fill(style, start, end);
    this.text = "";
    this.spans = [];
  }

  set(x, char, style) {
    while (this.cells.length < x) {
      this.cells.push(" ");
      this.styles.push(null);
    }
    this.cells[x] = char;
    this.styles[x] = style;
  }

  // Whoever writes over one half of a wide character takes the other half with it.
  clearHalves(start, end) {
    if (start > 0 && this.cells[start] === "") this.cells[start - 1] = " ";
    if (end < this.cells.length && this.cells[end] === "") this.cells[end] = " ";
  }

  lineOfCells() {
    let length = this.cells.length;
    while (length > 0 && this.cells[length - 1] === " " && !this.styles[length - 1]) length -= 1;
    let text = "";
    const spans = [];
    for (let x = 0; x < length; x += 1) {
      const start = text.length;
      text += this.cells[x];
      const style = this.styles[x];
      const last = spans[spans.length - 1];
      if (!style || text.length === start) continue;
      if (last && last.end === start && last.style === style) last.end = text.length;
      else spans.push({ start, end: text.length, style });
    }
    return { text, spans, width: length, isContinued: this.isContinued };
  }
}

function lineOf16(text, spans, isContinued) {
  return { text, spans: spans.map((span) => ({ ...span })), width: text.length, isContinued };
}

/// A line of text without style, as the raw view and the tests make it.
export function plainLine(text, isContinued = false) {
  return { text, spans: [], width: simpleText.test(text) ? text.length : textWidth(text), isContinued };
}

/// The characters of a text with their widths; a combining character has width 0.
export function* measuredChars(text) {
  for (const char of text) yield [char, charWidth(char)];
}
