import { api } from "../shared/api.js";
import { createElement, createIcon, setText } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";
import { t } from "../shared/text.js";
import { formatLineTime } from "./line_times.js";
import { wholeLines } from "./whole_lines.js";

// A log of at most this many bytes is rewritten in the browser.
const maxBytes = 64 << 20;

/// The menu that downloads a log: as it was written, or rewritten as text without control codes, with or without times.
///
/// `startTime()` is when the command started, in Unix milliseconds. `message` is the element for what goes wrong.
export class LogDownload {
  constructor(uuid, startTime, message) {
    Object.assign(this, { uuid, startTime, message });
    this.label = createElement("span", {}, t("log.download"));
    const item = (label, onclick) => createElement("button", { type: "button", onclick }, label);
    this.element = createElement("details", { class: "menu download-menu" },
      createElement("summary", { class: "tool-button", title: t("log.downloadTitle") },
        createIcon(iconPaths.download), this.label),
      createElement("div", { class: "menu-content" },
        createElement("a", {
          class: "button", href: api.downloadURL(uuid), download: `${uuid}.log`, onclick: () => this.close(),
        }, t("download.original")),
        item(t("download.plain"), () => this.save(false)),
        item(t("download.times"), () => this.save(true))));
    this.onOutside = (event) => this.element.contains(event.target) || this.close();
    document.addEventListener("click", this.onOutside);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      this.close();
      this.element.querySelector("summary").focus();
    });
  }

  destroy() {
    document.removeEventListener("click", this.onOutside);
    this.isStopped = true;
  }

  close() {
    this.element.open = false;
  }

  async save(withTimes) {
    this.close();
    this.message.hidden = true;
    try {
      const parts = await this.rewrite(withTimes);
      if (parts) saveAs(new Blob(parts, { type: "text/plain" }), `${this.uuid}.txt`);
    } catch (error) {
      this.tell(error.message);
    } finally {
      setText(this.label, t("log.download"));
    }
  }

  tell(text) {
    this.message.hidden = false;
    setText(this.message, text);
  }

  // The lines as texts, or null if the log is too large.
  async rewrite(withTimes) {
    const parts = [];
    for await (const { lines, offset, size } of wholeLines(this.uuid, withTimes)) {
      if (this.isStopped) return null;
      if (size > maxBytes) {
        this.tell(t("download.tooLarge", { size: formatBytes(size), limit: formatBytes(maxBytes) }));
        return null;
      }
      for (const line of lines) {
        const time = withTimes ? formatLineTime(line.time, "clock", 0).padEnd(14) : "";
        const start = parts.length ? `\n${time}` : time;
        parts.push(line.isContinued ? line.text : start + line.text);
      }
      setText(this.label, t("download.progress", { percent: Math.floor(100 * offset / Math.max(1, size)) }));
    }
    return [...parts, "\n"];
  }
}

function saveAs(blob, name) {
  const url = URL.createObjectURL(blob);
  createElement("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
