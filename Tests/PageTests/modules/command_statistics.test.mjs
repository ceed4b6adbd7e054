import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../../Sources/Page/assets/shared/status.js";

globalThis.document ??= { querySelector: () => null };
const { median, statisticsOf } = await import("../../../Sources/Page/assets/history/command_statistics.js");

const row = (command, status, seconds) => ({
  command, process_status: status, executed_at: 100, finished_at: status === Status.RUNNING ? 0 : 100 + seconds,
});
const rows = [
  row("a", Status.RUNNING, 0), row("a", Status.COMPLETED, 10), row("a", Status.FAILED, 99),
  row("a:b", Status.COMPLETED, 1000), row("a", Status.COMPLETED, 20),
];

test("the median of an even number of values is the mean of the two in the middle", () => {
  assert.deepEqual([[], [3], [9, 1], [5, 1, 9]].map(median), [null, 3, 5, 5]);
});

test("statistics contain the ended executions of exactly this command, oldest first", () => {
  assert.deepEqual(statisticsOf(rows, "a").runs.map((run) => run.seconds), [20, 99, 10]);
});

test("the median duration counts completed executions alone, and needs two of them", () => {
  assert.equal(statisticsOf(rows, "a").medianSeconds, 15);
  assert.equal(statisticsOf(rows.slice(0, 2), "a").medianSeconds, null);
});
