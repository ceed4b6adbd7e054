/// Cuts a line into pieces that look alike: `{ text, style, link, hit, control }`.
///
/// `hits` are `{ start, end, isCurrent }`, found by search. Web addresses in the text become links; characters that
/// turn or hide text (bidi controls, zero width) become pieces of their own with a name, so that they are seen and do
/// nothing.
///
/// A line that changes its looks with every letter would be thousands of pieces: after some hundred its rest is plain.
export function piecesOf(line, allHits = []) {
  const controls = controlsIn(line.text);
  const text = withoutControlsFrom(line.text, controls[mostPieces]?.start);
  const [spans, hits, links] = [line.spans, allHits, linksIn(text)].map((list) => list.slice(0, mostPieces));
  controls.length = Math.min(controls.length, mostPieces);
  const edges = new Set([0, text.length]);
  for (const stretch of [...spans, ...hits, ...links, ...controls]) {
    edges.add(Math.min(stretch.start, text.length));
    edges.add(Math.min(stretch.end, text.length));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const at = { spans: 0, hits: 0, links: 0, controls: 0 };
  const pieces = [];
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const start = cuts[i];
    const span = covering(spans, start, at, "spans");
    pieces.push({
      text: text.slice(start, cuts[i + 1]),
      style: span?.style ?? null,
      link: span?.style.link ?? covering(links, start, at, "links")?.href ?? null,
      hit: covering(hits, start, at, "hits"),
      control: covering(controls, start, at, "controls")?.name ?? null,
    });
  }
  return pieces;
}

const mostPieces = 150;

function withoutControlsFrom(text, start) {
  if (start === undefined) return text;
  return text.slice(0, start) + text.slice(start).replace(everyTurning, (found) => "\ufffd".repeat(found.length));
}

// The lists are in order and so are the questions: each list is walked once.
function covering(list, position, at, key) {
  while (at[key] < list.length && list[at[key]].end <= position) at[key] += 1;
  const candidate = list[at[key]];
  return candidate && candidate.start <= position ? candidate : null;
}

/// The http and https addresses in a text, without the punctuation that follows them in a sentence.
export function linksIn(text) {
  if (!text.includes("://")) return [];
  const links = [];
  for (const match of text.matchAll(address)) {
    const href = withoutTail(match[0]);
    if (href.length > "https://".length) links.push({ start: match.index, end: match.index + href.length, href });
  }
  return links;
}

const address = /\bhttps?:\/\/[^\s"'<>`\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000}/gi;

// A closing bracket belongs to the address if it was opened there.
function withoutTail(found) {
  let kept = found;
  while (kept !== "" && ".,;:!?)]}'*".includes(kept.at(-1))) {
    const open = { ")": "(", "]": "[", "}": "{" }[kept.at(-1)];
    if (open && kept.split(open).length >= kept.split(kept.at(-1)).length) break;
    kept = kept.slice(0, -1);
  }
  return kept;
}

function controlsIn(text) {
  if (!turning.test(text)) return [];
  return [...text.matchAll(everyTurning)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    name: `U+${match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  }));
}

// Bidi controls (UAX 9), zero width space and no-break space, line and paragraph separators, tags. The joiners ZWNJ and
// ZWJ stay: emoji and several scripts need them.
const turning = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;
const everyTurning = new RegExp(turning, "gu");
