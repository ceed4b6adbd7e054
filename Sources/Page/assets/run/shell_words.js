import { t } from "../shared/text.js";

/// Splits a line into words by the quoting rules of the POSIX shell (XCU 2.2). Nothing is expanded.
///
/// Returns `{ words, error }`. `error` is a sentence if the line cannot be split, or null. The server splits lines by
/// the same rules. Both pass the cases of Tests/Fixtures/shell-words.json.
export function splitShellWords(line) {
  const words = [];
  let word = null;
  let i = 0;
  if (line.includes("\0")) return { words, error: t("words.nul") };
  while (i < line.length) {
    const c = line[i];
    if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return { words, error: t("words.singleQuote") };
      word = (word ?? "") + line.slice(i + 1, end);
      i = end + 1;
    } else if (c === "\"") {
      const quoted = readDoubleQuoted(line, i + 1);
      if (!quoted) return { words, error: t("words.doubleQuote") };
      word = (word ?? "") + quoted.text;
      i = quoted.end;
    } else if (c === "\\") {
      if (i + 1 >= line.length) return { words, error: t("words.backslash") };
      // A backslash before a line break joins the lines (XCU 2.2.1).
      if (line[i + 1] !== "\n") word = (word ?? "") + line[i + 1];
      i += 2;
    } else if (c === " " || c === "\t" || c === "\n") {
      if (word !== null) words.push(word);
      word = null;
      i += 1;
    } else {
      word = (word ?? "") + c;
      i += 1;
    }
  }
  if (word !== null) words.push(word);
  return { words, error: null };
}

// Within double quotes a backslash quotes only $, `, ", \ and a line break (XCU 2.2.3).
function readDoubleQuoted(line, start) {
  let text = "";
  for (let i = start; i < line.length; i += 1) {
    if (line[i] === "\"") return { text, end: i + 1 };
    const next = line[i] === "\\" ? line[i + 1] : undefined;
    if (next === "\n") i += 1;
    else if (next !== undefined && "$`\"\\".includes(next)) {
      i += 1;
      text += next;
    } else text += line[i];
  }
  return null;
}

/// Quotes a word so that `splitShellWords` returns it unchanged. Plain words stay as they are.
export function quoteShellWord(word) {
  if (word === "") return "''";
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
