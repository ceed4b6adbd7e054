import { api } from "./api.js";
import { h, icon, setText } from "./dom.js";
import { ago, duration, exactTime } from "./format.js";
import { Poller } from "./poller.js";
import { routeTo } from "./route.js";
import { exitOf, lineOf, ranFor, statusOf } from "./status.js";

const columns = [
  { key: "process_status", title: "Status" },
  { key: "command", title: "Command" },
  { key: "user_identifier", title: "By" },
  { key: "executed_at", title: "Started" },
  { key: "duration", title: "Took" },
];

/// A table of executions that lives: rows change in place, and it looks more often while something runs.
///
/// `options`: `isBrief` (no sorting, no pages), `onlyCommand` (exactly this command), `onSort`, `onPage`, `onData`.
export class HistoryTable {
  constructor(query, options = {}) {
    this.query = query;
    this.options = options;
    this.rows = new Map();
    this.body = h("tbody");
    this.head = h("tr");
    this.note = h("p", { class: "empty", role: "status" }, "Loading…");
    this.element = h("div", { class: "history" },
      h("table", { class: "runs" }, h("caption", { class: "unseen" }, "Executions"), h("thead", {}, this.head), this.body),
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
      return page.data.some((row) => row.process_status === 1) ? 1500 : 6000;
    } catch (error) {
      if (this.rows.size === 0) setText(this.note, error.message);
      return error.status === 401 ? null : 4000;
    }
  }

  show(page) {
    const data = page.data.filter((row) => !this.options.onlyCommand || row.command === this.options.onlyCommand);
    const kept = new Map();
    data.forEach((row, index) => {
      const line = this.rows.get(row.job_uuid) ?? new HistoryRow();
      line.update(row);
      kept.set(row.job_uuid, line);
      if (this.body.children[index] !== line.element) this.body.insertBefore(line.element, this.body.children[index] ?? null);
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

  drawHead() {
    this.head.replaceChildren(...columns.map((column) => this.headCell(column)),
      h("th", { scope: "col", class: "actions" }, h("span", { class: "unseen" }, "Actions")));
  }

  headCell(column) {
    const cell = h("th", { scope: "col", class: `col-${column.key}` });
    if (this.options.isBrief) {
      cell.append(column.title);
      return cell;
    }
    const isSorted = (this.query.sort ?? "executed_at") === column.key;
    const direction = this.query.direction ?? "desc";
    if (isSorted) cell.setAttribute("aria-sort", direction === "asc" ? "ascending" : "descending");
    cell.append(h("button", { class: "sort", onclick: () => this.options.onSort?.(column.key) }, column.title,
      isSorted && icon(direction === "asc" ? "M4 10l4-4 4 4" : "M4 6l4 4 4-4")));
    return cell;
  }
}

class HistoryRow {
  constructor() {
    this.status = h("td", { class: "col-process_status" });
    this.link = h("a", { class: "mono" });
    this.by = h("td", { class: "col-user_identifier" });
    this.started = h("time");
    this.took = h("td", { class: "col-duration num" });
    this.again = h("a", { class: "quiet" }, "Run again");
    this.element = h("tr", {}, this.status, h("td", { class: "col-command" }, this.link), this.by,
      h("td", { class: "col-executed_at" }, this.started), this.took, h("td", { class: "actions" }, this.again));
  }

  update(row) {
    const before = this.row;
    this.row = row;
    if (!before || JSON.stringify(before) !== JSON.stringify(row)) {
      this.status.replaceChildren(statusMark(row));
      setText(this.link, lineOf(row));
      this.link.title = lineOf(row);
      this.link.setAttribute("href", routeTo("job", row.job_uuid));
      setText(this.by, row.user_identifier ?? "");
      this.started.dateTime = new Date(row.executed_at * 1000).toISOString();
      this.started.title = exactTime(row.executed_at);
      this.again.hidden = row.can_run === false;
      this.again.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
      this.again.setAttribute("aria-label", `Run again: ${lineOf(row)}`);
    }
    this.tick();
  }

  tick() {
    const now = Date.now() / 1000;
    setText(this.started, ago(this.row.executed_at, now));
    setText(this.took, duration(ranFor(this.row, now)));
  }
}

/// Status by shape, word and colour, with the exit code where it says more than the word.
export function statusMark(row) {
  const status = statusOf(row);
  const exit = exitOf(row);
  return h("span", { class: `status ${status.kind}`, title: row.reason ?? "" },
    icon(status.shape), h("span", {}, status.word), status.kind === "failed" && exit && h("span", { class: "exit" }, exit));
}
