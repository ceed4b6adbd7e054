import { statisticsOf } from "../history/command_statistics.js";
import { HistoryTable } from "../history/history_table.js";
import { createSparkline } from "../history/sparkline.js";
import { api } from "../shared/api.js";
import { createElement } from "../shared/dom.js";
import { createNotFound } from "../shared/not_found_view.js";
import { routeTo } from "../shared/route.js";
import { session } from "../shared/session.js";
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
      createElement("p", { class: "empty" }, "Loading…"));
    session.commandsLoaded().then((commands) => {
      if (!this.isDestroyed) this.show(commands[this.name], route.query.params ?? "");
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
      this.element.replaceChildren(createNotFound("No such command", [
        "There is no command ", createElement("code", {}, this.name), ", or your roles do not allow it. ",
        "Choose another one, or ask the administrator for a role.",
      ], [["Choose a command", routeTo("home")], ["See its runs", routeTo("history", null, { command: this.name })]]));
      return;
    }
    this.form?.destroy();
    this.fields = fieldsOf(command);
    const help = createCommandHelp(command, this.fields);
    this.table ??= this.createTable();
    this.form = new RunForm(command, this.fields, help, params, () => this.table.poller.pollNow());
    this.element.replaceChildren(
      createElement("header", { class: "view-header" },
        createElement("h1", { class: "mono" }, command.name),
        command.description && createElement("p", { class: "description" }, command.description)),
      createElement("div", { class: "run-layout" }, this.form.element, help),
      createElement("div", { class: "row section-header" },
        createElement("h2", {}, "Recent runs"), this.sparkline,
        createElement("a", { href: routeTo("history", null, { command: command.name }) }, "View all runs")),
      this.table.element);
    this.pollChoices();
  }

  createTable() {
    this.sparkline = createElement("span", { class: "sparkline-box" });
    return new HistoryTable({ command: this.name, name: this.name }, {
      isBrief: true, onlyCommand: this.name,
      emptyText: "This command has not been run yet. Fill in the form and choose Run.",
      onData: (page, rows) => this.drawSparkline(rows),
    });
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
        if (!this.form.updateChoices(fields)) this.show(command, this.form.line.value);
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
