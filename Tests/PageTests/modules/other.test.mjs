import assert from "node:assert/strict";
import { test } from "node:test";
import { killSteps } from "../../../Sources/Page/assets/kill_progress.js";
import { progressAgainst } from "../../../Sources/Page/assets/run_progress.js";

globalThis.document ??= { querySelector: () => null };
const { median, statsOf } = await import("../../../Sources/Page/assets/stats.js");

test("the median is the middle", () => {
  assert.deepEqual([[], [3], [9, 1], [5, 1, 9]].map(median), [null, 3, 5, 5]);
});

test("what is usual comes from completed runs of exactly this command", () => {
  const run = (command, status, seconds) => ({ command, process_status: status, executed_at: 100, finished_at: status === 1 ? 0 : 100 + seconds });
  const rows = [run("a", 1, 0), run("a", 2, 10), run("a", 3, 99), run("a:b", 2, 1000), run("a", 2, 20)];
  const { usual, runs } = statsOf(rows, "a");
  assert.equal(usual, 15);
  assert.deepEqual(runs.map((entry) => entry.seconds), [20, 99, 10]);
  assert.equal(statsOf(rows.slice(0, 2), "a").usual, null);
});

test("progress against what is usual", () => {
  assert.equal(progressAgainst(null, 5), null);
  assert.equal(progressAgainst(1, 5), null);
  assert.deepEqual(progressAgainst(60, 15), { part: 0.25, words: "About 45 s left" });
  assert.equal(progressAgainst(60, 70).part, 1);
  assert.match(progressAgainst(60, 70).words, /^Longer than usual/);
});

const kill = (steps, survivors = []) => ({ by: "carol", at: 1000, steps, survivors });
for (const [name, given, isEnded, words] of [
  ["asked", kill([]), false, ["Asked by carol", "Waiting for the first signal"]],
  ["under way", kill([{ signal: "QUIT", at: 1200 }]), false, ["Asked by carol", "QUIT sent"]],
  ["dead", kill([{ signal: "QUIT", at: 1200 }, { signal: "INT", at: 6200 }]), true, ["Asked by carol", "QUIT sent", "INT sent", "Dead"]],
  ["survived", kill([{ signal: "KILL", at: 1200 }], ["12 x"]), false, ["Asked by carol", "KILL sent", "Could not be killed: 12 x"]],
]) test(`a kill that is ${name}`, () => assert.deepEqual(killSteps(given, isEnded).map((step) => step.word), words));
