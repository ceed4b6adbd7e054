import { relativeTime } from "./format.js";
import { iconPaths } from "./icons.js";
import { t } from "./text.js";

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
  running: { label: t("status.running"), className: "running", iconPath: iconPaths.running },
  killing: { label: t("status.killing"), className: "killed", iconPath: iconPaths.stopping },
  completed: { label: t("status.completed"), className: "completed", iconPath: iconPaths.check },
  failed: { label: t("status.failed"), className: "failed", iconPath: iconPaths.cross },
  lost: { label: t("status.lost"), className: "failed", iconPath: iconPaths.question },
  killed: { label: t("status.killed"), className: "killed", iconPath: iconPaths.square },
  cancelled: { label: t("status.cancelled"), className: "muted", iconPath: iconPaths.dash },
  timedOut: { label: t("status.timedOut"), className: "killed", iconPath: iconPaths.clock },
  queued: { label: t("status.queued"), className: "queued", iconPath: iconPaths.queued },
  unknown: { label: t("status.unknown"), className: "muted", iconPath: iconPaths.dash },
};

/// The statuses that the history can be filtered by, as `[value, label]`.
export const filterableStatuses = [
  [Status.RUNNING, t("status.running")], [Status.COMPLETED, t("status.completed")], [Status.FAILED, t("status.failed")],
  [Status.KILLED, t("status.killed")], [Status.QUEUED, t("status.queued")],
];

/// "ops-2", "ops-2, gone, last seen 5 min ago", or "" if there is only one instance.
export function instanceText(row, now) {
  if (!row.instance) return "";
  if (!row.instance_is_gone) return row.instance;
  return `${row.instance}, ${t("instances.gone", { time: relativeTime(row.instance_last_seen, now) })}`;
}

/// "Exit 127", "Signal KILL", or "" for an exit code of 0 and if neither is known.
export function exitText(row) {
  if (row.signal) return t("exit.signal", { signal: row.signal });
  return row.exit_code ? t("exit.code", { code: String(row.exit_code) }) : "";
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
  const position = ahead === 0 ? t("queue.noteNext") : t("queue.noteAhead", { count: ahead });
  return `${t("queue.note", { command: row.command })} ${position} ${t("queue.noteStarts")}`;
}

/// The command and its parameters as one line.
export function commandLine(row) {
  return row.parameters ? `${row.command} ${row.parameters}` : row.command;
}
