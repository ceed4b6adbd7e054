import { createElement, setText, setTitle } from "../shared/dom.js";
import { exactTime, formatBytes, formatDuration, relativeTime } from "../shared/format.js";
import { instanceText, secondsRun, Status, wasCancelled } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";
import { t } from "../shared/text.js";

/// The facts about an execution, above its log: user, start, duration, end and resources.
export class JobFacts {
  constructor() {
    this.row = null;
    this.facts = new Map();
    this.element = createElement("dl", { class: "facts" });
  }

  show(row, now) {
    this.row = row;
    this.setFact(t("column.status"), createStatusBadge(row, true), row.reason ?? "");
    this.setFact(t("column.user"), row.user_identifier);
    this.setFact(t("fact.token"), tokenText(row));
    const lastSeen = row.instance ? t("fact.lastSeen", { time: exactTime(row.instance_last_seen) }) : "";
    this.setFact(t("fact.instance"), instanceText(row, now), lastSeen);
    this.updateTimes(now);
    const wasKilled = row.process_status === Status.KILLED;
    this.setFact(t("fact.signal"), wasKilled ? row.signal : null, t("fact.signalTitle"));
    this.setFact(wasCancelled(row) ? t("fact.cancelledBy") : t("fact.killedBy"), row.timed_out ? null : row.killed_by);
    this.setFact(t("fact.reason"), reasonText(row));
    this.setFact(t("fact.cpu"), isKnown(row.cpu_ms) ? formatDuration(row.cpu_ms / 1000) : null);
    this.setFact(t("fact.memory"), row.peak_memory_bytes ? formatBytes(row.peak_memory_bytes) : null);
    this.setFact(t("fact.logSize"), isKnown(row.log_bytes) ? formatBytes(row.log_bytes) : null);
    this.setFact(t("fact.remaining"), row.left_behind ? String(row.left_behind) : null, t("fact.remainingTitle"));
  }

  /// Updates the facts that change with time alone.
  updateTimes(now) {
    const { row } = this;
    if (!row) return;
    const isQueued = row.process_status === Status.QUEUED;
    const age = relativeTime(row.executed_at, now);
    this.setFact(t("status.queued"), isQueued ? age : null, exactTime(row.executed_at));
    this.setFact(t("column.started"), isQueued ? null : age, exactTime(row.executed_at));
    const end = row.finished_at ? t("fact.ended", { time: exactTime(row.finished_at) }) : "";
    this.setFact(t("column.duration"), formatDuration(secondsRun(row, now)), end);
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
    return t("fact.lostReason");
  }
  return row.reason || null;
}
