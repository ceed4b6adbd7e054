import { invisibleLength } from "../shared/invisible_characters.js";

/// The selection in a log. It counts lines and characters of the document, so it outlives the elements of its lines.
///
/// Only some lines are elements: the visible ones, and those in which the selection begins and ends. What the user
/// changes in the browser's selection (`read`) changes ours, and after each drawing the browser's is set again
/// (`show`).
export class LogSelection {
  constructor(root, document) {
    this.root = root;
    this.document = document;
    this.clear();
  }

  clear() {
    Object.assign(this, { anchor: null, focus: null, isAll: false, isSuspended: false, shown: null });
  }

  /// Whether any text is selected.
  get hasText() {
    return this.isAll || (this.anchor !== null && comparePoints(this.anchor, this.focus) !== 0);
  }

  /// These indexes of lines, and those of the lines in which the selection begins and ends. If their elements were
  /// removed, browsers would forget where the user began to drag.
  withEnds(shown) {
    const { firstLine, count } = this.document;
    const indexes = new Set(shown);
    for (const point of this.anchor && !this.isAll ? [this.anchor, this.focus] : []) {
      const index = point.line - firstLine;
      if (index >= 0 && index < count) indexes.add(index);
    }
    return [...indexes].sort((a, b) => a - b);
  }

  /// Selects the whole document, also what is added to it later.
  selectAll() {
    this.anchor = { line: this.document.firstLine, offset: 0 };
    this.focus = this.anchor;
    this.isAll = true;
    this.show();
  }

  /// Ignores the browser's selection until `show`, because the elements are about to be removed.
  suspend() {
    this.read();
    this.isSuspended = true;
  }

  /// Takes over what the user has changed in the browser's selection.
  read() {
    const selection = window.getSelection();
    // A log that is about to leave the page, or has left it, has no part in the selection.
    if (this.isSuspended || !this.root.isConnected || !selection || isSame(selection, this.shown)) return;
    const anchor = this.pointOf(selection.anchorNode, selection.anchorOffset);
    const focus = this.pointOf(selection.focusNode, selection.focusOffset);
    const { shown } = this;
    // An end that was not moved stays where it was, also if its line is not rendered. Browsers may name the same place
    // by another node, so places in the document are compared.
    const isKept = (point, known) => shown && point && comparePoints(point, known) === 0;
    const kept = [isKept(anchor, shown?.anchor) ? this.anchor : anchor, isKept(focus, shown?.focus) ? this.end : focus];
    this.clear();
    if (!anchor || !focus || (anchor.isOutside && focus.isOutside)) return;
    [this.anchor, this.focus] = kept;
    this.shown = { ...boundariesOf(selection), anchor, focus };
  }

  /// Sets the browser's selection to the rendered part of this selection.
  show() {
    this.isSuspended = false;
    const selection = window.getSelection();
    if (!this.anchor || !selection || !this.root.firstElementChild) return;
    const [anchor, focus] = [this.boundaryOf(this.anchor), this.boundaryOf(this.end)];
    const wanted = { anchorNode: anchor[0], anchorOffset: anchor[1], focusNode: focus[0], focusOffset: focus[1] };
    if (!isSame(selection, wanted)) selection.setBaseAndExtent(...anchor, ...focus);
    this.shown = { ...boundariesOf(selection), anchor: this.pointOf(...anchor), focus: this.pointOf(...focus) };
  }

  // The focus. If everything is selected, this is the end of the document.
  get end() {
    if (!this.isAll) return this.focus;
    const last = this.document.endLine - 1;
    return { line: last, offset: this.document.line(last)?.text.length ?? 0 };
  }

  /// The selected text, or null if nothing is selected, or if selected lines are not loaded any more. It comes from the
  /// document, so that wrapped and continued lines are joined.
  text() {
    const { document } = this;
    if (!this.hasText || document.count === 0) return null;
    if (this.isAll) return linesText(document, document.firstLine, document.endLine);
    const [from, to] = [this.anchor, this.focus].sort(comparePoints);
    if (from.line < document.firstLine || to.line >= document.endLine) return null;
    if (from.line === to.line) return document.line(from.line).text.slice(from.offset, to.offset);
    return document.line(from.line).text.slice(from.offset) + linesText(document, from.line + 1, to.line, true)
      + lineBreak(document, to.line) + document.line(to.line).text.slice(0, to.offset);
  }

  // The place in the document of a boundary of the browser's selection. Null if no line is rendered.
  pointOf(node, offset) {
    const { root } = this;
    if (!node || !root.firstElementChild) return null;
    const all = window.document.createRange();
    all.selectNodeContents(root);
    const side = root.contains(node) ? 0 : all.comparePoint(node, offset);
    if (side < 0) return { line: numberOf(root.firstElementChild), offset: 0, isOutside: true };
    const element = side > 0 ? null : node === root ? root.children[offset] : closestLine(node);
    if (!element) return { ...endPointOf(root.lastElementChild, this.document), isOutside: side > 0 };
    return { line: numberOf(element), offset: node === root ? 0 : offsetIn(element, node, offset) };
  }

  boundaryOf({ line, offset }) {
    const { root } = this;
    if (line < numberOf(root.firstElementChild)) return [root, 0];
    const element = root.querySelector(`[data-line="${line}"]`);
    return element ? boundaryIn(element, offset) : [root, root.childNodes.length];
  }
}

/// The text of the lines from `from` up to, but without, `to`. Continued lines are joined. `prefix(line)` returns what
/// stands in front of each line.
export function linesText(document, from, to, startsWithBreak = false, prefix = () => "") {
  const parts = [];
  for (let number = from; number < to; number += 1) {
    if (startsWithBreak || number > from) parts.push(lineBreak(document, number));
    const line = document.line(number);
    parts.push((line.isContinued ? "" : prefix(line)) + line.text);
  }
  return parts.join("");
}

function lineBreak(document, number) {
  return document.line(number).isContinued ? "" : "\n";
}

function comparePoints(a, b) {
  return a.line - b.line || a.offset - b.offset;
}

function numberOf(element) {
  return Number(element.dataset.line);
}

function endPointOf(element, document) {
  const line = numberOf(element);
  return { line, offset: document.line(line)?.text.length ?? 0 };
}

function closestLine(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".log-line");
}

// The number of UTF-16 units of a line before a boundary. An invisible character is an element without text.
function offsetIn(line, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(line);
  range.setEnd(node, offset);
  let length = range.toString().length;
  for (const mark of line.querySelectorAll(".invisible-character")) {
    if (range.intersectsNode(mark)) length += invisibleLength(mark.dataset.code);
  }
  return length;
}

// The boundary behind `offset` UTF-16 units of a line.
function boundaryIn(line, offset) {
  let left = offset;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (left <= node.length) return [node, left];
      left -= node.length;
    } else if (node.matches(".invisible-character")) {
      if (left < 1) return [node.parentNode, [...node.parentNode.childNodes].indexOf(node)];
      left -= invisibleLength(node.dataset.code);
    }
  }
  return [line, line.childNodes.length];
}

function boundariesOf({ anchorNode, anchorOffset, focusNode, focusOffset }) {
  return { anchorNode, anchorOffset, focusNode, focusOffset };
}

function isSame(a, b) {
  return b !== null && a.anchorNode === b.anchorNode && a.anchorOffset === b.anchorOffset
    && a.focusNode === b.focusNode && a.focusOffset === b.focusOffset;
}
