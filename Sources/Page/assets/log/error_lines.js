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

/// The number of the next line with an error behind line `from`, or else of the first one. Null if there is none.
///
/// Lines that directly follow one with an error belong to it.
export function nextErrorLine(document, from) {
  const { firstLine, endLine } = document;
  const isStart = (number) => isErrorLine(document.line(number))
    && (number === firstLine || !isErrorLine(document.line(number - 1)));
  for (let number = Math.max(from + 1, firstLine); number < endLine; number += 1) if (isStart(number)) return number;
  for (let number = firstLine; number <= Math.min(from, endLine - 1); number += 1) if (isStart(number)) return number;
  return null;
}
