import { createElement, createInvisibleMark } from "../shared/dom.js";
import { coloursOf } from "./log_colours.js";
import { segmentsOf } from "./log_segments.js";

/// Creates the element of a log line. `label` is the line number to show, or "", and `time` when it arrived, or "".
export function createLineElement(line, { number, label, time, matches, scheme, areWideCellsExact = true }) {
  const element = createElement("div", { class: "log-line", dataset: { line: number } });
  if (label) element.dataset.label = label;
  if (time) element.dataset.time = time;
  if (line.spans.length === 0 && matches.length === 0 && plainText.test(line.text)) {
    element.textContent = line.text;
    return element;
  }
  for (const segment of segmentsOf(line, matches)) element.append(createSegment(segment, scheme));
  if (!areWideCellsExact && line.width > line.text.length) boxWideCharacters(element);
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

// Chinese, Japanese and Korean characters, which take two cells each. Emoji may be sequences, so they stay as they are.
const wideCharacter =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/;
const maxBoxes = 600;

// The font of these characters may have other widths than two cells. So each gets a box.
function boxWideCharacters(line) {
  let left = maxBoxes;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node);
  for (const text of texts) {
    if (!wideCharacter.test(text.data)) continue;
    const parts = text.data.split(new RegExp(`(${wideCharacter.source})`)).filter((part) => part !== "");
    text.replaceWith(...parts.map((part) => {
      if (!wideCharacter.test(part) || left === 0) return part;
      left -= 1;
      return createElement("span", { class: "wide" }, part);
    }));
  }
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
