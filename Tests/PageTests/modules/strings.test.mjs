// The texts of the page: every language has all of them, and no other module has any.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { formatNumber, t } from "../../../Sources/Page/assets/shared/text.js";

const directory = new URL("../../../Sources/Page/assets/", import.meta.url);
const languages = readdirSync(new URL("strings/", directory)).map((name) => /^strings\.(\w+)\.js$/.exec(name)[1]);
const load = async (language) => (await import(new URL(`strings/strings.${language}.js`, directory))).strings;
const english = await load("en");
const sources = readdirSync(directory, { recursive: true })
  .filter((path) => /\.(?:js|html)$/.test(path) && !/^(?:strings|sentences)\//.test(path))
  .map((path) => [path, readFileSync(new URL(path, directory), "utf8")]);

const placeholders = (entry) => [...new Set([entry].flat().join(" ").match(/\{\w+\}/g) ?? [])].sort();

for (const language of languages) {
  test(`the texts in ${language} have the same keys, forms and values as the English ones`, async () => {
    const strings = await load(language);
    assert.deepEqual(Object.keys(strings), Object.keys(english));
    for (const [key, entry] of Object.entries(strings)) {
      assert.equal(typeof entry === "string" ? 1 : entry.length, Array.isArray(entry) ? 2 : 1, key);
      assert.ok([entry].flat().every((text) => text.trim() !== "" && text === text.trim()), key);
      assert.deepEqual(placeholders(entry), placeholders(english[key]), key);
      if (Array.isArray(entry)) assert.ok(placeholders(entry).includes("{count}"), key);
    }
  });
}

test("German has no formal or informal address, and its own quotation marks and ellipses", async () => {
  for (const [key, entry] of Object.entries(await load("de"))) {
    for (const text of [entry].flat()) {
      assert.doesNotMatch(text, /(?<!^)\b(?:Sie|Ihre?[nmrs]?|Ihnen)\b|\b(?:[Dd]u|[Dd]eine?[nmrs]?|[Dd]ich|[Dd]ir)\b/, key);
      assert.doesNotMatch(text, /["“][^“”"]*"|[^ ]…|\.\.\./, key);
    }
  }
});

test("every used key exists, and every text is used", () => {
  const all = sources.filter(([path]) => path !== "shared/text.js").map(([, source]) => source).join("\n");
  const used = new Set([...all.matchAll(/\bt\("([\w.]+)"|data-(?:text|label)="([\w.]+)"/g)].map((found) => found[1] ?? found[2]));
  assert.deepEqual([...used].filter((key) => !Object.hasOwn(english, key)), []);
  assert.deepEqual(Object.keys(english).filter((key) => !used.has(key)), []);
  assert.doesNotMatch(all, /(?<!function )\bt\([^")]/, "A key must be a literal, so that this test sees it.");
});

test("a call gives every value of its text", () => {
  for (const [path, source] of sources) {
    for (const [, key, rest] of source.matchAll(/\bt\("([\w.]+)"([\s\S]{0,220})/g)) {
      const names = placeholders(english[key]).map((name) => name.slice(1, -1));
      if (names.length === 0) assert.match(rest, /^\)/, `${path}: ${key} takes no values`);
      for (const name of names) {
        assert.match(rest, new RegExp(`^, \\{[\\s\\S]*\\b${name}\\b`), `${path}: ${key} without ${name}`);
      }
    }
  }
});

// A word with a capital letter, or two words of which one is not a class, a selector or the like.
const sentence = /^[A-ZÄÖÜ][a-zäöüß]+(?:[ .,:…?!]|$)| .*[a-zäöüß]{2,}[.?!…]$|\b(?:the|is|are|of|to|not)\b /;
// Names of keys, tags, headers and methods, and texts for developers.
const technical = new Set([
  "Remotisan", "UTC", "Accept", "Date", "Enter", "Escape", "Home", "End", "Delete", "Tab", "Backspace",
  "Aa", "Idempotency-Key", "Content-Type", "Mark", "Highlight", "The request failed.",
]);

test("no other module has a text for people", () => {
  for (const [path, source] of sources.filter(([name]) => name.endsWith(".js"))) {
    for (const line of source.split("\n").filter((candidate) => !/^\s*\/\//.test(candidate))) {
      const literals = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map((found) => found[1] ?? found[2]);
      for (const literal of literals) {
        const text = literal.replaceAll(/\$\{[^}]*\}/g, "").trim();
        assert.ok(technical.has(text) || !sentence.test(text), `${path}: ${literal}`);
      }
    }
  }
});

test("a text has its values, numbers in the form of the language, and the form for the count", () => {
  assert.equal(t("log.lines", { count: 1 }), "1 line");
  assert.equal(t("log.lines", { count: 1234 }), "1,234 lines");
  assert.equal(t("log.lines", { count: 0 }), "0 lines");
  assert.equal(t("exit.code", { code: "{code}" }), "Exit {code}");
  assert.equal(formatNumber(1.25, 1), "1.3");
});
