const svgNames = "http://www.w3.org/2000/svg";

/// Builds an element. Text is always text: nothing here parses HTML.
///
/// `props`: functions become listeners (`onclick`), `class`, `dataset` and `aria-*` as one expects, other names are
/// properties where the element has them and attributes where not; null, undefined and false are left out.
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name in element && !name.startsWith("aria") && name !== "list" && name !== "role") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/// An SVG of one stroked path in a 16 by 16 box, decorative: the word beside it says the same.
export function icon(path, kind = "icon") {
  const svg = document.createElementNS(svgNames, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", kind);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svgNames, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/// An SVG element with attributes, for small graphics.
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(svgNames, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/// Changes the text only where it differs, so that a selection in it survives an update that changes nothing.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/// Says something to a screen reader without moving anything.
export function announce(text) {
  setText(document.getElementById("announce"), text);
}
