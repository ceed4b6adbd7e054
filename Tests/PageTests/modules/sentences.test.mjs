// The sentences of the server in other languages: every code of the server's sources has one, with the same values.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../../Sources/", import.meta.url);
const modules = new URL("Page/assets/sentences/", root);
const languages = readdirSync(modules).map((name) => /^sentences\.(\w+)\.js$/.exec(name)[1]).filter((name) => name !== "en");

// The codes of the sentences in Swift, each with the names of its values.
function serverSentences() {
  const found = new Map();
  for (const part of ["Core", "Web"]) {
    for (const path of readdirSync(new URL(`${part}/`, root), { recursive: true }).filter((name) => name.endsWith(".swift"))) {
      const source = readFileSync(new URL(`${part}/${path}`, root), "utf8");
      for (const [, type, code, rest] of source.matchAll(/\b(Sentence|InvalidValueError)\(\s*"([\w.]+)",([\s\S]*?)(?=\bSentence\(|InvalidValueError\(|\n {0,8}\}|$)/g)) {
        const names = [...rest.matchAll(/as: "(\w+)"/g)].map((match) => match[1]);
        const isAbout = type === "InvalidValueError" || /^(?:value|input)\./.test(code);
        found.set(type === "Sentence" ? code : `value.${code}`, new Set([...names, ...(isAbout ? ["parameter"] : [])]));
      }
    }
  }
  return found;
}

const server = serverSentences();

test("the sentences of the server are found", () => {
  assert.ok(server.size > 80, String(server.size));
  assert.deepEqual([...server.get("value.min")], ["min", "parameter"]);
});

for (const language of languages) {
  const source = readFileSync(new URL(`sentences.${language}.js`, modules), "utf8");

  test(`every sentence of the server is written in ${language}, with its values`, async () => {
    const { sentences } = await import(new URL(`sentences.${language}.js`, modules));
    const codes = Object.keys(sentences).filter((code) => !code.startsWith("status."));
    assert.deepEqual([...codes].sort(), [...server.keys()].sort());
    for (const code of codes) {
      for (const [, name] of sentences[code].matchAll(/\{(\w+)\}/g)) assert.ok(server.get(code).has(name), `${code}: ${name}`);
    }
  });

  test(`the server can read the sentences in ${language}, because they are JSON`, async () => {
    const { sentences } = await import(new URL(`sentences.${language}.js`, modules));
    const text = /sentences = \{([\s\S]*),\n\};/.exec(source)[1];
    assert.deepEqual(JSON.parse(`{${text}}`), sentences);
  });
}
