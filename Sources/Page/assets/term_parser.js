/// Takes a stream of text apart into printable runs, controls and escape sequences (ECMA-48), wherever it was cut.
///
/// The handler gets `print(text)`, `control(code, after)`, `csi(final, prefix, params)`, `esc(final, intermediate)` and
/// `osc(text)`; `after` is where in the given text the control ended. Sequences nobody knows vanish; a string that is
/// never closed (OSC, DCS) ends with its line, so that it cannot swallow a log.
export class TermParser {
  constructor(handler) {
    this.handler = handler;
    this.state = "ground";
    this.held = "";
  }

  feed(text) {
    let at = 0;
    while (at < text.length) {
      if (this.state === "ground") {
        printable.lastIndex = at;
        if (printable.test(text)) {
          this.handler.print(text.slice(at, printable.lastIndex));
          at = printable.lastIndex;
          continue;
        }
      } else if (this.state === "string") {
        stringBody.lastIndex = at;
        if (stringBody.test(text)) {
          if (this.held.length < longestString) this.held += text.slice(at, stringBody.lastIndex);
          at = stringBody.lastIndex;
          continue;
        }
      }
      const code = text.charCodeAt(at);
      at += 1;
      this.step(code, at);
    }
  }

  step(code, after) {
    if (code === 0x18 || code === 0x1a) this.state = "ground";
    else if (this.state === "string") this.stringEnd(code, after);
    else if (code === 0x1b) this.begin("escape");
    else if (code < 0x20) this.handler.control(code, after);
    else if (this.state === "ground") this.eightBit(code);
    else if (code === 0x7f) return;
    else if (this.state === "escape") this.escape(code);
    else if (this.state === "csi") this.csi(code);
    else if (this.state === "stringEscape") this.afterString(code, after);
  }

  begin(state) {
    this.state = state;
    this.held = "";
  }

  // The eight-bit forms of ESC [ and of the string openers; other C1 controls do nothing.
  eightBit(code) {
    if (code === 0x9b) this.begin("csi");
    else if ([0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(code)) this.open(code === 0x9d);
  }

  open(isCommand) {
    this.begin("string");
    this.isCommand = isCommand;
  }

  escape(code) {
    if (code >= 0x20 && code <= 0x2f) this.held += String.fromCharCode(code);
    else if (this.held === "" && code === 0x5b) this.begin("csi");
    else if (this.held === "" && code === 0x5d) this.open(true);
    else if (this.held === "" && (code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f)) this.open(false);
    else {
      this.state = "ground";
      this.handler.esc(String.fromCharCode(code), this.held);
    }
  }

  csi(code) {
    if (code >= 0x20 && code <= 0x3f) {
      if (this.held.length < longestParameters) this.held += String.fromCharCode(code);
      return;
    }
    this.state = "ground";
    if (code < 0x40 || code > 0x7e) return;
    const [, prefix, digits, intermediate] = /^([<-?]*)([0-9:;]*)([\x20-\x2f]*)/.exec(this.held);
    if (intermediate === "") this.handler.csi(String.fromCharCode(code), prefix, numbersOf(digits));
  }

  stringEnd(code, after) {
    if (code === 0x1b) this.state = "stringEscape";
    else {
      this.finish();
      if (code === 0x0a) this.handler.control(code, after);
    }
  }

  // ESC \ closes a string; any other escape closes it as well and begins its own sequence.
  afterString(code, after) {
    this.finish();
    if (code !== 0x5c) {
      this.begin("escape");
      this.step(code, after);
    }
  }

  finish() {
    const text = this.held;
    this.begin("ground");
    if (this.isCommand && text.length <= longestString) this.handler.osc(text);
  }
}

const printable = /[\x20-\x7e\u00a0-\uffff]+/y;
const stringBody = /[^\x07\x0a\x18\x1a\x1b\x9c]+/y;
const longestString = 4096;
const longestParameters = 256;

function numbersOf(text) {
  if (text === "") return [];
  return text.split(";").map((part) => (part.includes(":") ? part.split(":").map(number) : number(part)));
}

function number(digits) {
  return digits === "" ? 0 : Math.min(Number(digits), 99999);
}
