import { announce, createElement } from "../shared/dom.js";
import { t } from "../shared/text.js";

/// The number of choices from which on a field has a search.
export const searchableChoices = 12;

const maxShown = 200;

/// An input for one of many choices: typing filters the list (the combobox of the ARIA Authoring Practices).
///
/// `onchange(value)` gets the chosen value, or "". The element has `show(value)` and `updateChoices()`.
export class ChoiceInput {
  constructor(field, id, onchange) {
    Object.assign(this, { field, onchange, value: "", active: -1, shown: [] });
    const listId = `${id}-list`;
    this.list = createElement("ul", {
      class: "choice-list", role: "listbox", id: listId, hidden: true, "aria-label": field.name,
      // The field keeps the focus.
      onmousedown: (event) => event.preventDefault(), onclick: (event) => this.onListClick(event),
    });
    this.input = createElement("input", {
      id, role: "combobox", autocomplete: "off", spellcheck: false, placeholder: t("choice.search"),
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
      "aria-required": String(field.isRequired),
      oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event), onclick: () => this.open(),
      onblur: () => this.settle(),
    });
    this.element = createElement("div", { class: "choice-input" }, this.input, this.list);
  }

  show(value) {
    this.value = value;
    this.input.value = this.labelOf(value);
  }

  labelOf(value) {
    const index = this.field.choices.indexOf(value);
    return index < 0 ? value : this.field.choiceLabels[index];
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open(isFiltered = false) {
    const words = isFiltered ? this.input.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    const all = this.field.choices.map((choice, index) => ({ choice, label: this.field.choiceLabels[index] }));
    const found = all.filter(({ choice, label }) =>
      words.every((word) => choice.toLowerCase().includes(word) || label.toLowerCase().includes(word)));
    this.shown = found.slice(0, maxShown);
    this.list.replaceChildren(...this.shown.map(({ choice, label }, index) => createElement("li", {
      role: "option", id: `${this.list.id}-${index}`, "aria-selected": String(choice === this.value),
      dataset: { index: String(index) },
    }, label)));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute("aria-expanded", String(this.isOpen));
    this.setActive(isFiltered ? 0 : this.shown.findIndex(({ choice }) => choice === this.value));
    if (isFiltered) announce(t("choice.found", { count: found.length }));
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  setActive(index) {
    this.list.children[this.active]?.classList.remove("active");
    this.active = index;
    const item = this.list.children[index];
    item?.classList.add("active");
    item?.scrollIntoView({ block: "nearest" });
    if (item && this.isOpen) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  choose(index) {
    const entry = this.shown[index];
    if (!entry) return;
    this.show(entry.choice);
    this.close();
    this.onchange(this.value);
  }

  // A text that is a choice counts at once. Any other text is checked by the server, which names the field.
  onInput() {
    const typed = this.input.value.trim();
    const index = this.field.choiceLabels.findIndex((label) => label.toLowerCase() === typed.toLowerCase());
    this.value = index < 0 ? typed : this.field.choices[index];
    this.open(true);
    this.onchange(this.value);
  }

  settle() {
    this.close();
    this.input.value = this.labelOf(this.value);
  }

  onListClick(event) {
    const item = event.target.closest("li");
    if (item) this.choose(Number(item.dataset.index));
  }

  onKey(event) {
    const last = this.shown.length - 1;
    if (event.key === "ArrowDown" && !this.isOpen) this.open();
    else if (event.key === "ArrowDown") this.setActive(Math.min(this.active + 1, last));
    else if (event.key === "ArrowUp" && this.isOpen) this.setActive(Math.max(this.active - 1, 0));
    else if (event.key === "Enter" && this.isOpen && this.active >= 0) this.choose(this.active);
    else if (event.key === "Escape" && this.isOpen) this.close();
    else return;
    event.preventDefault();
  }
}
