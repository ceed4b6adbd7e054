import { createElement, setText } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { t } from "../shared/text.js";
import { ChoiceInput, searchableChoices } from "./choice_input.js";
import { createFileInput } from "./file_input.js";
import { emptyValues } from "./form_model.js";

/// The inputs for a command's fields. `values` is what they hold. `onchange(field)` is called when the user changes
/// one, and `onleave` when the user has left one.
export class ParameterForm {
  constructor(fields, onchange, onleave) {
    this.fields = fields;
    this.values = emptyValues(fields);
    this.onchange = onchange;
    this.rows = fields.map((field, index) => this.createRow(field, `field-${index}`));
    this.element = createElement("fieldset", { class: "fields", hidden: fields.length === 0, onfocusout: onleave },
      createElement("legend", { class: "visually-hidden" }, t("form.parameters")), this.rows.map((row) => row.element));
  }

  /// Shows these values. Does not call `onchange`.
  setValues(values) {
    this.values = values;
    for (const row of this.rows) row.show(values.get(row.field));
  }

  /// Updates the choices from reloaded fields and keeps what the user entered.
  ///
  /// Returns false if these are the fields of another form, which then must be made anew.
  updateChoices(fields) {
    const isLong = (field) => field.choices?.length >= searchableChoices;
    const shape = (all) => JSON.stringify(all.map((field) => [field.kind, field.name, field.type, isLong(field)]));
    if (shape(fields) !== shape(this.fields)) return false;
    this.rows.forEach(({ field, element, show }, index) => {
      if (!field.choices) return;
      const { choices, choiceLabels, isPending } = fields[index];
      Object.assign(field, { choices, choiceLabels, isPending });
      for (const select of element.querySelectorAll("select")) select.replaceChildren(...createOptions(field));
      const hint = element.querySelector(".hint");
      if (hint) setText(hint, hintFor(field));
      show(this.values.get(field));
    });
    return true;
  }

  /// Dims the form while it cannot show what the line says.
  setInSync(isInSync) {
    this.element.classList.toggle("out-of-sync", !isInSync);
  }

  /// Shows the server's error messages, which are lists of sentences by field name. Returns the texts by field.
  ///
  /// `isShown(row)` tells for which fields; errors that are shown elsewhere stay until they are corrected.
  showErrors(errors, isShown = () => true) {
    const shown = new Map();
    for (const row of this.rows) {
      // A field may have the name of something that every object has, such as `constructor`.
      const text = (Object.hasOwn(errors, row.field.name) ? errors[row.field.name] : []).join(" ");
      if (text === "" || isShown(row)) row.showError(text);
      if (!row.error.hidden) shown.set(row.field, row.error.textContent);
    }
    return shown;
  }

  /// Moves to a field.
  focus(field) {
    const row = this.rows.find((candidate) => candidate.field === field);
    row?.input.focus({ preventScroll: true });
    row?.element.scrollIntoView({ block: "center" });
  }

  /// Takes the fields that are not empty for edited ones, because the user has edited the line.
  touchFilled() {
    for (const row of this.rows) row.isTouched ||= this.values.get(row.field).length > 0;
  }

  setValue(field, value) {
    this.values.set(field, value);
    const row = this.rows.find((candidate) => candidate.field === field);
    row.showError("");
    row.isTouched = true;
    this.onchange(field);
  }

  createRow(field, id) {
    const input = field.kind === "flag" ? this.createCheckbox(field, id)
      : field.isFile ? createFileInput(field, id, (value) => this.setValue(field, value), (text) => showError(text))
      : field.isArray ? this.createInputList(field, id)
      : field.choices?.length >= searchableChoices ? this.createChoiceInput(field, id)
      : this.createSingleInput(field, id);
    const hint = hintFor(field);
    const main = input.firstInput ?? input.element;
    const error = createElement("p", { class: "field-error", id: `${id}-error`, hidden: true });
    const element = createElement("div", { class: `field ${field.kind}` },
      createElement("label", { htmlFor: id, class: "field-name" },
        createElement("code", {}, field.kind === "argument" ? field.name : `--${field.name}`),
        field.isRequired && createElement("span", { class: "required" }, ` ${t("form.required")}`)),
      createElement("div", { class: "field-input" }, input.element,
        hint && createElement("p", { class: "hint", id: `${id}-hint` }, hint), error));
    function showError(text) {
      error.hidden = text === "";
      setText(error, text);
      const described = [hint && `${id}-hint`, text && `${id}-error`].filter(Boolean).join(" ");
      if (described) main.setAttribute("aria-describedby", described);
      else main.removeAttribute("aria-describedby");
      if (text) main.setAttribute("aria-invalid", "true");
      else main.removeAttribute("aria-invalid");
    }
    showError("");
    return { field, element, input: main, error, show: input.show, showError, isTouched: false };
  }

  createCheckbox(field, id) {
    const box = createElement("input", {
      type: "checkbox", id, onchange: () => this.setValue(field, box.checked),
    });
    return { element: box, show: (value) => { box.checked = value; } };
  }

  createSingleInput(field, id) {
    const input = this.createInput(field, id, () => this.setValue(field, input.value));
    return { element: input, show: (value) => { if (input.value !== value) input.value = value; } };
  }

  createChoiceInput(field, id) {
    const choice = new ChoiceInput(field, id, (value) => this.setValue(field, value));
    return { element: choice.element, firstInput: choice.input, show: (value) => choice.show(value) };
  }

  // One input per value, and always an empty one at the end for the next value.
  createInputList(field, id) {
    const element = createElement("div", { class: "value-list" });
    const inputs = () => [...element.children];
    const onInput = () => {
      ensureEmptyInput();
      this.setValue(field, inputs().map((input) => input.value).filter((value) => value !== ""));
    };
    const addInput = (value) => {
      const input = this.createInput(field, element.children.length ? null : id, onInput);
      const position = element.children.length + 1;
      const label = t("form.value", { name: field.name, position: String(position) });
      if (position > 1) input.setAttribute("aria-label", label);
      input.value = value;
      element.append(input);
    };
    const ensureEmptyInput = () => {
      if (element.lastElementChild?.value !== "") addInput("");
    };
    ensureEmptyInput();
    const show = (values) => {
      const shown = inputs().map((input) => input.value).filter((value) => value !== "");
      if (shown.length === values.length && shown.every((value, index) => value === values[index])) return;
      values.forEach((value, index) => {
        if (inputs()[index]) inputs()[index].value = value;
        else addInput(value);
      });
      for (const extra of inputs().slice(Math.max(values.length, 1))) extra.remove();
      if (values.length === 0) inputs()[0].value = "";
      ensureEmptyInput();
    };
    return { element, firstInput: element.firstElementChild, show };
  }

  createInput(field, id, onchange) {
    if (field.choices) return createElement("select", { id, onchange }, createOptions(field));
    const props = {
      id, autocomplete: "off", spellcheck: false, oninput: onchange, placeholder: defaultText(field),
      "aria-required": field.isRequired,
    };
    if (field.maxLength !== null) props.maxLength = field.maxLength;
    if (field.isSecret) {
      Object.assign(props, { name: `secret-${field.name}`, autocomplete: "new-password" });
      return field.isMultiline ? createElement("textarea", { ...props, class: "masked", rows: 4 })
        : createElement("input", { type: "password", ...props });
    }
    if (field.isMultiline) return createElement("textarea", { ...props, rows: 4 });
    // Numbers are text fields: a browser's number field reports an empty value for what it cannot parse.
    return createElement("input", {
      type: field.inputType, inputMode: field.inputMode, ...props,
    });
  }
}

function createOptions(field) {
  return [createElement("option", { value: "" }, "–"),
    ...field.choices.map((choice, index) => createElement("option", { value: choice }, field.choiceLabels[index]))];
}

function defaultText({ defaultValue }) {
  if (defaultValue === null || defaultValue === "" || defaultValue === false) return "";
  return Array.isArray(defaultValue) ? defaultValue.join(" ") : String(defaultValue);
}

function hintFor(field) {
  if (field.isFile) {
    const size = formatBytes(field.maxBytes);
    const limit = field.isArray ? t("form.maxTotal", { size }) : t("form.maxSize", { size });
    return joinSentences([field.description, limit]);
  }
  return joinSentences([
    field.description,
    field.isPending && t("form.choicesPending"),
    rangeText(field),
    field.isArray && t("form.several"),
    field.kind !== "flag" && defaultText(field) && t("form.default", { value: defaultText(field) }),
    field.isSecret && t("form.secret"),
  ]);
}

function rangeText({ min, max }) {
  if (min !== null && max !== null) return t("form.range", { min: String(min), max: String(max) });
  if (min !== null) return t("form.min", { min: String(min) });
  return max !== null ? t("form.max", { max: String(max) }) : "";
}

function joinSentences(parts) {
  return parts.filter(Boolean).map((text) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(" ");
}
