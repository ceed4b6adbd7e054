import { h, setText } from "./dom.js";
import { ago, byteSize, duration, exactTime } from "./format.js";
import { statusMark } from "./history_table.js";
import { exitOf, ranFor } from "./status.js";

/// The header of facts over a log: who, since when, how long, how it ended, what it cost.
export class JobFacts {
  constructor() {
    this.row = null;
    this.cells = new Map();
    this.element = h("dl", { class: "facts" });
    this.clock = setInterval(() => this.tick(), 1000);
  }

  leave() {
    clearInterval(this.clock);
  }

  show(row) {
    this.row = row;
    this.put("Status", statusMark(row));
    this.put("By", row.user_identifier);
    const now = Date.now() / 1000;
    this.put("Started", ago(row.executed_at, now), exactTime(row.executed_at));
    this.put(row.process_status === 1 ? "Running" : "Took", duration(ranFor(row, now)), row.finished_at ? exactTime(row.finished_at) : "");
    if (row.process_status !== 1) this.cells.get("Running")?.remove();
    this.put("Exit", exitOf(row));
    this.put("Killed by", row.killed_by);
    this.put("Reason", row.reason && row.reason !== "lost" ? row.reason : null);
    this.put("CPU", row.cpu_ms === null || row.cpu_ms === undefined ? null : duration(row.cpu_ms / 1000));
    this.put("Memory", byteSize(row.peak_memory_bytes));
    this.put("Log", byteSize(row.log_bytes));
    this.put("Left running", row.left_behind ? String(row.left_behind) : null);
  }

  put(name, value, title = "") {
    if (!value) return;
    let cell = this.cells.get(name);
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

  tick() {
    if (!this.row) return;
    const now = Date.now() / 1000;
    this.put("Started", ago(this.row.executed_at, now), exactTime(this.row.executed_at));
    if (this.row.process_status === 1) this.put("Running", duration(ranFor(this.row, now)));
  }
}
