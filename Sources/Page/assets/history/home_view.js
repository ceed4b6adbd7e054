import { createElement } from "../shared/dom.js";
import { routeTo } from "../shared/route.js";
import { HistoryTable } from "./history_table.js";

/// The first view: the recent executions, beside the commands.
export class HomeView {
  constructor() {
    this.title = "";
    this.table = new HistoryTable({}, { isBrief: true });
    this.element = createElement("div", { class: "view home-view" },
      createElement("header", { class: "view-header" },
        createElement("h1", { class: "wide-only" }, "Recent executions"),
        createElement("h1", { class: "phone-only" }, "Commands"),
        createElement("p", { class: "muted" },
          "To run a command, choose it on the left, or press ", createElement("kbd", {}, "/"), " and type its name.")),
      this.table.element,
      createElement("p", {}, createElement("a", { href: routeTo("history") }, "Show the full history")));
  }

  showRoute() {
    return true;
  }

  destroy() {
    this.table.destroy();
  }
}
