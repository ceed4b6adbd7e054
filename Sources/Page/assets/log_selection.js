/// The lines that a selection within `root` touches, as `{ from, to }` by number, or null.
export function selectedLines(root) {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
  const from = lineOfNode(range.startContainer);
  const to = lineOfNode(range.endContainer);
  if (!from || !to) return null;
  return { from: Number(from.dataset.i), to: Number(to.dataset.i), range, first: from, last: to };
}

/// The selected text from the model, so that wrapped and continued lines come out whole.
export function selectedText(root, document) {
  const selected = selectedLines(root);
  if (!selected || selected.from < document.first || selected.to >= document.last) return null;
  if (selected.from === selected.to) return window.getSelection().toString();
  const { first, last, range } = selected;
  const head = partOf(first, (part) => part.setStart(range.startContainer, range.startOffset));
  const tail = partOf(last, (part) => part.setEnd(range.endContainer, range.endOffset));
  return head + linesText(document, selected.from + 1, selected.to, true) + lineBreak(document, selected.to) + tail;
}

/// The text of lines `from` up to `to`, continued lines joined.
export function linesText(document, from, to, leadsIn = false) {
  let text = "";
  for (let number = from; number < to; number += 1) {
    if (leadsIn || number > from) text += lineBreak(document, number);
    text += document.line(number).text;
  }
  return text;
}

function lineBreak(document, number) {
  return document.line(number).isContinued ? "" : "\n";
}

function lineOfNode(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".ln");
}

function partOf(line, narrow) {
  const part = document.createRange();
  part.selectNodeContents(line);
  narrow(part);
  return part.toString();
}
