import { api } from "../shared/api.js";
import { createElement, createIcon, setText } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { createErrorMessage } from "../shared/notices.js";
import { Poller } from "../shared/poller.js";
import { routeTo } from "../shared/route.js";
import { isOpen, Status } from "../shared/status.js";
import { t } from "../shared/text.js";
import { HistoryRow } from "./history_row.js";

const columns = [
  { key: "process_status", title: t("column.status") },
  { key: "command", title: t("column.command") },
  { key: "user_identifier", title: t("column.user") },
  { key: "executed_at", title: t("column.started") },
  { key: "duration", title: t("column.duration") },
];
const sparklineColumn = { key: "recent", title: t("history.recent") };

// Milliseconds between two polls: while an execution of the page runs, while none runs, and after an error.
const runningInterval = 1500;
const idleInterval = 6000;
const errorInterval = 4000;

/// A table of executions that updates itself. It polls more often while one of them runs.
///
/// `options`: `isBrief` (no sorting), `hidesOpen` (shows ended executions only), `hasSparklines` (a column with the
/// command's recent executions), `onlyCommand` (shows the executions of exactly this command), `emptyText`,
/// `userAddress(user)` (the runs of one user), `onSort(key)`, `onData(page, rows)`.
export class HistoryTable {
  constructor(query, options = {}) {
    this.query = query;
    this.options = options;
    this.rows = new Map();
    this.body = createElement("tbody");
    this.head = createElement("tr");
    this.emptyNote = createElement("p", { class: "empty", role: "status" }, t("loading"));
    this.messages = createElement("div", { class: "messages" });
    this.element = createElement("div", { class: "history" }, this.messages,
      createElement("table", { class: "executions" },
        createElement("caption", { class: "visually-hidden" }, t("history.runs")),
        createElement("thead", {}, this.head), this.body),
      this.emptyNote);
    this.drawHead();
    this.poller = new Poller(() => this.load());
    this.poller.start();
    this.clock = setInterval(() => this.updateTimes(), 1000);
  }

  destroy() {
    this.poller.stop();
    clearInterval(this.clock);
  }

  /// Shows the executions of another query. The old rows stay until the new ones have arrived.
  setQuery(query) {
    this.query = query;
    this.drawHead();
    this.poller.pollNow();
  }

  async load() {
    const { query } = this;
    try {
      const page = await api.history(query);
      if (query === this.query) this.show(page);
      if (this.isRefused) this.messages.replaceChildren();
      this.isRefused = false;
      return page.data.some((row) => row.process_status === Status.RUNNING) ? runningInterval : idleInterval;
    } catch (error) {
      if (this.rows.size === 0) setText(this.emptyNote, error.message);
      // The server refuses a filter. A lost connection has its own notice.
      this.isRefused = error.status >= 400 && error.status < 500 && error.status !== 401;
      if (this.isRefused) this.messages.replaceChildren(createErrorMessage(error.message));
      return this.isRefused ? null : error.retryDelay ?? errorInterval;
    }
  }

  show(page) {
    const { onlyCommand, hidesOpen } = this.options;
    const isShown = (row) => (!onlyCommand || row.command === onlyCommand) && !(hidesOpen && isOpen(row));
    const data = page.data.filter(isShown);
    const kept = new Map();
    data.forEach((row, index) => {
      const tableRow = this.rows.get(row.job_uuid) ?? this.createRow();
      tableRow.update(row);
      kept.set(row.job_uuid, tableRow);
      const present = this.body.children[index] ?? null;
      if (present !== tableRow.element) this.body.insertBefore(tableRow.element, present);
    });
    for (const [uuid, tableRow] of this.rows) if (!kept.has(uuid)) tableRow.element.remove();
    this.rows = kept;
    this.element.classList.toggle("is-empty", data.length === 0);
    const emptyText = this.options.emptyText ?? t("history.noRuns");
    setText(this.emptyNote, data.length ? "" : emptyText);
    this.options.onData?.(page, data);
  }

  updateTimes() {
    for (const row of this.rows.values()) row.updateTimes();
  }

  createRow() {
    const { hasSparklines, userAddress = (user) => routeTo("history", null, { user }) } = this.options;
    return new HistoryRow(hasSparklines, userAddress, (errorText) => this.onKill(errorText));
  }

  onKill(errorText) {
    this.messages.replaceChildren(...(errorText ? [createErrorMessage(errorText)] : []));
    this.poller.pollNow();
  }

  drawHead() {
    const shown = this.options.hasSparklines ? [...columns, sparklineColumn] : columns;
    this.head.replaceChildren(...shown.map((column) => this.createHeadCell(column)),
      createElement("th", { scope: "col", class: "actions" },
        createElement("span", { class: "visually-hidden" }, t("column.actions"))));
  }

  createHeadCell(column) {
    const cell = createElement("th", { scope: "col", class: `col-${column.key}` });
    if (this.options.isBrief || column === sparklineColumn) {
      cell.append(column.title);
      return cell;
    }
    const isSorted = (this.query.sort ?? "executed_at") === column.key;
    const direction = this.query.direction ?? "desc";
    if (isSorted) cell.setAttribute("aria-sort", direction === "asc" ? "ascending" : "descending");
    cell.append(createElement("button", { class: "sort", onclick: () => this.options.onSort?.(column.key) },
      column.title, isSorted && createIcon(direction === "asc" ? iconPaths.up : iconPaths.down)));
    return cell;
  }
}
