import { titleOf } from "../commands/command_groups.js";
import { personal } from "../commands/personal.js";
import { HistoryTable } from "../history/history_table.js";
import { createElement, createIcon } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { loadPreference, savePreference } from "../shared/preferences.js";
import { routeTo } from "../shared/route.js";
import { session } from "../shared/session.js";
import { Status } from "../shared/status.js";
import { createSwitch } from "../shared/switch.js";
import { t } from "../shared/text.js";
import { cardCommands } from "./most_used.js";
import { runningJobs } from "./running_jobs.js";
import { RunningList } from "./running_list.js";

/// The first view: what runs now, the recent runs, and the commands that are used most.
export class HomeView {
  constructor() {
    this.title = "";
    this.running = new RunningList();
    const whose = session.user && loadPreference("recent") === "mine" ? "mine" : "all";
    this.table = new HistoryTable(queryOf(whose), {
      isBrief: true, hidesOpen: true, emptyText: t("history.noRuns"),
      onData: (page) => {
        if (page.data.some((row) => row.process_status === Status.QUEUED)) runningJobs.noteQueued();
      },
    });
    this.viewAll = createElement("a", {}, t("history.viewAll"));
    this.cards = createElement("section", { class: "home-section", "aria-label": t("home.commands"), hidden: true });
    const choose = (chosen) => {
      savePreference("recent", chosen);
      this.table.setQuery(queryOf(chosen));
      this.showLink(chosen);
    };
    this.showLink(whose);
    this.element = createElement("div", { class: "view home-view" },
      createElement("h1", { class: "visually-hidden" }, t("home.title")),
      this.running.element, this.cards,
      createElement("section", { class: "home-section", "aria-label": t("history.recent") },
        createElement("div", { class: "row section-header" },
          createElement("h2", {}, t("history.recent")),
          session.user && createSwitch(t("home.whose"),
            [["all", t("home.all")], ["mine", t("home.mine")]], whose, choose),
          this.viewAll),
        this.table.element));
    session.commandsLoaded().then((commands) => this.showCards(commands));
    this.unsubscribe = personal.subscribe(() => session.commands && this.showCards(session.commands));
  }

  showRoute() {
    return true;
  }

  destroy() {
    this.unsubscribe();
    this.running.destroy();
    this.table.destroy();
  }

  showLink(whose) {
    this.viewAll.setAttribute("href", routeTo("history", null, whose === "mine" ? { user: session.user } : {}));
  }

  showCards(commands) {
    const shown = cardCommands(commands, personal.favourites);
    this.cards.hidden = shown.length === 0;
    this.cards.replaceChildren(createElement("h2", {}, t("home.commands")),
      createElement("ul", { class: "cards" }, shown.map((command) => createElement("li", {},
        createElement("a", { class: "card", href: routeTo("run", command.name) },
          createElement("span", { class: "row" },
            personal.isFavourite(command.name) && createElement("span", { class: "favourite-mark" },
              createIcon(iconPaths.star), createElement("span", { class: "visually-hidden" }, t("home.favourite"))),
            createElement("span", { class: command.title ? "command-title" : "command-name" }, titleOf(command))),
          createElement("span", { class: "muted" }, command.description || command.usageManual))))));
  }
}

function queryOf(whose) {
  return whose === "mine" ? { user: session.user } : {};
}
