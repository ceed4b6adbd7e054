import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatDuration, relativeTime } from "../../../Sources/Page/assets/shared/format.js";

for (const [seconds, text] of [
  [0, "0 s"], [0.4, "0.4 s"], [12, "12 s"], [12.7, "12 s"], [60, "1 min"], [185, "3 min 5 s"], [7800, "2 h 10 min"],
  [273600, "3 d 4 h"], [null, ""], [-1, "0 s"],
]) {
  test(`${seconds} seconds are shown as “${text}”`, () => assert.equal(formatDuration(seconds), text));
}

for (const [bytes, text] of [
  [0, "0 B"], [1023, "1,023 B"], [1536, "1.5 KiB"], [300 * 1048576, "300 MiB"], [1073741824, "1.0 GiB"], [null, ""],
]) {
  test(`${bytes} bytes are shown as “${text}”`, () => assert.equal(formatBytes(bytes), text));
}

for (const [age, text] of [
  [0, "just now"], [-3, "just now"], [30, "30 s ago"], [150, "2 min ago"], [7200, "2 h ago"], [200000, "2 d ago"],
]) {
  test(`a time ${age} seconds ago is shown as “${text}”`, () => assert.equal(relativeTime(1e9 - age, 1e9), text));
}
