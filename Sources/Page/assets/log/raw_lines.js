import { plainLine } from "../terminal/terminal_row.js";

/// The raw view of a log. It has the interface of `Terminal` but interprets nothing, and shows control characters as
/// symbols.
export class RawLines {
  constructor(columns = 4000) {
    this.columns = columns;
    this.scrollback = [];
    this.scrollbackCount = 0;
    this.openText = "";
    this.openTime = null;
    this.time = null;
    this.isContinued = false;
  }

  /// Marks the first line as the continuation of a line that is not loaded.
  continueLine() {
    this.isContinued = true;
  }

  write(text) {
    let lineStart = null;
    let index = 0;
    while (index < text.length) {
      const end = text.indexOf("\n", index);
      this.openTime ??= this.time;
      this.openText += text.slice(index, end < 0 ? text.length : end);
      while (this.openText.length > this.columns) {
        this.addLine(this.openText.slice(0, this.columns));
        this.openText = this.openText.slice(this.columns);
        this.isContinued = true;
      }
      if (end < 0) break;
      this.addLine(this.openText);
      this.openText = "";
      this.openTime = null;
      this.isContinued = false;
      index = end + 1;
      lineStart ??= { line: this.scrollbackCount, index };
    }
    return lineStart;
  }

  screen() {
    return this.openText === "" ? [] : [plainLine(withControlSymbols(this.openText), this.isContinued, this.openTime)];
  }

  addLine(text) {
    this.scrollback.push(plainLine(withControlSymbols(text), this.isContinued, this.openTime));
    this.scrollbackCount += 1;
  }
}

// Unicode has a symbol for each C0 control character, from U+2400 on, and U+2421 for DEL. C1 controls have none.
function withControlSymbols(text) {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (control) => {
    const code = control.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : `\\x${code.toString(16)}`;
  });
}
