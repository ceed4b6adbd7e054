/// Splits output into printable text, control characters and escape sequences (ECMA-48). A sequence may be cut anywhere
/// between two calls of `parse`.
///
/// The handler gets `print(text)`, `control(code, textIndex)`, `csi(final, prefix, params)`, `esc(final, intermediate)`
/// and `osc(text)`. `textIndex` is the index after the control character in the text. Unknown sequences are dropped. A
/// string that is never closed (OSC, DCS) ends with its line, so that it cannot hide the rest of a log.
export class TerminalParser {
  constructor(handler) {
    this.handler = handler;
    this.state = "ground";
    this.buffer = "";
  }

  parse(text) {
    let index = 0;
    while (index < text.length) {
      if (this.state === "ground") {
        printableText.lastIndex = index;
        if (printableText.test(text)) {
          this.handler.print(text.slice(index, printableText.lastIndex));
          index = printableText.lastIndex;
          continue;
        }
      } else if (this.state === "string") {
        stringBody.lastIndex = index;
        if (stringBody.test(text)) {
          if (this.buffer.length < maxStringLength) this.buffer += text.slice(index, stringBody.lastIndex);
          index = stringBody.lastIndex;
          continue;
        }
      }
      const code = text.charCodeAt(index);
      index += 1;
      this.process(code, index);
    }
  }

  process(code, textIndex) {
    if (code === 0x18 || code === 0x1a) this.state = "ground";
    else if (this.state === "string") this.endString(code, textIndex);
    else if (code === 0x1b) this.enter("escape");
    else if (code < 0x20) this.handler.control(code, textIndex);
    else if (this.state === "ground") this.c1Control(code);
    else if (code === 0x7f) return;
    else if (this.state === "escape") this.escape(code);
    else if (this.state === "csi") this.csi(code);
    else if (this.state === "stringEscape") this.endStringByEscape(code, textIndex);
  }

  enter(state) {
    this.state = state;
    this.buffer = "";
  }

  // The eight-bit forms of CSI and of the string introducers (ECMA-48 5.3). Other C1 controls have no effect.
  c1Control(code) {
    if (code === 0x9b) this.enter("csi");
    else if ([0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(code)) this.enterString(code === 0x9d);
  }

  enterString(isCommand) {
    this.enter("string");
    this.isCommand = isCommand;
  }

  escape(code) {
    if (code >= 0x20 && code <= 0x2f) this.buffer += String.fromCharCode(code);
    else if (this.buffer === "" && code === 0x5b) this.enter("csi");
    else if (this.buffer === "" && code === 0x5d) this.enterString(true);
    else if (this.buffer === "" && [0x50, 0x58, 0x5e, 0x5f].includes(code)) this.enterString(false);
    else {
      this.state = "ground";
      this.handler.esc(String.fromCharCode(code), this.buffer);
    }
  }

  csi(code) {
    if (code >= 0x20 && code <= 0x3f) {
      if (this.buffer.length < maxParametersLength) this.buffer += String.fromCharCode(code);
      return;
    }
    this.state = "ground";
    if (code < 0x40 || code > 0x7e) return;
    const [, prefix, digits, intermediate] = /^([<-?]*)([0-9:;]*)([\x20-\x2f]*)/.exec(this.buffer);
    if (intermediate === "") this.handler.csi(String.fromCharCode(code), prefix, parseParameters(digits));
  }

  endString(code, textIndex) {
    if (code === 0x1b) this.state = "stringEscape";
    else {
      this.finishString();
      if (code === 0x0a) this.handler.control(code, textIndex);
    }
  }

  // ESC \ closes a string. Any other escape sequence closes it too, and is then executed.
  endStringByEscape(code, textIndex) {
    this.finishString();
    if (code !== 0x5c) {
      this.enter("escape");
      this.process(code, textIndex);
    }
  }

  finishString() {
    const text = this.buffer;
    this.enter("ground");
    if (this.isCommand && text.length <= maxStringLength) this.handler.osc(text);
  }
}

const printableText = /[\x20-\x7e\u00a0-\uffff]+/y;
const stringBody = /[^\x07\x0a\x18\x1a\x1b\x9c]+/y;
const maxStringLength = 4096;
const maxParametersLength = 256;

function parseParameters(text) {
  if (text === "") return [];
  return text.split(";").map((part) => (part.includes(":") ? part.split(":").map(parseNumber) : parseNumber(part)));
}

function parseNumber(digits) {
  return digits === "" ? 0 : Math.min(Number(digits), 99999);
}
