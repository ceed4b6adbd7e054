import { charactersWithWidth, singleCellText } from "./character_width.js";
import { controlFunctions } from "./control_sequences.js";
import { TerminalParser } from "./terminal_parser.js";
import { TerminalRow } from "./terminal_row.js";
import { styleWith } from "./text_style.js";

/// A terminal emulator for a job's output: it takes text and makes lines.
///
/// The last `height` rows form the screen and can still change (carriage return, cursor movement, erase). Rows that
/// scroll off it no longer change. They go to `scrollback`, which the owner empties. A line feed also returns the
/// carriage, because no terminal driver stands between the job and its log. A line longer than `columns` continues in
/// the next one, which is marked `isContinued`.
export class Terminal {
  constructor({ columns = 4000, height = 50 } = {}) {
    this.columns = columns;
    this.height = height;
    this.scrollback = [];
    this.scrollbackCount = 0;
    this.firstLineStart = null;
    /// When the text that is written now arrived, in Unix milliseconds; null if unknown.
    this.time = null;
    this.parser = new TerminalParser(this);
    this.reset();
  }

  /// Processes the next part of the output.
  ///
  /// Returns the start of the first new line in it, as `{ line, index }` (the number of the line from the beginning,
  /// and an index into the text), or null. A log can be opened there.
  write(text) {
    this.firstLineStart = null;
    this.parser.parse(text);
    return this.firstLineStart;
  }

  /// Marks the first line as the continuation of a line that is not loaded.
  continueLine() {
    this.rows[0].isContinued = true;
  }

  /// The rows of the screen as lines, without the unused rows at the bottom.
  screen() {
    let last = this.rows.length;
    while (last > 0 && last - 1 !== this.y && this.rows[last - 1].length === 0) last -= 1;
    if (last > 0 && last - 1 === this.y && this.x === 0 && this.rows[last - 1].length === 0) last -= 1;
    return this.rows.slice(0, last).map((row) => row.line());
  }

  reset() {
    this.rows = [new TerminalRow()];
    this.x = 0;
    this.y = 0;
    this.style = null;
    this.wraps = true;
    this.margins = null;
    this.savedCursor = null;
  }

  print(text) {
    this.rows[this.y].time ??= this.time;
    if (this.x + text.length <= this.columns && singleCellText.test(text)) {
      this.rows[this.y].write(this.x, text, this.style);
      this.x += text.length;
      return;
    }
    for (const [char, width] of charactersWithWidth(text)) this.printCharacter(char, width);
  }

  printCharacter(char, width) {
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
    if (width === 1 && char.length === 1) row.write(this.x, char, this.style);
    else row.writeCharacter(this.x, char, width, this.style);
    this.x += width;
  }

  /// Executes a control character. `textIndex` is the index after it in the text given to `write`.
  control(code, textIndex) {
    if (code === 0x0a || code === 0x0b || code === 0x0c) {
      const isNew = this.y === this.rows.length - 1;
      this.x = 0;
      this.index(false);
      if (isNew) this.firstLineStart ??= { line: this.scrollbackCount + this.y, index: textIndex };
    } else if (code === 0x0d) {
      this.rows[this.y].noteSection();
      this.x = 0;
    } else if (code === 0x08) this.x = Math.max(0, Math.min(this.x, this.columns - 1) - 1);
    else if (code === 0x09) this.x = Math.min(this.columns - 1, (Math.floor(this.x / 8) + 1) * 8);
  }

  esc(final, intermediate) {
    if (intermediate !== "") return;
    if (final === "7") this.saveCursor();
    else if (final === "8") this.restoreCursor();
    else if (final === "D") this.index(false);
    else if (final === "E") {
      this.x = 0;
      this.index(false);
    } else if (final === "M") this.reverseIndex();
    else if (final === "c") this.fullReset();
  }

  csi(final, prefix, params) {
    if (prefix === "?") {
      if (params[0] === 7 && (final === "h" || final === "l")) this.wraps = final === "h";
      return;
    }
    const count = Array.isArray(params[0]) ? 1 : Math.max(1, params[0] ?? 1);
    if (prefix === "") controlFunctions[final]?.(this, params, count);
  }

  /// Executes an operating system command. Only hyperlinks (OSC 8) to http and https have an effect. Titles, the
  /// clipboard and colours are ignored.
  osc(text) {
    const match = /^8;[^;]*;(.*)$/s.exec(text);
    if (!match) return;
    const link = /^https?:\/\/[^\s"'<>]{1,2000}$/i.test(match[1]) ? match[1] : null;
    this.style = styleWith(this.style, { link });
  }

  saveCursor() {
    this.savedCursor = { x: this.x, y: this.y, style: this.style };
  }

  restoreCursor() {
    const { x, y, style } = this.savedCursor ?? { x: 0, y: 0, style: null };
    this.x = x;
    this.style = style;
    this.goTo(y);
  }

  // A full reset (RIS) must not lose output, so the screen moves to the scrollback.
  fullReset() {
    for (const line of this.screen()) this.addToScrollback(line);
    this.reset();
  }

  addToScrollback(line) {
    this.scrollback.push(line);
    this.scrollbackCount += 1;
  }

  get top() {
    return this.margins?.top ?? 0;
  }

  get bottom() {
    return this.margins?.bottom ?? this.height - 1;
  }

  // Moves the cursor down one row and scrolls at the bottom (IND, DEC STD 070).
  index(isContinued) {
    if (this.y === this.bottom) {
      this.goTo(this.bottom);
      const [row] = this.rows.splice(this.top, 1);
      if (this.top === 0) this.addToScrollback(row.line());
      this.rows.splice(this.bottom, 0, new TerminalRow());
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
    while (this.rows.length <= y) this.rows.push(new TerminalRow());
  }

  insertRows(at, count) {
    this.ensureRows();
    for (let i = 0; i < Math.min(count, this.bottom - at + 1); i += 1) {
      this.rows.splice(this.bottom, 1);
      this.rows.splice(at, 0, new TerminalRow());
    }
  }

  deleteRows(at, count) {
    this.ensureRows();
    for (let i = 0; i < Math.min(count, this.bottom - at + 1); i += 1) {
      this.rows.splice(at, 1);
      this.rows.splice(this.bottom, 0, new TerminalRow());
    }
  }

  ensureRows() {
    while (this.rows.length <= this.bottom) this.rows.push(new TerminalRow());
  }
}
