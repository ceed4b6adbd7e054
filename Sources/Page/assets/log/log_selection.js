/// The lines of a selection within `root`: the numbers `from` and `to`, the elements `first` and `last`, and the
/// `range`. Null if nothing is selected there.
export function selectedLines(root) {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
  const from = lineOfNode(range.startContainer);
  const to = lineOfNode(range.endContainer);
  if (!from || !to) return null;
  return { from: Number(from.dataset.line), to: Number(to.dataset.line), range, first: from, last: to };
}

/// The selected text, or null. It comes from the document, so that wrapped and continued lines are joined.
export function selectedText(root, document) {
  const selected = selectedLines(root);
  if (!selected || selected.from < document.firstLine || selected.to >= document.endLine) return null;
  if (selected.from === selected.to) return window.getSelection().toString();
  const { first, last, range } = selected;
  const head = textOfPart(first, (part) => part.setStart(range.startContainer, range.startOffset));
  const tail = textOfPart(last, (part) => part.setEnd(range.endContainer, range.endOffset));
  return head + linesText(document, selected.from + 1, selected.to, true) + lineBreak(document, selected.to) + tail;
}

/// The text of the lines from `from` up to, but without, `to`. Continued lines are joined. `prefix(line)` returns what
/// stands in front of each line.
export function linesText(document, from, to, startsWithBreak = false, prefix = () => "") {
  let text = "";
  for (let number = from; number < to; number += 1) {
    if (startsWithBreak || number > from) text += lineBreak(document, number);
    const line = document.line(number);
    text += (line.isContinued ? "" : prefix(line)) + line.text;
  }
  return text;
}

function lineBreak(document, number) {
  return document.line(number).isContinued ? "" : "\n";
}

function lineOfNode(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".log-line");
}

function textOfPart(line, narrow) {
  const range = document.createRange();
  range.selectNodeContents(line);
  narrow(range);
  return range.toString();
}
