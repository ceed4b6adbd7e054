import { personal } from "../commands/personal.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { announce, createElement, createIcon } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { createErrorMessage } from "../shared/notices.js";
import { session } from "../shared/session.js";
import { t } from "../shared/text.js";

/// The presets of a command: one button for each, which fills the form, and a button to save the values of the form.
///
/// `apply(params)` fills the form. `currentParams()` returns its values as one line, without secrets and files.
export class PresetBar {
  constructor(command, apply, currentParams) {
    Object.assign(this, { command, apply, currentParams });
    this.list = createElement("ul", { class: "presets", "aria-label": t("preset.title") });
    this.saveButton = createElement("button", {
      type: "button", class: "subtle-button", onclick: () => this.save(),
    }, t("preset.save"));
    this.messages = createElement("div", { class: "messages" });
    this.element = createElement("div", { class: "preset-bar" }, this.list, this.messages);
    this.draw();
  }

  draw() {
    const presets = personal.presetsOf(this.command);
    this.list.hidden = presets.length === 0;
    this.element.hidden = this.list.hidden && !this.messages.hasChildNodes();
    this.list.replaceChildren(...presets.map((preset) => createElement("li", { class: "preset" },
      createElement("button", {
        type: "button", title: preset.params, onclick: () => {
          this.apply(preset.params);
          announce(t("preset.applied", { name: preset.name }));
        },
      }, preset.name, preset.shared && createElement("span", { class: "muted" }, ` · ${t("preset.shared")}`)),
      preset.can_delete && createElement("button", {
        type: "button", class: "preset-delete", title: t("preset.delete"),
        "aria-label": t("preset.deleteNamed", { name: preset.name }), onclick: () => this.remove(preset),
      }, createIcon(iconPaths.cross)))));
  }

  async remove(preset) {
    const question = t("preset.deleteQuestion");
    if (!await confirmAction(question, { detail: preset.name, action: t("preset.delete") })) return;
    await this.change(personal.deletePreset(preset.id));
  }

  async save() {
    const values = await askForName(personal.presetsOf(this.command).map(({ name }) => name));
    if (!values) return;
    await this.change(personal.savePreset({ command: this.command, params: this.currentParams(), ...values }));
  }

  async change(promise) {
    this.messages.replaceChildren();
    await promise.catch((error) => this.messages.replaceChildren(createErrorMessage(error.message)));
    this.draw();
  }
}

// Asks under which name to save, and whether for everyone. Resolves to `{ name, shared }`, or to null.
function askForName(known) {
  return new Promise((resolve) => {
    const name = createElement("input", {
      id: "preset-name", maxLength: 100, autocomplete: "off", required: true, autofocus: true,
      oninput: () => { replaces.hidden = !known.includes(name.value.trim()); },
    });
    const shared = createElement("input", { type: "checkbox", id: "preset-shared" });
    const replaces = createElement("p", { class: "hint", role: "status", hidden: true }, t("preset.replaces"));
    let result = null;
    const dialog = createElement("dialog", { class: "confirm-dialog", "aria-labelledby": "preset-heading" },
      createElement("form", {
        method: "dialog", onsubmit: (event) => {
          event.preventDefault();
          if (name.value.trim() === "") return;
          result = { name: name.value.trim(), shared: shared.checked };
          dialog.close();
        },
      },
      createElement("h2", { id: "preset-heading" }, t("preset.heading")),
      createElement("p", { class: "muted" }, t("preset.note")),
      createElement("label", { htmlFor: "preset-name", class: "dialog-label" }, t("preset.name")), name, replaces,
      session.isSuper && createElement("label", { class: "row", htmlFor: "preset-shared" }, shared, t("preset.forAll")),
      createElement("div", { class: "row end" },
        createElement("button", { type: "button", onclick: () => dialog.close() }, t("action.cancel")),
        createElement("button", { class: "primary" }, t("action.save")))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
