import { announce, setText } from "../shared/dom.js";
import { routeToLine } from "../shared/route.js";
import { t } from "../shared/text.js";
import { writeToClipboard } from "./log_copy.js";
import { WholeLogSearch } from "./whole_log_search.js";

// A line that begins at most this many bytes behind the loaded part is loaded from there.
const nearBytes = 1_048_576;

// The lines of an ended log of at most this many bytes have numbers, wherever it was opened.
const numberedBytes = 268_435_456;

/// The marked line of a log, its number and its link.
///
/// The server finds the byte at which line N begins, and counts the lines before a byte. So the log is opened there,
/// and its lines have numbers even if the start of the log is not loaded.
export class LineLink {
  constructor(uuid, feed, view, message) {
    Object.assign(this, { uuid, feed, view, message, wanted: null, opened: null, whole: new WholeLogSearch(uuid) });
    view.element.addEventListener("click", (event) => this.onClick(event));
  }

  destroy() {
    this.whole.cancel();
  }

  /// Opens the log at the line with a number.
  async goTo(number) {
    const { feed, view } = this;
    this.message.hidden = true;
    this.wanted = number;
    this.isNear = false;
    view.setFollowing(false);
    if (feed.document.start !== 0 || !feed.isOpened) feed.goToByte(0);
    this.onGrowth();
    const found = await this.whole.startOfLine(number);
    if (this.wanted !== number) return;
    const end = found.start ?? found.size;
    this.isNear = end === null || end - feed.document.end <= nearBytes;
    if (this.isNear) this.onGrowth();
    else if (found.start !== null) this.open(found.start, number);
    else this.refuse();
  }

  /// Opens the log at the line that begins at a byte, and marks it.
  open(start, number = null) {
    const { feed, view } = this;
    this.wanted = null;
    view.setFollowing(false);
    feed.goToByte(start);
    this.opened = { generation: feed.document.generation, number };
  }

  /// The log was loaded further, or has ended.
  onGrowth() {
    const { feed, view } = this;
    const { document } = feed;
    if (this.opened) this.showOpened();
    if (feed.isEnded && feed.isLoadedToEnd && feed.size <= numberedBytes) this.ensureNumbers();
    if (this.wanted === null || document.start !== 0) return;
    const line = view.places.lineWithNumber(this.wanted);
    if (line !== null) {
      this.wanted = null;
      view.places.mark(line);
      view.showLine(line);
      announce(t("line.marked", { line: String(view.places.numberOf(line)) }));
    } else if (feed.isLoadedToEnd) {
      if (feed.isEnded && feed.hasAnswer) this.refuse();
    } else if (this.isNear) feed.loadMore();
  }

  // Line 0 is the one at which the document was opened.
  showOpened() {
    const { feed: { document }, view, opened } = this;
    if (opened.generation !== document.generation) this.opened = null;
    else if (document.endLine > 0) {
      this.opened = null;
      if (opened.number !== null) view.places.setNumber(0, opened.number);
      view.places.mark(0);
      view.showLine(0);
      if (opened.number !== null) announce(t("line.marked", { line: String(opened.number) }));
      else this.link(0);
    }
  }

  refuse() {
    const line = String(this.wanted);
    this.wanted = null;
    this.message.hidden = false;
    setText(this.message, t("line.none", { line }));
  }

  /// Counts the lines before the document, so that its lines have numbers. Resolves to whether they have.
  async ensureNumbers() {
    const { feed: { document }, view } = this;
    if (view.hasNumbers) return true;
    const { generation, start, firstLine } = document;
    if (this.counted?.generation !== generation) {
      this.counted = { generation, result: this.whole.count("number", { mode: "lines" }, 0, start) };
    }
    const before = await this.counted.result;
    if (!before) this.counted = null;
    const isSame = generation === document.generation && firstLine >= document.firstLine;
    if (before && isSame && !view.hasNumbers) view.places.setNumber(firstLine, before.count + 1);
    return isSame && view.hasNumbers;
  }

  // The number stands in front of the line, outside of its box.
  onClick(event) {
    const element = event.target.closest(".log-line");
    if (!element?.dataset.label || event.target.closest("button")) return;
    if (event.clientX >= element.getBoundingClientRect().left) return;
    this.set(Number(element.dataset.line));
  }

  /// Marks a line, and lets the address of the page name it.
  set(line) {
    this.view.places.mark(line);
    this.link(line);
  }

  async link(line) {
    const { places } = this.view;
    if (!await this.ensureNumbers() || places.marked !== line) return;
    const number = places.numberOf(line);
    history.replaceState(null, "", routeToLine(this.uuid, number));
    announce(t("line.marked", { line: String(number) }));
  }

  /// Copies the address of the marked line, or of the run. Tells the result on the button.
  async copy(button) {
    const { view } = this;
    const { marked } = view.places;
    const line = marked === null || !view.hasNumbers ? null : view.places.numberOf(marked);
    const address = new URL(routeToLine(this.uuid, line), location.href).href;
    const isCopied = await writeToClipboard(address);
    const label = button.lastElementChild;
    setText(label, isCopied ? t("copy.done") : t("link.shown"));
    if (!isCopied) {
      this.message.hidden = false;
      setText(this.message, address);
    }
    announce(label.textContent);
    setTimeout(() => setText(label, t("link.copy")), 2000);
  }
}
