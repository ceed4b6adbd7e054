// The conventions of the modules and style sheets: those that joining them into one file relies on (docs/page.md), and
// those of style.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";

const directory = new URL("../../../Sources/Page/assets/", import.meta.url);
const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const paths = ["", ...folders.map((folder) => `${folder.name}/`)].flatMap((folder) =>
  readdirSync(new URL(folder, directory), { withFileTypes: true })
    .filter((entry) => entry.isFile()).map((entry) => folder + entry.name));
const read = (path) => readFileSync(new URL(path, directory), "utf8");
const filesEndingIn = (ending) =>
  new Map(paths.filter((path) => path.endsWith(ending)).map((path) => [path, read(path)]));
// The server puts the texts of another language in the place of the English ones.
const isTranslation = (path) => /^(strings|sentences)\/\1\.(?!en\.)\w+\.js$/.test(path);
const modules = new Map([...filesEndingIn(".js")].filter(([path]) => !isTranslation(path)));
const styles = filesEndingIn(".css");
const importLine = /^import \{ (\w+(?:, \w+)*) \} from "((?:\.\/|\.\.\/)[\w./]+\.js)";$/;
const declaration = /^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)/gm;

/// The path of an imported file, relative to the directory of the page.
const resolve = (reference, path) => posix.normalize(posix.join(posix.dirname(path), reference));

/// The imports of a module: `{ line, names, path }`.
function importsOf(path) {
  return modules.get(path).split("\n").filter((line) => line.startsWith("import ")).map((line) => {
    const [, names, reference] = importLine.exec(line) ?? assert.fail(`${path}: ${line}`);
    return { line, names: names.split(", "), path: resolve(reference, path) };
  });
}

test("file names are unique over all folders, because SwiftPM makes one constant per name", () => {
  const seen = new Map();
  for (const path of paths) {
    const name = posix.basename(path);
    assert.ok(!seen.has(name), `${path} and ${seen.get(name)} have the same name`);
    seen.set(name, path);
  }
});

test("every import is one line of plain names from a module of the page, at the top", () => {
  for (const [path, source] of modules) {
    const imports = importsOf(path);
    for (const { line, path: imported } of imports) assert.ok(modules.has(imported), `${path}: ${line}`);
    const firstLines = source.split("\n").slice(0, imports.length);
    assert.deepEqual(firstLines, imports.map(({ line }) => line), `${path}: imports must be the first lines`);
  }
});

test("imported names are exported and used", () => {
  for (const [path, source] of modules) {
    for (const { line, names, path: imported } of importsOf(path)) {
      for (const name of names) {
        const exported = new RegExp(`^export (?:async )?(?:function\\*?|class|const|let) ${name}\\b`, "m");
        assert.match(modules.get(imported), exported, `${path}: ${line}`);
        assert.ok(source.match(new RegExp(`\\b${name}\\b`, "g")).length > 1, `${path} does not use ${name}`);
      }
    }
  }
});

test("every module is imported, from main.js on", () => {
  const reached = new Set();
  const visit = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const imported of importsOf(path)) visit(imported.path);
  };
  visit("main.js");
  assert.deepEqual([...modules.keys()].filter((path) => !reached.has(path)), []);
});

test("exports are declarations, neither default exports nor lists", () => {
  for (const [path, source] of modules) {
    for (const [line] of source.matchAll(/^export .*$/gm)) {
      assert.match(line, /^export (?:async )?(?:function\*?|class|const|let) \w/, `${path}: ${line}`);
    }
  }
});

test("top-level names are unique over all modules, because the joined modules share one scope", () => {
  const seen = new Map();
  for (const [path, source] of modules) {
    for (const [, name] of source.matchAll(declaration)) {
      assert.ok(!seen.has(name), `${name} is declared in ${seen.get(name)} and in ${path}`);
      seen.set(name, path);
    }
  }
});

test("no module has more than 270 lines, or lines of more than 120 characters", () => {
  for (const [path, source] of modules) {
    // Each of its lines is one text.
    if (path.startsWith("strings/")) continue;
    const lines = source.split("\n");
    assert.ok(lines.length <= 270, `${path} has ${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 120, `${path}: ${line}`);
  }
});

test("no module makes HTML or code from text", () => {
  const forbidden =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\("style"/;
  for (const [path, source] of modules) assert.doesNotMatch(source, forbidden, path);
});

test("no text has several lines, because lines that look like comments are left out of the joined script", () => {
  for (const [path, source] of modules) {
    for (const line of source.split("\n").filter((candidate) => !/^ *\/\//.test(candidate))) {
      const code = line.replaceAll(/`[^`]*`/g, "").replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
      assert.doesNotMatch(code, /`/, `${path}: ${line}`);
    }
  }
});

test("statuses are compared by name, not by number", () => {
  for (const [path, source] of modules) {
    assert.doesNotMatch(source, /status(?:\s*[!=]==?|:)\s*[1-5]\b/i, path);
  }
});

test("docs/page.md names every module", () => {
  const documentation = readFileSync(new URL("../../../docs/page.md", import.meta.url), "utf8");
  for (const path of modules.keys()) {
    const name = posix.basename(path, ".js");
    assert.ok(documentation.includes(`\`${name}\``), `docs/page.md does not name ${name}`);
  }
});

test("the page and its styles name no other host", () => {
  for (const path of ["index.html", ...styles.keys()]) {
    const text = read(path).replaceAll("http://www.w3.org/2000/svg", "");
    assert.doesNotMatch(text, /https?:\/\//, path);
  }
});

test("page.css imports every style sheet once, and each is short", () => {
  const imported = styles.get("page.css").split("\n").filter((line) => line.startsWith("@import ")).map((line) => {
    assert.match(line, /^@import "[\w/]+\.css";$/);
    return line.slice('@import "'.length, -2);
  });
  assert.deepEqual([...imported, "page.css"].sort(), [...styles.keys()].sort());
  for (const [path, text] of styles) assert.ok(text.split("\n").length <= 80, path);
});

test("every custom property and every class of the styles is used", () => {
  const style = [...styles.values()].join("\n").replaceAll(/^@import .*$/gm, "").replaceAll(/\/\*.*?\*\//gs, "");
  for (const [, property] of style.matchAll(/^\s*(--[\w-]+):/gm)) {
    assert.ok(style.includes(`var(${property}`), `${property} is defined but never used`);
  }
  const users = [...modules.values()].join("\n") + read("index.html");
  for (const name of new Set([...style.matchAll(/\.([a-z][\w-]*)/g)].map(([, found]) => found))) {
    // The classes of the steps of a kill are composed from their states.
    const pattern = name.startsWith("step-") ? "step-" : `${name}["\` .]`;
    assert.match(users, new RegExp(`["\` .]${pattern}`), `.${name} is styled but never used`);
  }
});
