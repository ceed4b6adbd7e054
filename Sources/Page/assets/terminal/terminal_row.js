import { singleCellText, textWidth } from "./character_width.js";

// A cell holds a character and its combining characters, which hostile output could repeat without end.
const maxCellLength = 32;

const sectionMarker = /^section_(start|end):\d{1,20}:([\w.-]{1,200})(?:\[[^\]]{0,200}\])?$/;
const maxSections = 20;

/// One row of the screen.
///
/// A row is stored as text with style spans while characters of one cell are only appended. It is converted to an array
/// of cells when something in it is overwritten. Most rows never are, which keeps large outputs cheap.
export class TerminalRow {
  constructor() {
    this.text = "";
    this.spans = [];
    this.cells = null;
    this.styles = null;
    this.isContinued = false;
    this.time = null;
    /// The sections of GitLab that begin or end in this row, as `{ isStart, name }`. Null for none.
    this.sections = null;
    this.cached = null;
  }

  /// Remembers a marker of GitLab's sections, because the job erases it after the carriage return that follows it.
  noteSection() {
    if (this.cells || !this.text.startsWith("section_")) return;
    const [, kind, name] = sectionMarker.exec(this.text) ?? [];
    if (!kind) return;
    this.sections = [...this.sections ?? [], { isStart: kind === "start", name }].slice(-maxSections);
    this.cached = null;
  }

  get length() {
    return this.cells ? this.cells.length : this.text.length;
  }

  /// Writes characters of one cell each from column `x`.
  write(x, text, style) {
    this.cached = null;
    if (!this.cells && x >= this.text.length) {
      if (x > this.text.length) this.text += " ".repeat(x - this.text.length);
      this.text += text;
      if (style) this.addSpan(x, x + text.length, style);
      return;
    }
    this.convertToCells();
    this.clearCutCharacters(x, x + text.length);
    for (let i = 0; i < text.length; i += 1) this.setCell(x + i, text[i], style);
  }

  /// Writes one character of one or two cells. It may consist of several UTF-16 units.
  writeCharacter(x, char, width, style) {
    this.cached = null;
    this.convertToCells();
    this.clearCutCharacters(x, x + width);
    this.setCell(x, char, style);
    if (width === 2) this.setCell(x + 1, "", style);
  }

  /// Adds a combining character to the cell left of column `x`.
  combine(x, char) {
    this.cached = null;
    this.convertToCells();
    let index = Math.min(x, this.cells.length) - 1;
    if (index > 0 && this.cells[index] === "") index -= 1;
    if (index >= 0 && this.cells[index] && this.cells[index].length < maxCellLength) this.cells[index] += char;
  }

  /// Erases the columns from `start` up to `end`. `style` is the style of the blanks.
  erase(start, end, style) {
    this.cached = null;
    if (start === 0 && end >= this.length && !style) {
      this.reset();
      return;
    }
    if (!this.cells && !style && end >= this.text.length) {
      if (start < this.text.length) this.truncate(start);
      return;
    }
    this.convertToCells();
    this.clearCutCharacters(start, end);
    const last = style ? end : Math.min(end, this.cells.length);
    for (let x = start; x < last; x += 1) this.setCell(x, " ", style);
  }

  insertBlanks(x, count, columns, style) {
    if (x >= this.length) return;
    this.convertToCells();
    this.clearCutCharacters(x, x);
    this.cells.splice(x, 0, ...new Array(count).fill(" "));
    this.styles.splice(x, 0, ...new Array(count).fill(style));
    this.cells.length = Math.min(this.cells.length, columns);
    this.styles.length = this.cells.length;
    this.cached = null;
  }

  deleteCells(x, count) {
    if (x >= this.length) return;
    this.convertToCells();
    this.clearCutCharacters(x, x + count);
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

  /// The row as a line: `{ text, spans, width, isContinued, time }`. `time` is that of its first character. A span is
  /// `{ start, end, style }`, in UTF-16 units. `sections` is there only if the row has some.
  line() {
    if (this.cached) return this.cached;
    this.cached = this.cells ? this.lineFromCells() : lineFromText(this);
    if (this.sections) this.cached.sections = this.sections;
    return this.cached;
  }

  addSpan(start, end, style) {
    const last = this.spans[this.spans.length - 1];
    if (last && last.end === start && last.style === style) last.end = end;
    else this.spans.push({ start, end, style });
  }

  truncate(length) {
    this.text = this.text.slice(0, length);
    while (this.spans.length && this.spans[this.spans.length - 1].start >= length) this.spans.pop();
    const last = this.spans[this.spans.length - 1];
    if (last) last.end = Math.min(last.end, length);
  }

  convertToCells() {
    if (this.cells) return;
    this.cells = this.text.split("");
    this.styles = new Array(this.cells.length).fill(null);
    for (const { start, end, style } of this.spans) this.styles.fill(style, start, end);
    this.text = "";
    this.spans = [];
  }

  setCell(x, char, style) {
    while (this.cells.length < x) {
      this.cells.push(" ");
      this.styles.push(null);
    }
    this.cells[x] = char;
    this.styles[x] = style;
  }

  // Overwriting one half of a wide character erases the other half too. The second half is stored as "".
  clearCutCharacters(start, end) {
    if (start > 0 && this.cells[start] === "") this.cells[start - 1] = " ";
    if (end < this.cells.length && this.cells[end] === "") this.cells[end] = " ";
  }

  lineFromCells() {
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
    return { text, spans, width: length, isContinued: this.isContinued, time: this.time };
  }
}

function lineFromText({ text, spans, isContinued, time }) {
  return { text, spans: spans.map((span) => ({ ...span })), width: text.length, isContinued, time };
}

/// A line of text without styles.
export function plainLine(text, isContinued = false, time = null) {
  return { text, spans: [], width: singleCellText.test(text) ? text.length : textWidth(text), isContinued, time };
}
