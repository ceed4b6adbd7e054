import { h } from "./dom.js";
import { HistoryTable } from "./history_table.js";
import { routeTo } from "./route.js";

/// Nothing chosen yet: what has run lately, beside the commands.
export class HomeView {
  constructor() {
    this.title = "";
    this.table = new HistoryTable({}, { isBrief: true });
    this.element = h("div", { class: "view home-view" },
      h("header", { class: "view-head" },
        h("h1", { class: "wide-only" }, "Lately"),
        h("h1", { class: "phone-only" }, "Commands"),
        h("p", { class: "muted" },
          "Choose a command on the left, or press ", h("kbd", {}, "/"), " and type its name.")),
      this.table.element,
      h("p", {}, h("a", { href: routeTo("history") }, "The whole history")));
  }

  take() {
    return true;
  }

  leave() {
    this.table.leave();
  }
}

/// An address that leads nowhere.
export class NowhereView {
  constructor(route) {
    this.title = "Not found";
    this.element = h("div", { class: "view" },
      h("h1", {}, "Not found"),
      h("p", { class: "empty" }, `There is no “${route.name}” here. `, h("a", { href: "#/" }, "To the commands")));
  }

  take() {
    return false;
  }

  leave() {}
}
