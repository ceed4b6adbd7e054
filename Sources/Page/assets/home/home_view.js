import { HistoryTable } from "../history/history_table.js";
import { createElement } from "../shared/dom.js";
import { loadPreference, savePreference } from "../shared/preferences.js";
import { routeTo } from "../shared/route.js";
import { session } from "../shared/session.js";
import { Status } from "../shared/status.js";
import { createSwitch } from "../shared/switch.js";
import { mostUsedCommands } from "./most_used.js";
import { runningJobs } from "./running_jobs.js";
import { RunningList } from "./running_list.js";

/// The first view: what runs now, the recent runs, and the commands that are used most.
export class HomeView {
  constructor() {
    this.title = "";
    this.running = new RunningList();
    const whose = session.user && loadPreference("recent") === "mine" ? "mine" : "all";
    this.table = new HistoryTable(queryOf(whose), {
      isBrief: true, emptyText: "No runs yet. Choose a command, and its runs appear here.",
      onData: (page, rows) => {
        if (rows.some((row) => row.process_status === Status.QUEUED)) runningJobs.noteQueued();
      },
    });
    this.viewAll = createElement("a", {}, "View all runs");
    this.cards = createElement("section", { class: "home-section", "aria-label": "Most used commands", hidden: true });
    const choose = (chosen) => {
      savePreference("recent", chosen);
      this.table.setQuery(queryOf(chosen));
      this.showLink(chosen);
    };
    this.showLink(whose);
    this.element = createElement("div", { class: "view home-view" },
      createElement("h1", { class: "visually-hidden" }, "Home"),
      this.running.element,
      createElement("section", { class: "home-section", "aria-label": "Recent runs" },
        createElement("div", { class: "row section-header" },
          createElement("h2", {}, "Recent runs"),
          session.user && createSwitch("Whose runs", [["all", "All"], ["mine", "Mine"]], whose, choose),
          this.viewAll),
        this.table.element),
      this.cards);
    session.commandsLoaded().then((commands) => this.showCards(commands));
  }

  showRoute() {
    return true;
  }

  destroy() {
    this.running.destroy();
    this.table.destroy();
  }

  showLink(whose) {
    this.viewAll.setAttribute("href", routeTo("history", null, whose === "mine" ? { user: session.user } : {}));
  }

  showCards(commands) {
    const used = mostUsedCommands(commands);
    this.cards.hidden = used.length === 0;
    this.cards.replaceChildren(createElement("h2", {}, "Most used commands"),
      createElement("ul", { class: "cards" }, used.map((command) => createElement("li", {},
        createElement("a", { class: "card", href: routeTo("run", command.name) },
          createElement("span", { class: "command-name" }, command.name),
          createElement("span", { class: "muted" }, command.description || command.usageManual))))));
  }
}

function queryOf(whose) {
  return whose === "mine" ? { user: session.user } : {};
}
