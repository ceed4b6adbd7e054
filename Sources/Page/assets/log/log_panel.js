import { createElement, createIcon, setText } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";
import { loadPreference, savePreference } from "../shared/preferences.js";
import { t } from "../shared/text.js";
import { LineLink } from "./line_link.js";
import { timeModes } from "./line_times.js";
import { LogCopy } from "./log_copy.js";
import { LogDownload } from "./log_download.js";
import { LogFeed } from "./log_feed.js";
import { LogFind } from "./log_find.js";
import { LogPrinting } from "./log_printing.js";
import { LogSearch } from "./log_search.js";
import { LogView } from "./log_view.js";
import { NextError } from "./next_error.js";

/// A log with its tools: the feed that fills it, its lines, the search, the toolbar and the footer.
///
/// `callbacks`: `onAnswer(answer)`, `onError(error)`, `startTime()` (when the command started, in Unix milliseconds),
/// `line` (the number of the line to open the log at, or null).
export class LogPanel {
  constructor(uuid, callbacks) {
    this.uuid = uuid;
    this.callbacks = callbacks;
    this.feed = new LogFeed(uuid, {
      onChange: (change) => this.onChange(change),
      onAnswer: (answer) => {
        callbacks.onAnswer(answer);
        this.find.onGrowth();
        this.link.onGrowth();
        this.drawFooter();
      },
      onError: callbacks.onError,
    });
    this.document = this.feed.document;
    this.search = new LogSearch(this.document);
    this.view = new LogView(this.document, this.search, {
      onNearStart: () => this.feed.loadEarlier(),
      onNearEnd: () => this.feed.loadMore(),
      isNearLogEnd: () => this.feed.isNearEnd,
      onFollowChange: (isFollowing) => {
        this.feed.setFollowing(isFollowing);
        this.drawFooter();
      },
      onHomeKey: () => this.goToStart(),
      onEndKey: () => this.goToEnd(),
      onSelectAll: () => this.copying.loadAll(),
      onCopy: (event) => this.copying.onCopy(event),
    });
    this.find = new LogFind(uuid, this.search, this.feed, this.view);
    this.message = createElement("p", { class: "log-message", role: "status", hidden: true });
    this.copying = new LogCopy(uuid, this.feed, this.view, this.message);
    this.link = new LineLink(uuid, this.feed, this.view, this.message);
    this.nextError = new NextError(uuid, this.feed, this.view, this.link, this.message);
    this.find.onJump = () => this.link.ensureNumbers();
    this.download = new LogDownload(uuid, () => callbacks.startTime(), this.message);
    this.generation = this.document.generation;
    this.element = createElement("section", { class: "log-panel", "aria-label": t("log.title") },
      this.createToolbar(), this.message, this.view.element, this.createFooter());
    this.setWrap(loadPreference("wrap") !== "off");
    this.setTimes(loadPreference("times") ?? "off");
    this.drawFooter();
    this.printing = new LogPrinting(this.feed, this.view);
    if (callbacks.line) this.link.goTo(callbacks.line);
    this.feed.start();
  }

  destroy() {
    this.feed.stop();
    this.download.destroy();
    this.view.destroy();
    this.find.destroy();
    this.link.destroy();
    this.nextError.destroy();
    this.printing.destroy();
  }

  createToolbar() {
    this.wrapButton = createToggle(t("log.wrap"), iconPaths.wrap, () => this.setWrap(!this.view.wraps));
    this.rawButton = createToggle(t("log.raw"), iconPaths.raw, () => this.setRaw(!this.document.isRaw));
    this.timesButton = createToggle(t("log.times"), iconPaths.clock, () => this.showNextTimes());
    this.copyButton = createToolButton(t("log.copy"), iconPaths.copy, (event) => {
      this.copying.copy(this.copyButton, event.shiftKey);
    });
    this.copyButton.title = t("log.copyTitle");
    this.errorButton = createToolButton(t("log.nextError"), iconPaths.exclamation, () => {
      this.nextError.go(this.errorButton);
    });
    this.errorButton.title = t("log.nextErrorTitle");
    this.foldButton = createToggle(t("log.fold"), iconPaths.fold, () => this.foldAll());
    this.foldButton.title = t("log.foldTitle");
    this.foldButton.hidden = true;
    this.linkButton = createToolButton(t("link.copy"), iconPaths.link, () => this.link.copy(this.linkButton));
    this.linkButton.title = t("link.title");
    return createElement("div", { class: "log-toolbar" },
      this.find.element,
      createElement("div", { class: "tool-row" },
        this.errorButton, this.foldButton, this.wrapButton, this.rawButton, this.timesButton, this.copyButton,
        this.linkButton, this.download.element));
  }

  createFooter() {
    this.startButton = createElement("button", { class: "pill", onclick: () => this.goToStart() },
      createIcon(iconPaths.up), t("log.goToStart"));
    this.endButton = createElement("button", { class: "pill", onclick: () => this.goToEnd() },
      createIcon(iconPaths.down), t("log.goToEnd"));
    this.loadState = createElement("span", { class: "log-state muted" });
    const uuid = createElement("span", { class: "wide-only muted mono", title: t("log.uuid") }, this.uuid);
    return createElement("div", { class: "log-footer" }, this.loadState, this.startButton, this.endButton, uuid);
  }

  foldAll() {
    const isFolded = this.foldButton.getAttribute("aria-pressed") !== "true";
    this.foldButton.setAttribute("aria-pressed", String(isFolded));
    setText(this.foldButton.lastElementChild, isFolded ? t("log.unfold") : t("log.fold"));
    this.view.places.setAllFolded(isFolded);
  }

  onChange(change) {
    if (this.generation !== this.document.generation) {
      this.generation = this.document.generation;
      this.search.restart();
      this.view.reset();
    } else {
      if (change.droppedLines || change.prependedLines) this.search.restart();
      this.view.onChange(change);
    }
    this.find.continueScan();
    this.link.onGrowth();
    this.drawFooter();
  }

  drawFooter() {
    const { feed, document } = this;
    const loadedBytes = document.end - document.start;
    const sizeText = feed.hasWholeLog || loadedBytes === 0 ? formatBytes(feed.size)
      : t("log.loaded", { loaded: formatBytes(loadedBytes), size: formatBytes(feed.size) });
    const lineCountText = feed.hasWholeLog && document.count ? `${t("log.lines", { count: document.count })} · ` : "";
    setText(this.loadState, feed.size === 0 ? "" : lineCountText + sizeText);
    this.foldButton.hidden = this.view.groups.count === 0;
    this.endButton.hidden = this.view.isFollowing;
    this.startButton.hidden = document.start === 0;
    const emptyText = feed.isEnded ? t("log.nothing") : t("log.noOutput");
    this.view.element.dataset.empty = feed.isOpened ? emptyText : t("loading");
  }

  goToEnd() {
    this.view.setFollowing(true);
    this.feed.goToEnd();
  }

  goToStart() {
    this.view.setFollowing(false);
    this.feed.goToStart();
    this.view.scrollTo(0);
    this.view.scheduleDraw();
  }

  setWrap(wraps) {
    savePreference("wrap", wraps ? "on" : "off");
    this.wrapButton.setAttribute("aria-pressed", String(wraps));
    this.view.setWrap(wraps);
  }

  setRaw(isRaw) {
    this.rawButton.setAttribute("aria-pressed", String(isRaw));
    this.view.setFollowing(true);
    this.feed.setRaw(isRaw);
  }

  showNextTimes() {
    this.setTimes(timeModes[(timeModes.indexOf(this.view.timeMode) + 1) % timeModes.length]);
  }

  setTimes(wanted) {
    const mode = timeModes.includes(wanted) ? wanted : "off";
    savePreference("times", mode);
    const labels = { off: t("log.times"), clock: t("log.clock"), elapsed: t("log.elapsed") };
    setText(this.timesButton.lastElementChild, labels[mode]);
    this.timesButton.setAttribute("aria-pressed", String(mode !== "off"));
    this.timesButton.title = t("log.timesTitle");
    this.view.setTimes(mode, this.callbacks.startTime?.() ?? 0);
    this.feed.setTimes(mode !== "off");
  }

  /// The start of the command is known now.
  updateStartTime() {
    if (this.view.timeMode === "elapsed") this.view.setTimes("elapsed", this.callbacks.startTime());
  }
}

function createToolButton(label, path, onclick) {
  return createElement("button", { class: "tool-button", type: "button", onclick },
    createIcon(path), createElement("span", {}, label));
}

function createToggle(label, path, onclick) {
  const button = createToolButton(label, path, onclick);
  button.setAttribute("aria-pressed", "false");
  return button;
}
