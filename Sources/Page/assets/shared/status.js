import { pluralize, relativeTime } from "./format.js";
import { iconPaths } from "./icons.js";

/// The values of `process_status` in the API. The first four are the original's.
export const Status = Object.freeze({ RUNNING: 1, COMPLETED: 2, FAILED: 3, KILLED: 4, QUEUED: 5 });

/// Whether an execution has not ended yet.
export function isOpen(row) {
  return row.process_status === Status.RUNNING || row.process_status === Status.QUEUED;
}

/// How the status of an execution is shown: `{ label, className, iconPath }`.
export function statusOf(row) {
  switch (row.process_status) {
  case Status.RUNNING: return row.intended_to_kill_by ? presentations.killing : presentations.running;
  case Status.COMPLETED: return presentations.completed;
  case Status.FAILED: return row.lost ? presentations.lost : presentations.failed;
  case Status.KILLED:
    if (wasCancelled(row)) return presentations.cancelled;
    return row.timed_out ? presentations.timedOut : presentations.killed;
  case Status.QUEUED: return presentations.queued;
  default: return presentations.unknown;
  }
}

const presentations = {
  running: { label: "Running", className: "running", iconPath: iconPaths.running },
  killing: { label: "Killing", className: "killed", iconPath: iconPaths.stopping },
  completed: { label: "Completed", className: "completed", iconPath: iconPaths.check },
  failed: { label: "Failed", className: "failed", iconPath: iconPaths.cross },
  lost: { label: "Lost", className: "failed", iconPath: iconPaths.question },
  killed: { label: "Killed", className: "killed", iconPath: iconPaths.square },
  cancelled: { label: "Cancelled", className: "muted", iconPath: iconPaths.dash },
  timedOut: { label: "Timed out", className: "killed", iconPath: iconPaths.clock },
  queued: { label: "Queued", className: "queued", iconPath: iconPaths.queued },
  unknown: { label: "Unknown", className: "muted", iconPath: iconPaths.dash },
};

/// The statuses that the history can be filtered by, as `[value, label]`.
export const filterableStatuses = [
  [Status.RUNNING, "Running"], [Status.COMPLETED, "Completed"], [Status.FAILED, "Failed"], [Status.KILLED, "Killed"],
  [Status.QUEUED, "Queued"],
];

/// "ops-2", "ops-2, gone, last seen 5 min ago", or "" if there is only one instance.
export function instanceText(row, now) {
  if (!row.instance) return "";
  if (!row.instance_is_gone) return row.instance;
  return `${row.instance}, gone, last seen ${relativeTime(row.instance_last_seen, now)}`;
}

/// "Exit 127", "Signal KILL", or "" for an exit code of 0 and if neither is known.
export function exitText(row) {
  if (row.signal) return `Signal ${row.signal}`;
  return row.exit_code ? `Exit ${row.exit_code}` : "";
}

/// Whether a run was cancelled in the queue. Then it has no process that could have left anything.
export function wasCancelled(row) {
  const hasRun = [row.exit_code, row.signal, row.cpu_ms, row.log_bytes].some((fact) => (fact ?? null) !== null);
  return row.process_status === Status.KILLED && Boolean(row.queued_at) && !hasRun;
}

/// How long an execution ran or has been running, in seconds. Null if it has not started or its end is unknown.
export function secondsRun(row, now) {
  if (!row.executed_at || row.process_status === Status.QUEUED || wasCancelled(row)) return null;
  const end = row.finished_at || (row.process_status === Status.RUNNING ? now : null);
  return end === null ? null : Math.max(0, end - row.executed_at);
}

/// Why a queued execution waits. `ahead` counts the queued executions that start before it.
export function queueText(row, ahead) {
  const position = ahead === 0 ? "This run is next"
    : `${pluralize(ahead, "run")} ${ahead === 1 ? "is" : "are"} ahead of this one`;
  return `Queued, because as many ${row.command} runs as allowed are running. ${position}. It starts by itself.`;
}

/// The command and its parameters as one line.
export function commandLine(row) {
  return row.parameters ? `${row.command} ${row.parameters}` : row.command;
}
