import assert from "node:assert/strict";
import test from "node:test";
import { formatLineTime, splitByTime, timeModes } from "../../../Sources/Page/assets/log/line_times.js";
import { byteLength } from "../../../Sources/Page/assets/log/log_bytes.js";
import { LogDocument } from "../../../Sources/Page/assets/log/log_document.js";
import { linesText } from "../../../Sources/Page/assets/log/log_selection.js";

test("a text is split where its bytes arrived at another time", () => {
  const split = (text, start, times) => splitByTime(text, start, times).map(({ text, time }) => [text, time]);
  assert.deepEqual(split("abc", 0, []), [["abc", null]]);
  assert.deepEqual(split("abcdef", 10, [[4, 1], [12, 2], [15, 3]]), [["ab", 1], ["cde", 2], ["f", 3]]);
  assert.deepEqual(split("abc", 0, [[1, 5]]), [["a", null], ["bc", 5]]);
  assert.deepEqual(split("é€😀x", 0, [[0, 1], [2, 2], [5, 3], [9, 4]]), [["é", 1], ["€", 2], ["😀", 3], ["x", 4]]);
  assert.deepEqual(split("ab", 0, [[0, 1], [0, 2], [1, 3], [1, 4]]), [["a", 2], ["b", 4]]);
  assert.deepEqual(split("ab", 0, [[0, 1], [99, 2]]), [["ab", 1]]);
  assert.deepEqual(split("", 0, [[0, 1]]), []);
});

test("times are shown as time of day or since the start", () => {
  const time = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();
  assert.equal(formatLineTime(time, "clock", 0), "03:04:05.067");
  assert.equal(formatLineTime(time, "elapsed", time - 1234), "0:01.234");
  assert.equal(formatLineTime(time, "elapsed", time - 3_723_004), "1:02:03.004");
  assert.equal(formatLineTime(time, "elapsed", time + 5), "0:00.000");
  assert.equal(formatLineTime(time, "off", 0), "");
  assert.equal(formatLineTime(null, "clock", 0), "");
  assert.deepEqual(timeModes, ["off", "clock", "elapsed"]);
});

for (const isRaw of [false, true]) {
  test(`each line has the time of its first character, ${isRaw ? "raw" : "as a terminal"}`, () => {
    const document = new LogDocument(isRaw);
    const first = "one\ntwo\nthr";
    document.append(first, first.length, [[0, 10], [4, 20], [8, 30]]);
    document.append("ee\n\nfour\n", 20, [[11, 40]]);
    const times = () => Array.from({ length: document.count }, (_, i) => document.line(document.firstLine + i).time);
    assert.deepEqual(times().filter((time) => time !== null), isRaw ? [10, 20, 30, 40, 40] : [10, 20, 30, 40]);
    const earlier = new LogDocument(isRaw);
    earlier.open(8, true);
    earlier.append("three\n", 14, [[8, 30]]);
    earlier.prepend("one\ntwo\n", 0, true, [[0, 10], [4, 20]]);
    assert.deepEqual([-2, -1, 0].map((number) => earlier.line(number).time), [10, 20, 30]);
  });
}

test("a split text has the same lines and checkpoints as a whole one", () => {
  const text = Array.from({ length: 4000 }, (_, i) => `é line ${i} ${"x".repeat(40)}\n`).join("");
  const whole = new LogDocument();
  whole.append(text, byteLength(text));
  const split = new LogDocument();
  split.append(text, byteLength(text), Array.from({ length: 50 }, (_, i) => [i * 3001, i]));
  assert.equal(split.count, whole.count);
  assert.equal(linesText(split, 0, split.count), linesText(whole, 0, whole.count));
  for (const { line, byte } of split.checkpoints) {
    assert.equal(byteLength(text.split("\n").slice(0, line).map((part) => `${part}\n`).join("")), byte);
  }
});

test("copied text has times only if they are wanted", () => {
  const document = new LogDocument();
  document.append("one\ntwo\n", 8, [[0, 10], [4, 20]]);
  assert.equal(linesText(document, 0, 2), "one\ntwo");
  assert.equal(linesText(document, 0, 2, false, (line) => `${line.time}  `), "10  one\n20  two");
});
