import { createElement, createIcon, setText } from "../shared/dom.js";
import { iconPaths } from "../shared/icons.js";
import { formatNumber, t } from "../shared/text.js";
import { WholeLogSearch } from "./whole_log_search.js";

// Milliseconds that a search may take in one go, and after which the whole log is counted.
const scanBudget = 12;
const countDelay = 300;
const growthInterval = 3000;

/// The search field of a log, its options and buttons, and the number of matches.
///
/// The loaded part is scanned in short slices, so that a long log does not delay typing. What is not loaded is searched
/// on the server. `onJump` is called when the log was opened at a match.
export class LogFind {
  constructor(uuid, search, feed, view) {
    Object.assign(this, { search, feed, view, document: feed.document, whole: new WholeLogSearch(uuid) });
    this.field = createElement("input", {
      type: "search", placeholder: t("find.label"), "aria-label": t("find.label"), spellcheck: false,
      autocomplete: "off", oninput: () => this.onInput(), onfocus: () => { this.startLine = null; },
      onkeydown: (event) => this.onKey(event),
    });
    this.matchCount = createElement("span", { class: "match-count muted", role: "status" });
    this.caseButton = this.createOption("Aa", t("find.case"));
    this.regexButton = this.createOption(".*", t("find.regex"));
    const createStepButton = (label, path, step) => createElement("button", {
      class: "tool-button", type: "button", "aria-label": label, title: label, onclick: () => this.goToMatch(step),
    }, createIcon(path));
    this.element = createElement("div", { class: "log-search" },
      this.field, this.caseButton, this.regexButton, createStepButton(t("find.previous"), iconPaths.up, -1),
      createStepButton(t("find.next"), iconPaths.down, 1), this.matchCount);
    this.forget();
  }

  createOption(text, label) {
    const button = createElement("button", {
      class: "tool-button option", type: "button", "aria-label": label, title: label, "aria-pressed": "false",
      onclick: () => {
        button.setAttribute("aria-pressed", String(!isPressed(button)));
        this.onInput();
      },
    }, text);
    return button;
  }

  destroy() {
    this.forget();
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

  // What is known about the whole log belongs to the previous query.
  forget() {
    this.whole.cancel();
    clearTimeout(this.countTimer);
    Object.assign(this, { total: null, position: null, progress: null, jumpTarget: null });
  }

  onInput() {
    this.forget();
    this.startLine ??= this.view.firstVisibleLine;
    this.search.setQuery(this.field.value, isPressed(this.caseButton), isPressed(this.regexButton));
    if (this.field.value === "") this.startLine = null;
    this.isTyping = true;
    this.continueScan();
    this.view.scheduleDraw();
    this.countTimer = setTimeout(() => this.countAll(), countDelay);
  }

  /// The query for the server. Null if there is nothing to search for there.
  get wholeQuery() {
    if (!this.search.pattern || this.feed.hasWholeLog) return null;
    return {
      q: this.search.query, mode: isPressed(this.regexButton) ? "regex" : null,
      case: isPressed(this.caseButton) ? 1 : null,
    };
  }

  continueScan() {
    clearTimeout(this.scanTimer);
    const isComplete = this.search.scan(scanBudget);
    if (!isComplete) this.scanTimer = setTimeout(() => this.continueScan(), 0);
    if (this.isTyping && (isComplete || this.search.count > 0)) this.showNearest(isComplete);
    // Earlier lines may arrive before those at which the document was opened.
    if (this.jumpTarget && isComplete && this.document.endLine > 0) this.showJumpTarget();
    this.drawMatchCount();
    if (this.search.pattern) this.view.scheduleDraw();
  }

  // While the user types, the match nearest to where the search began is shown. It may still have to be loaded.
  showNearest(isComplete) {
    const { search } = this;
    if (search.count === 0 || (!isComplete && search.match(search.count - 1).line < this.startLine)) return;
    this.isTyping = false;
    const match = search.step(1, this.startLine);
    if (match) this.view.showLine(match.line);
  }

  // The document was opened anew at the line of a match.
  async showJumpTarget() {
    const { found, goesBackward } = this.jumpTarget;
    this.jumpTarget = null;
    // Line 0 is the one at which the document was opened.
    const match = this.search.stepTo(0, goesBackward);
    this.view.showLine(match?.line ?? 0);
    this.onJump?.();
    const query = this.wholeQuery;
    const before = query && await this.whole.count("before", query, 0, found.match);
    if (before) this.position = before.count + 1;
    this.drawMatchCount();
  }

  /// The log has grown.
  onGrowth() {
    const isBehind = this.total !== null && this.total.end < this.feed.size;
    if (!isBehind || performance.now() - this.countedAt < growthInterval) return;
    this.countedAt = performance.now();
    this.countAll();
  }

  async countAll() {
    const query = this.wholeQuery;
    if (!query) return;
    const known = this.total ?? { count: 0, end: 0 };
    const result = await this.whole.count("count", query, known.end, null, (fraction) => {
      this.progress = fraction;
      this.drawMatchCount();
    });
    if (!result) {
      this.progress = null;
      this.drawMatchCount();
      return;
    }
    this.countedAt = performance.now();
    this.total = { count: known.count + result.count, end: result.end };
    this.progress = null;
    this.findPosition();
    this.drawMatchCount();
  }

  // Finds out which of all matches the current one is. That is plain if the end of the log is loaded.
  async findPosition() {
    const { search, document, total } = this;
    const query = this.wholeQuery;
    if (!query || search.current === null || this.position !== null) return;
    if (total && document.end >= total.end) {
      this.position = total.count - search.count + search.current + 1;
    } else {
      const { start } = document;
      const { current } = search;
      const before = await this.whole.count("before", query, 0, start);
      const isSame = start === document.start && current === search.current;
      if (before && isSame) this.position = before.count + current + 1;
    }
    this.drawMatchCount();
  }

  drawMatchCount() {
    const { search } = this;
    setText(this.matchCount, this.describe(search.current === null ? null : search.current + 1, search.count));
  }

  // `position` is that of the current match among the `count` ones of the loaded part.
  describe(position, count) {
    const { search, total } = this;
    if (search.error) return t("find.invalid");
    if (!search.pattern) return "";
    const text = (at, all) => (at === null ? formatNumber(all) : t("find.of", { at, all }));
    if (this.feed.hasWholeLog) return count === 0 ? t("find.none") : text(position, count);
    if (this.whole.refusal) {
      const loaded = count ? t("find.inLoaded", { matches: text(position, count) }) : t("find.noneInLoaded");
      return `${loaded} ${this.whole.refusal}`;
    }
    if (this.progress !== null) return t("find.progress", { percent: Math.floor(this.progress * 100) });
    if (total === null) return count ? t("find.inLoaded", { matches: text(position, count) }) : t("find.searching");
    if (total.count === 0) return t("find.none");
    return t("find.inWhole", { matches: text(this.position, total.count) });
  }

  async finishScan() {
    while (!this.search.scan(scanBudget)) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /// Goes to the next (`step` 1) or previous (-1) match, if need be in a part that is not loaded.
  async goToMatch(step) {
    const { search } = this;
    if (!search.pattern) return;
    this.isTyping = false;
    await this.finishScan();
    const isLast = search.count === 0
      || (search.current !== null && search.current === (step < 0 ? 0 : search.count - 1));
    if (isLast && this.wholeQuery && await this.jump(step)) return;
    // The match may have been loaded meanwhile.
    await this.finishScan();
    const isNext = search.current !== null && !isLast;
    const match = search.step(step, this.view.firstVisibleLine);
    if (match) this.view.showLine(match.line);
    if (isNext && this.position !== null) this.position += step;
    else {
      this.position = null;
      this.findPosition();
    }
    this.drawMatchCount();
  }

  // Searches the rest of the log on the server, and behind its end the other part. Opens the document at the match.
  async jump(step) {
    const { document, feed } = this;
    const { generation } = document;
    const onProgress = (fraction) => {
      this.progress = Math.max(0, Math.min(1, fraction));
      this.drawMatchCount();
    };
    const query = this.wholeQuery;
    const places = step < 0 ? [document.start, feed.size] : [document.end, 0];
    let found = null;
    for (const place of places) {
      if ((step < 0 && place === 0) || found) continue;
      found = await this.whole.nearest(query, place, step < 0, onProgress);
    }
    this.progress = null;
    const isLoaded = found && found.match >= document.start && found.match < document.end;
    if (!found || isLoaded || generation !== document.generation) return false;
    this.jumpTarget = { found, goesBackward: step < 0 };
    this.position = null;
    this.view.setFollowing(false);
    feed.goToByte(found.line);
    return true;
  }
}

function isPressed(button) {
  return button.getAttribute("aria-pressed") === "true";
}
