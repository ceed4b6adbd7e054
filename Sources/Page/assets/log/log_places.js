/// The marked line of a log, its line numbers, and what the user folds.
export class LogPlaces {
  constructor(view) {
    this.view = view;
    /// The marked line, or null.
    this.marked = null;
    /// A line whose number in the whole log is known, as `{ line, number }`. Null if only that of the first line is, or
    /// none.
    this.numbered = null;
  }

  /// Tells the number of a line, so that all lines show theirs.
  setNumber(line, number) {
    this.numbered = { line, number };
    this.view.updateLayout();
    this.view.scheduleDraw();
  }

  /// Numbers the lines of the layout.
  number() {
    const { numbered, view: { document, layout } } = this;
    if (document.start === 0 || !numbered) layout.linesBefore = 0;
    else layout.setNumber(numbered.line - document.firstLine, numbered.number);
  }

  /// Shows the column of the numbers, as wide as the largest one.
  drawGutter() {
    const { view, view: { hasNumbers, layout } } = this;
    const digits = hasNumbers && layout.count > 0 ? String(layout.number(layout.count - 1)).length : 1;
    if (hasNumbers === view.isNumbered && digits === this.digits) return;
    this.digits = digits;
    view.isNumbered = hasNumbers;
    view.element.classList.toggle("numbered", hasNumbers);
    view.element.style.setProperty("--digits", String(Math.max(5, digits)));
    view.measure();
    view.updateLayout();
  }

  /// The document will lose its first `count` lines. Their layout is still known.
  onDrop(count) {
    const { view } = this;
    const { firstLine } = view.document;
    if (this.numbered ? this.numbered.line >= firstLine : !view.isNumbered) return;
    // Lines that have come since the last drawing have no layout yet.
    const isKnown = count < view.layout.validCount;
    this.numbered = isKnown ? { line: firstLine, number: view.layout.number(count) } : null;
  }

  mark(line) {
    this.marked = line;
    this.view.scheduleDraw();
  }

  /// The number that a line shows.
  numberOf(line) {
    return this.view.layout.number(line - this.view.document.firstLine);
  }

  /// The line that shows a number, or null.
  lineWithNumber(number) {
    const { view } = this;
    view.updateLayout();
    const index = view.layout.indexOf(number);
    return index < 0 ? null : view.document.firstLine + index;
  }

  /// Unfolds the groups around a line.
  reveal(line) {
    const { groups, layout, document } = this.view;
    const unfolded = groups.reveal(line - document.firstLine);
    if (unfolded < 0) return;
    layout.invalidateFrom(unfolded);
    this.view.updateLayout();
  }

  /// Folds or unfolds the group that begins at a line.
  toggleGroup(line) {
    const index = line - this.view.document.firstLine;
    this.view.groups.toggle(index);
    this.relayoutFrom(index);
  }

  /// Folds all groups, or unfolds them.
  setAllFolded(isFolded) {
    this.view.groups.setAllFolded(isFolded);
    this.relayoutFrom(0);
  }

  relayoutFrom(index) {
    const { view } = this;
    view.setFollowing(false);
    view.keepingPosition(() => view.layout.invalidateFrom(index));
    view.scheduleDraw();
  }
}
