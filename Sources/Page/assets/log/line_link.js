import { announce, setText } from "../shared/dom.js";
import { routeToLine } from "../shared/route.js";
import { t } from "../shared/text.js";
import { nextErrorLine } from "./error_lines.js";
import { writeToClipboard } from "./log_copy.js";

/// The marked line of a log, and its link. Lines have numbers only if the document begins at the start of the log.
export class LineLink {
  constructor(uuid, feed, view, message) {
    Object.assign(this, { uuid, feed, view, message, wanted: null });
    view.element.addEventListener("click", (event) => this.onClick(event));
  }

  /// Opens the log at a line. Loads from the start until it is there.
  goTo(number) {
    this.wanted = number;
    this.view.setFollowing(false);
    if (this.feed.document.start !== 0 || !this.feed.isOpened) this.feed.goToByte(0);
    this.onGrowth();
  }

  /// The log was loaded further, or has ended.
  onGrowth() {
    if (this.wanted === null) return;
    const { feed, view } = this;
    const { document } = feed;
    if (document.start !== 0) {
      this.give("line.tooFar");
      return;
    }
    const line = view.places.lineWithNumber(this.wanted);
    if (line !== null) {
      this.wanted = null;
      view.places.mark(line);
      view.showLine(line);
      announce(t("line.marked", { line: String(view.places.numberOf(line)) }));
    } else if (feed.isLoadedToEnd) {
      if (feed.isEnded && feed.hasAnswer) this.give("line.none");
    } else feed.loadMore();
  }

  give(reason) {
    const line = String(this.wanted);
    this.wanted = null;
    this.message.hidden = false;
    setText(this.message, reason === "line.none" ? t("line.none", { line }) : t("line.tooFar", { line }));
  }

  // The number stands in front of the line, outside of its box.
  onClick(event) {
    const element = event.target.closest(".log-line");
    if (!element?.dataset.label || event.target.closest("button")) return;
    if (event.clientX >= element.getBoundingClientRect().left) return;
    this.set(Number(element.dataset.line));
  }

  set(line) {
    this.view.places.mark(line);
    const number = this.view.places.numberOf(line);
    history.replaceState(null, "", routeToLine(this.uuid, number));
    announce(t("line.marked", { line: String(number) }));
  }

  /// Copies the address of the marked line, or of the run. Tells the result on the button.
  async copy(button) {
    const { view } = this;
    const line = view.places.marked === null || !view.isNumbered ? null : view.places.numberOf(view.places.marked);
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

  /// Goes to the next line of the loaded part that tells an error.
  goToNextError() {
    const { view, feed } = this;
    const line = nextErrorLine(feed.document, view.places.marked ?? view.firstVisibleLine - 1);
    if (line === null) {
      announce(t("error.none"));
      this.message.hidden = false;
      setText(this.message, feed.hasWholeLog ? t("error.none") : t("error.noneLoaded"));
      return;
    }
    this.message.hidden = true;
    if (view.isNumbered) this.set(line);
    else view.places.mark(line);
    view.showLine(line);
  }
}
