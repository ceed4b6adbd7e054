import { plainLine } from "./term_row.js";

/// The raw view: the same interface as the terminal, but nothing is interpreted; controls are shown as pictures.
export class RawLines {
  constructor(columns = 4000) {
    this.columns = columns;
    this.settled = [];
    this.settledCount = 0;
    this.open = "";
    this.isContinued = false;
  }

  /// The first line goes on from one that is not here.
  continueLine() {
    this.isContinued = true;
  }

  write(text) {
    let found = null;
    let at = 0;
    while (at < text.length) {
      const end = text.indexOf("\n", at);
      this.open += text.slice(at, end < 0 ? text.length : end);
      while (this.open.length > this.columns) {
        this.settle(this.open.slice(0, this.columns));
        this.open = this.open.slice(this.columns);
        this.isContinued = true;
      }
      if (end < 0) break;
      this.settle(this.open);
      this.open = "";
      this.isContinued = false;
      at = end + 1;
      found ??= { line: this.settledCount, at };
    }
    return found;
  }

  screen() {
    return this.open === "" ? [] : [plainLine(pictured(this.open), this.isContinued)];
  }

  settle(text) {
    this.settled.push(plainLine(pictured(text), this.isContinued));
    this.settledCount += 1;
  }
}

// Unicode has a picture of every control: U+2400 and on; DEL is U+2421. C1 controls have none.
function pictured(text) {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (control) => {
    const code = control.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : `\\x${code.toString(16)}`;
  });
}
