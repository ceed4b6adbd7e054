import { api } from "../shared/api.js";
import { announce, createElement, setText } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { t } from "../shared/text.js";
import { formatLineTime } from "./line_times.js";
import { linesText } from "./log_selection.js";

// A log of at most this many bytes is loaded when all of it is selected.
const maxBytesToSelect = 4_194_304;

/// Copies lines of a log: by the button, by the keyboard, and all of it.
///
/// `message` is the element for what the user should know.
export class LogCopy {
  constructor(uuid, feed, view, message) {
    Object.assign(this, { uuid, feed, view, message, document: feed.document });
  }

  /// Copies the selection, or else the loaded part. `withTimes` adds the shown times. Tells the result on the button.
  async copy(button, withTimes) {
    const { document, view } = this;
    const { timeMode, timeStart } = view;
    const prefix = (line) => (formatLineTime(line.time, timeMode, timeStart) + "  ").trimStart();
    const all = (...more) => linesText(document, document.firstLine, document.endLine, ...more);
    const text = withTimes && timeMode !== "off" ? all(false, prefix) : view.selection.text() ?? all();
    if (!await writeToClipboard(text)) {
      this.tell(t("copy.forbidden"));
      return;
    }
    const result = this.feed.hasWholeLog || view.selection.hasText ? t("copy.done") : t("copy.loadedPart");
    setText(button.lastElementChild, result);
    announce(result);
    setTimeout(() => setText(button.lastElementChild, t("log.copy")), 2000);
  }

  /// The user copies by keyboard or menu.
  onCopy(event) {
    const { selection } = this.view;
    selection.read();
    if (!selection.hasText) return;
    event.preventDefault();
    if (selection.isAll && !this.feed.hasWholeLog) {
      this.tellAboutAll();
      return;
    }
    const text = selection.text();
    if (text === null) this.tell(t("copy.notLoaded"));
    else event.clipboardData.setData("text/plain", text);
  }

  /// Loads the whole log if its size allows that, because all of it is selected.
  async loadAll() {
    this.tell("");
    const { feed, view } = this;
    const { document } = feed;
    const { generation } = document;
    if (feed.hasWholeLog) return;
    if (feed.size <= maxBytesToSelect) {
      this.isLoadingAll = true;
      this.tellAboutAll();
      const isWanted = () => view.selection.isAll && generation === document.generation && !feed.isStopped;
      while (isWanted() && document.start > 0) {
        const { start } = document;
        await feed.loadEarlier();
        if (document.start === start && !feed.isLoadingEarlier) break;
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      this.isLoadingAll = false;
      if (!isWanted()) return;
    }
    this.tellAboutAll();
  }

  tellAboutAll() {
    const { feed } = this;
    if (this.isLoadingAll) this.tell(t("copy.loading"));
    else if (feed.hasWholeLog) this.tell(t("copy.selected"));
    else {
      this.tell(`${t("copy.tooLarge", { size: formatBytes(feed.size) })} `,
        createElement("a", { href: api.downloadURL(this.uuid), download: `${this.uuid}.log` }, t("copy.download")));
    }
  }

  tell(...content) {
    this.message.hidden = content.length === 1 && content[0] === "";
    this.message.replaceChildren(...content);
  }
}

/// Writes a text into the clipboard. Resolves to false if the browser does not allow it.
///
/// Browsers offer `navigator.clipboard` only over HTTPS and on localhost. Otherwise a field that is shown for a moment
/// is copied.
export async function writeToClipboard(text) {
  if (navigator.clipboard?.writeText) {
    const isWritten = await navigator.clipboard.writeText(text).then(() => true, () => false);
    if (isWritten) return true;
  }
  const focused = document.activeElement;
  const field = createElement("textarea", { class: "visually-hidden", "aria-hidden": "true", readOnly: true });
  field.value = text;
  document.body.append(field);
  field.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand("copy");
  } catch {
    // The answer stays false.
  }
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}
