import { h, setText } from "./dom.js";
import { HistoryFilters } from "./history_filters.js";
import { HistoryTable } from "./history_table.js";
import { Instances } from "./instances.js";
import { routeTo } from "./route.js";

const wanted = ["page", "command", "status", "user", "uuid", "date_from", "date_to", "sort", "direction"];

/// Everything that has run: filters that live in the address, a table that lives, pages.
export class HistoryView {
  constructor(route) {
    this.title = "History";
    this.query = pick(route.query);
    this.filters = new HistoryFilters(this.query, (change, isTyped) => this.go({ ...change, page: null }, isTyped));
    this.instances = new Instances();
    this.table = new HistoryTable(this.query, {
      hasBars: matchMedia("(min-width: 1100px)").matches,
      emptyWords: "Nothing fits these filters.",
      onSort: (key) => this.sort(key),
      onData: (page) => {
        this.drawPages(page);
        this.instances.seen(page.data);
      },
    });
    this.pages = h("nav", { class: "pages", "aria-label": "Pages" });
    this.element = h("div", { class: "view history-view" },
      h("header", { class: "view-head" }, h("h1", {}, "History")),
      this.instances.element, this.filters.element, this.table.element, this.pages);
  }

  take(route) {
    this.query = pick(route.query);
    this.filters.show(this.query);
    this.table.ask(this.query);
    return true;
  }

  leave() {
    this.table.leave();
  }

  // Letters typed into a filter are one step back, not one each.
  go(change, isTyped = false) {
    const address = routeTo("history", null, { ...this.query, ...change });
    if (isTyped) location.replace(address);
    else location.hash = address;
  }

  sort(key) {
    const current = this.query.sort ?? "executed_at";
    const direction = this.query.direction ?? "desc";
    const turned = current === key ? (direction === "desc" ? "asc" : "desc") : key === "executed_at" ? "desc" : "asc";
    this.go({ sort: key, direction: turned, page: null });
  }

  drawPages(page) {
    if (!this.counter) {
      this.previous = h("a", { class: "button" }, "Newer");
      this.next = h("a", { class: "button" }, "Older");
      this.counter = h("span", { class: "muted" });
      this.pages.append(this.previous, this.counter, this.next);
    }
    this.link(this.previous, page.current_page > 1, page.current_page - 1);
    this.link(this.next, page.current_page < page.last_page, page.current_page + 1);
    setText(this.counter, `${page.from ?? 0}–${page.to ?? 0} of ${page.total.toLocaleString()}`);
    this.pages.hidden = page.total === 0;
  }

  link(anchor, isOn, number) {
    const page = number > 1 ? number : null;
    if (isOn) anchor.setAttribute("href", routeTo("history", null, { ...this.query, page }));
    else anchor.removeAttribute("href");
    anchor.setAttribute("aria-disabled", String(!isOn));
  }
}

function pick(query) {
  return Object.fromEntries(wanted.filter((key) => query[key]).map((key) => [key, query[key]]));
}
