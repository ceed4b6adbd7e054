import { createElement } from "../shared/dom.js";
import { formatNumber, t } from "../shared/text.js";

// Equal lines around each difference that are shown, and rows that are made in one frame.
const context = 3;
const rowsPerFrame = 400;
const maxDiffLine = 2000;

/// A table of two logs side by side. Long parts of equal lines are folded behind a button.
export function createDiffTable(rows, a, b) {
  const body = createElement("tbody");
  const parts = partsOf(rows);
  const createRows = (from, to) => rows.slice(from, to).map((row) => createDiffRow(row, a, b));
  const queue = [...parts];
  const draw = () => {
    for (let left = rowsPerFrame; queue.length && left > 0;) {
      const part = queue.shift();
      if (part.isFolded) {
        body.append(createFold(part, createRows));
        left -= 1;
        continue;
      }
      const to = Math.min(part.to, part.from + left);
      body.append(...createRows(part.from, to));
      left -= to - part.from;
      if (to < part.to) queue.unshift({ ...part, from: to });
    }
    if (queue.length) requestAnimationFrame(draw);
  };
  draw();
  return createElement("table", { class: "diff mono" },
    createElement("caption", { class: "visually-hidden" }, t("compare.title")),
    createElement("colgroup", {}, ["diff-number", "diff-text", "diff-number", "diff-text"]
      .map((name) => createElement("col", { class: name }))),
    createElement("thead", { class: "visually-hidden" }, createElement("tr", {},
      [t("compare.line"), t("compare.left"), t("compare.line"), t("compare.right")]
        .map((title) => createElement("th", { scope: "col" }, title)))), body);
}

// Parts of rows: shown ones, and folded ones of equal lines.
function partsOf(rows) {
  const isNear = new Uint8Array(rows.length);
  rows.forEach((row, index) => {
    if (row.kind === "same") return;
    isNear.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const parts = [];
  for (let index = 0; index < rows.length; index += 1) {
    const last = parts[parts.length - 1];
    const isFolded = isNear[index] === 0;
    if (last && last.isFolded === isFolded) last.to = index + 1;
    else parts.push({ from: index, to: index + 1, isFolded });
  }
  // A button for one line would be longer than the line.
  return parts.map((part) => (part.to - part.from > 1 ? part : { ...part, isFolded: false }));
}

function createFold(part, createRows) {
  const row = createElement("tr", { class: "diff-fold" }, createElement("td", { colSpan: 4 },
    createElement("button", {
      class: "link", onclick: () => {
        const more = createRows(part.from, Math.min(part.to, part.from + rowsPerFrame));
        const rest = { ...part, from: part.from + more.length };
        row.replaceWith(...more, ...(rest.from < rest.to ? [createFold(rest, createRows)] : []));
        more[0]?.querySelector("td")?.scrollIntoView({ block: "nearest" });
      },
    }, t("compare.equalLines", { count: part.to - part.from }))));
  return row;
}

const rowClasses = {
  same: "diff-same", changed: "diff-changed", removed: "diff-removed", added: "diff-added",
};

function createDiffRow({ left, right, kind }, a, b) {
  const number = (index) => {
    const label = index === null ? "" : formatNumber(index + 1);
    return createElement("td", { class: "diff-number" }, label);
  };
  const text = (index, lines, sign) => createElement("td", {
    class: "diff-text", dataset: { sign: index === null || kind === "same" ? "" : sign },
  }, index === null ? "" : lines[index].slice(0, maxDiffLine));
  return createElement("tr", { class: rowClasses[kind] },
    number(left), text(left, a, "−"), number(right), text(right, b, "+"));
}
