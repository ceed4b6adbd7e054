import { api } from "./api.js";
import { BulkRun } from "./bulk_run.js";
import { commandHelp } from "./command_help.js";
import { confirmed } from "./dialog.js";
import { h, setText } from "./dom.js";
import { FieldSet } from "./form_fields.js";
import { fieldsOf, isBesideLine, lineFrom, missingFrom, namedFrom, takesAnyWords, valuesFrom } from "./form_model.js";
import { counted } from "./format.js";
import { HistoryTable } from "./history_table.js";
import { problem } from "./notices.js";
import { routeTo } from "./route.js";
import { session } from "./session.js";
import { sparkline } from "./sparkline.js";
import { statsOf } from "./stats.js";
import { splitWords } from "./words.js";

/// The chosen command: its form, the exact line that will run, its help, and its earlier runs.
export class RunView {
  constructor(route) {
    this.name = route.name;
    this.title = route.name;
    this.element = h("div", { class: "view run-view" }, h("p", { class: "empty" }, "Loading…"));
    this.bars = h("span", { class: "bars" });
    this.table = new HistoryTable({ command: this.name, name: this.name }, {
      isBrief: true, onlyCommand: this.name, emptyWords: "It has not run yet.",
      onData: (page, rows) => this.drawBars(rows),
    });
    session.whenCommands().then((commands) => this.show(commands[this.name], route.query.params ?? ""));
  }

  take(route) {
    return route.name === this.name && route.query.params === undefined;
  }

  leave() {
    this.hasLeft = true;
    clearTimeout(this.waiting);
    this.table.leave();
    this.bulk?.leave();
  }

  show(command, params) {
    if (!command) {
      this.element.replaceChildren(
        h("header", { class: "view-head" }, h("h1", { class: "mono" }, this.name)),
        h("p", { class: "empty" }, "There is no such command, or your roles do not allow it. ",
          h("a", { href: "#/" }, "To the commands")),
        this.table.element);
      return;
    }
    this.command = command;
    this.fields = fieldsOf(command);
    this.fieldSet = new FieldSet(this.fields, () => this.onFields());
    this.line = h("input", {
      class: "line-input", id: "line", value: params, spellcheck: false, autocomplete: "off",
      "aria-label": "Parameters, as one line", oninput: () => this.onLine(),
    });
    this.lineNote = h("p", { class: "line-note", role: "status" });
    this.result = h("div", { class: "result" });
    this.button = h("button", { class: "primary", type: "submit" }, "Run");
    this.bulk = new BulkRun(command.name, () => this.drawMode(), (words) => setText(this.lineNote, words));
    this.help = commandHelp(command, this.fields);
    this.single = h("div", { class: "single" },
      !takesAnyWords(this.fields) && this.fieldSet.element,
      h("label", { class: "line-label", htmlFor: "line" }, "Will run"),
      h("div", { class: "line" }, h("span", { class: "line-name" }, command.name), this.line));
    this.mode = h("button", {
      // A line for each run has no place for secrets and files.
      hidden: this.fields.some(isBesideLine),
      type: "button", class: "quiet-button", onclick: () => this.setBulk(!this.isBulk),
    });
    this.element.replaceChildren(
      h("header", { class: "view-head" },
        h("h1", { class: "mono" }, command.name),
        command.description && h("p", { class: "what" }, command.description)),
      h("div", { class: "run-parts" },
        // What is wrong is the server's to say, at the field: a browser's own bubble knows less.
        h("form", { class: "run-form", noValidate: true, onsubmit: (event) => this.run(event) },
          this.single, this.bulk.field, this.bulk.options,
          h("div", { class: "row" }, this.button, this.mode, this.lineNote), this.bulk.list, this.result),
        this.help),
      h("div", { class: "row runs-head" },
        h("h2", {}, h("a", { class: "quiet", href: routeTo("history", null, { command: command.name }) }, "Its runs")),
        this.bars),
      this.table.element);
    this.setBulk(false);
    this.onLine();
    this.awaitChoices();
  }

  // A program is being asked what there is to choose: the form follows when it has answered.
  awaitChoices() {
    if (!this.fields.some((field) => field.isPending)) return;
    this.waiting = setTimeout(async () => {
      const answer = await api.commands().catch(() => null);
      if (this.hasLeft) return;
      const command = answer?.commands[this.name];
      const fields = command && fieldsOf(command);
      if (fields && !fields.some((field) => field.isPending) && !this.isBulk) {
        session.setCommands(answer.commands);
        // What was typed and chosen meanwhile stays; only a command that has become another gets another form.
        if (!this.fieldSet.takeChoices(fields)) this.show(command, this.line.value);
      } else this.awaitChoices();
    }, 1500);
  }

  setBulk(isBulk) {
    this.isBulk = isBulk;
    this.single.hidden = isBulk;
    // Where the form is not in sight, its words are needed beside.
    const words = this.help?.querySelector("details");
    if (words) words.open = isBulk;
    for (const part of [this.bulk.field, this.bulk.options, this.bulk.list]) part.hidden = !isBulk;
    if (isBulk && this.bulk.field.value === "" && this.line.value) this.bulk.field.value = `${this.line.value}\n`;
    setText(this.mode, isBulk ? "Back to one" : "Run many…");
    this.drawMode();
    if (isBulk) this.bulk.field.focus();
  }

  drawMode() {
    const count = this.bulk.lines.length;
    setText(this.button, this.isBulk && count ? `Run ${count}` : "Run");
    if (this.isBulk) {
      setText(this.lineNote, this.bulk.fault ?? "");
      this.button.disabled = count === 0 || this.bulk.fault !== null;
    } else this.noteLine(this.unfit);
  }

  drawBars(rows) {
    const { runs } = statsOf(rows, this.name);
    this.bars.replaceChildren(...(runs.length > 1 ? [sparkline(runs)] : []));
  }

  /// Where a person who came by keyboard goes on.
  focus() {
    if (!this.line) return;
    const field = takesAnyWords(this.fields) ? null : this.fieldSet.element.querySelector("input, select");
    (field ?? this.line).focus();
  }

  onFields() {
    this.line.value = lineFrom(this.fields, this.fieldSet.values);
    this.unfit = null;
    this.noteLine(null);
  }

  onLine() {
    const { values, unfit } = valuesFrom(this.fields, this.line.value);
    this.unfit = unfit;
    // What a line has no place for stays as it is.
    for (const field of this.fields) if (isBesideLine(field)) values?.set(field, this.fieldSet.values.get(field));
    if (values) this.fieldSet.take(values);
    this.fieldSet.setFit(values !== null);
    this.noteLine(unfit);
  }

  noteLine(unfit) {
    const { error } = splitWords(this.line.value);
    const missing = unfit ? [] : missingFrom(this.fields, this.fieldSet.values);
    this.button.disabled = Boolean(error);
    const gaps = missing.length ? `Still to fill in: ${missing.join(", ")}.` : "";
    setText(this.lineNote, error ?? (unfit ? `${unfit} The server decides.` : gaps));
  }

  async run(event) {
    event.preventDefault();
    if (this.button.disabled) return;
    const ask = this.command.confirm;
    const line = this.isBulk
      ? `${this.name}, ${counted(this.bulk.lines.length, "time")}`
      : `${this.name} ${this.line.value}`.trim();
    if (ask && !await confirmed(ask === true ? "Run this now?" : ask, line, "Run", "primary")) return;
    this.button.disabled = true;
    this.result.replaceChildren();
    if (this.isBulk) await this.bulk.run();
    else await this.runOne();
    this.button.disabled = false;
    this.table.poller.soon();
  }

  async runOne() {
    try {
      const params = this.line.value.trim();
      this.fieldSet.blame({});
      const named = this.unfit ? null : namedFrom(this.fields, this.fieldSet.values);
      const { id } = named ? await api.executeNamed(this.name, named) : await api.execute(this.name, params);
      // Back leads to the form as it was.
      history.replaceState(null, "", routeTo("run", this.name, { params }));
      location.hash = routeTo("job", id);
    } catch (error) {
      const errors = error.body?.errors ?? {};
      this.fieldSet.blame(errors);
      // What belongs to no field stands below the form.
      const rest = Object.keys(errors).filter((name) => !this.fields.some((field) => field.name === name));
      const words = rest.flatMap((name) => errors[name]).join(" ");
      this.result.replaceChildren(problem(words || error.message));
      if (error.body?.id) this.result.append(h("a", { href: routeTo("job", error.body.id) }, "What is known of it"));
    }
  }
}
