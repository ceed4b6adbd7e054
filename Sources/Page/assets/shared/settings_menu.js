import { createElement } from "./dom.js";
import { chooseLanguage, chosenLanguage, languages } from "./language.js";
import { createSwitch } from "./switch.js";
import { t } from "./text.js";
import { setTheme, theme } from "./theme.js";
import { setTimeZone, timeZone } from "./time_zone.js";

/// The menu at the user's name: the theme, the zone of times, and the language.
export function createSettingsMenu(container) {
  container.append(createElement("div", { class: "menu-content" },
    createElement("div", { class: "menu-row" }, createElement("span", {}, t("settings.theme")),
      createSwitch(t("settings.theme"), [
        ["system", t("settings.system")], ["light", t("settings.light")], ["dark", t("settings.dark")],
      ], theme(), setTheme)),
    createElement("div", { class: "menu-row" }, createElement("span", {}, t("settings.times")),
      createSwitch(t("settings.times"), [["local", t("settings.local")], ["utc", "UTC"]], timeZone(), setTimeZone)),
    createElement("div", { class: "menu-row" }, createElement("span", {}, t("settings.language")),
      createSwitch(t("settings.language"), [["", t("settings.system")],
        ...languages.map((code) => [code, nameOf(code), code])], chosenLanguage(), chooseLanguage))));
  document.addEventListener("click", (event) => {
    if (!container.contains(event.target)) container.open = false;
  });
  window.addEventListener("hashchange", () => { container.open = false; });
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !container.open) return;
    container.open = false;
    container.querySelector("summary").focus();
  });
}

// A language is named in itself.
function nameOf(code) {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code);
  return name[0].toLocaleUpperCase(code) + name.slice(1);
}
