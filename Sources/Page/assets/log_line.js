import { h } from "./dom.js";
import { coloursOf } from "./log_colours.js";
import { piecesOf } from "./log_pieces.js";

/// One line of a log as an element. `label` is its number or nothing.
export function lineElement(line, { number, label, hits, scheme }) {
  const element = h("div", { class: "ln", dataset: { i: number } });
  if (label) element.dataset.n = label;
  if (line.spans.length === 0 && hits.length === 0 && plainEnough.test(line.text)) {
    element.textContent = line.text;
    return element;
  }
  for (const piece of piecesOf(line, hits)) element.append(pieceElement(piece, scheme));
  return element;
}

// Nothing in it that could be a link or turn the text.
const plainEnough = /^(?:[\x20-\x39\x3b-\x7e\xa1-\u02ff\u2500-\u259f]|:(?!\/\/))*$/;

function pieceElement(piece, scheme) {
  if (piece.control) {
    return h("span", { class: "control", title: "An invisible character", dataset: { c: piece.control } });
  }
  if (!piece.style && !piece.link && !piece.hit) return document.createTextNode(piece.text);
  const element = piece.link
    ? h("a", { href: piece.link, rel: "noopener noreferrer", target: "_blank" }, piece.text)
    : h(piece.hit ? "mark" : "span", {}, piece.text);
  if (piece.style) dress(element, piece.style, scheme);
  if (piece.hit) element.classList.add("hit");
  if (piece.hit?.isCurrent) element.classList.add("current");
  return element;
}

function dress(element, style, scheme) {
  const { color, background } = coloursOf(style, scheme);
  if (color) element.style.color = color;
  if (background) element.style.backgroundColor = background;
  for (const name of ["bold", "italic", "underline", "strike"]) if (style[name]) element.classList.add(name);
}
