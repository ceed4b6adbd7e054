import { keepForTab, loadForTab } from "../shared/preferences.js";
import { isOutsideLine } from "./form_model.js";

/// The half filled in form of a command, which this tab keeps until it is run. Secrets and files are never kept.
export class FormDraft {
  /// `params` are those of the address. A draft that began with other ones is not used.
  constructor(name, params) {
    this.key = `draft.${name}`;
    this.params = params;
    const kept = loadForTab(this.key);
    this.kept = kept?.params === params ? kept : null;
  }

  /// The kept line of parameters, or null.
  get line() {
    return this.kept?.line ?? null;
  }

  /// The kept lines of a bulk run, or null.
  get bulkLines() {
    return this.kept?.bulkLines ?? null;
  }

  /// Puts the kept values of several lines into the values of a form. The line cannot hold them.
  restore(fields, values) {
    for (const field of fields) {
      const value = this.kept?.texts?.[field.name];
      if (field.isMultiline && !isOutsideLine(field) && typeof value === "string") values.set(field, value);
    }
  }

  keep({ line, fields, values, bulkLines }) {
    const texts = Object.fromEntries(fields
      .filter((field) => field.isMultiline && !isOutsideLine(field) && typeof values.get(field) === "string")
      .map((field) => [field.name, values.get(field)]));
    keepForTab(this.key, { params: this.params, line, texts, bulkLines });
  }

  /// The form was run.
  forget() {
    keepForTab(this.key, null);
  }
}
