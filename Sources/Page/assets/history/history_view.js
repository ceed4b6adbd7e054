import { createElement, setText } from "../shared/dom.js";
import { routeTo } from "../shared/route.js";
import { startOfDay } from "../shared/time_zone.js";
import { HistoryFilters } from "./history_filters.js";
import { HistoryTable } from "./history_table.js";
import { InstanceList } from "./instance_list.js";

const queryKeys = ["page", "command", "status", "user", "uuid", "date_from", "date_to", "sort", "direction"];

/// The history: filters that are kept in the address, a table that updates itself, and pages.
export class HistoryView {
  constructor(route) {
    this.title = "History";
    this.query = knownKeysOf(route.query);
    this.filters = new HistoryFilters(this.query, (change, isTyping) => {
      this.navigate({ ...change, page: null }, isTyping);
    });
    this.instances = new InstanceList();
    this.table = new HistoryTable(withTimes(this.query), {
      hasSparklines: matchMedia("(min-width: 1100px)").matches,
      emptyText: "No matching runs.",
      onSort: (key) => this.sortBy(key),
      onData: (page) => {
        this.drawPagination(page);
        this.instances.onRows(page.data);
      },
    });
    this.pagination = createElement("nav", { class: "pagination", "aria-label": "Pages" });
    this.element = createElement("div", { class: "view history-view" },
      createElement("header", { class: "view-header" }, createElement("h1", {}, "History")),
      this.instances.element, this.filters.element, this.table.element, this.pagination);
  }

  showRoute(route) {
    this.query = knownKeysOf(route.query);
    this.filters.show(this.query);
    this.table.setQuery(withTimes(this.query));
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

  drawPagination(page) {
    if (!this.counter) {
      this.newer = createElement("a", { class: "button" }, "Newer");
      this.older = createElement("a", { class: "button" }, "Older");
      this.counter = createElement("span", { class: "muted" });
      this.pagination.append(this.newer, this.counter, this.older);
    }
    this.setPageLink(this.newer, page.current_page > 1, page.current_page - 1);
    this.setPageLink(this.older, page.current_page < page.last_page, page.current_page + 1);
    setText(this.counter, `${page.from ?? 0}–${page.to ?? 0} of ${page.total.toLocaleString()}`);
    this.pagination.hidden = page.total === 0;
  }

  setPageLink(link, isEnabled, number) {
    const page = number > 1 ? number : null;
    if (isEnabled) link.setAttribute("href", routeTo("history", null, { ...this.query, page }));
    else link.removeAttribute("href");
    link.setAttribute("aria-disabled", String(!isEnabled));
  }
}

// The query for the server. Days are those of the viewer's time zone, so their first and last seconds are sent. The
// server says what is wrong with a text that is no day.
function withTimes(query) {
  const { date_from: from, date_to: to, ...others } = query;
  const [start, end] = [startOfDay(from), startOfDay(to, 1)];
  return {
    ...others, started_from: start, started_before: end, date_from: start === null ? from : null,
    date_to: end === null ? to : null,
  };
}

function knownKeysOf(query) {
  return Object.fromEntries(queryKeys.filter((key) => query[key]).map((key) => [key, query[key]]));
}
