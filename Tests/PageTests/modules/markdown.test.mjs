import assert from "node:assert/strict";
import { test } from "node:test";

// The part of the DOM that the elements need, so that they can be written as text.
class FakeElement {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, href: "", rel: "", target: "", title: "", start: 1 });
    if (tag !== "ol") delete this.start;
    if (tag !== "a") delete this.href;
  }
  append(...children) {
    this.children.push(...children);
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  get text() {
    const inner = this.children.map((child) => (typeof child === "string" ? child : child.text)).join("");
    const extra = this.href ? ` ${this.href}` : this.start > 1 ? ` ${this.start}` : "";
    return `<${this.tag}${extra}>${inner}</${this.tag}>`;
  }
}
globalThis.document = { createElement: (tag) => new FakeElement(tag), documentElement: { lang: "en" } };
const { createMarkdown } = await import("../../../Sources/Page/assets/shared/markdown.js");
const written = (text) => createMarkdown(text).map((element) => element.text).join("");

for (const [name, text, expected] of [
  ["paragraphs", "a\nb\n\nc", "<p>a b</p><p>c</p>"],
  ["lists", "- a\n- b\n  more\n\n2. c\n3. d", "<ul><li>a</li><li>b more</li></ul><ol 2><li>c</li><li>d</li></ol>"],
  ["a list after a paragraph", "x:\n* a", "<p>x:</p><ul><li>a</li></ul>"],
  ["code, in which nothing else counts", "run `a **b** [c](https://d)`", "<p>run <code>a **b** [c](https://d)</code></p>"],
  ["bold", "**a b** c", "<p><strong>a b</strong> c</p>"],
  ["links", "[a](https://x.y/z?q=1)", "<p><a https://x.y/z?q=1>a</a></p>"],
  ["no other links", "[a](javascript:alert(1)) [b](//x) [c](data:x)", "<p>[a](javascript:alert(1)) [b](//x) [c](data:x)</p>"],
  ["no HTML", "<b>x</b> <img src=x onerror=alert(1)>", "<p><b>x</b> <img src=x onerror=alert(1)></p>"],
  ["nothing else", "# a\n> b\n_c_ ~~d~~", "<p># a > b _c_ ~~d~~</p>"],
  ["open marks", "** a ` b [c](", "<p>** a ` b [c](</p>"],
  ["no text", "", ""],
]) {
  test(`Markdown has ${name}`, () => assert.equal(written(text), expected));
}

test("a hostile text takes no long time", { timeout: 10_000 }, () => {
  for (const part of ["`", "**", "[a](https://", "- ", "[", "1. "]) assert.ok(written(part.repeat(20_000)));
});
