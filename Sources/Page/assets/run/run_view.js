import { statisticsOf } from "../history/command_statistics.js";
import { HistoryTable } from "../history/history_table.js";
import { createSparkline } from "../history/sparkline.js";
import { api } from "../shared/api.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { createElement, setText } from "../shared/dom.js";
import { pluralize } from "../shared/format.js";
import { createErrorMessage } from "../shared/notices.js";
import { routeTo } from "../shared/route.js";
import { session } from "../shared/session.js";
import { BulkRun } from "./bulk_run.js";
import { createCommandHelp } from "./command_help.js";
import { fieldsOf, formatLine, isOutsideLine, missingFields } from "./form_model.js";
import { namedValues, parseLine, takesAnyWords } from "./form_model.js";
import { ParameterForm } from "./parameter_form.js";
import { splitShellWords } from "./shell_words.js";
import { SubmissionKey } from "./submission_key.js";

const choicesInterval = 1500;

/// The view of one command: its form, the exact line that will run, its help, and its executions.
export class RunView {
  constructor(route) {
    this.name = route.name;
    this.title = route.name;
    this.submissionKey = new SubmissionKey();
    this.element = createElement("div", { class: "view run-view" },
      createElement("p", { class: "empty" }, "Loading…"));
    this.sparkline = createElement("span", { class: "sparkline-box" });
    this.table = new HistoryTable({ command: this.name, name: this.name }, {
      isBrief: true, onlyCommand: this.name, emptyText: "This command has not been run yet.",
      onData: (page, rows) => this.drawSparkline(rows),
    });
    session.commandsLoaded().then((commands) => this.show(commands[this.name], route.query.params ?? ""));
  }

  showRoute(route) {
    return route.name === this.name && route.query.params === undefined;
  }

  destroy() {
    this.isDestroyed = true;
    clearTimeout(this.choicesTimer);
    this.table.destroy();
    this.bulk?.destroy();
  }

  show(command, params) {
    if (!command) {
      this.table.options.emptyText = "";
      const text = "This command does not exist, or your roles do not allow it. Ask the administrator for a role, or ";
      this.element.replaceChildren(
        createElement("header", { class: "view-header" }, createElement("h1", { class: "mono" }, this.name)),
        createElement("p", { class: "empty" }, text,
          createElement("a", { href: routeTo("home") }, "choose another command"), "."),
        this.table.element);
      return;
    }
    this.command = command;
    this.fields = fieldsOf(command);
    this.createControls(params);
    this.element.replaceChildren(
      createElement("header", { class: "view-header" },
        createElement("h1", { class: "mono" }, command.name),
        command.description && createElement("p", { class: "description" }, command.description)),
      createElement("div", { class: "run-layout" },
        // The server validates and its messages appear at the fields. The browser's own validation knows less.
        createElement("form", { class: "run-form", noValidate: true, onsubmit: (event) => this.run(event) },
          this.single, this.bulk.label, this.bulk.field, this.bulk.options,
          createElement("div", { class: "row" }, this.runButton, this.modeButton, this.note),
          this.bulk.list, this.result),
        this.help),
      createElement("div", { class: "row executions-header" },
        createElement("h2", {}, createElement("a", {
          class: "subtle", href: routeTo("history", null, { command: command.name }),
        }, "Executions of this command")),
        this.sparkline),
      this.table.element);
    this.setBulk(false);
    this.onLineChange();
    this.pollChoices();
  }

  createControls(params) {
    const { command, fields } = this;
    this.form = new ParameterForm(fields, () => this.onFormChange());
    this.line = createElement("input", {
      class: "command-line-input", id: "line", value: params, spellcheck: false, autocomplete: "off",
      "aria-label": "Parameters as one line", oninput: () => this.onLineChange(),
    });
    this.note = createElement("p", { class: "form-note", role: "status" });
    this.result = createElement("div", { class: "result" });
    this.runButton = createElement("button", { class: "primary", type: "submit" }, "Run");
    this.bulk = new BulkRun(command.name, () => this.drawMode(), (text) => setText(this.note, text));
    this.help = createCommandHelp(command, fields);
    this.single = createElement("div", { class: "single-run" },
      !takesAnyWords(fields) && this.form.element,
      createElement("label", { class: "command-line-label", htmlFor: "line" }, "Command line"),
      createElement("div", { class: "command-line" },
        createElement("span", { class: "command-line-name" }, command.name), this.line));
    this.modeButton = createElement("button", {
      // In a bulk run each execution is one line, and a line cannot hold secrets and files.
      hidden: fields.some(isOutsideLine),
      type: "button", class: "subtle-button", onclick: () => this.setBulk(!this.isBulk),
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
      if (fields && !fields.some((field) => field.isPending) && !this.isBulk) {
        session.setCommands(answer.commands);
        // What the user entered meanwhile is kept. Only if the command itself has changed is the form made anew.
        if (!this.form.updateChoices(fields)) this.show(command, this.line.value);
      } else this.pollChoices();
    }, choicesInterval);
  }

  setBulk(isBulk) {
    this.isBulk = isBulk;
    this.single.hidden = isBulk;
    // The descriptions of the parameters are in the form. While the form is hidden, the help shows them.
    const details = this.help?.querySelector("details");
    if (details) details.open = isBulk;
    const { label, field, options, list } = this.bulk;
    for (const element of [label, field, options, list]) element.hidden = !isBulk;
    if (isBulk && field.value === "" && this.line.value) field.value = `${this.line.value}\n`;
    setText(this.modeButton, isBulk ? "Run once…" : "Run several times…");
    this.drawMode();
    if (isBulk) field.focus();
  }

  drawMode() {
    const count = this.bulk.lines.length;
    setText(this.runButton, this.isBulk && count ? `Run ${count}` : "Run");
    if (this.isBulk) {
      setText(this.note, this.bulk.error ?? "");
      this.runButton.disabled = count === 0 || this.bulk.error !== null;
    } else this.showNote(this.mismatch);
  }

  drawSparkline(rows) {
    const { runs } = statisticsOf(rows, this.name);
    this.sparkline.replaceChildren(...(runs.length > 1 ? [createSparkline(runs)] : []));
  }

  /// Focuses the first field, for users who came by keyboard.
  focus() {
    if (!this.line) return;
    const field = takesAnyWords(this.fields) ? null : this.form.element.querySelector("input, select");
    (field ?? this.line).focus();
  }

  onFormChange() {
    this.line.value = formatLine(this.fields, this.form.values);
    this.mismatch = null;
    this.showNote(null);
  }

  onLineChange() {
    const { values, mismatch } = parseLine(this.fields, this.line.value);
    this.mismatch = mismatch;
    // Values that the line cannot hold are kept.
    for (const field of this.fields) if (isOutsideLine(field)) values?.set(field, this.form.values.get(field));
    if (values) this.form.setValues(values);
    this.form.setInSync(values !== null);
    this.showNote(mismatch);
  }

  showNote(mismatch) {
    const { error } = splitShellWords(this.line.value);
    const missing = mismatch ? [] : missingFields(this.fields, this.form.values);
    this.runButton.disabled = Boolean(error);
    const missingText = missing.length ? `Required and still empty: ${missing.join(", ")}.` : "";
    setText(this.note, error ?? (mismatch ? `${mismatch} The server decides whether it is valid.` : missingText));
  }

  async run(event) {
    event.preventDefault();
    if (this.runButton.disabled) return;
    const { confirm } = this.command;
    const detail = this.isBulk
      ? `${this.name}, ${pluralize(this.bulk.lines.length, "time")}`
      : `${this.name} ${this.line.value}`.trim();
    const question = confirm === true ? "Run this command now?" : confirm;
    if (confirm && !await confirmAction(question, { detail, action: "Run", actionClass: "primary" })) return;
    this.runButton.disabled = true;
    this.result.replaceChildren();
    if (this.isBulk) await this.bulk.run();
    else await this.runOnce();
    this.runButton.disabled = false;
    this.table.poller.pollNow();
  }

  async runOnce() {
    try {
      const params = this.line.value.trim();
      this.form.showErrors({});
      const named = this.mismatch ? null : namedValues(this.fields, this.form.values);
      const values = named ?? { params };
      const { id } = await api.execute(this.name, values, this.submissionKey.keyFor(values));
      this.submissionKey.settle();
      // The back button then leads to the form as the user filled it in.
      history.replaceState(null, "", routeTo("run", this.name, { params }));
      location.hash = routeTo("job", id);
    } catch (error) {
      if (!error.isUnanswered) this.submissionKey.settle();
      this.showRunError(error);
    }
  }

  showRunError(error) {
    const errors = error.body?.errors ?? {};
    this.form.showErrors(errors);
    // Messages that belong to no field appear below the form.
    const otherNames = Object.keys(errors).filter((name) => !this.fields.some((field) => field.name === name));
    const otherText = otherNames.flatMap((name) => errors[name]).join(" ");
    this.result.replaceChildren(createErrorMessage(otherText || error.message));
    if (error.body?.id) {
      this.result.append(createElement("a", { href: routeTo("job", error.body.id) }, "Show this execution"));
    }
  }
}
