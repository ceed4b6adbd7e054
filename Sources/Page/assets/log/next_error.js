import { announce, setText } from "../shared/dom.js";
import { t } from "../shared/text.js";
import { firstErrorLine } from "./error_lines.js";
import { WholeLogSearch } from "./whole_log_search.js";

/// Goes to the next line of a log that tells an error. What is not loaded is searched on the server, and behind the end
/// of the log its start. A second click on the button stops the search.
export class NextError {
  constructor(uuid, feed, view, link, message) {
    Object.assign(this, { feed, view, link, message, whole: new WholeLogSearch(uuid), isSearching: false });
  }

  destroy() {
    this.whole.cancel();
  }

  async go(button) {
    const { feed: { document }, view } = this;
    if (this.isSearching) {
      this.stop(button);
      return;
    }
    this.message.hidden = true;
    const from = view.places.marked ?? view.firstVisibleLine - 1;
    const ahead = firstErrorLine(document, from + 1, document.endLine);
    if (ahead !== null) {
      this.show(ahead);
      return;
    }
    const { generation } = document;
    const start = this.feed.hasWholeLog ? null : await this.search(button);
    if (start === undefined || generation !== document.generation) return;
    const behind = start === null ? firstErrorLine(document, document.firstLine, from + 1) : null;
    if (start !== null) this.link.open(start);
    else if (behind !== null) this.show(behind);
    else this.tell(t("error.none"));
  }

  show(line) {
    this.link.set(line);
    this.view.showLine(line);
  }

  tell(text) {
    this.message.hidden = false;
    setText(this.message, text);
    announce(text);
  }

  // The start of the next line on the server, in bytes. Null if there is none, undefined if the search was stopped.
  async search(button) {
    const { document } = this.feed;
    const { start, end } = document;
    this.isSearching = true;
    setText(button.lastElementChild, t("error.stop"));
    const size = Math.max(1, this.feed.size - (end - start));
    const onProgress = (done) => {
      const percent = String(Math.max(0, Math.min(100, Math.floor(done / size * 100))));
      this.message.hidden = false;
      setText(this.message, t("error.searching", { percent }));
    };
    const behind = await this.whole.first({ mode: "errors" }, end, (at) => onProgress(at - end));
    const found = behind !== null || start === 0 ? behind
      : await this.whole.first({ mode: "errors", to: start }, 0, (at) => onProgress(size - start + at));
    if (!this.isSearching) return undefined;
    this.stop(button);
    if (found === undefined) this.tell(t("error.noAnswer"));
    return found;
  }

  stop(button) {
    this.isSearching = false;
    this.whole.cancel();
    this.message.hidden = true;
    setText(button.lastElementChild, t("log.nextError"));
  }
}
