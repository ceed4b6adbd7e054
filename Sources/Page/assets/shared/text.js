import { strings } from "../strings/strings.en.js";

/// The language of the page. The server has put the strings of this language into the script.
export const language = globalThis.document?.documentElement.lang || "en";

/// The locale for numbers and dates: the browser's variant of the language, such as "de-AT".
export const locale = (globalThis.navigator?.languages ?? []).find((tag) => tag.split("-")[0] === language) ?? language;

const pluralRules = new Intl.PluralRules(locale);
const numberFormats = new Map();

/// The text of a key in the language of the page. `{name}` in it becomes the value of that name. Numbers are written as
/// the language writes them. `count` decides between the forms of one and of many.
export function t(key, values = {}) {
  const entry = strings[key];
  const text = Array.isArray(entry) ? entry[pluralRules.select(values.count) === "one" ? 0 : 1] : entry;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

/// A number with the separators of the language, and exactly so many digits after the point.
export function formatNumber(number, digits = 0) {
  if (!numberFormats.has(digits)) {
    numberFormats.set(digits, new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    }));
  }
  return numberFormats.get(digits).format(number);
}

/// Fills the texts of the elements that came with the page. `data-text` names the key of the content and `data-label`
/// that of the label.
export function translateElements(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}
