import { h, setText } from "./dom.js";
import { byteSize } from "./format.js";
import { fileInput } from "./file_input.js";
import { emptyValues } from "./form_model.js";

/// The inputs for a command's fields. `values` is what they hold; `onchange` is called when a person changes one.
export class FieldSet {
  constructor(fields, onchange) {
    this.fields = fields;
    this.values = emptyValues(fields);
    this.onchange = onchange;
    this.rows = fields.map((field, index) => this.row(field, `field-${index}`));
    this.element = h("fieldset", { class: "fields", hidden: fields.length === 0 },
      h("legend", { class: "unseen" }, "Parameters"), this.rows.map((row) => row.element));
  }

  /// Shows these values, without calling `onchange`.
  take(values) {
    this.values = values;
    for (const row of this.rows) row.show(values.get(row.field));
  }

  /// Takes what there is to choose from fields that were asked for anew, and keeps all that was given.
  /// False if those are fields of another form.
  takeChoices(fields) {
    const shape = (all) => JSON.stringify(all.map((field) => [field.kind, field.name, field.type]));
    if (shape(fields) !== shape(this.fields)) return false;
    this.rows.forEach(({ field, element, show }, index) => {
      if (!field.choices) return;
      const { choices, choiceLabels, isPending } = fields[index];
      Object.assign(field, { choices, choiceLabels, isPending });
      for (const select of element.querySelectorAll("select")) select.replaceChildren(...optionsOf(field));
      const hint = element.querySelector(".hint");
      if (hint) setText(hint, hintOf(field));
      show(this.values.get(field));
    });
    return true;
  }

  /// Greys the form out where it cannot show what the line says.
  setFit(isFit) {
    this.element.classList.toggle("unfit", !isFit);
  }

  put(field, value) {
    this.values.set(field, value);
    this.onchange();
  }

  row(field, id) {
    const input = field.kind === "flag" ? this.flag(field, id)
      : field.isFile ? fileInput(field, id, (value) => this.put(field, value), (words) => blame(words))
      : field.isArray ? this.list(field, id)
      : this.single(field, id);
    const hint = hintOf(field);
    if (hint) (input.main ?? input.element).setAttribute("aria-describedby", `${id}-hint`);
    const fault = h("p", { class: "fault", role: "alert", hidden: true });
    const element = h("div", { class: `field ${field.kind}` },
      h("label", { htmlFor: id, class: "field-name" },
        h("code", {}, field.kind === "argument" ? field.name : `--${field.name}`),
        field.isRequired && h("span", { class: "required", title: "Required" }, " required")),
      h("div", { class: "field-input" }, input.element, hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
        fault));
    function blame(words) {
      fault.hidden = words === "";
      setText(fault, words);
    }
    return { field, element, show: input.show, blame };
  }

  flag(field, id) {
    const box = h("input", { type: "checkbox", id, onchange: () => this.put(field, box.checked) });
    return { element: box, show: (value) => { box.checked = value; } };
  }

  single(field, id) {
    const input = this.input(field, id, () => this.put(field, input.value));
    return { element: input, show: (value) => { if (input.value !== value) input.value = value; } };
  }

  // One input a value, and always an empty one at the end to add the next.
  list(field, id) {
    const element = h("div", { class: "values" });
    const inputs = () => [...element.children];
    const changed = () => {
      ensureSpare();
      this.put(field, inputs().map((input) => input.value).filter((value) => value !== ""));
    };
    const add = (value) => {
      const input = this.input(field, element.children.length ? null : id, changed);
      const position = element.children.length + 1;
      if (position > 1) input.setAttribute("aria-label", `${field.name}, value ${position}`);
      input.value = value;
      element.append(input);
    };
    const ensureSpare = () => {
      if (element.lastElementChild?.value !== "") add("");
    };
    ensureSpare();
    const show = (values) => {
      const shown = inputs().map((input) => input.value).filter((value) => value !== "");
      if (shown.length === values.length && shown.every((value, index) => value === values[index])) return;
      values.forEach((value, index) => {
        if (inputs()[index]) inputs()[index].value = value;
        else add(value);
      });
      for (const extra of inputs().slice(Math.max(values.length, 1))) extra.remove();
      if (values.length === 0) inputs()[0].value = "";
      ensureSpare();
    };
    return { element, main: element.firstElementChild, show };
  }

  input(field, id, onchange) {
    if (field.choices) {
      return h("select", { id, onchange }, optionsOf(field));
    }
    const common = {
      id, autocomplete: "off", spellcheck: false, oninput: onchange, placeholder: defaultText(field),
      "aria-required": field.isRequired,
    };
    if (field.maxLength !== null) common.maxLength = field.maxLength;
    if (field.isSecret) {
      const veiled = { ...common, name: `secret-${field.name}`, autocomplete: "new-password" };
      return field.isMultiline ? h("textarea", { ...veiled, class: "veiled", rows: 4 })
        : h("input", { type: "password", ...veiled });
    }
    if (field.isMultiline) return h("textarea", { ...common, rows: 4 });
    // Numbers stay text fields: a browser's number field hides what it does not understand.
    return h("input", {
      type: inputTypes[field.type] ?? "text", inputMode: inputModes[field.type] ?? "text", ...common,
    });
  }

  /// Shows what the server found wrong, sentences by the parameter's name, each at its field.
  blame(errors) {
    for (const row of this.rows) row.blame((errors[row.field.name] ?? []).join(" "));
  }
}

function optionsOf(field) {
  return [h("option", { value: "" }, "–"),
    ...field.choices.map((choice, index) => h("option", { value: choice }, field.choiceLabels[index]))];
}

const inputTypes = { date: "date", time: "time", email: "email" };
const inputModes = { integer: "numeric", decimal: "decimal" };

function defaultText(field) {
  if (field.fallback === null || field.fallback === "" || field.fallback === false) return "";
  return Array.isArray(field.fallback) ? field.fallback.join(" ") : String(field.fallback);
}

function hintOf(field) {
  const pending = field.isPending ? "What there is to choose is being asked for." : "";
  const several = field.isArray ? "Several values." : "";
  const fallback = field.kind !== "flag" && defaultText(field) ? `Default ${defaultText(field)}.` : "";
  if (field.isFile) {
    const size = `At most ${byteSize(field.maxBytes)}${field.isArray ? " together" : ""}.`;
    return [field.description, size].filter(Boolean).map(sentence).join(" ");
  }
  const secret = field.isSecret ? "Secret: kept nowhere, hidden in the log, to be typed for each run." : "";
  const parts = [field.description, pending, boundsOf(field), several, fallback, secret];
  return parts.filter(Boolean).map(sentence).join(" ");
}

function boundsOf(field) {
  if (field.min !== null && field.max !== null) return `${field.min} to ${field.max}.`;
  if (field.min !== null) return `${field.min} or more.`;
  return field.max !== null ? `${field.max} or less.` : "";
}

function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
