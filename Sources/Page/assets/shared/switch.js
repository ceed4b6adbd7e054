import { createElement } from "./dom.js";

/// A group of buttons of which one is chosen. `options` are `[value, label, language]`, without a language
/// if the label is in that of the page; `onchoose` gets the chosen value.
export function createSwitch(label, options, chosen, onchoose) {
  const buttons = options.map(([value, text, lang]) => createElement("button", {
    type: "button", lang, value: String(value), "aria-pressed": String(value === chosen), onclick: (event) => {
      showChosen(event.currentTarget.parentElement, value);
      onchoose(value);
    },
  }, text));
  return createElement("div", { class: "switch", role: "group", "aria-label": label }, buttons);
}

/// Shows which option of a switch is chosen.
export function showChosen(element, value) {
  for (const button of element.children) button.setAttribute("aria-pressed", String(button.value === String(value)));
}
