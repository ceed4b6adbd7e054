// The server passes the same cases, so that the page and the server always agree on the words of a line.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { quoteShellWord, splitShellWords } from "../../../Sources/Page/assets/run/shell_words.js";

const cases = JSON.parse(readFileSync(new URL("../../Fixtures/shell-words.json", import.meta.url), "utf8"));
const errorPatterns = {
  "unclosed-single-quote": /^A single quote is not closed\.$/,
  "unclosed-double-quote": /^A double quote is not closed\.$/,
  "trailing-backslash": /^The line ends with a backslash .*\.$/,
  nul: /^The line contains a NUL character.*\.$/,
};

for (const { line, words } of cases.split) {
  test(`${JSON.stringify(line)} is split into ${JSON.stringify(words)}`, () => {
    assert.deepEqual(splitShellWords(line), { words, error: null });
  });
}

for (const { line, error } of cases.errors) {
  test(`${JSON.stringify(line)} is refused: ${error}`, () => {
    assert.match(splitShellWords(line).error, errorPatterns[error]);
  });
}

for (const { word, quoted } of cases.quote) {
  test(`${JSON.stringify(word)} is quoted as ${JSON.stringify(quoted)}`, () => {
    assert.equal(quoteShellWord(word), quoted);
  });
}

test("splitting a quoted word returns the word", () => {
  for (const word of [...cases.round_trip, ...cases.quote.map((entry) => entry.word)]) {
    assert.deepEqual(splitShellWords(quoteShellWord(word)), { words: [word], error: null });
  }
});
