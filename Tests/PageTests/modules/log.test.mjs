import assert from "node:assert/strict";
import { test } from "node:test";
import { coloursOf, contrast, withReadableContrast } from "../../../Sources/Page/assets/log/log_colours.js";
import { byteLength, indexOfByte, isGap, withoutLastBytes } from "../../../Sources/Page/assets/log/log_bytes.js";
import { LogDocument } from "../../../Sources/Page/assets/log/log_document.js";
import { LogLayout } from "../../../Sources/Page/assets/log/log_layout.js";
import { linksIn, segmentsOf } from "../../../Sources/Page/assets/log/log_segments.js";
import { LogSearch } from "../../../Sources/Page/assets/log/log_search.js";
import { styleWith } from "../../../Sources/Page/assets/terminal/text_style.js";

const bytes = new TextEncoder();
const lineAt = (i) => `${i} the quick brown fox é 漢 👍\n`;

/// A log of many lines in slices, cut between characters as the server cuts them.
function sliced(count, size) {
  const all = bytes.encode(Array.from({ length: count }, (_, i) => lineAt(i)).join(""));
  const slices = [];
  for (let start = 0; start < all.length;) {
    let end = Math.min(all.length, start + size);
    while (end < all.length && (all[end] & 0xc0) === 0x80) end -= 1;
    slices.push({ text: new TextDecoder().decode(all.subarray(start, end)), start, end });
    start = end;
  }
  return { all, slices };
}

test("lines dropped at the start can be loaded again without a gap", () => {
  const { all, slices } = sliced(20000, 70001);
  const document = new LogDocument();
  for (const { text, end } of slices) document.append(text, end);
  const dropped = document.trimStart(500_000);
  assert.ok(dropped > 0 && document.firstLine === dropped);
  assert.ok(document.weight <= 500_000);
  assert.equal(document.line(document.firstLine).text, lineAt(dropped).trimEnd());
  const rest = new TextDecoder().decode(all.subarray(document.start));
  assert.ok(rest.startsWith(lineAt(dropped)));
  const earlier = new TextDecoder().decode(all.subarray(0, document.start));
  document.prepend(earlier, 0, true);
  assert.equal(document.firstLine, 0);
  for (const number of [0, 1, dropped - 1, dropped, dropped + 1, 19999]) {
    assert.equal(document.line(number).text, lineAt(number).trimEnd());
  }
});

test("lines dropped at the end can be loaded again without a gap", () => {
  const { all, slices } = sliced(20000, 70001);
  const document = new LogDocument();
  for (const { text, end } of slices) document.append(text, end);
  assert.ok(document.trimEnd(500_000, 3000));
  assert.ok(document.endLine > 3000 && document.end < all.length);
  document.append(new TextDecoder().decode(all.subarray(document.end)), all.length);
  assert.equal(document.endLine, 20000);
  for (const number of [0, 2999, 3001, 10000, 19999]) {
    assert.equal(document.line(number).text, lineAt(number).trimEnd());
  }
});

test("the memory of a document stays bounded while it grows", () => {
  const document = new LogDocument();
  const text = Array.from({ length: 4000 }, (_, i) => lineAt(i)).join("");
  for (let i = 0; i < 40; i += 1) {
    document.append(text, document.end + byteLength(text));
    document.trimStart(2_000_000);
  }
  assert.ok(document.weight <= 2_000_000);
  assert.ok(document.checkpoints.length < 20);
});

test("no checkpoint is made in text with replacement characters, because its bytes cannot be counted", () => {
  const document = new LogDocument();
  for (let i = 0; i < 30; i += 1) document.append(`bad \ufffd byte\n${"x".repeat(70000)}\n`, document.end + 70012);
  assert.deepEqual(document.checkpoints, [{ line: 0, byte: 0 }]);
});

test("the bytes of a text are counted without encoding it", () => {
  for (const text of ["", "abc", "é漢👍", "\ufffd", "a\u0301"]) assert.equal(byteLength(text), bytes.encode(text).length);
  assert.equal(withoutLastBytes("abé漢👍", 4), "abé漢");
  assert.equal(withoutLastBytes("abé漢👍", 9), "ab");
  assert.equal(withoutLastBytes("ab", 0), "ab");
  assert.deepEqual([-1, 0, 1, 3, 6, 10, 99].map((byte) => indexOfByte("aé漢👍", byte)), [0, 0, 1, 2, 3, 5, 5]);
});

for (const encoding of ["iso-8859-1", "windows-1252"]) {
  test(`each character of ${encoding} is one byte`, () => {
    assert.equal(byteLength("é€\x9b", encoding), 3);
    assert.equal(withoutLastBytes("é€\x9b", 2, encoding), "é");
    assert.equal(withoutLastBytes("é", 2, encoding), "");
    assert.deepEqual([-1, 0, 2, 9].map((byte) => indexOfByte("é€x", byte, encoding)), [0, 0, 2, 3]);
  });
}

test("an answer that only mentions left out bytes is a gap", () => {
  const answer = (text, length, encoding) => ({ text, offset: 5, next_offset: 5 + length, encoding });
  assert.equal(isGap(answer("\n[9000 bytes left out here]\n", 9000, "utf-8")), true);
  assert.equal(isGap(answer("\n[9000 bytes left out here]\n", 9000, "iso-8859-1")), true);
  assert.equal(isGap(answer("é", 2, undefined)), false);
  assert.equal(isGap(answer("é", 1, "windows-1252")), false);
  assert.equal(isGap(answer("\ufffd", 1, "utf-8")), false, "Invalid bytes are text.");
  const document = new LogDocument();
  document.append("x\n".repeat(50_000), 100_000);
  document.append("\n[9 bytes left out here]\n", 900_000, [], true);
  document.append("y\n".repeat(50_000), 1_000_000);
  const between = document.checkpoints.filter(({ byte }) => byte > 100_000 && byte <= 900_000);
  assert.deepEqual(between, [], "No line starts at a byte that was left out.");
  assert.ok(document.checkpoints.some(({ byte }) => byte > 900_000));
});

test("lines dropped at the start of a log in ISO 8859-1 can be loaded again without a gap", () => {
  const all = Array.from({ length: 20000 }, (_, i) => `é ${i} ü\n`).join("");
  const document = new LogDocument();
  document.encoding = "iso-8859-1";
  for (let start = 0; start < all.length; start += 70001) {
    const text = all.slice(start, start + 70001);
    document.append(text, start + text.length, [[start, 1], [start + 1000, 2], [start + 30000, 3]]);
  }
  const dropped = document.trimStart(500_000);
  assert.ok(dropped > 0);
  assert.ok(all.slice(document.start).startsWith(`é ${dropped} ü\n`));
});

function layoutOf(widths, columns, wraps = true) {
  const layout = new LogLayout(20);
  layout.resize(columns, wraps);
  layout.update(widths.length, (i) => ({ width: widths[i], isContinued: false }));
  return layout;
}

test("the position of each line follows from the widths of the lines before it", () => {
  const layout = layoutOf([0, 10, 11, 25], 10);
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => layout.top(i)), [0, 20, 40, 80, 140]);
  assert.deepEqual([0, 19, 20, 79, 80, 139, 999].map((y) => layout.indexAt(y)), [0, 0, 1, 2, 3, 3, 3]);
  assert.equal(layoutOf([0, 10, 11, 25], 10, false).height, 80);
  assert.equal(layoutOf([], 10).height, 0);
});

test("a corrected height moves the lines below", () => {
  const layout = layoutOf([5, 10, 5], 10);
  assert.equal(layout.correct(1, 1), false);
  assert.equal(layout.correct(1, 2), true);
  assert.equal(layout.height, 80);
  layout.invalidateFrom(0);
  layout.update(3, (i) => ({ width: [5, 10, 5][i], isContinued: false }));
  assert.equal(layout.height, 80);
});

test("continued lines have the number of their first part", () => {
  const layout = new LogLayout(20);
  layout.update(4, (i) => ({ width: 1, isContinued: i === 1 || i === 2 }));
  assert.deepEqual([0, 1, 2, 3].map((i) => layout.number(i)), [1, 1, 1, 2]);
});

test("lines have the numbers of the whole log if that of one line is known", () => {
  const layout = new LogLayout(20);
  layout.update(5, (i) => ({ width: 1, isContinued: i === 2 }));
  layout.setNumber(3, 1000);
  assert.deepEqual([0, 1, 2, 3, 4].map((i) => layout.number(i)), [998, 999, 999, 1000, 1001]);
  assert.deepEqual([997, 998, 999, 1001, 1002].map((number) => layout.indexOf(number)), [-1, 0, 1, 4, -1]);
});

function searchIn(text, query) {
  const document = new LogDocument();
  document.append(text, byteLength(text));
  const search = new LogSearch(document);
  search.setQuery(query);
  while (!search.scan(5));
  return search;
}

test("a search finds every match in scrollback and screen, without regard to case", () => {
  const search = searchIn(Array.from({ length: 120 }, (_, i) => `Line ${i} line`).join("\n"), "LINE");
  assert.equal(search.count, 240);
  assert.deepEqual(search.matchesIn(7).map((match) => match.start), [0, 7]);
  assert.deepEqual(search.step(1, 100), { line: 100, start: 0, end: 4 });
  search.step(-1, 0);
  assert.equal(search.match(search.current).line, 99);
  assert.equal(searchIn("a.b\na+b\n", ".").count, 1);
  assert.equal(searchIn("x", "y").step(1, 0), null);
});

test("the current match stays the same when earlier lines are loaded", () => {
  const search = searchIn("x 1\nx 2\nx 3\n".repeat(40), "x 2");
  search.step(1, 30);
  const before = search.match(search.current);
  search.document.prepend("x 2\nx 2\n", 0, true);
  search.restart();
  while (!search.scan(5));
  assert.deepEqual(search.match(search.current), before);
  assert.equal(search.count, 42);
});

const line = (text, spans = []) => ({ text, spans, width: text.length, isContinued: false });

test("http and https addresses become links, without the punctuation around them", () => {
  const found = (text) => linksIn(text).map((link) => link.href);
  assert.deepEqual(found("see https://example.org/a?b=c)."), ["https://example.org/a?b=c"]);
  assert.deepEqual(found("(http://a.b/c_(d))"), ["http://a.b/c_(d)"]);
  assert.deepEqual(found("javascript:alert(1) ftp://x data:text/html,x https:// xhttp://y"), []);
  assert.deepEqual(found("'https://x.y/z' <https://p.q>"), ["https://x.y/z", "https://p.q"]);
});

test("segments cover the line exactly once, even if styles, links and matches overlap", () => {
  const style = styleWith(null, { fg: 1 });
  const text = "ab https://x.y cd";
  const segments = segmentsOf(line(text, [{ start: 1, end: 8, style }]), [{ start: 5, end: 16, isCurrent: true }]);
  assert.equal(segments.map((segment) => segment.text).join(""), text);
  assert.ok(segments.filter((segment) => segment.link).every((segment) => segment.link === "https://x.y"));
  assert.deepEqual(segmentsOf(line("")), []);
});

test("bidi controls and invisible characters are shown by their code points, joiners of emoji are kept", () => {
  const segments = segmentsOf(line("a\u202eb\u2066c\u200b\u{e0041}👩\u200d💻"));
  const names = segments.map((segment) => segment.invisible).filter(Boolean);
  assert.deepEqual(names, ["U+202E", "U+2066", "U+200B", "U+E0041"]);
});

test("a line with thousands of colours or invisible characters becomes at most a few hundred segments", () => {
  const spans = Array.from({ length: 4000 }, (_, i) => ({ start: i, end: i + 1, style: styleWith(null, { fg: i % 256 }) }));
  assert.ok(segmentsOf(line("x".repeat(4000), spans)).length < 400);
  const hostile = segmentsOf(line("a\u202e\u{e0041}".repeat(2000)));
  assert.ok(hostile.length < 400);
  assert.equal(hostile.map((segment) => segment.text).join("").length, 8000);
  assert.ok(hostile.every((segment) => segment.invisible || !/[\u202e\u{e0041}]/u.test(segment.text)));
});

test("text keeps a readable contrast with any colours a job chooses", () => {
  for (const scheme of ["light", "dark"]) {
    const plain = scheme === "light" ? ["#1b2027", "#fbfcfd"] : ["#dfe5ec", "#0b0f13"];
    for (let fg = -1; fg < 256; fg += 3) {
      for (let bg = -1; bg < 256; bg += 5) {
        for (const change of [{}, { inverse: true }, { faint: true }]) {
          const style = styleWith(null, { fg: fg < 0 ? null : fg, bg: bg < 0 ? null : bg, bold: true, ...change });
          const { color, background } = coloursOf(style, scheme);
          assert.ok(contrast(color ?? plain[0], background ?? plain[1]) >= 4.5, JSON.stringify({ scheme, fg, bg, change }));
        }
      }
    }
  }
  assert.equal(withReadableContrast("#ffffff", "#000000"), "#ffffff");
});
