import { createElement } from "../shared/dom.js";
import { colourScheme } from "../shared/theme.js";
import { addGroupHead } from "./group_head.js";
import { formatLineTime } from "./line_times.js";
import { createLineElement } from "./log_line.js";

/// The elements of the rendered lines of a log. Unchanged elements are kept, so that focus and selection are.
///
/// `view` says how they are shown: `wraps`, `timeMode`, `timeStart`, `isPrinting`, `areWideCellsExact`, `groups`,
/// `places`.
export class LogRows {
  constructor(document, search, layout, view) {
    Object.assign(this, { document, search, layout, view, rendered: new Map(), firstIndex: 0 });
    this.element = createElement("div", { class: "log-lines" });
    this.widestLine = 0;
  }

  clear() {
    this.rendered.clear();
    this.element.replaceChildren();
  }

  /// Renders the lines with these indexes. Those before `from` and from `to` on are kept out of sight.
  draw(indexes, { from, to }) {
    const { document, view } = this;
    const kept = new Map();
    let before = this.element.firstChild;
    for (const index of indexes) {
      const number = document.firstLine + index;
      const known = this.rendered.get(number);
      const item = this.itemFor(index, number, known);
      if (known && known !== item) {
        if (known.element === before) before = before.nextSibling;
        known.element.remove();
      }
      if (item.element === before) before = before.nextSibling;
      else this.element.insertBefore(item.element, before);
      kept.set(number, item);
      item.isPinned = index < from || index >= to || view.groups.isHidden(index);
      item.element.classList.toggle("pinned", item.isPinned);
      if (!view.wraps) this.widestLine = Math.max(this.widestLine, item.line.width);
    }
    for (const [number, item] of this.rendered) if (!kept.has(number)) item.element.remove();
    this.rendered = kept;
    this.firstIndex = from;
    this.place();
  }

  // The known item, or a new one if what it shows has changed.
  itemFor(index, number, known) {
    const { view } = this;
    const line = this.document.line(number);
    const matches = this.search.matchesIn(number);
    const label = line.isContinued ? "" : String(this.layout.number(index));
    const matchKey = matches.map((match) => `${match.start}-${match.end}${match.isCurrent ? "!" : ""}`).join();
    const group = view.groups.headAt(index);
    const state = `${group ? group.isFolded : ""}${number === view.places.marked ? "marked" : ""}`;
    const isSame = known && known.line === line && known.matchKey === matchKey;
    if (isSame && known.label === label && known.state === state) return known;
    const time = line.isContinued ? "" : formatLineTime(line.time, view.timeMode, view.timeStart);
    const scheme = view.isPrinting ? "light" : colourScheme();
    const { areWideCellsExact } = view;
    const element = createLineElement(line, { number, label, time, matches, scheme, areWideCellsExact });
    if (group) addGroupHead(element, group, () => view.places.toggleGroup(number));
    element.classList.toggle("marked", number === view.places.marked);
    return { line, matchKey, label, state, element };
  }

  /// Moves the lines to the position that the layout gives them.
  place() {
    const top = this.view.isPrinting ? 0 : this.layout.top(this.firstIndex);
    this.element.style.transform = `translateY(${top}px)`;
  }

  /// Corrects the layout where the browser renders a line differently. Returns whether it does: a glyph from a fallback
  /// font may be wider than its cells, and then a line wraps elsewhere than calculated.
  correctHeights() {
    const visible = [...this.rendered].filter(([, item]) => !item.isPinned);
    const heights = visible.map(([number, item]) => [number, item.element.offsetHeight]);
    let hasChanged = false;
    for (const [number, height] of heights) {
      const rows = Math.round(height / this.layout.lineHeight);
      hasChanged = this.layout.correct(number - this.document.firstLine, rows) || hasChanged;
    }
    if (hasChanged) this.place();
    return hasChanged;
  }
}
