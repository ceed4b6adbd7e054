import assert from "node:assert/strict";
import { test } from "node:test";
import { LogDocument } from "../../../Sources/Page/assets/log/log_document.js";
import { LogSearch } from "../../../Sources/Page/assets/log/log_search.js";

function search(text, ...query) {
  const document = new LogDocument();
  document.append(text, text.length);
  const made = new LogSearch(document);
  made.setQuery(...query);
  made.scan(1000);
  return made;
}

test("case and regular expressions are options", () => {
  const text = "Alpha alpha\nbeta42\n";
  assert.equal(search(text, "alpha").count, 2);
  assert.equal(search(text, "alpha", true).count, 1);
  assert.equal(search(text, "a.pha").count, 0);
  assert.equal(search(text, "a.pha", false, true).count, 2);
  assert.equal(search(text, "[a-z]+\\d{2}", false, true).count, 1);
});

test("an expression that matches nothing ends, and one that is none is an error", () => {
  assert.equal(search("abc", "x*", false, true).count, 0);
  const broken = search("abc", "(", false, true);
  assert.equal(broken.error, true);
  assert.equal(broken.pattern, null);
});

test("the current match stays the current one when lines are prepended twice", () => {
  const text = "one\ntwo needle\nthree needle\n";
  const document = new LogDocument();
  document.open(100, true);
  document.append(text, 100 + text.length);
  const made = new LogSearch(document);
  made.setQuery("needle");
  made.scan(1000);
  made.step(1, document.firstLine + 2);
  assert.equal(made.match(made.current).line, document.firstLine + 2);
  const { line } = made.match(made.current);
  for (const start of [60, 20]) {
    document.prepend("needle before\n", start, true);
    made.restart();
  }
  made.scan(1000);
  assert.equal(made.match(made.current).line, line);
  assert.equal(made.count, 4);
});

test("a carriage return in a cut line overwrites what is prepended to it", () => {
  const document = new LogDocument();
  document.open(50, false);
  document.append("2 % done\r 3 % done\r100 % done\nnext\n", 90);
  document.prepend("first\n 0 % done\r 1 % done\r ", 20, true);
  const texts = Array.from({ length: document.count }, (_, index) => document.line(document.firstLine + index).text);
  assert.deepEqual(texts, ["first", "100 % done", "next"]);
});
