import { titleOf } from "../commands/command_groups.js";
import { createFavouriteButton } from "../commands/favourite_button.js";
import { statisticsFor, statisticsOf } from "../history/command_statistics.js";
import { createDurationChart } from "../history/duration_chart.js";
import { HistoryTable } from "../history/history_table.js";
import { createSparkline } from "../history/sparkline.js";
import { api } from "../shared/api.js";
import { createElement } from "../shared/dom.js";
import { createNotFound } from "../shared/not_found_view.js";
import { createErrorMessage } from "../shared/notices.js";
import { setViewTitle } from "../shared/page_title.js";
import { routeTo } from "../shared/route.js";
import { session } from "../shared/session.js";
import { t } from "../shared/text.js";
import { createCommandHelp } from "./command_help.js";
import { fieldsOf } from "./form_model.js";
import { RunForm } from "./run_form.js";

const choicesInterval = 1500;

/// The view of one command: its form, its help, and its recent runs.
export class RunView {
  constructor(route) {
    this.name = route.name;
    this.title = route.name;
    this.element = createElement("div", { class: "view run-view" },
      createElement("p", { class: "empty" }, t("loading")));
    session.commandsLoaded().then((commands) => {
      if (this.isDestroyed) return;
      this.title = commands[this.name]?.title ?? this.name;
      setViewTitle(this.title);
      this.show(commands[this.name], route.query.params ?? "");
    });
  }

  showRoute(route) {
    return route.name === this.name && route.query.params === undefined;
  }

  destroy() {
    this.isDestroyed = true;
    clearTimeout(this.choicesTimer);
    this.form?.destroy();
    this.table?.destroy();
  }

  show(command, params) {
    if (!command) {
      this.element.replaceChildren(createNotFound(t("run.missing"), t("run.missingText", { name: this.name }), [
        [t("run.choose"), routeTo("home")], [t("run.seeRuns"), routeTo("history", null, { command: this.name })],
      ]));
      return;
    }
    this.form?.destroy();
    this.fields = fieldsOf(command);
    const help = createCommandHelp(command, this.fields);
    const messages = createElement("div", { class: "messages" });
    this.table ??= this.createTable();
    this.form = new RunForm(command, this.fields, help, params, () => this.table.poller.pollNow());
    this.element.replaceChildren(
      createElement("header", { class: "view-header" },
        createElement("div", { class: "row" },
          createElement("h1", { class: command.title ? "" : "mono" }, titleOf(command)),
          createFavouriteButton(command.name, (text) => messages.replaceChildren(createErrorMessage(text)))),
        command.title && createElement("p", { class: "mono muted" }, command.name),
        command.description && createElement("p", { class: "description" }, command.description), messages),
      createElement("div", { class: "run-layout" }, this.form.element, help),
      createElement("div", { class: "row section-header" },
        createElement("h2", {}, t("history.recent")), this.sparkline,
        createElement("a", { href: routeTo("history", null, { command: command.name }) }, t("history.viewAll"))),
      this.table.element, this.chart);
    this.pollChoices();
  }

  createTable() {
    this.sparkline = createElement("span", { class: "sparkline-box" });
    this.chart = createElement("div", { class: "chart-place" });
    this.showChart();
    return new HistoryTable({ command: this.name, name: this.name }, {
      isBrief: true, onlyCommand: this.name,
      emptyText: t("run.noRuns"),
      onData: (page, rows) => this.drawSparkline(rows),
    });
  }

  async showChart() {
    // Without statistics there is no chart.
    const { runs } = await statisticsFor(this.name).catch(() => ({ runs: [] }));
    if (runs.length > 1) this.chart.replaceChildren(createDurationChart(runs));
  }

  // The server is still asking a program for the choices. Reloads the commands until they have arrived.
  pollChoices() {
    if (!this.fields.some((field) => field.isPending)) return;
    this.choicesTimer = setTimeout(async () => {
      const answer = await api.commands().catch(() => null);
      if (this.isDestroyed) return;
      const command = answer?.commands[this.name];
      const fields = command && fieldsOf(command);
      if (fields && !fields.some((field) => field.isPending) && !this.form.isBulk) {
        session.setCommands(answer.commands);
        // What the user entered meanwhile is kept. Only if the command itself has changed is the form made anew.
        if (!this.form.form.updateChoices(fields)) this.show(command, this.form.line.value);
      } else this.pollChoices();
    }, choicesInterval);
  }

  drawSparkline(rows) {
    const { runs } = statisticsOf(rows, this.name);
    this.sparkline.replaceChildren(...(runs.length > 1 ? [createSparkline(runs)] : []));
  }

  /// Focuses the first field, for users who came by keyboard.
  focus() {
    this.form?.focus();
  }
}
