import assert from "node:assert/strict";
import { test } from "node:test";
import {
  commandLine, exitText, instanceText, isOpen, queueText, secondsRun, Status, statusOf,
} from "../../../Sources/Page/assets/shared/status.js";

const { RUNNING, COMPLETED, FAILED, KILLED, QUEUED } = Status;

test("the status numbers are those of the API, which are the original's", () => {
  assert.deepEqual({ ...Status }, { RUNNING: 1, COMPLETED: 2, FAILED: 3, KILLED: 4, QUEUED: 5 });
});

for (const [row, label, exit] of [
  [{ process_status: RUNNING }, "Running", ""],
  [{ process_status: RUNNING, intended_to_kill_by: "x" }, "Killing", ""],
  [{ process_status: COMPLETED, exit_code: 0 }, "Completed", ""],
  [{ process_status: FAILED, exit_code: 3 }, "Failed", "Exit 3"],
  [{ process_status: FAILED, exit_code: null, lost: true }, "Lost", ""],
  [{ process_status: FAILED, reason: "lost" }, "Failed", ""],
  [{ process_status: KILLED, killed_by: "timeout", timed_out: true }, "Timed out", ""],
  [{ process_status: KILLED, killed_by: "timeout", timed_out: false }, "Killed", ""],
  [{ process_status: KILLED, signal: "KILL" }, "Killed", "Signal KILL"],
  [{ process_status: KILLED, queued_at: 5, cpu_ms: null, log_bytes: null }, "Cancelled", ""],
  [{ process_status: KILLED, queued_at: 5, cpu_ms: 3, log_bytes: 0 }, "Killed", ""],
  [{ process_status: QUEUED }, "Queued", ""],
  [{ process_status: 9 }, "Unknown", ""],
]) {
  test(`${JSON.stringify(row)} is shown as ${label}`, () => {
    assert.deepEqual([statusOf(row).label, exitText(row)], [label, exit]);
  });
}

test("running and queued executions are open, ended ones are not", () => {
  const open = Object.values(Status).filter((status) => isOpen({ process_status: status }));
  assert.deepEqual(open, [RUNNING, QUEUED]);
});

test("an ended execution ran until its end, a running one until now", () => {
  assert.equal(secondsRun({ process_status: COMPLETED, executed_at: 10, finished_at: 15 }, 99), 5);
  assert.equal(secondsRun({ process_status: RUNNING, executed_at: 10, finished_at: 0 }, 99), 89);
});

test("an execution whose end is unknown has no duration, and neither has a queued one", () => {
  assert.equal(secondsRun({ process_status: FAILED, executed_at: 10, finished_at: null }, 99), null);
  assert.equal(secondsRun({ process_status: QUEUED, executed_at: 10 }, 99), null);
});

test("a command without parameters is shown as its name alone", () => {
  assert.equal(commandLine({ command: "a", parameters: "" }), "a");
  assert.equal(commandLine({ command: "a", parameters: "b c" }), "a b c");
});

test("the instance is shown only if there are several, and a gone one with the time it was last seen", () => {
  const row = { instance: "ops-2", instance_last_seen: 1000, instance_is_gone: false };
  assert.equal(instanceText(row, 1300), "ops-2");
  assert.equal(instanceText({ ...row, instance_is_gone: true }, 1300), "ops-2, gone, last seen 5 min ago");
  assert.equal(instanceText({ instance: null }, 1300), "");
  assert.equal(instanceText({}, 1300), "");
});

test("a queued execution says how many are ahead of it", () => {
  const row = { command: "deploy" };
  assert.match(queueText(row, 0), /This run is next\./);
  assert.match(queueText(row, 1), /1 run is ahead of this one\./);
  assert.match(queueText(row, 2), /2 runs are ahead of this one\./);
});
