import { createElement } from "../shared/dom.js";
import { t } from "../shared/text.js";
import { onThemeChange } from "../shared/theme.js";
import { LogGroups } from "./log_groups.js";
import { LogLayout } from "./log_layout.js";
import { LogPlaces } from "./log_places.js";
import { LogRows } from "./log_rows.js";
import { LogSelection } from "./log_selection.js";

const lineHeight = 20;

// Pixels above and below the visible part in which lines are rendered too.
const overscan = 240;

const maxPrintedLines = 5000;

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
    this.isPrinting = false;
    this.groups = new LogGroups();
    this.places = new LogPlaces(this);
    this.layout = new LogLayout(lineHeight, this.groups);
    this.rows = new LogRows(document, search, this.layout, this);
    this.selection = new LogSelection(this.rows.element, document);
    this.spacer = createElement("div", { class: "log-spacer" }, this.rows.element);
    this.ruler = createElement("span", { class: "log-ruler", "aria-hidden": "true" }, "0".repeat(100));
    this.wideRuler = createElement("span", { class: "log-ruler", "aria-hidden": "true" }, "漢かカ한！");
    this.element = createElement("div", {
      class: "log", tabIndex: 0, role: "log", "aria-live": "off", "aria-label": t("log.output"),
      onscroll: () => this.onScroll(), onkeydown: (event) => this.onKey(event), oncopy: callbacks.onCopy,
    }, this.ruler, this.wideRuler, this.spacer);
    this.lastScrollTop = 0;
    this.unsubscribeTheme = onThemeChange(() => this.redrawLines());
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
    this.unsubscribeTheme();
    window.document.removeEventListener("selectionchange", this.onSelectionChange);
    cancelAnimationFrame(this.frame);
  }

  setWrap(wraps) {
    this.wraps = wraps;
    this.rows.widestLine = 0;
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
      if (droppedLines) this.places.onDrop(droppedLines);
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
    this.groups.folded.clear();
    this.places.marked = null;
    this.places.numbered = null;
    this.layout.corrections.clear();
    this.layout.invalidateFrom(0);
    this.selection.clear();
    this.redrawLines();
  }

  redrawLines() {
    this.selection.suspend();
    this.rows.clear();
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
    this.isMatchWanted = true;
    this.setFollowing(false);
    this.updateLayout();
    this.places.reveal(number);
    const top = this.layout.top(number - this.document.firstLine);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop + 40 || top > scrollTop + clientHeight - 60) this.scrollTo(Math.max(0, top - clientHeight / 3));
    this.scheduleDraw();
  }

  /// Whether the numbers of the lines in the whole log are known.
  get hasNumbers() {
    return this.document.start === 0 || this.places.numbered !== null;
  }

  get firstVisibleLine() {
    return this.document.firstLine + this.layout.indexAt(this.element.scrollTop);
  }

  measure() {
    const cellWidth = this.ruler.getBoundingClientRect().width / 100;
    if (cellWidth === 0) return;
    this.cellWidth = cellWidth;
    // The glyphs of five wide characters should take ten cells. If they do not, each gets a box of two cells.
    this.areWideCellsExact = Math.abs(this.wideRuler.getBoundingClientRect().width / cellWidth - 10) < 0.02;
    const style = getComputedStyle(this.rows.element);
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
    const { document, layout, groups } = this;
    groups.firstLine = document.firstLine;
    groups.isEnabled = !document.isRaw;
    layout.invalidateFrom(Math.max(0, document.lines.length - 1));
    const scrollback = document.lines;
    const screen = document.screen();
    const lineAt = (index) => (index < scrollback.length ? scrollback[index] : screen[index - scrollback.length]);
    layout.update(document.count, lineAt);
    this.places.number();
    // The browser limits the scroll position by this height.
    this.spacer.style.height = `${layout.height}px`;
  }

  scheduleDraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (this.cellWidth === undefined) this.measure();
    this.updateLayout();
    this.places.drawGutter();
    if (this.isFollowing) this.scrollTo(this.layout.height);
    this.drawLines();
    if (this.wraps && !this.isPrinting && this.rows.correctHeights()) {
      this.spacer.style.height = `${this.layout.height}px`;
      if (this.isFollowing) this.scrollTo(this.layout.height);
    }
    this.showMatchSideways();
    if (this.isPrinting) return;
    if (!this.isFollowing) this.requestNearbyParts();
    else if (this.layout.height < this.element.clientHeight * 1.5) this.callbacks.onNearStart();
  }

  drawLines() {
    const { layout, element, rows } = this;
    this.selection.read();
    const range = this.renderedRange();
    rows.draw(this.selection.withEnds(layout.visibleIndexes(range.from, range.to)), range);
    this.selection.show();
    rows.element.style.minWidth =
      this.wraps ? "" : `calc(${Math.ceil(rows.widestLine * this.cellWidth)}px + var(--gutter) + 32px)`;
    element.classList.toggle("is-empty", layout.count === 0);
    if (layout.count > 0 && !this.hasMarkedFirstLines) {
      performance.mark("log");
      this.hasMarkedFirstLines = true;
    }
  }

  // The indexes of the lines to render: the visible ones and some around them. For print, the last ones.
  renderedRange() {
    const { layout, element } = this;
    if (this.isPrinting) return { from: Math.max(0, layout.count - maxPrintedLines), to: layout.count };
    const from = layout.indexAt(element.scrollTop - overscan);
    const end = layout.indexAt(element.scrollTop + element.clientHeight + overscan) + 1;
    return { from, to: Math.min(layout.count, end) };
  }

  /// Renders all lines for print, or again only the visible ones.
  setPrinting(isPrinting) {
    if (isPrinting === this.isPrinting) return;
    this.isPrinting = isPrinting;
    this.redrawLines();
    this.draw();
  }

  // Without wrapping, the current match may lie far to the right.
  showMatchSideways() {
    const match = this.rows.element.querySelector(".match.current");
    if (!match || !this.isMatchWanted) return;
    this.isMatchWanted = false;
    const [box, frame] = [match.getBoundingClientRect(), this.element.getBoundingClientRect()];
    const gutter = parseFloat(getComputedStyle(this.rows.element).paddingLeft);
    if (box.left >= frame.left + gutter && box.right <= frame.right - 24) return;
    this.element.scrollLeft += box.left - frame.left - frame.width / 2;
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
    // A document that was opened anew is empty at first. That is not its end.
    if (isAtEnd && this.layout.count > 0 && this.callbacks.isNearLogEnd()) this.setFollowing(true);
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
