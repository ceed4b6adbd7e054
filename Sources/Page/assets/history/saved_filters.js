import { createElement, createIcon } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { loadPreference, savePreference } from "../shared/preferences.js";
import { routeTo } from "../shared/route.js";
import { t } from "../shared/text.js";

const maxSaved = 20;

/// Filters under a name, as links, which this browser keeps; and a field that saves the current ones.
export class SavedFilters {
  constructor() {
    this.query = {};
    this.list = createElement("ul", { class: "presets", "aria-label": t("saved.title") });
    this.name = createElement("input", {
      maxLength: 60, placeholder: t("saved.name"), "aria-label": t("saved.name"), autocomplete: "off",
    });
    this.saveButton = createElement("button", { type: "button", class: "link", onclick: () => this.showForm(true) },
      t("saved.save"));
    this.form = createElement("form", {
      class: "row", hidden: true, onsubmit: (event) => this.save(event),
      onkeydown: (event) => event.key === "Escape" && this.showForm(false),
    }, this.name, createElement("button", {}, t("action.save")));
    this.element = createElement("div", { class: "saved-filters row" }, this.list, this.saveButton, this.form);
    this.draw();
  }

  /// Shows which of the saved filters are those of the address.
  show(query) {
    const { page, ...filters } = query;
    this.query = filters;
    this.draw();
  }

  showForm(isShown) {
    this.form.hidden = !isShown;
    this.saveButton.hidden = isShown || Object.keys(this.query).length === 0;
    this.element.hidden = !isShown && this.list.hidden && this.saveButton.hidden;
    if (isShown) this.name.focus();
  }

  save(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    if (name === "") return;
    const others = loadFilters().filter((saved) => saved.name !== name);
    keepFilters([...others, { name, query: this.query }].slice(-maxSaved));
    this.name.value = "";
    this.draw();
    this.saveButton.focus();
  }

  draw() {
    const current = JSON.stringify(this.query);
    const saved = loadFilters();
    this.list.hidden = saved.length === 0;
    this.list.replaceChildren(...saved.map(({ name, query }) => createElement("li", { class: "preset" },
      createElement("a", {
        class: "button", href: routeTo("history", null, query),
        "aria-current": JSON.stringify(query) === current ? "true" : null,
      }, name),
      createElement("button", {
        type: "button", class: "preset-delete", "aria-label": t("saved.delete", { name }),
        onclick: () => {
          keepFilters(loadFilters().filter((other) => other.name !== name));
          this.draw();
        },
      }, createIcon(iconPaths.cross)))));
    this.showForm(false);
  }
}

function loadFilters() {
  try {
    const saved = JSON.parse(loadPreference("filters") ?? "[]");
    return saved.filter(({ name, query }) => typeof name === "string" && typeof query === "object");
  } catch {
    return [];
  }
}

function keepFilters(saved) {
  savePreference("filters", JSON.stringify(saved));
}
