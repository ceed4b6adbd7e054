import { invisibleCharacters, invisibleCharactersIn } from "../shared/invisible_characters.js";

/// Cuts a line into segments of one appearance: `{ text, style, link, match, invisible }`.
///
/// `matches` are the matches of a search, as `{ start, end, isCurrent }`. Web addresses in the text become links.
/// Characters that hide text or change its direction (bidi controls, zero width) become segments of their own, with
/// their code point in `invisible`. So they are visible and have no effect.
///
/// A line that changes its style with every letter would become thousands of elements. So each kind of segment is
/// limited to `maxSegments`, and the rest of the line is plain.
export function segmentsOf(line, allMatches = []) {
  const invisibles = invisibleCharactersIn(line.text);
  const text = replaceInvisibleFrom(line.text, invisibles[maxSegments]?.start);
  const [spans, matches, links] = [line.spans, allMatches, linksIn(text)].map((list) => list.slice(0, maxSegments));
  invisibles.length = Math.min(invisibles.length, maxSegments);
  const edges = new Set([0, text.length]);
  for (const range of [...spans, ...matches, ...links, ...invisibles]) {
    edges.add(Math.min(range.start, text.length));
    edges.add(Math.min(range.end, text.length));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const positions = { spans: 0, matches: 0, links: 0, invisibles: 0 };
  const segments = [];
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const start = cuts[i];
    const span = rangeAt(start, spans, positions, "spans");
    segments.push({
      text: text.slice(start, cuts[i + 1]),
      style: span?.style ?? null,
      link: span?.style.link ?? rangeAt(start, links, positions, "links")?.href ?? null,
      match: rangeAt(start, matches, positions, "matches"),
      invisible: rangeAt(start, invisibles, positions, "invisibles")?.name ?? null,
    });
  }
  return segments;
}

const maxSegments = 150;

function replaceInvisibleFrom(text, start) {
  if (start === undefined) return text;
  const replacement = (found) => "\ufffd".repeat(found.length);
  return text.slice(0, start) + text.slice(start).replace(invisibleCharacters, replacement);
}

// The range that covers an offset, or null. The ranges are sorted and the offsets ascend, so `positions` remembers for
// each list where to continue.
function rangeAt(offset, ranges, positions, key) {
  while (positions[key] < ranges.length && ranges[positions[key]].end <= offset) positions[key] += 1;
  const candidate = ranges[positions[key]];
  return candidate && candidate.start <= offset ? candidate : null;
}

/// The http and https addresses in a text, as `{ start, end, href }`, without the punctuation of the sentence around
/// them.
export function linksIn(text) {
  if (!text.includes("://")) return [];
  const links = [];
  for (const match of text.matchAll(httpURL)) {
    const href = trimPunctuation(match[0]);
    if (href.length > "https://".length) links.push({ start: match.index, end: match.index + href.length, href });
  }
  return links;
}

const httpURL = /\bhttps?:\/\/[^\s"'<>\u0060\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000}/gi;

// A closing bracket belongs to the address only if it was opened there.
function trimPunctuation(found) {
  let kept = found;
  while (kept !== "" && ".,;:!?)]}'*".includes(kept.at(-1))) {
    const open = { ")": "(", "]": "[", "}": "{" }[kept.at(-1)];
    if (open && kept.split(open).length >= kept.split(kept.at(-1)).length) break;
    kept = kept.slice(0, -1);
  }
  return kept;
}
