import { createElement } from "./dom.js";

/// A group of buttons of which one is chosen. `options` are `[value, label]`; `onchoose` gets the chosen value.
export function createSwitch(label, options, chosen, onchoose) {
  const buttons = options.map(([value, text]) => createElement("button", {
    type: "button", "aria-pressed": String(value === chosen), onclick: () => {
      buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(options[index][0] === value)));
      onchoose(value);
    },
  }, text));
  return createElement("div", { class: "switch", role: "group", "aria-label": label }, buttons);
}
