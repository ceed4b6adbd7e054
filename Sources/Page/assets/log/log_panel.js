import { api } from "../shared/api.js";
import { announce, createElement, createIcon, setText } from "../shared/dom.js";
import { formatBytes, pluralize } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";
import { formatLineTime, timeModes } from "./line_times.js";
import { LogFeed } from "./log_feed.js";
import { LogSearch } from "./log_search.js";
import { linesText, selectedText } from "./log_selection.js";
import { LogView } from "./log_view.js";

// Milliseconds that a search may take in one go.
const scanBudget = 12;
const maxEarlierSlices = 400;

/// A log with its tools: the feed that fills it, its lines, the search, the toolbar and the footer.
///
/// `callbacks`: `onAnswer(answer)`, `onError(error)`, `startTime()` (when the command started, in Unix milliseconds).
export class LogPanel {
  constructor(uuid, callbacks) {
    this.uuid = uuid;
    this.callbacks = callbacks;
    this.feed = new LogFeed(uuid, {
      onChange: (change) => this.onChange(change),
      onAnswer: (answer) => {
        callbacks.onAnswer(answer);
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
    });
    this.generation = this.document.generation;
    this.element = createElement("section", { class: "log-panel", "aria-label": "Log" },
      this.createToolbar(), this.view.element, this.createFooter());
    this.setWrap(loadPreference("wrap") !== "off");
    this.setTimes(loadPreference("times") ?? "off");
    this.drawFooter();
    this.feed.start();
  }

  destroy() {
    this.feed.stop();
    this.view.destroy();
    clearTimeout(this.scanTimer);
  }

  createToolbar() {
    this.field = createElement("input", {
      type: "search", placeholder: "Find in the log", "aria-label": "Find in the log", spellcheck: false,
      autocomplete: "off", oninput: () => this.onSearchInput(), onkeydown: (event) => this.onSearchKey(event),
    });
    this.matchCount = createElement("span", { class: "match-count muted", role: "status" });
    this.wrapButton = createToggle("Wrap", iconPaths.wrap, () => this.setWrap(!this.view.wraps));
    this.rawButton = createToggle("Raw", iconPaths.raw, () => this.setRaw(!this.document.isRaw));
    this.timesButton = createToggle("Times", iconPaths.clock, () => this.showNextTimes());
    this.copyButton = createToolButton("Copy", iconPaths.copy, (event) => this.copy(event.shiftKey));
    this.copyButton.title = "Copies the text. With Shift, and the times shown, each line begins with its time.";
    const createStepButton = (label, path, step) => createElement("button", {
      class: "tool-button", type: "button", "aria-label": label, title: label, onclick: () => this.goToMatch(step),
    }, createIcon(path));
    const download = createElement("a", {
      class: "tool-button", title: "Download the whole log",
      href: api.downloadURL(this.uuid), download: `${this.uuid}.log`,
    }, createIcon(iconPaths.download), createElement("span", {}, "Download"));
    return createElement("div", { class: "log-toolbar" },
      createElement("div", { class: "log-search" },
        this.field, createStepButton("Previous match", iconPaths.up, -1),
        createStepButton("Next match", iconPaths.down, 1), this.matchCount),
      createElement("div", { class: "tool-row" },
        this.wrapButton, this.rawButton, this.timesButton, this.copyButton, download));
  }

  createFooter() {
    this.startButton = createElement("button", { class: "pill", onclick: () => this.goToStart() },
      createIcon(iconPaths.up), "Go to start");
    this.endButton = createElement("button", { class: "pill", onclick: () => this.goToEnd() },
      createIcon(iconPaths.down), "Go to end");
    this.loadState = createElement("span", { class: "log-state muted" });
    const uuid = createElement("span", { class: "wide-only muted mono", title: "UUID of the execution" }, this.uuid);
    return createElement("div", { class: "log-footer" }, this.loadState, this.startButton, this.endButton, uuid);
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
    this.continueScan();
    this.drawFooter();
  }

  drawFooter() {
    const { feed, document } = this;
    const loadedBytes = document.end - document.start;
    const sizeText = feed.hasWholeLog || loadedBytes === 0 ? formatBytes(feed.size)
      : `${formatBytes(loadedBytes)} of ${formatBytes(feed.size)} loaded`;
    const lineCountText = feed.hasWholeLog && document.count ? `${pluralize(document.count, "line")} · ` : "";
    setText(this.loadState, feed.size === 0 ? "" : lineCountText + sizeText);
    this.endButton.hidden = this.view.isFollowing;
    this.startButton.hidden = document.start === 0;
    const emptyText = feed.isEnded ? "The command printed nothing." : "No output yet. It appears here by itself.";
    this.view.element.dataset.empty = feed.isOpened ? emptyText : "Loading…";
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
    const labels = { off: "Times", clock: "Clock", elapsed: "Elapsed" };
    setText(this.timesButton.lastElementChild, labels[mode]);
    this.timesButton.setAttribute("aria-pressed", String(mode !== "off"));
    this.timesButton.title = "When each line arrived: as time of day, since the start, or not at all";
    this.view.setTimes(mode, this.callbacks.startTime?.() ?? 0);
    this.feed.setTimes(mode !== "off");
  }

  /// The start of the command is known now.
  updateStartTime() {
    if (this.view.timeMode === "elapsed") this.view.setTimes("elapsed", this.callbacks.startTime());
  }

  async copy(withTimes) {
    const { document } = this;
    const { timeMode, timeStart } = this.view;
    const prefix = (line) => (formatLineTime(line.time, timeMode, timeStart) + "  ").trimStart();
    const text = withTimes && timeMode !== "off"
      ? linesText(document, document.firstLine, document.endLine, false, prefix)
      : selectedText(this.view.linesElement, document) ?? linesText(document, document.firstLine, document.endLine);
    const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    const result = !isCopied ? "Clipboard is blocked" : this.feed.hasWholeLog ? "Copied" : "Copied the loaded part";
    setText(this.copyButton.lastElementChild, result);
    announce(result);
    setTimeout(() => setText(this.copyButton.lastElementChild, "Copy"), 2000);
  }

  focusSearch() {
    this.field.focus();
    this.field.select();
  }

  onSearchKey(event) {
    if (event.key === "Enter") this.goToMatch(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.field.value = "";
      this.onSearchInput();
      this.view.element.focus();
    } else return;
    event.preventDefault();
  }

  onSearchInput() {
    this.search.setQuery(this.field.value);
    this.continueScan();
    this.view.scheduleDraw();
  }

  // Scans in short slices, so that a long log does not delay typing.
  continueScan() {
    clearTimeout(this.scanTimer);
    if (!this.search.scan(scanBudget)) this.scanTimer = setTimeout(() => this.continueScan(), 0);
    this.drawMatchCount();
    if (this.search.pattern) this.view.scheduleDraw();
  }

  drawMatchCount() {
    const { search } = this;
    const isWhole = this.feed.hasWholeLog;
    if (!search.pattern) setText(this.matchCount, "");
    else if (search.count === 0) {
      setText(this.matchCount, isWhole ? "No match" : "No match in the loaded part. ↑ searches earlier parts.");
    } else {
      const position = search.current === null ? "" : `${(search.current + 1).toLocaleString()} of `;
      const scope = isWhole ? "" : " in the loaded part";
      setText(this.matchCount, `${position}${search.count.toLocaleString()}${scope}`);
    }
  }

  async finishScan() {
    while (!this.search.scan(scanBudget)) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /// Goes to the next (`step` 1) or previous (-1) match. Before the first match it loads earlier parts of the log until
  /// one of them has a match.
  async goToMatch(step) {
    const { search, document, feed } = this;
    if (!search.pattern) return;
    await this.finishScan();
    const needsEarlier = () => step < 0 && document.start > 0 && (search.count === 0 || search.current === 0);
    const { query } = search;
    for (let slices = 0; needsEarlier() && slices < maxEarlierSlices && query === search.query; slices += 1) {
      setText(this.matchCount, `Searching earlier parts, ${formatBytes(document.start)} left`);
      if (await feed.loadEarlier() === 0 && document.start > 0) break;
      await this.finishScan();
    }
    const match = search.step(step, this.view.firstVisibleLine);
    if (match) this.view.showLine(match.line);
    this.drawMatchCount();
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

function loadPreference(name) {
  try {
    return localStorage.getItem(`remotisan.${name}`);
  } catch {
    return null;
  }
}

function savePreference(name, value) {
  try {
    localStorage.setItem(`remotisan.${name}`, value);
  } catch {
    // A browser may forbid storage. Then the preference holds until the page is left.
  }
}
