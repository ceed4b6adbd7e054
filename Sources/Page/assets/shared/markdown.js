import { createElement } from "./dom.js";

/// The elements of a text in a part of Markdown: paragraphs, lists with `-`, `*` or numbers, `code`, **bold**, and
/// links to http and https. Everything else stays text, so no HTML can come from it.
export function createMarkdown(text) {
  const blocks = [];
  let current = null;
  const begin = (kind) => {
    if (current?.kind === kind) return;
    current = { kind, lines: [] };
    blocks.push(current);
  };
  for (const line of text.split("\n")) {
    const [, bullet, number, item] = /^\s{0,3}(?:([-*])|(\d{1,9})[.)])\s+(\S.*)$/.exec(line) ?? [];
    if (line.trim() === "") current = null;
    else if (item !== undefined) {
      begin(bullet ? "ul" : "ol");
      current.start ??= Number(number ?? 1);
      current.lines.push(item);
    } else if (/^\s+/.test(line) && (current?.kind === "ul" || current?.kind === "ol")) {
      // The rest of an item, indented.
      current.lines[current.lines.length - 1] += ` ${line.trim()}`;
    } else {
      begin("p");
      current.lines.push(line.trim());
    }
  }
  return blocks.map(({ kind, lines, start }) => (kind === "p"
    ? createElement("p", {}, inlineNodes(lines.join(" ")))
    : createElement(kind, kind === "ol" && start !== 1 ? { start } : {},
      lines.map((line) => createElement("li", {}, inlineNodes(line))))));
}

// Code first, because nothing in it means anything else. The lengths are limited so that no text takes long.
const inlinePattern =
  /`([^`\n]{1,500})`|\*\*([^*\n]{1,500})\*\*|\[([^[\]\n]{1,300})\]\((https?:\/\/[^\s()<>"'`]{1,1000})\)/g;

function inlineNodes(text) {
  const nodes = [];
  let position = 0;
  for (const match of text.matchAll(inlinePattern)) {
    const [whole, code, bold, label, href] = match;
    nodes.push(text.slice(position, match.index));
    if (code !== undefined) nodes.push(createElement("code", {}, code));
    else if (bold !== undefined) nodes.push(createElement("strong", {}, bold));
    else {
      nodes.push(createElement("a", { href, rel: "noopener noreferrer", target: "_blank", title: href }, label));
    }
    position = match.index + whole.length;
  }
  return [...nodes, text.slice(position)].filter((node) => node !== "");
}
