import { hasInvisibleCharacters, invisibleCharactersIn, visibleText } from "./invisible_characters.js";
import { t } from "./text.js";

const svgNamespace = "http://www.w3.org/2000/svg";

/// Creates an element. Text stays text, because nothing here parses HTML. Invisible characters become marks, and their
/// codes in titles and labels, so that no name can hide or reverse what stands beside it.
///
/// In `props`, functions become event listeners (`onclick`). `class`, `dataset` and `aria-*` are set as usual. Any
/// other name is a property if the element has it, and an attribute otherwise. Null, undefined and false are left out.
export function createElement(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "string" && shownAttributes.has(name)) element.setAttribute(name, visibleText(value));
    else if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name in element && !name.startsWith("aria") && name !== "list" && name !== "role") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  const kept = children.flat(3).filter((child) => child !== null && child !== undefined && child !== false);
  element.append(...kept.flatMap((child) => (typeof child === "string" ? textNodesFor(child, tag) : child)));
  return element;
}

const shownAttributes = new Set(["title", "aria-label", "placeholder"]);

// The nodes for a text. A mark stands for each invisible character, except where only text is allowed.
function textNodesFor(text, tag) {
  if (!hasInvisibleCharacters(text)) return [text];
  if (tag === "option" || tag === "title") return [visibleText(text)];
  const nodes = [];
  let position = 0;
  for (const { start, end, name } of invisibleCharactersIn(text)) {
    nodes.push(text.slice(position, start), createInvisibleMark(name));
    position = end;
  }
  return [...nodes, text.slice(position)];
}

/// Creates the mark that stands for an invisible character.
export function createInvisibleMark(name) {
  return createElement("span", {
    class: "invisible-character", title: t("log.invisible"), dataset: { code: name },
  });
}

/// Creates an icon from one stroked path in a box of 16 by 16. It is decorative: the text beside it says the same.
export function createIcon(path) {
  const icon = createSVGElement("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" });
  icon.append(createSVGElement("path", { d: path }));
  return icon;
}

export function createSVGElement(tag, attributes, ...children) {
  const element = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/// Sets the text only if it differs, so that an update without a change keeps a selection.
export function setText(element, text) {
  if ((element.shownText ?? element.textContent) === text) return;
  element.shownText = text;
  element.replaceChildren(...textNodesFor(text, element.localName));
}

/// Sets the tooltip. Invisible characters become their codes.
export function setTitle(element, text) {
  element.title = visibleText(text);
}

/// Tells a text to screen readers without changing what is visible.
export function announce(text) {
  setText(document.getElementById("announcements"), visibleText(text));
}
