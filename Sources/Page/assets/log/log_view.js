import { createElement } from "../shared/dom.js";
import { LogLayout } from "./log_layout.js";
import { formatLineTime } from "./line_times.js";
import { createLineElement } from "./log_line.js";
import { LogSelection } from "./log_selection.js";

const lineHeight = 20;

// Pixels above and below the visible part in which lines are rendered too.
const overscan = 240;

/// The lines of a log. Only the visible ones are elements of the page (a virtual list).
///
/// `callbacks`: `onNearStart()`, `onNearEnd()`, `isNearLogEnd()` (whether the loaded part reaches the end of the log),
/// `onFollowChange(isFollowing)`, `onHomeKey()`, `onEndKey()`, `onSelectAll()`, `onCopy(event)`. `search` gives the
/// matches to highlight.
export class LogView {
  constructor(document, search, callbacks) {
    this.document = document;
    this.search = search;
    Object.assign(this, { callbacks, isFollowing: true, wraps: true, timeMode: "off", timeStart: 0 });
    this.rendered = new Map();
    this.layout = new LogLayout(lineHeight);
    this.linesElement = createElement("div", { class: "log-lines" });
    this.selection = new LogSelection(this.linesElement, document);
    this.spacer = createElement("div", { class: "log-spacer" }, this.linesElement);
    this.ruler = createElement("span", { class: "log-ruler", "aria-hidden": "true" }, "0".repeat(100));
    this.element = createElement("div", {
      class: "log", tabIndex: 0, role: "log", "aria-live": "off", "aria-label": "Output",
      onscroll: () => this.onScroll(), onkeydown: (event) => this.onKey(event), oncopy: callbacks.onCopy,
    }, this.ruler, this.spacer);
    this.widestLine = 0;
    this.lastScrollTop = 0;
    this.darkScheme = matchMedia("(prefers-color-scheme: dark)");
    this.onSchemeChange = () => this.redrawLines();
    this.darkScheme.addEventListener("change", this.onSchemeChange);
    this.resizeObserver = new ResizeObserver(() => this.keepingPosition(() => this.measure()));
    this.resizeObserver.observe(this.element);
    this.onSelectionChange = () => {
      this.selection.read();
      // The text must not move while the user selects.
      if (this.isFollowing && this.selection.hasText) this.setFollowing(false);
    };
    window.document.addEventListener("selectionchange", this.onSelectionChange);
  }

  destroy() {
    this.resizeObserver.disconnect();
    this.darkScheme.removeEventListener("change", this.onSchemeChange);
    window.document.removeEventListener("selectionchange", this.onSelectionChange);
    cancelAnimationFrame(this.frame);
  }

  setWrap(wraps) {
    this.wraps = wraps;
    this.widestLine = 0;
    this.keepingPosition(() => this.measure());
  }

  /// Sets how times are shown, see `timeModes`. Elapsed time counts from `start`.
  setTimes(mode, start) {
    Object.assign(this, { timeMode: mode, timeStart: start });
    this.element.classList.toggle("timed", mode !== "off");
    this.redrawLines();
    this.keepingPosition(() => this.measure());
  }

  /// The document has changed: `droppedLines` were removed at the start, or `prependedLines` were added there.
  onChange({ droppedLines, prependedLines }) {
    if (droppedLines || prependedLines) {
      const oldTop = this.layout.top(droppedLines);
      this.layout.corrections.clear();
      this.layout.invalidateFrom(0);
      this.updateLayout();
      const shift = prependedLines ? this.layout.top(prependedLines) : -oldTop;
      if (!this.isFollowing) this.scrollTo(Math.max(0, this.element.scrollTop + shift));
    }
    this.scheduleDraw();
  }

  /// The document was opened anew, so nothing that is shown is valid.
  reset() {
    this.layout.corrections.clear();
    this.layout.invalidateFrom(0);
    this.selection.clear();
    this.redrawLines();
  }

  redrawLines() {
    this.selection.suspend();
    this.rendered.clear();
    this.linesElement.replaceChildren();
    this.scheduleDraw();
  }

  setFollowing(isFollowing) {
    if (isFollowing !== this.isFollowing) {
      this.isFollowing = isFollowing;
      this.callbacks.onFollowChange(isFollowing);
    }
    if (isFollowing) this.scheduleDraw();
  }

  showLine(number) {
    this.setFollowing(false);
    this.updateLayout();
    const top = this.layout.top(number - this.document.firstLine);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop + 40 || top > scrollTop + clientHeight - 60) this.scrollTo(Math.max(0, top - clientHeight / 3));
    this.scheduleDraw();
  }

  get firstVisibleLine() {
    return this.document.firstLine + this.layout.indexAt(this.element.scrollTop);
  }

  measure() {
    const cellWidth = this.ruler.getBoundingClientRect().width / 100;
    if (cellWidth === 0) return;
    this.cellWidth = cellWidth;
    const style = getComputedStyle(this.linesElement);
    const width = this.element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.layout.resize(Math.floor(width / cellWidth + 0.01), this.wraps);
    this.element.classList.toggle("wraps", this.wraps);
    this.scheduleDraw();
  }

  // Makes a change to the layout and keeps the line at the top where it is.
  keepingPosition(change) {
    const number = this.firstVisibleLine;
    change();
    this.updateLayout();
    if (!this.isFollowing) this.scrollTo(this.layout.top(number - this.document.firstLine));
  }

  updateLayout() {
    const { document, layout } = this;
    layout.invalidateFrom(Math.max(0, document.lines.length - 1));
    const scrollback = document.lines;
    const screen = document.screen();
    const lineAt = (index) => (index < scrollback.length ? scrollback[index] : screen[index - scrollback.length]);
    layout.update(document.count, lineAt);
  }

  scheduleDraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (this.cellWidth === undefined) this.measure();
    const isNumbered = this.document.start === 0;
    if (isNumbered !== this.isNumbered) {
      this.isNumbered = isNumbered;
      this.element.classList.toggle("numbered", isNumbered);
      this.measure();
    }
    this.updateLayout();
    this.spacer.style.height = `${this.layout.height}px`;
    if (this.isFollowing) this.scrollTo(this.layout.height);
    this.drawLines();
    if (this.correctHeights() && this.isFollowing) this.scrollTo(this.layout.height);
    if (!this.isFollowing) this.requestNearbyParts();
    else if (this.layout.height < this.element.clientHeight * 1.5) this.callbacks.onNearStart();
  }

  drawLines() {
    const { document, layout, element } = this;
    this.selection.read();
    const { from, to } = this.renderedRange();
    const scheme = this.darkScheme.matches ? "dark" : "light";
    const kept = new Map();
    let before = this.linesElement.firstChild;
    for (const index of this.selection.withEnds(from, to)) {
      const number = document.firstLine + index;
      const line = document.line(number);
      const matches = this.search.matchesIn(number);
      const label = line.isContinued ? "" : String(layout.number(index));
      const time = line.isContinued ? "" : formatLineTime(line.time, this.timeMode, this.timeStart);
      const known = this.rendered.get(number);
      const matchKey = matches.map((match) => `${match.start}${match.isCurrent ? "!" : ""}`).join();
      const isSame = known && known.line === line && known.matchKey === matchKey && known.label === label;
      const item = isSame ? known
        : { line, matchKey, label, element: createLineElement(line, { number, label, time, matches, scheme }) };
      if (known && !isSame && known.element === before) before = before.nextSibling;
      if (known && !isSame) known.element.remove();
      if (item.element === before) before = before.nextSibling;
      else this.linesElement.insertBefore(item.element, before);
      kept.set(number, item);
      item.isPinned = index < from || index >= to;
      item.element.classList.toggle("pinned", item.isPinned);
      if (!this.wraps && line.width > this.widestLine) this.widestLine = line.width;
    }
    for (const [number, item] of this.rendered) if (!kept.has(number)) item.element.remove();
    this.rendered = kept;
    this.selection.show();
    this.firstRendered = from;
    this.linesElement.style.transform = `translateY(${layout.top(from)}px)`;
    this.linesElement.style.minWidth =
      this.wraps ? "" : `calc(${Math.ceil(this.widestLine * this.cellWidth)}px + var(--gutter) + 32px)`;
    element.classList.toggle("is-empty", layout.count === 0);
    if (layout.count > 0 && !this.hasMarkedFirstLines) {
      performance.mark("log");
      this.hasMarkedFirstLines = true;
    }
  }

  // The indexes of the lines to render: the visible ones and some around them.
  renderedRange() {
    const { layout, element } = this;
    const from = layout.indexAt(element.scrollTop - overscan);
    const end = layout.indexAt(element.scrollTop + element.clientHeight + overscan) + 1;
    return { from, to: Math.min(layout.count, end) };
  }

  // A glyph from a fallback font may be wider than its cells. Then the browser wraps a line elsewhere than calculated.
  correctHeights() {
    if (!this.wraps) return false;
    const visible = [...this.rendered].filter(([, item]) => !item.isPinned);
    const heights = visible.map(([number, item]) => [number, item.element.offsetHeight]);
    let hasChanged = false;
    for (const [number, height] of heights) {
      const rows = Math.round(height / lineHeight);
      hasChanged = this.layout.correct(number - this.document.firstLine, rows) || hasChanged;
    }
    if (hasChanged) {
      this.spacer.style.height = `${this.layout.height}px`;
      this.linesElement.style.transform = `translateY(${this.layout.top(this.firstRendered)}px)`;
    }
    return hasChanged;
  }

  requestNearbyParts() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    if (scrollTop < clientHeight) this.callbacks.onNearStart();
    if (scrollHeight - scrollTop - clientHeight < clientHeight * 2) this.callbacks.onNearEnd();
  }

  scrollTo(top) {
    this.element.scrollTop = top;
    this.lastScrollTop = this.element.scrollTop;
  }

  onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < lineHeight;
    if (isAtEnd && this.callbacks.isNearLogEnd()) this.setFollowing(true);
    else if (scrollTop < this.lastScrollTop - 2) this.setFollowing(false);
    this.lastScrollTop = scrollTop;
    this.scheduleDraw();
  }

  onKey(event) {
    if (event.key === "End") this.callbacks.onEndKey();
    else if (event.key === "Home") this.callbacks.onHomeKey();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.selectAll();
    else return;
    event.preventDefault();
  }

  selectAll() {
    this.setFollowing(false);
    this.selection.selectAll();
    this.callbacks.onSelectAll();
  }
}
