import { createElement, setText, setTitle } from "../shared/dom.js";
import { exactTime, formatBytes, formatDuration, relativeTime } from "../shared/format.js";
import { instanceText, secondsRun, Status, wasCancelled } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";

/// The facts about an execution, above its log: user, start, duration, end and resources.
export class JobFacts {
  constructor() {
    this.row = null;
    this.facts = new Map();
    this.element = createElement("dl", { class: "facts" });
  }

  show(row, now) {
    this.row = row;
    this.setFact("Status", createStatusBadge(row, true), row.reason ?? "");
    this.setFact("Started by", row.user_identifier);
    this.setFact("API token", tokenText(row));
    const lastSeen = row.instance ? `Last seen ${exactTime(row.instance_last_seen)}` : "";
    this.setFact("Instance", instanceText(row, now), lastSeen);
    this.updateTimes(now);
    const wasKilled = row.process_status === Status.KILLED;
    this.setFact("Signal", wasKilled ? row.signal : null, "The signal that ended the command");
    this.setFact(wasCancelled(row) ? "Cancelled by" : "Killed by", row.timed_out ? null : row.killed_by);
    this.setFact("Reason", reasonText(row));
    this.setFact("CPU time", isKnown(row.cpu_ms) ? formatDuration(row.cpu_ms / 1000) : null);
    this.setFact("Peak memory", row.peak_memory_bytes ? formatBytes(row.peak_memory_bytes) : null);
    this.setFact("Log size", isKnown(row.log_bytes) ? formatBytes(row.log_bytes) : null);
    this.setFact("Remaining processes", row.left_behind ? String(row.left_behind) : null,
      "Processes that the job started and that were still running when it ended");
  }

  /// Updates the facts that change with time alone.
  updateTimes(now) {
    const { row } = this;
    if (!row) return;
    const isQueued = row.process_status === Status.QUEUED;
    const age = relativeTime(row.executed_at, now);
    this.setFact("Queued", isQueued ? age : null, exactTime(row.executed_at));
    this.setFact("Started", isQueued ? null : age, exactTime(row.executed_at));
    const end = row.finished_at ? `Ended ${exactTime(row.finished_at)}` : "";
    this.setFact("Duration", formatDuration(secondsRun(row, now)), end);
  }

  setFact(name, value, title = "") {
    let fact = this.facts.get(name);
    if (!value) {
      fact?.remove();
      this.facts.delete(name);
      return;
    }
    if (!fact) {
      fact = createElement("div", { class: "fact" }, createElement("dt", {}, name), createElement("dd"));
      this.facts.set(name, fact);
      this.element.append(fact);
    }
    const details = fact.lastElementChild;
    if (typeof value === "string") setText(details, value);
    else details.replaceChildren(value);
    setTitle(details, title);
  }
}

function isKnown(value) {
  return value !== null && value !== undefined;
}

function tokenText(row) {
  if (!isKnown(row.token_id)) return null;
  return row.token_name ? `${row.token_id} (${row.token_name})` : String(row.token_id);
}

function reasonText(row) {
  if (row.lost && !row.closed_by) {
    return "The machine or the supervisor stopped before the end was recorded. "
      + "Check the result before you run it again.";
  }
  return row.reason || null;
}
