// The lines that "Next error" goes to. ErrorLineTests.swift has the same examples for the server's search.
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstErrorLine, isErrorLine } from "../../../Sources/Page/assets/log/error_lines.js";
import { LogDocument } from "../../../Sources/Page/assets/log/log_document.js";

function documentWith(text) {
  const document = new LogDocument();
  document.append(text, text.length);
  return document;
}

const found = [
  "an error", "Errors: 3", "FATAL", "a RuntimeException in x", "3 failed", "failures=2", "panic: x", "Traceback:", "critical",
  "Fehler", "no error, but a failure", "error_log error", "\x1b[31mred", "\x1b[0;1;91mred", "\x1b[41mred",
  "\x1b[38;5;196mred", "\x1b[48:5:9mred", "e\x1b[1mrro\x1b[mr",
];
const others = [
  "terror", "0 errors", "no failures", "Errors: 0", "failed=0", "without errors", "keine Fehler", "error_log", "fail",
  "\x1b[32mgreen", "\x1b[38;5;2mgreen", "\x1b[38;2;31;41;9mrgb", "\x1b[31m\x1b[0mempty",
];

for (const line of [...found, ...others]) {
  test(`${JSON.stringify(line)} is ${found.includes(line) ? "an error" : "none"}`, () => {
    assert.equal(isErrorLine(documentWith(`${line}\n`).line(0)), found.includes(line));
  });
}

test("successive lines with an error are one, and the search stays in its range", () => {
  const document = documentWith("ok\nerror 1\nerror 2\nok\n\x1b[31mred\x1b[m\nerror 3\nok\n");
  assert.equal(firstErrorLine(document, 0, 9), 1);
  assert.equal(firstErrorLine(document, 2, 9), 4);
  assert.equal(firstErrorLine(document, 5, 9), null);
  assert.equal(firstErrorLine(document, 2, 4), null);
});
