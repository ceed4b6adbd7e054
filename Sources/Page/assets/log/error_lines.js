// The colours of text and of backgrounds that mean an error: red, bright red, and the reds of the 256.
const reds = new Set([1, 9, 124, 160, 196, 197, 203]);
const errorWord = /\b(?:errors?|fatal|\w*exception|failed|failures?|panic|traceback|critical|fehler)\b/i;
const noError =
  /\b(?:0|no|without|keine?) (?:errors?|failures?|failed|fehler)\b|\b(?:errors?|failures?|failed)[:=] ?0/gi;

/// Whether a line of a log seems to tell an error: by its colour, or by a word.
export function isErrorLine({ text, spans }) {
  if (spans.some(({ style }) => reds.has(style.fg) || reds.has(style.bg))) return true;
  return errorWord.test(text) && errorWord.test(text.replace(noError, ""));
}

/// The number of the first line with an error from line `from` up to line `end`. Null if there is none.
///
/// Lines that directly follow one with an error belong to it. The server follows the same rules (`ErrorLineFinder`).
export function firstErrorLine(document, from, end) {
  const { firstLine, endLine } = document;
  for (let number = Math.max(from, firstLine); number < Math.min(end, endLine); number += 1) {
    const isStart = number === firstLine || !isErrorLine(document.line(number - 1));
    if (isStart && isErrorLine(document.line(number))) return number;
  }
  return null;
}
