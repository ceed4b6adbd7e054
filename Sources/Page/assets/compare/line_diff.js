/// The differences between two lists of lines, by the algorithm of Myers (An O(ND) Difference Algorithm, 1986) in its
/// form with linear space. A generator, so that its caller can let others run: it yields nothing of interest, and
/// returns `{ a, b, count }` ranges of equal lines in order.
export function* equalRanges(a, b) {
  const ids = new Map();
  const idsOf = (lines) => Int32Array.from(lines, (line) => {
    if (!ids.has(line)) ids.set(line, ids.size);
    return ids.get(line);
  });
  const ranges = [];
  yield* compareRange(idsOf(a), idsOf(b), [0, a.length, 0, b.length], ranges);
  return mergeRanges(ranges);
}

// Lines of differences in one part that are looked for exactly. Beyond that, the part counts as different.
const maxDistance = 1500;
const stepsBetweenYields = 20_000;

function* compareRange(a, b, whole, ranges) {
  const rest = [whole];
  while (rest.length) {
    let [fromA, toA, fromB, toB] = rest.pop();
    let count = 0;
    while (fromA + count < toA && fromB + count < toB && a[fromA + count] === b[fromB + count]) count += 1;
    if (count) ranges.push({ a: fromA, b: fromB, count });
    [fromA, fromB] = [fromA + count, fromB + count];
    count = 0;
    while (fromA < toA - count && fromB < toB - count && a[toA - count - 1] === b[toB - count - 1]) count += 1;
    if (count) ranges.push({ a: toA - count, b: toB - count, count });
    [toA, toB] = [toA - count, toB - count];
    if (fromA === toA || fromB === toB) continue;
    const split = yield* middleOf(a, b, fromA, toA, fromB, toB);
    if (!split) continue;
    rest.push([fromA, split.a, fromB, split.b], [split.a, toA, split.b, toB]);
  }
}

// A point on a shortest path between the corners, where the searches from both meet. Null if the parts differ too much.
function* middleOf(a, b, fromA, toA, fromB, toB) {
  const [n, m] = [toA - fromA, toB - fromB];
  const max = Math.min(Math.ceil((n + m) / 2), maxDistance);
  const delta = n - m;
  const size = 2 * max + 2;
  const [forward, backward] = [new Int32Array(size + 1), new Int32Array(size + 1)];
  let steps = 0;
  for (let d = 0; d <= max; d += 1) {
    for (let k = -d; k <= d; k += 2) {
      const at = k + max;
      let x = k === -d || (k !== d && forward[at - 1] < forward[at + 1]) ? forward[at + 1] : forward[at - 1] + 1;
      while (x < n && x - k < m && x - k >= 0 && a[fromA + x] === b[fromB + x - k]) x += 1;
      forward[at] = x;
      const other = delta - k;
      if (delta % 2 !== 0 && Math.abs(other) <= d - 1 && x + backward[other + max] >= n) {
        return splitAt(fromA, fromB, x, x - k, n, m);
      }
    }
    for (let k = -d; k <= d; k += 2) {
      const at = k + max;
      let x = k === -d || (k !== d && backward[at - 1] < backward[at + 1]) ? backward[at + 1] : backward[at - 1] + 1;
      while (x < n && x - k < m && x - k >= 0 && a[toA - x - 1] === b[toB - (x - k) - 1]) x += 1;
      backward[at] = x;
      const other = delta - k;
      if (delta % 2 === 0 && Math.abs(other) <= d && x + forward[other + max] >= n) {
        return splitAt(fromA, fromB, n - x, m - (x - k), n, m);
      }
    }
    steps += 2 * d + 2;
    if (steps > stepsBetweenYields) {
      steps = 0;
      yield;
    }
  }
  return null;
}

function splitAt(fromA, fromB, x, y, n, m) {
  const isInside = x >= 0 && y >= 0 && x <= n && y <= m && x + y > 0 && x + y < n + m;
  return isInside ? { a: fromA + x, b: fromB + y } : null;
}

function mergeRanges(ranges) {
  const merged = [];
  for (const range of ranges.sort((one, other) => one.a - other.a)) {
    const last = merged[merged.length - 1];
    if (last && last.a + last.count === range.a && last.b + last.count === range.b) last.count += range.count;
    else merged.push({ ...range });
  }
  return merged;
}

/// The rows of a comparison side by side: `{ left, right, kind }`, indexes of lines or null. `kind` is "same",
/// "changed", "removed" or "added".
export function sideBySide(ranges, countA, countB) {
  const rows = [];
  let [a, b] = [0, 0];
  for (const range of [...ranges, { a: countA, b: countB, count: 0 }]) {
    while (a < range.a || b < range.b) {
      const left = a < range.a ? a++ : null;
      const right = b < range.b ? b++ : null;
      rows.push({ left, right, kind: left === null ? "added" : right === null ? "removed" : "changed" });
    }
    for (let i = 0; i < range.count; i += 1) rows.push({ left: a++, right: b++, kind: "same" });
  }
  return rows;
}
