import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const directory = new URL("../../../Sources/Page/assets/", import.meta.url);
const modules = readdirSync(directory).filter((name) => name.endsWith(".js"));
const read = (name) => [name, readFileSync(new URL(name, directory), "utf8")];
const sources = new Map(modules.map(read));
const styles = new Map(readdirSync(directory).filter((name) => name.endsWith(".css")).map(read));
const declaration = /^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)/gm;

test("every import is one line of plain names from a module beside it, at the top", () => {
  for (const [name, source] of sources) {
    const lines = source.split("\n");
    const imports = lines.filter((line) => line.startsWith("import "));
    for (const line of imports) {
      assert.match(line, /^import \{ \w+(?:, \w+)* \} from "\.\/\w+\.js";$/, `${name}: ${line}`);
      assert.ok(modules.includes(/"\.\/(\w+\.js)"/.exec(line)[1]), `${name}: ${line}`);
    }
    assert.deepEqual(lines.slice(0, imports.length), imports, `${name}: imports stand at the top`);
  }
});

test("what is imported is declared and used", () => {
  for (const [name, source] of sources) {
    for (const [line, names, from] of source.matchAll(/^import \{ ([\w, ]+) \} from "\.\/(\w+\.js)";$/gm)) {
      for (const imported of names.split(", ")) {
        assert.match(sources.get(from), new RegExp(`^export (?:async )?(?:function\\*?|class|const|let) ${imported}\\b`, "m"), `${name}: ${line}`);
        const uses = source.match(new RegExp(`\\b${imported}\\b`, "g")).length;
        assert.ok(uses > 1, `${name} does not use ${imported}`);
      }
    }
  }
});

test("exports are declarations: no default, no lists", () => {
  for (const [name, source] of sources) {
    for (const [line] of source.matchAll(/^export .*$/gm)) {
      assert.match(line, /^export (?:async )?(?:function\*?|class|const|let) \w/, `${name}: ${line}`);
    }
  }
});

test("top-level names are unique over all modules", () => {
  const seen = new Map();
  for (const [name, source] of sources) {
    for (const [, declared] of source.matchAll(declaration)) {
      assert.ok(!seen.has(declared), `${declared} is in ${seen.get(declared)} and in ${name}`);
      seen.set(declared, name);
    }
  }
});

test("no module is longer than one sitting and none makes HTML or code from text", () => {
  for (const [name, source] of sources) {
    assert.ok(source.split("\n").length <= 260, `${name} has ${source.split("\n").length} lines`);
    for (const line of source.split("\n")) assert.ok(line.length <= 120, `${name}: ${line}`);
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("style"/, name);
  }
});

test("docs/page.md knows where every module is", () => {
  const map = readFileSync(new URL("../../../docs/page.md", import.meta.url), "utf8");
  for (const name of modules) assert.ok(map.includes(`\`${name.replace(".js", "")}\``), name);
});

test("the page and its style name no other host", () => {
  for (const name of ["index.html", ...styles.keys()]) {
    const text = readFileSync(new URL(name, directory), "utf8").replaceAll("http://www.w3.org/2000/svg", "");
    assert.doesNotMatch(text, /https?:\/\//, name);
  }
});

test("the style sheet is the parts it imports, each short, and knows no value that it does not use", () => {
  const parts = styles.get("page.css").split("\n").filter((line) => line.startsWith("@import ")).map((line) => {
    assert.match(line, /^@import "\w+\.css";$/);
    return line.slice('@import "'.length, -2);
  });
  assert.deepEqual([...parts, "page.css"].sort(), [...styles.keys()].sort());
  const all = [...styles.values()].join("\n");
  for (const [name, text] of styles) assert.ok(text.split("\n").length <= 80, name);
  for (const [, value] of all.matchAll(/^\s*(--[\w-]+):/gm)) assert.ok(all.includes(`var(${value}`), value);
});

test("every class the modules use is known to the style, and the other way round", () => {
  const style = [...styles.values()].join("\n").replaceAll(/^@import .*$/gm, "");
  const all = [...sources.values()].join("\n") + readFileSync(new URL("index.html", directory), "utf8");
  const inStyle = new Set([...style.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name));
  for (const name of inStyle) assert.match(all, new RegExp(`["\` .]${name}["\` .]`), `.${name} is styled but never used`);
});
