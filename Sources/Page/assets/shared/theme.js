import { loadPreference, savePreference } from "./preferences.js";

/// The themes that can be chosen. "system" follows the system.
export const themes = ["system", "light", "dark"];

const darkSystem = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const themeSubscribers = new Set();
let chosenTheme = themes.includes(loadPreference("theme")) ? loadPreference("theme") : "system";

export function theme() {
  return chosenTheme;
}

/// The colour scheme that is shown now: "light" or "dark".
export function colourScheme() {
  if (chosenTheme !== "system") return chosenTheme;
  return darkSystem?.matches ? "dark" : "light";
}

export function setTheme(wanted) {
  chosenTheme = wanted;
  savePreference("theme", wanted);
  applyTheme();
  for (const callback of themeSubscribers) callback();
}

/// Lets the styles show the chosen theme.
export function applyTheme() {
  document.documentElement.dataset.theme = chosenTheme;
}

/// Calls `callback` when the scheme may have changed. Returns a function that unsubscribes it.
export function onThemeChange(callback) {
  themeSubscribers.add(callback);
  darkSystem?.addEventListener("change", callback);
  return () => {
    themeSubscribers.delete(callback);
    darkSystem?.removeEventListener("change", callback);
  };
}
