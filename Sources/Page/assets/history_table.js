import { api } from "./api.js";
import { h, icon, setText } from "./dom.js";
import { HistoryRow } from "./history_row.js";
import { shapes } from "./icons.js";
import { problem } from "./notices.js";
import { Poller } from "./poller.js";

const columns = [
  { key: "process_status", title: "Status" },
  { key: "command", title: "Command" },
  { key: "user_identifier", title: "By" },
  { key: "executed_at", title: "Started" },
  { key: "duration", title: "Took" },
];
const lately = { key: "lately", title: "Lately" };

/// A table of executions that lives: rows change in place, and it looks more often while something runs.
///
/// `options`: `isBrief` (no sorting), `hasBars` (how the command's last runs went), `onlyCommand` (exactly this one),
/// `emptyWords`, `onSort`, `onData`.
export class HistoryTable {
  constructor(query, options = {}) {
    this.query = query;
    this.options = options;
    this.rows = new Map();
    this.body = h("tbody");
    this.head = h("tr");
    this.note = h("p", { class: "empty", role: "status" }, "Loading…");
    this.messages = h("div", { class: "messages" });
    this.element = h("div", { class: "history" }, this.messages,
      h("table", { class: "runs" },
        h("caption", { class: "unseen" }, "Executions"), h("thead", {}, this.head), this.body),
      this.note);
    this.drawHead();
    this.poller = new Poller(() => this.load());
    this.poller.start();
    this.clock = setInterval(() => this.tick(), 1000);
  }

  leave() {
    this.poller.stop();
    clearInterval(this.clock);
  }

  /// Shows another query; the rows stay until the new ones are here.
  ask(query) {
    this.query = query;
    this.drawHead();
    this.poller.soon();
  }

  async load() {
    const asked = this.query;
    try {
      const page = await api.history(asked);
      if (asked === this.query) this.show(page);
      if (this.isRefused) this.messages.replaceChildren();
      this.isRefused = false;
      return page.data.some((row) => row.process_status === 1) ? 1500 : 6000;
    } catch (error) {
      if (this.rows.size === 0) setText(this.note, error.message);
      // A filter the server refuses; of a lost connection the notice tells.
      this.isRefused = error.status >= 400 && error.status < 500 && error.status !== 401;
      if (this.isRefused) this.messages.replaceChildren(problem(error.message));
      return this.isRefused ? null : error.pause ?? 4000;
    }
  }

  show(page) {
    const data = page.data.filter((row) => !this.options.onlyCommand || row.command === this.options.onlyCommand);
    const kept = new Map();
    data.forEach((row, index) => {
      const line = this.rows.get(row.job_uuid) ?? this.newRow();
      line.update(row);
      kept.set(row.job_uuid, line);
      const there = this.body.children[index] ?? null;
      if (there !== line.element) this.body.insertBefore(line.element, there);
    });
    for (const [uuid, line] of this.rows) if (!kept.has(uuid)) line.element.remove();
    this.rows = kept;
    this.element.classList.toggle("is-empty", data.length === 0);
    setText(this.note, data.length ? "" : this.options.emptyWords ?? "Nothing has run yet.");
    this.options.onData?.(page, data);
  }

  tick() {
    for (const row of this.rows.values()) row.tick();
  }

  newRow() {
    return new HistoryRow(this.options.hasBars, (failure) => this.onKill(failure));
  }

  onKill(failure) {
    this.messages.replaceChildren(...(failure ? [problem(failure)] : []));
    this.poller.soon();
  }

  drawHead() {
    const shown = this.options.hasBars ? [...columns, lately] : columns;
    this.head.replaceChildren(...shown.map((column) => this.headCell(column)),
      h("th", { scope: "col", class: "actions" }, h("span", { class: "unseen" }, "Actions")));
  }

  headCell(column) {
    const cell = h("th", { scope: "col", class: `col-${column.key}` });
    if (this.options.isBrief || column === lately) {
      cell.append(column.title);
      return cell;
    }
    const isSorted = (this.query.sort ?? "executed_at") === column.key;
    const direction = this.query.direction ?? "desc";
    if (isSorted) cell.setAttribute("aria-sort", direction === "asc" ? "ascending" : "descending");
    cell.append(h("button", { class: "sort", onclick: () => this.options.onSort?.(column.key) }, column.title,
      isSorted && icon(direction === "asc" ? shapes.up : shapes.down)));
    return cell;
  }
}
