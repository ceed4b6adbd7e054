import { terminalActions } from "./term_actions.js";
import { TermParser } from "./term_parser.js";
import { TermRow, measuredChars } from "./term_row.js";
import { restyled } from "./term_style.js";
import { simpleText } from "./term_width.js";

/// What a job's output needs of a terminal: text in, lines out.
///
/// The last `height` rows can still change (carriage return, cursor movement, erase); what scrolls off them is settled
/// and goes to `settled`, which the owner empties. A line feed also returns the carriage: no terminal driver stood
/// between the job and its log. Lines longer than `columns` go on in the next one, marked `isContinued`.
export class Terminal {
  constructor({ columns = 4000, height = 50 } = {}) {
    this.columns = columns;
    this.height = height;
    this.settled = [];
    this.settledCount = 0;
    this.breaks = null;
    this.parser = new TermParser(this);
    this.reset();
  }

  /// Takes the next piece of output.
  ///
  /// Returns where the first new line of it began, as `{ line, at }` (a line number counted from the beginning and an
  /// index into the text), or null: the place where a reader could start as well.
  write(text) {
    this.breaks = null;
    this.parser.feed(text);
    return this.breaks;
  }

  /// The first line goes on from one that is not here.
  continueLine() {
    this.rows[0].isContinued = true;
  }

  /// The rows that may still change, as lines; rows below the last used one are left out.
  screen() {
    let last = this.rows.length;
    while (last > 0 && last - 1 !== this.y && this.rows[last - 1].length === 0) last -= 1;
    if (last > 0 && last - 1 === this.y && this.x === 0 && this.rows[last - 1].length === 0) last -= 1;
    return this.rows.slice(0, last).map((row) => row.line());
  }

  reset() {
    this.rows = [new TermRow()];
    this.x = 0;
    this.y = 0;
    this.style = null;
    this.wraps = true;
    this.margins = null;
    this.saved = null;
  }

  print(text) {
    if (this.x + text.length <= this.columns && simpleText.test(text)) {
      this.rows[this.y].put(this.x, text, this.style);
      this.x += text.length;
      return;
    }
    for (const [char, width] of measuredChars(text)) this.printChar(char, width);
  }

  printChar(char, width) {
    if (width === 0) {
      this.rows[this.y].combine(this.x, char);
      return;
    }
    if (this.x + width > this.columns) {
      if (this.wraps) {
        this.x = 0;
        this.index(true);
      } else this.x = this.columns - width;
    }
    const row = this.rows[this.y];
    if (width === 1 && char.length === 1) row.put(this.x, char, this.style);
    else row.putChar(this.x, char, width, this.style);
    this.x += width;
  }

  control(code, after) {
    if (code === 0x0a || code === 0x0b || code === 0x0c) {
      const isNew = this.y === this.rows.length - 1;
      this.x = 0;
      this.index(false);
      if (isNew && !this.breaks) this.breaks = { line: this.settledCount + this.y, at: after };
    } else if (code === 0x0d) this.x = 0;
    else if (code === 0x08) this.x = Math.max(0, Math.min(this.x, this.columns - 1) - 1);
    else if (code === 0x09) this.x = Math.min(this.columns - 1, (Math.floor(this.x / 8) + 1) * 8);
  }

  esc(final, intermediate) {
    if (intermediate !== "") return;
    if (final === "7") this.save();
    else if (final === "8") this.restore();
    else if (final === "D") this.index(false);
    else if (final === "E") {
      this.x = 0;
      this.index(false);
    } else if (final === "M") this.reverseIndex();
    else if (final === "c") this.restart();
  }

  csi(final, prefix, params) {
    if (prefix === "?") {
      if (params[0] === 7 && (final === "h" || final === "l")) this.wraps = final === "h";
      return;
    }
    const count = Array.isArray(params[0]) ? 1 : Math.max(1, params[0] ?? 1);
    if (prefix === "") terminalActions[final]?.(this, params, count);
  }

  /// Hyperlinks (OSC 8) to http and https; every other command of a string is ignored: titles, clipboard, colours.
  osc(text) {
    const match = /^8;[^;]*;(.*)$/s.exec(text);
    if (!match) return;
    const link = /^https?:\/\/[^\s"'<>]{1,2000}$/i.test(match[1]) ? match[1] : null;
    this.style = restyled(this.style, { link });
  }

  save() {
    this.saved = { x: this.x, y: this.y, style: this.style };
  }

  restore() {
    const { x, y, style } = this.saved ?? { x: 0, y: 0, style: null };
    this.x = x;
    this.style = style;
    this.goTo(y);
  }

  // A full reset leaves what was said: it goes up into the settled lines.
  restart() {
    for (const line of this.screen()) this.settle(line);
    this.reset();
  }

  settle(line) {
    this.settled.push(line);
    this.settledCount += 1;
  }

  get top() {
    return this.margins?.top ?? 0;
  }

  get bottom() {
    return this.margins?.bottom ?? this.height - 1;
  }

  index(isContinued) {
    if (this.y === this.bottom) {
      this.goTo(this.bottom);
      const [gone] = this.rows.splice(this.top, 1);
      if (this.top === 0) this.settle(gone.line());
      this.rows.splice(this.bottom, 0, new TermRow());
    } else this.goTo(Math.min(this.y + 1, this.height - 1));
    this.rows[this.y].isContinued = isContinued;
    this.rows[this.y].cached = null;
  }

  reverseIndex() {
    if (this.y !== this.top) this.goTo(Math.max(0, this.y - 1));
    else this.insertRows(this.top, 1);
  }

  goTo(y) {
    this.y = y;
    while (this.rows.length <= y) this.rows.push(new TermRow());
  }

  insertRows(at, count) {
    this.fill();
    for (let i = 0; i < Math.min(count, this.bottom - at + 1); i += 1) {
      this.rows.splice(this.bottom, 1);
      this.rows.splice(at, 0, new TermRow());
    }
  }

  deleteRows(at, count) {
    this.fill();
    for (let i = 0; i < Math.min(count, this.bottom - at + 1); i += 1) {
      this.rows.splice(at, 1);
      this.rows.splice(this.bottom, 0, new TermRow());
    }
  }

  fill() {
    while (this.rows.length <= this.bottom) this.rows.push(new TermRow());
  }
}
