/// Splits a line into words by the quoting rules of POSIX (XCU 2.2) alone: nothing is expanded.
///
/// Returns `{ words, error }`; `error` is a sentence where a quote is left open, else null.
export function splitWords(line) {
  const words = [];
  let word = null;
  let i = 0;
  while (i < line.length) {
    const c = line[i];
    if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return { words, error: "A single quote is left open." };
      word = (word ?? "") + line.slice(i + 1, end);
      i = end + 1;
    } else if (c === "\"") {
      const quoted = doubleQuoted(line, i + 1);
      if (!quoted) return { words, error: "A double quote is left open." };
      word = (word ?? "") + quoted.text;
      i = quoted.end;
    } else if (c === "\\") {
      if (i + 1 >= line.length) return { words, error: "A backslash stands at the end." };
      word = (word ?? "") + line[i + 1];
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

// Within double quotes a backslash protects only these four.
function doubleQuoted(line, start) {
  let text = "";
  for (let i = start; i < line.length; i += 1) {
    if (line[i] === "\"") return { text, end: i + 1 };
    if (line[i] === "\\" && i + 1 < line.length && "$`\"\\".includes(line[i + 1])) i += 1;
    text += line[i];
  }
  return null;
}

/// One word so quoted that `splitWords` gives it back; plain words stay plain.
export function quoteWord(word) {
  if (word === "") return "''";
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
