import assert from "node:assert/strict";
import { test } from "node:test";
import { RawLines } from "../../../Sources/Page/assets/log/raw_lines.js";
import { Terminal } from "../../../Sources/Page/assets/terminal/terminal.js";
import { characterWidth, singleCellText, textWidth } from "../../../Sources/Page/assets/terminal/character_width.js";

function linesOf(text, options) {
  const terminal = new Terminal(options);
  terminal.write(text);
  return [...terminal.scrollback, ...terminal.screen()];
}
const texts = (text, options) => linesOf(text, options).map((line) => line.text);
const styleOf = (text) => linesOf(text)[0].spans[0]?.style ?? null;

for (const [text, lines] of [
  ["a\nb", ["a", "b"]], ["a\nb\n", ["a", "b"]], ["a\n\n\nb", ["a", "", "", "b"]], ["", []], ["\n", [""]],
  [" 10 %\r100 %", ["100 %"]], ["abc\rX", ["Xbc"]], ["abc\b\bX", ["aXc"]], ["long line\r\x1b[Kshort", ["short"]],
  ["one\ntwo\x1b[1A\rONE\n", ["ONE", "two"]], ["a\tb", ["a       b"]], ["漢字\rab", ["ab字"]], ["漢\bx", [" x"]],
  ["e\u0301x", ["e\u0301x"]], ["\u0301x", ["x"]], ["👩\u200d💻.", ["👩\u200d💻."]], ["a\u0000\u0007b", ["ab"]],
  ["x\x1b]0;title\x07y", ["xy"]], ["x\x1b]0;title\x1b\\y", ["xy"]], ["x\x1bP1;2q\x1b\\y", ["xy"]], ["x\x1b]52;c;AAAA\x07y", ["xy"]],
  ["x\x1b[?1049hy", ["xy"]], ["x\x1b[>4;1my", ["xy"]], ["x\x1b[1 qy", ["xy"]], ["x\x1b(By", ["xy"]], ["x\x1b=y", ["xy"]],
]) test(`${JSON.stringify(text)} is shown as ${JSON.stringify(lines)}`, () => assert.deepEqual(texts(text), lines));

test("a string sequence that is never closed hides at most the rest of its line", () => {
  assert.deepEqual(texts("a\x1b]8;;http://x\nb\nc"), ["a", "b", "c"]);
  assert.deepEqual(texts("a\x1bPgarbage\nb"), ["a", "b"]);
});

test("the result is the same wherever the output is cut into parts", () => {
  const whole = "\x1b[1;31mred\x1b[0m \x1b]8;;https://example.org/\x07link\x1b]8;;\x07 \x1b[38;2;1;2;3mtrue\x1b[m\n50%\r\x1b[2K100%";
  const expected = linesOf(whole);
  for (let at = 1; at < whole.length; at += 1) {
    const terminal = new Terminal();
    terminal.write(whole.slice(0, at));
    terminal.write(whole.slice(at));
    assert.deepEqual(terminal.screen(), expected);
  }
});

for (const [sequence, expected] of [
  ["31", { fg: 1 }], ["91", { fg: 9 }], ["42", { bg: 2 }], ["102", { bg: 10 }], ["38;5;200", { fg: 200 }], ["48;5;16", { bg: 16 }],
  ["38;2;1;2;255", { fg: "#0102ff" }], ["38:2::1:2:255", { fg: "#0102ff" }], ["38:2:1:2:255", { fg: "#0102ff" }], ["38:5:9", { fg: 9 }],
  ["1;3;4;7;9", { bold: true, italic: true, underline: true, inverse: true, strike: true }], ["4:3", { underline: true }], ["2", { faint: true }],
]) {
  test(`SGR ${sequence} sets ${JSON.stringify(expected)}`, () => {
    const style = styleOf(`\x1b[${sequence}mx`);
    for (const [key, value] of Object.entries(expected)) assert.equal(style[key], value);
  });
}
for (const sequence of ["", "0", "39", "31;0", "38;5;999", "38;2;300;0;0", "38;5", "5", "8", "4:0", "99999"]) {
  test(`SGR ${sequence || "(none)"} leaves the default style`, () => assert.equal(styleOf(`\x1b[${sequence}mx`), null));
}

test("equal styles are the same object", () => {
  const [first, second] = linesOf("\x1b[31;1ma\x1b[0m\n\x1b[1;31mb");
  assert.equal(first.spans[0].style, second.spans[0].style);
});

test("hyperlinks to anything but http and https are ignored", () => {
  const linkOf = (target) => styleOf(`\x1b]8;;${target}\x07x`)?.link ?? null;
  assert.equal(linkOf("https://example.org/a?b"), "https://example.org/a?b");
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc", "//x", "https://a b", "https://\"><script>", ""]) {
    assert.equal(linkOf(bad), null, bad);
  }
});

test("rows in the scrollback never change", () => {
  const terminal = new Terminal({ height: 50 });
  terminal.write(Array.from({ length: 120 }, (_, i) => `line ${i}`).join("\n"));
  assert.equal(terminal.scrollback.length, 70);
  terminal.write("\x1b[200A\rTOP");
  assert.equal(terminal.scrollback.length, 70);
  assert.equal(terminal.screen()[0].text, "TOPe 70");
});

test("a line longer than the columns is continued in lines marked as continued", () => {
  const lines = linesOf("x".repeat(25) + "\ny", { columns: 10 });
  assert.deepEqual(lines.map((line) => [line.text.length, line.isContinued]), [[10, false], [10, true], [5, true], [1, false]]);
});

test("huge numbers in sequences cost no time or memory", () => {
  const before = performance.now();
  const terminal = new Terminal();
  for (let i = 0; i < 200; i += 1) {
    terminal.write("\x1b[99999999;99999999H\x1b[99999999@\x1b[99999999L\x1b[99999999M\x1b[99999999P\x1b[99999999X\x1b[99999999A");
    terminal.write("\x1b[" + "9".repeat(5000) + "m\x1b[" + ";".repeat(5000) + "H\x1b]" + "z".repeat(10000) + "\x07");
  }
  assert.ok(terminal.screen().length <= 50);
  assert.ok(performance.now() - before < 3000);
});

test("write returns where the first new line starts", () => {
  const terminal = new Terminal();
  assert.equal(terminal.write("abc"), null);
  assert.deepEqual(terminal.write("def\nghi\n"), { line: 1, index: 4 });
  assert.deepEqual(terminal.write("\x1b[1Axx\nyy\nz"), { line: 3, index: 10 });
});

test("the raw view interprets nothing and shows control characters as symbols", () => {
  const raw = new RawLines(10);
  raw.write("a\x1b[31mb\r\nc\u0007\x7f\u009b" + "d".repeat(12));
  const lines = [...raw.scrollback, ...raw.screen()];
  assert.deepEqual(lines.map((line) => [line.text, line.isContinued]), [["a␛[31mb␍", false], ["c␇␡\\x9bdddddd", false], ["dddddd", true]]);
});

test("characters are zero, one or two cells wide", () => {
  for (const [char, width] of [["a", 1], ["é", 1], ["─", 1], ["█", 1], ["漢", 2], ["한", 2], ["👍", 2], ["\u0301", 0], ["\u200d", 0], ["\ufe0f", 0], ["✔", 1], ["✅", 2], ["\u202e", 0]]) {
    assert.equal(characterWidth(char), width, char);
  }
  assert.equal(textWidth("漢字 ok"), 7);
});

test("singleCellText matches only characters that are one cell wide", () => {
  for (let code = 0x20; code < 0x3000; code += 1) {
    const char = String.fromCharCode(code);
    if (singleCellText.test(char)) assert.equal(characterWidth(char), 1, code.toString(16));
  }
});
