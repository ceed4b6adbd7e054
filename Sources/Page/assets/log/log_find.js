import { createElement, createIcon, setText } from "../shared/dom.js";
import { formatBytes } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";

// Milliseconds that a search may take in one go.
const scanBudget = 12;
const maxEarlierSlices = 400;

/// The search field of a log, its buttons, and the number of matches.
///
/// Scans the loaded part in short slices, so that a long log does not delay typing.
export class LogFind {
  constructor(search, feed, view) {
    Object.assign(this, { search, feed, view, document: feed.document });
    this.field = createElement("input", {
      type: "search", placeholder: "Find in the log", "aria-label": "Find in the log", spellcheck: false,
      autocomplete: "off", oninput: () => this.onInput(), onkeydown: (event) => this.onKey(event),
    });
    this.matchCount = createElement("span", { class: "match-count muted", role: "status" });
    const createStepButton = (label, path, step) => createElement("button", {
      class: "tool-button", type: "button", "aria-label": label, title: label, onclick: () => this.goToMatch(step),
    }, createIcon(path));
    this.element = createElement("div", { class: "log-search" },
      this.field, createStepButton("Previous match", iconPaths.up, -1),
      createStepButton("Next match", iconPaths.down, 1), this.matchCount);
  }

  destroy() {
    clearTimeout(this.scanTimer);
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  onKey(event) {
    if (event.key === "Enter") this.goToMatch(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.field.value = "";
      this.onInput();
      this.view.element.focus();
    } else return;
    event.preventDefault();
  }

  onInput() {
    this.search.setQuery(this.field.value);
    this.continueScan();
    this.view.scheduleDraw();
  }

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
