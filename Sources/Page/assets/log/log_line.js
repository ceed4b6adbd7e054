import { createElement, createInvisibleMark } from "../shared/dom.js";
import { coloursOf } from "./log_colours.js";
import { segmentsOf } from "./log_segments.js";

/// Creates the element of a log line. `label` is the line number to show, or "", and `time` when it arrived, or "".
export function createLineElement(line, { number, label, time, matches, scheme }) {
  const element = createElement("div", { class: "log-line", dataset: { line: number } });
  if (label) element.dataset.label = label;
  if (time) element.dataset.time = time;
  if (line.spans.length === 0 && matches.length === 0 && plainText.test(line.text)) {
    element.textContent = line.text;
    return element;
  }
  for (const segment of segmentsOf(line, matches)) element.append(createSegment(segment, scheme));
  return element;
}

// Text that has no link and no invisible character.
const plainText = /^(?:[\x20-\x39\x3b-\x7e\xa1-\u02ff\u2500-\u259f]|:(?!\/\/))*$/;

function createSegment(segment, scheme) {
  if (segment.invisible) return createInvisibleMark(segment.invisible);
  if (!segment.style && !segment.link && !segment.match) return document.createTextNode(segment.text);
  const element = segment.link
    ? createElement("a", { href: segment.link, rel: "noopener noreferrer", target: "_blank" }, segment.text)
    : createElement(segment.match ? "mark" : "span", {}, segment.text);
  if (segment.link) element.title = segment.link;
  // The text of such a link is not its address, so the host of the address is shown beside it.
  if (segment.style?.link) element.dataset.host = hostOf(segment.link);
  if (segment.style) applyStyle(element, segment.style, scheme);
  if (segment.match) element.classList.add("match");
  if (segment.match?.isCurrent) element.classList.add("current");
  return element;
}

function hostOf(link) {
  try {
    return new URL(link).host;
  } catch {
    return "?";
  }
}

function applyStyle(element, style, scheme) {
  const { color, background } = coloursOf(style, scheme);
  if (color) element.style.color = color;
  if (background) element.style.backgroundColor = background;
  for (const name of ["bold", "italic", "underline", "strike"]) if (style[name]) element.classList.add(name);
}
