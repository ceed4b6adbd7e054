import assert from "node:assert/strict";
import { test } from "node:test";
import { estimateProgress } from "../../../Sources/Page/assets/job/job_progress.js";
import { killSteps } from "../../../Sources/Page/assets/job/kill_progress.js";

test("no progress is shown without a median or for very short commands", () => {
  assert.equal(estimateProgress(null, 5), null);
  assert.equal(estimateProgress(1, 5), null);
});

test("the progress is the part of the median duration that has passed", () => {
  assert.deepEqual(estimateProgress(60, 15), { fraction: 0.25, isOverdue: false, text: "About 45 s left" });
});

test("a job is overdue when it takes more than 5 % longer than the median", () => {
  assert.deepEqual(estimateProgress(60, 62), { fraction: 1, isOverdue: false, text: "About 1 s left" });
  assert.deepEqual(estimateProgress(60, 70), { fraction: 1, isOverdue: true, text: "Usually takes 1 min" });
});

const kill = (steps, survivors = []) => ({ by: "carol", at: 1000, steps, survivors });
const first = "Kill requested by carol";

for (const [name, given, isEnded, texts] of [
  ["without a signal yet", kill([]), false, [first, "Waiting for the broker to send the first signal"]],
  ["with one signal", kill([{ signal: "QUIT", at: 1200 }]), false, [first, "QUIT sent"]],
  ["of an ended job", kill([{ signal: "QUIT", at: 1200 }, { signal: "INT", at: 6200 }]), true,
    [first, "QUIT sent", "INT sent", "Ended"]],
  ["with survivors", kill([{ signal: "KILL", at: 1200 }], ["12 x"]), false,
    [first, "KILL sent", "Still running, tell the administrator: 12 x"]],
]) {
  test(`the steps of a kill ${name}`, () => {
    assert.deepEqual(killSteps(given, isEnded).map((step) => step.text), texts);
  });
}

test("the time of a signal is counted from the kill request", () => {
  assert.deepEqual(killSteps(kill([{ signal: "QUIT", at: 3500 }]), false)[1].seconds, 2.5);
});
