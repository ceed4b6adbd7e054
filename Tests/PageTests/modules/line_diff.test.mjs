import assert from "node:assert/strict";
import { test } from "node:test";
import { equalRanges, sideBySide } from "../../../Sources/Page/assets/compare/line_diff.js";

function diff(a, b) {
  const steps = equalRanges(a, b);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/// The length of the longest common subsequence, by the plain table.
function commonLength(a, b) {
  let row = new Array(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    b.forEach((other, j) => next.push(line === other ? row[j] + 1 : Math.max(row[j + 1], next[j])));
    row = next;
  }
  return row[b.length];
}

test("equal ranges are equal, in order, and as many as possible, for random lines", () => {
  let seed = 7;
  const random = (limit) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor(seed / 65536) % limit;
  };
  for (let round = 0; round < 3000; round += 1) {
    const lines = () => Array.from({ length: random(24) }, () => String(random(5)));
    const [a, b] = [lines(), lines()];
    const ranges = diff(a, b);
    let [endA, endB, total] = [0, 0, 0];
    for (const range of ranges) {
      assert.ok(range.a >= endA && range.b >= endB && range.count > 0);
      assert.deepEqual(a.slice(range.a, range.a + range.count), b.slice(range.b, range.b + range.count));
      [endA, endB, total] = [range.a + range.count, range.b + range.count, total + range.count];
    }
    assert.equal(total, commonLength(a, b), JSON.stringify([a, b]));
  }
});

test("lines side by side are the same, changed, removed or added", () => {
  const [a, b] = [["x", "old", "y", "gone"], ["new one", "x", "new", "y"]];
  const rows = sideBySide(diff(a, b), a.length, b.length);
  assert.deepEqual(rows.map(({ left, right, kind }) => [a[left] ?? "", b[right] ?? "", kind]), [
    ["", "new one", "added"], ["x", "x", "same"], ["old", "new", "changed"], ["y", "y", "same"], ["gone", "", "removed"],
  ]);
});

test("10,000 lines that have nothing in common end", { timeout: 30_000 }, () => {
  const lines = (name) => Array.from({ length: 10_000 }, (_, index) => `${name} ${index}`);
  assert.deepEqual(diff(lines("a"), lines("b")), []);
});
