import { h, setText } from "./dom.js";
import { ago, byteSize, duration, exactTime } from "./format.js";
import { statusMark } from "./status_mark.js";
import { exitOf, instanceOf, ranFor } from "./status.js";

/// The header of facts over a log: who, since when, how long, how it ended, what it cost.
export class JobFacts {
  constructor() {
    this.row = null;
    this.cells = new Map();
    this.element = h("dl", { class: "facts" });
  }

  show(row, now) {
    this.row = row;
    this.put("Status", statusMark(row), row.reason ?? "");
    this.put("By", row.user_identifier);
    this.put("On", instanceOf(row, now), row.instance ? `Last seen ${exactTime(row.instance_last_seen)}` : "");
    this.tick(now);
    this.put("Exit", row.process_status === 3 || row.signal ? exitOf(row) : exitOf(row).replace("exit ", ""));
    this.put("Killed by", row.killed_by);
    this.put("Why", reasonWords(row.reason));
    this.put("CPU", row.cpu_ms === null || row.cpu_ms === undefined ? null : duration(row.cpu_ms / 1000));
    this.put("Memory", row.peak_memory_bytes ? byteSize(row.peak_memory_bytes) : null, "At its highest");
    this.put("Log", row.log_bytes === null || row.log_bytes === undefined ? null : byteSize(row.log_bytes));
    const left = row.left_behind ? String(row.left_behind) : null;
    this.put("Left running", left, "Processes it started that went on after its end");
  }

  /// What changes with time alone.
  tick(now) {
    const { row } = this;
    if (!row) return;
    this.put("Started", ago(row.executed_at, now), exactTime(row.executed_at));
    this.put("Time", duration(ranFor(row, now)), row.finished_at ? `Until ${exactTime(row.finished_at)}` : "");
  }

  put(name, value, title = "") {
    let cell = this.cells.get(name);
    if (!value) {
      cell?.remove();
      this.cells.delete(name);
      return;
    }
    if (!cell) {
      cell = h("div", { class: "fact" }, h("dt", {}, name), h("dd"));
      this.cells.set(name, cell);
      this.element.append(cell);
    }
    const place = cell.lastElementChild;
    if (typeof value === "string") setText(place, value);
    else place.replaceChildren(value);
    place.title = title;
  }
}

function reasonWords(reason) {
  if (!reason) return null;
  if (reason === "lost") return "The machine went down, or it died unseen";
  return reason;
}
