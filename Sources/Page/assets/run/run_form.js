import { countUse } from "../home/most_used.js";
import { runningJobs } from "../home/running_jobs.js";
import { api } from "../shared/api.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { createElement, setText } from "../shared/dom.js";
import { createErrorMessage } from "../shared/notices.js";
import { routeTo } from "../shared/route.js";
import { Status } from "../shared/status.js";
import { t } from "../shared/text.js";
import { BulkRun } from "./bulk_run.js";
import { ErrorSummary } from "./error_summary.js";
import { FormCheck } from "./form_check.js";
import { FormDraft } from "./form_draft.js";
import { emptyValues, formatLine, formatPlainLine, isOutsideLine, missingFields } from "./form_model.js";
import { parseLine, takesAnyWords, valuesToSend } from "./form_model.js";
import { ParameterForm } from "./parameter_form.js";
import { PresetBar } from "./preset_bar.js";
import { quoteShellWord, splitShellWords } from "./shell_words.js";
import { SubmissionKey } from "./submission_key.js";
import { showUploadProgress } from "./upload_progress.js";

/// The form that runs a command: a field for each parameter, all parameters as one line, or one line for each run.
///
/// `params` is the line of the address. `onRun` is called after a bulk run was started.
export class RunForm {
  constructor(command, fields, help, params, onRun) {
    Object.assign(this, { command, fields, help, onRun, name: command.name, submissionKey: new SubmissionKey() });
    this.createControls(params);
    // The server validates and its messages appear at the fields. The browser's own validation knows less.
    this.element = createElement("form", {
      class: "run-form", noValidate: true, onsubmit: (event) => this.run(event),
    },
    this.presets.element, this.summary.element, this.single, this.bulk.element,
    createElement("div", { class: "row run-buttons" },
      this.runButton, this.modeButton, this.presets.saveButton, this.note),
    this.bulk.list, this.result);
    this.setBulk(this.bulk.hasResults || this.draft.bulkLines !== null, false);
    this.onLineChange();
    this.draft.restore(fields, this.form.values);
    this.form.setValues(this.form.values);
  }

  destroy() {
    this.check.cancel();
    this.bulk.destroy();
  }

  createControls(params) {
    const { command, fields } = this;
    this.draft = new FormDraft(command.name, params);
    this.form = new ParameterForm(fields, (field) => this.onFormChange(field), () => this.onFieldLeft());
    this.summary = new ErrorSummary((field) => this.form.focus(field));
    this.check = new FormCheck(command.name, () => this.sentValues(false), (result) => this.showCheck(result));
    this.argv = createElement("p", { class: "argv mono", title: t("run.argv") });
    this.line = createElement("input", {
      class: "command-line-input", id: "line", value: this.draft.line ?? params, spellcheck: false, autocomplete: "off",
      "aria-label": t("run.line"), oninput: () => this.onLineChange(),
    });
    this.note = createElement("p", { class: "form-note", role: "status" });
    this.result = createElement("div", { class: "result" });
    this.runButton = createElement("button", { class: "primary", type: "submit" }, t("run.run"));
    this.bulk = new BulkRun(command.name, () => {
      this.drawMode();
      this.onChange();
    }, (text) => setText(this.note, text));
    this.presets = new PresetBar(command.name, (params) => this.applyParams(params), () => this.currentParams());
    this.presets.saveButton.hidden = fields.length === 0;
    this.single = createElement("div", { class: "single-run" },
      !takesAnyWords(fields) && this.form.element,
      createElement("label", { class: "command-line-label", htmlFor: "line" }, t("run.commandLine")),
      createElement("div", { class: "command-line" },
        createElement("span", { class: "command-line-name" }, command.name), this.line), this.argv);
    this.modeButton = createElement("button", {
      // In a bulk run each execution is one line, and a line cannot hold secrets and files.
      hidden: fields.some(isOutsideLine),
      type: "button", class: "subtle-button", onclick: () => this.setBulk(!this.isBulk),
    });
  }

  /// Fills the form with a line. Unlike the input, the line of a preset may have line breaks. Secrets and files stay.
  applyParams(params) {
    if (this.isBulk) this.setBulk(false);
    this.line.value = params;
    this.onLineChange();
    const { values } = parseLine(this.fields, params);
    for (const field of this.fields) if (isOutsideLine(field)) values?.set(field, this.form.values.get(field));
    if (values) this.form.setValues(values);
    this.onChange();
  }

  /// The values as one line, without secrets and files.
  currentParams() {
    const isLine = this.mismatch || takesAnyWords(this.fields);
    return isLine ? this.line.value.trim() : formatPlainLine(this.fields, this.form.values);
  }

  setBulk(isBulk, movesFocus = true) {
    this.isBulk = isBulk;
    this.single.hidden = isBulk;
    // The descriptions of the parameters are in the form. While the form is hidden, the help shows them.
    const details = this.help?.querySelector("details");
    if (details) details.open = isBulk;
    const { element, field, list } = this.bulk;
    element.hidden = !isBulk;
    list.hidden = !isBulk;
    if (isBulk && field.value === "") field.value = this.draft.bulkLines ?? (this.line.value && `${this.line.value}\n`);
    setText(this.modeButton, isBulk ? t("bulk.once") : t("bulk.several"));
    this.drawMode();
    if (isBulk && movesFocus) field.focus();
    if (movesFocus) this.onChange();
  }

  drawMode() {
    const count = this.bulk.lines.length;
    setText(this.runButton, this.isBulk && count ? t("bulk.run", { count }) : t("run.run"));
    if (this.isBulk) {
      setText(this.note, this.bulk.error ?? "");
      this.runButton.disabled = count === 0 || this.bulk.error !== null;
    } else this.showNote(this.mismatch);
  }

  /// Focuses the first field, for users who came by keyboard.
  focus() {
    const field = takesAnyWords(this.fields) ? null : this.form.element.querySelector("input, select");
    (field ?? this.line).focus();
  }

  onFormChange(field) {
    this.line.value = formatLine(this.fields, this.form.values);
    this.mismatch = null;
    this.showNote(null);
    this.summary.remove(field);
    this.onChange();
  }

  onLineChange() {
    const { values, mismatch } = parseLine(this.fields, this.line.value);
    this.mismatch = mismatch;
    // Values that the line cannot hold are kept.
    for (const field of this.fields) if (isOutsideLine(field)) values?.set(field, this.form.values.get(field));
    if (values) this.form.setValues(values);
    this.form.setInSync(values !== null);
    this.showNote(mismatch);
    this.form.touchFilled();
    this.onChange();
  }

  onChange() {
    this.checked = null;
    const bulkLines = this.isBulk ? this.bulk.field.value : null;
    this.draft.keep({ line: this.line.value, fields: this.fields, values: this.form.values, bulkLines });
    if (this.line.value !== "" || this.fields.length === 0) this.check.schedule();
    else this.check.cancel();
    setText(this.argv, "");
  }

  // The field that has the focus now is set after the event.
  onFieldLeft() {
    setTimeout(() => this.checked && this.showCheck(this.checked));
  }

  /// What is sent for the form. Files are left out of a check, because they may be large.
  sentValues(withFiles) {
    if (this.mismatch) return { params: this.line.value.trim() };
    const values = new Map(this.form.values);
    const empty = emptyValues(this.fields);
    if (!withFiles) for (const field of this.fields) if (field.isFile) values.set(field, empty.get(field));
    return valuesToSend(this.fields, values) ?? { params: this.line.value.trim() };
  }

  /// Shows the result of a check: what would run, and the errors of fields that the user has filled in and left.
  showCheck(result) {
    this.checked = result;
    const words = result.argv?.map(quoteShellWord) ?? [];
    setText(this.argv, words.join(" "));
    const errors = this.errorsInForm(result.errors);
    this.form.showErrors(errors, (row) => row.isTouched && !row.element.contains(document.activeElement));
    if (result.argv) this.showNote(null);
    else if (!this.mismatch) this.showNote(null, this.otherMessages(result.errors));
  }

  // The errors without those of files, which were not sent.
  errorsInForm(errors) {
    return Object.fromEntries(Object.entries(errors)
      .filter(([name]) => !this.fields.some((field) => field.isFile && field.name === name)));
  }

  // The messages that belong to no field.
  otherMessages(errors) {
    const names = Object.keys(errors).filter((name) => !this.fields.some((field) => field.name === name));
    return names.flatMap((name) => errors[name]).join(" ");
  }

  showNote(mismatch, more = "") {
    const { error } = splitShellWords(this.line.value);
    const missing = mismatch ? [] : missingFields(this.fields, this.form.values);
    this.runButton.disabled = Boolean(error);
    const missingText = missing.length ? t("run.missingValues", { names: missing.join(", ") }) : "";
    setText(this.note, error ?? mismatch ?? (more || missingText));
  }

  async run(event) {
    event.preventDefault();
    if (this.runButton.disabled) return;
    const { confirm } = this.command;
    const detail = this.isBulk
      ? `${this.name}, ${t("bulk.times", { count: this.bulk.lines.length })}`
      : `${this.name} ${this.line.value}`.trim();
    const question = confirm === true ? t("run.confirm") : confirm;
    if (confirm && !this.isBulk) {
      const result = await this.check.check();
      if (result && !result.argv && this.showErrors(this.errorsInForm(result.errors), result.message)) return;
    }
    if (confirm && !await confirmAction(question, { detail, action: t("run.run"), actionClass: "primary" })) return;
    this.runButton.disabled = true;
    this.result.replaceChildren();
    this.check.cancel();
    if (this.isBulk) await this.bulk.run();
    else await this.runOnce();
    this.runButton.disabled = false;
    this.onRun();
  }

  async runOnce() {
    try {
      this.showErrors({}, "");
      const values = this.sentValues(true);
      const hasFiles = this.fields.some((field) => field.isFile && this.form.values.get(field).length !== 0);
      const onProgress = hasFiles ? showUploadProgress(this.result) : null;
      const { id } = await api.execute(this.name, values, this.submissionKey.keyFor(values), onProgress);
      this.submissionKey.settle();
      this.draft.forget();
      countUse(this.name);
      runningJobs.refresh();
      // The back button then leads to the form as the user filled it in.
      history.replaceState(null, "", routeTo("run", this.name, { params: this.line.value.trim() }));
      location.hash = routeTo("job", id);
    } catch (error) {
      if (!error.isUnanswered) this.submissionKey.settle();
      this.showErrors(error.body?.errors ?? {}, error.message);
      if (error.body?.id) this.linkJob(error.body.id);
      else if (error.status === 409) this.linkRunning();
    }
  }

  /// Shows errors at their fields, and the others below the form. Moves to the first wrong field. Returns whether there
  /// are any.
  showErrors(errors, message) {
    const shown = this.form.showErrors(errors);
    this.summary.show(shown);
    const text = this.otherMessages(errors) || (shown.size === 0 ? message : "");
    this.result.replaceChildren(...(text ? [createErrorMessage(text)] : []));
    if (shown.size > 0) this.form.focus(shown.keys().next().value);
    return shown.size > 0 || text !== "";
  }

  async linkRunning() {
    const page = await api.history({ name: this.name, status: Status.RUNNING }).catch(() => ({ data: [] }));
    const row = page.data.find((candidate) => candidate.command === this.name);
    if (row) this.linkJob(row.job_uuid);
  }

  linkJob(uuid) {
    this.result.append(createElement("a", { href: routeTo("job", uuid) }, t("run.showRun")));
  }
}
