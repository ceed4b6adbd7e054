import { ago } from "./format.js";
import { shapes } from "./icons.js";

/// What a row of the history says about its end: a word, a kind for its colour, a path for its shape.
export function statusOf(row) {
  switch (row.process_status) {
  case 1: return row.intended_to_kill_by ? statuses.killing : statuses.running;
  case 2: return statuses.completed;
  case 3: return isLost(row) ? statuses.lost : statuses.failed;
  case 4: return statuses.killed;
  case 5: return statuses.queued;
  default: return statuses.unknown;
  }
}

const statuses = {
  running: { word: "Running", kind: "running", shape: shapes.clock },
  killing: { word: "Stopping", kind: "killed", shape: shapes.stopping },
  completed: { word: "Completed", kind: "completed", shape: shapes.check },
  failed: { word: "Failed", kind: "failed", shape: shapes.cross },
  lost: { word: "Lost", kind: "failed", shape: shapes.question },
  killed: { word: "Killed", kind: "killed", shape: shapes.square },
  queued: { word: "Queued", kind: "muted", shape: shapes.clock },
  unknown: { word: "Unknown", kind: "muted", shape: shapes.dash },
};

/// The statuses one can filter by, as the interface numbers them.
export const filterableStatuses = [[1, "Running"], [2, "Completed"], [3, "Failed"], [4, "Killed"], [5, "Queued"]];

// Nobody saw its end; also where a person closed it because its instance was gone.
function isLost(row) {
  return row.reason === "lost" || Boolean(row.reason?.startsWith("lost: instance "));
}

/// "ops-2", "ops-2, gone, last seen 5 min ago", or nothing where there is only one instance.
export function instanceOf(row, now) {
  if (!row.instance) return "";
  return row.instance_is_gone ? `${row.instance}, gone, last seen ${ago(row.instance_last_seen, now)}` : row.instance;
}

/// "exit 0", "exit 127", "signal KILL", or nothing where it is not known.
export function exitOf(row) {
  if (row.signal) return `signal ${row.signal}`;
  if (row.exit_code !== null && row.exit_code !== undefined) return `exit ${row.exit_code}`;
  return "";
}

/// How long it ran, or has run until now, in seconds.
export function ranFor(row, now) {
  if (!row.executed_at || row.process_status === 5) return null;
  return (row.finished_at || (row.process_status === 1 ? now : row.executed_at)) - row.executed_at;
}

/// What a job that waits waits for, `ahead` others of its command coming first.
export function waitWords(row, ahead) {
  const before = ahead === 0 ? "It is the next one"
    : ahead === 1 ? "One other comes first" : `${ahead} others come first`;
  return `Waits until fewer of ${row.command} run. ${before}; it starts by itself.`;
}

/// The line as a person would type it.
export function lineOf(row) {
  return row.parameters ? `${row.command} ${row.parameters}` : row.command;
}
