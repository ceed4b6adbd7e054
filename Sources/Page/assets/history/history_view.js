import { api } from "../shared/api.js";
import { createElement } from "../shared/dom.js";
import { routeTo } from "../shared/route.js";
import { t } from "../shared/text.js";
import { startOfDay } from "../shared/time_zone.js";
import { statisticsOf } from "./command_statistics.js";
import { createDurationChart } from "./duration_chart.js";
import { HistoryFilters } from "./history_filters.js";
import { HistoryTable } from "./history_table.js";
import { InstanceList } from "./instance_list.js";
import { Pagination } from "./pagination.js";
import { SavedFilters } from "./saved_filters.js";

const rowsPerPage = 50;
const exportNames = { csv: "CSV", jsonl: "JSON Lines" };
const queryKeys = ["page", "command", "status", "user", "uuid", "date_from", "date_to", "sort", "direction"];

/// The history: filters that are kept in the address, a table that updates itself, and pages.
export class HistoryView {
  constructor(route) {
    this.title = t("history.title");
    this.query = knownKeysOf(route.query);
    this.filters = new HistoryFilters(this.query, (change, isTyping) => {
      this.navigate({ ...change, page: null }, isTyping);
    });
    this.instances = new InstanceList();
    this.table = new HistoryTable(withTimes(this.query), {
      hasSparklines: matchMedia("(min-width: 1100px)").matches,
      emptyText: t("history.noMatch"),
      userAddress: (user) => routeTo("history", null, { ...this.query, user, page: null }),
      onSort: (key) => this.sortBy(key),
      onData: (page) => {
        this.pagination.show(page);
        this.showChart(page.data);
        this.instances.onRows(page.data);
      },
    });
    this.pagination = new Pagination((page) =>
      routeTo("history", null, { ...this.query, page: page > 1 ? page : null }));
    this.saved = new SavedFilters();
    this.chart = createElement("div", { class: "chart-place" });
    this.exports = createElement("p", { class: "row exports muted" });
    this.showLinks();
    this.element = createElement("div", { class: "view history-view" },
      createElement("header", { class: "view-header" }, createElement("h1", {}, t("history.title"))),
      this.instances.element, this.filters.element, this.saved.element, this.chart, this.table.element,
      createElement("div", { class: "table-footer" }, this.pagination.element, this.exports));
  }

  showRoute(route) {
    this.query = knownKeysOf(route.query);
    this.filters.show(this.query);
    this.table.setQuery(withTimes(this.query));
    this.showLinks();
    return true;
  }

  destroy() {
    this.table.destroy();
  }

  // While the user types into a filter, the address is replaced. So the back button leaves the filter in one step.
  navigate(change, isTyping = false) {
    const address = routeTo("history", null, { ...this.query, ...change });
    if (isTyping) location.replace(address);
    else location.hash = address;
  }

  sortBy(key) {
    const isSorted = key === (this.query.sort ?? "executed_at");
    const reversed = (this.query.direction ?? "desc") === "desc" ? "asc" : "desc";
    const initial = key === "executed_at" ? "desc" : "asc";
    this.navigate({ sort: key, direction: isSorted ? reversed : initial, page: null });
  }

  showLinks() {
    const { page, per_page: rows, ...query } = this.table.query;
    this.exports.replaceChildren(t("history.export"), ...["csv", "jsonl"].map((format) =>
      createElement("a", { href: api.exportURL(format, query), download: "" }, exportNames[format])));
    this.saved.show(this.query);
  }

  // The chart of a command, if all rows are of one.
  showChart(rows) {
    const { runs } = rows.length ? statisticsOf(rows, rows[0].command) : { runs: [] };
    const isOne = runs.length > 1 && rows.every((row) => row.command === rows[0].command);
    const key = isOne ? runs.map(({ row }) => row.job_uuid).join() : "";
    if (key === this.chartKey) return;
    this.chartKey = key;
    const isOpen = this.chart.firstElementChild?.open ?? false;
    this.chart.replaceChildren(...(isOne ? [createDurationChart(runs)] : []));
    if (isOne) this.chart.firstElementChild.open = isOpen;
  }
}

// The query for the server. Days are those of the viewer's time zone, so their first and last seconds are sent. The
// server says what is wrong with a text that is no day.
function withTimes(query) {
  const { date_from: from, date_to: to, ...others } = query;
  const [start, end] = [startOfDay(from), startOfDay(to, 1)];
  return {
    ...others, per_page: rowsPerPage, started_from: start, started_before: end, date_from: start === null ? from : null,
    date_to: end === null ? to : null,
  };
}

function knownKeysOf(query) {
  return Object.fromEntries(queryKeys.filter((key) => query[key]).map((key) => [key, query[key]]));
}
