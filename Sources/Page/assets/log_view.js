import { h } from "./dom.js";
import { LogLayout } from "./log_layout.js";
import { lineElement } from "./log_line.js";
import { selectedLines, selectedText } from "./log_selection.js";

const overscan = 240;
const farthestSelection = 2000;
const lineHeight = 20;

/// The lines of a log of which only the visible ones are in the page.
///
/// `on`: `nearStart()`, `nearEnd()`, `isAtTail()` (whether the last line is the log's last), `follow(isFollowing)`,
/// `home()`, `end()`; `search` paints the hits.
export class LogView {
  constructor(document, search, on) {
    this.document = document;
    this.search = search;
    this.on = on;
    this.follows = true;
    this.shown = new Map();
    this.layout = new LogLayout(lineHeight);
    this.block = h("div", { class: "lines" });
    this.sizer = h("div", { class: "sizer" }, this.block);
    this.probe = h("span", { class: "probe", "aria-hidden": "true" }, "0".repeat(100));
    this.element = h("div", {
      class: "log", tabIndex: 0, role: "log", "aria-live": "off", "aria-label": "Output",
      onscroll: () => this.onScroll(), onkeydown: (event) => this.onKey(event), oncopy: (event) => this.onCopy(event),
    }, this.probe, this.sizer);
    this.widest = 0;
    this.lastTop = 0;
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => this.repaint();
    this.dark.addEventListener("change", this.onScheme);
    this.resizes = new ResizeObserver(() => this.keepPlace(() => this.measure()));
    this.resizes.observe(this.element);
    this.wraps = true;
    this.onSelection = () => {
      // Whoever selects wants the text to stand still.
      if (this.follows && selectedLines(this.block)) this.setFollow(false);
    };
    window.document.addEventListener("selectionchange", this.onSelection);
  }

  leave() {
    this.resizes.disconnect();
    this.dark.removeEventListener("change", this.onScheme);
    window.document.removeEventListener("selectionchange", this.onSelection);
    cancelAnimationFrame(this.frame);
  }

  setWrap(wraps) {
    this.wraps = wraps;
    this.widest = 0;
    this.keepPlace(() => this.measure());
  }

  /// Lines came or changed; `dropped` went away before the first, `prepended` came before it.
  changed({ dropped, prepended }) {
    if (dropped || prepended) {
      const oldTop = this.layout.top(dropped);
      this.layout.corrections.clear();
      this.layout.forget(0);
      this.count();
      const shift = prepended ? this.layout.top(prepended) : -oldTop;
      if (!this.follows) this.moveTo(Math.max(0, this.element.scrollTop + shift));
    }
    this.later();
  }

  /// The document was opened anew: nothing of what is shown holds.
  reset() {
    this.layout.corrections.clear();
    this.layout.forget(0);
    this.shown.clear();
    this.block.replaceChildren();
    this.later();
  }

  repaint() {
    this.shown.clear();
    this.block.replaceChildren();
    this.later();
  }

  setFollow(follows) {
    if (follows !== this.follows) {
      this.follows = follows;
      this.on.follow(follows);
    }
    if (follows) this.later();
  }

  showLine(number) {
    this.setFollow(false);
    this.count();
    const index = number - this.document.first;
    const top = this.layout.top(index);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop + 40 || top > scrollTop + clientHeight - 60) this.moveTo(Math.max(0, top - clientHeight / 3));
    this.later();
  }

  get firstVisible() {
    return this.document.first + this.layout.indexAt(this.element.scrollTop);
  }

  measure() {
    const cell = this.probe.getBoundingClientRect().width / 100;
    if (cell === 0) return;
    this.cell = cell;
    const style = getComputedStyle(this.block);
    const room = this.element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.layout.resize(Math.floor(room / cell + 0.01), this.wraps);
    this.element.classList.toggle("wraps", this.wraps);
    this.later();
  }

  // What stood at the top before stands there afterwards.
  keepPlace(change) {
    const number = this.firstVisible;
    change();
    this.count();
    if (!this.follows) this.moveTo(this.layout.top(number - this.document.first));
  }

  count() {
    const { document, layout } = this;
    layout.forget(Math.max(0, document.lines.length - 1));
    const settled = document.lines;
    const screen = document.screen();
    const lineAt = (index) => (index < settled.length ? settled[index] : screen[index - settled.length]);
    layout.update(document.count, lineAt);
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (this.cell === undefined) this.measure();
    const isNumbered = this.document.start === 0;
    if (isNumbered !== this.isNumbered) {
      this.isNumbered = isNumbered;
      this.element.classList.toggle("numbered", isNumbered);
      this.measure();
    }
    this.count();
    this.sizer.style.height = `${this.layout.height}px`;
    if (this.follows) this.moveTo(this.layout.height);
    this.drawLines();
    if (this.correctHeights() && this.follows) this.moveTo(this.layout.height);
    if (!this.follows) this.askAround();
    else if (this.layout.height < this.element.clientHeight * 1.5) this.on.nearStart();
  }

  drawLines() {
    const { document, layout, element } = this;
    const { from, to } = this.range();
    const scheme = this.dark.matches ? "dark" : "light";
    const kept = new Map();
    let before = this.block.firstChild;
    for (let index = from; index < to; index += 1) {
      const number = document.first + index;
      const line = document.line(number);
      const hits = this.search.hitsIn(number);
      const label = line.isContinued ? "" : String(layout.number(index));
      const known = this.shown.get(number);
      const mark = hits.map((hit) => `${hit.start}${hit.isCurrent ? "!" : ""}`).join();
      const isSame = known && known.line === line && known.mark === mark && known.label === label;
      const item = isSame ? known : { line, mark, label, element: lineElement(line, { number, label, hits, scheme }) };
      if (known && !isSame && known.element === before) before = before.nextSibling;
      if (known && !isSame) known.element.remove();
      if (item.element === before) before = before.nextSibling;
      else this.block.insertBefore(item.element, before);
      kept.set(number, item);
      if (!this.wraps && line.width > this.widest) this.widest = line.width;
    }
    for (const [number, item] of this.shown) if (!kept.has(number)) item.element.remove();
    this.shown = kept;
    this.block.style.transform = `translateY(${layout.top(from)}px)`;
    const room = `calc(${Math.ceil(this.widest * this.cell)}px + var(--gutter) + 32px)`;
    this.block.style.minWidth = this.wraps ? "" : room;
    element.classList.toggle("is-empty", layout.count === 0);
    if (layout.count > 0 && !this.wasMarked) {
      performance.mark("log");
      this.wasMarked = true;
    }
  }

  // What is visible and a little around it; a selection keeps its lines, as far as that is sensible.
  range() {
    const { layout, element, document } = this;
    let from = layout.indexAt(element.scrollTop - overscan);
    let to = Math.min(layout.count, layout.indexAt(element.scrollTop + element.clientHeight + overscan) + 1);
    const selected = selectedLines(this.block);
    if (selected) {
      const first = selected.from - document.first;
      const last = selected.to - document.first;
      if (first >= 0 && from - first < farthestSelection) from = Math.min(from, first);
      if (last < layout.count && last - to < farthestSelection) to = Math.max(to, last + 1);
    }
    return { from, to };
  }

  // A glyph of another font may be wider than its cells; then the browser wrapped elsewhere than we counted.
  correctHeights() {
    if (!this.wraps) return false;
    const heights = [...this.shown].map(([number, item]) => [number, item.element.offsetHeight]);
    let isNews = false;
    for (const [number, height] of heights) {
      isNews = this.layout.correct(number - this.document.first, Math.round(height / lineHeight)) || isNews;
    }
    if (isNews) {
      this.sizer.style.height = `${this.layout.height}px`;
      const first = this.shown.keys().next().value;
      this.block.style.transform = `translateY(${this.layout.top(first - this.document.first)}px)`;
    }
    return isNews;
  }

  askAround() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    if (scrollTop < clientHeight) this.on.nearStart();
    if (scrollHeight - scrollTop - clientHeight < clientHeight * 2) this.on.nearEnd();
  }

  moveTo(top) {
    this.element.scrollTop = top;
    this.lastTop = this.element.scrollTop;
  }

  onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < lineHeight;
    if (isAtEnd && this.on.isAtTail()) this.setFollow(true);
    else if (scrollTop < this.lastTop - 2) this.setFollow(false);
    this.lastTop = scrollTop;
    this.later();
  }

  onKey(event) {
    if (event.key === "End" || event.key === "Home") {
      event.preventDefault();
      this.on[event.key === "End" ? "end" : "home"]();
    }
  }

  onCopy(event) {
    const text = selectedText(this.block, this.document);
    if (text === null) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  }
}
