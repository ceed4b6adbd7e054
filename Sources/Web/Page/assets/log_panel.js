import { api } from "./api.js";
import { announce, h, icon, setText } from "./dom.js";
import { byteSize, counted } from "./format.js";
import { LogFeed } from "./log_feed.js";
import { LogSearch } from "./log_search.js";
import { linesText, selectedText } from "./log_selection.js";
import { LogView } from "./log_view.js";

/// A log with all that belongs to it: the feed that fills it, the lines, the search, the tools.
export class LogPanel {
  constructor(uuid, on) {
    this.uuid = uuid;
    this.feed = new LogFeed(uuid, {
      changed: (info) => this.onChanged(info),
      answer: (answer) => {
        on.answer(answer);
        this.drawState();
      },
      error: on.error,
    });
    this.document = this.feed.document;
    this.search = new LogSearch(this.document);
    this.view = new LogView(this.document, this.search, {
      nearStart: () => this.feed.earlier(),
      nearEnd: () => this.feed.more(),
      isAtTail: () => this.feed.isAtTail,
      follow: (isFollowing) => {
        this.feed.follow(isFollowing);
        this.drawState();
      },
      home: () => this.toStart(),
      end: () => this.toEnd(),
    });
    this.generation = this.document.generation;
    this.element = h("section", { class: "log-panel", "aria-label": "Log" }, this.tools(), this.view.element, this.foot());
    this.setWrap(remembered("wrap") !== "off");
    this.drawState();
    this.feed.start();
  }

  leave() {
    this.feed.stop();
    this.view.leave();
    clearTimeout(this.scanning);
  }

  tools() {
    this.field = h("input", {
      type: "search", placeholder: "Find in the log", "aria-label": "Find in the log", spellcheck: false, autocomplete: "off",
      oninput: () => this.seek(), onkeydown: (event) => this.onFieldKey(event),
    });
    this.found = h("span", { class: "found muted", role: "status" });
    this.wrap = toggle("Wrap", "M2.5 4h11M2.5 8h9a2.25 2.25 0 0 1 0 4.5H9M10.5 11 9 12.5l1.5 1.5M2.5 12.5h3", () => this.setWrap(!this.view.wraps));
    this.raw = toggle("Raw", "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4", () => this.setRaw(!this.document.isRaw));
    this.copyButton = tool("Copy", "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z", () => this.copy());
    return h("div", { class: "log-tools" },
      h("div", { class: "find" }, this.field,
        h("button", { class: "tool", "aria-label": "Previous hit", title: "Previous hit", onclick: () => this.go(-1) }, icon("M4 10l4-4 4 4")),
        h("button", { class: "tool", "aria-label": "Next hit", title: "Next hit", onclick: () => this.go(1) }, icon("M4 6l4 4 4-4")),
        this.found),
      h("div", { class: "tool-row" }, this.wrap, this.raw, this.copyButton,
        h("a", { class: "tool", href: api.downloadAddress(this.uuid), download: `${this.uuid}.log`, title: "Download the whole log" },
          icon("M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10"), h("span", {}, "Download"))));
  }

  foot() {
    this.top = h("button", { class: "pill up", onclick: () => this.toStart() }, icon("M4 10l4-4 4 4"), "To the start");
    this.jump = h("button", { class: "pill", onclick: () => this.toEnd() }, icon("M4 6l4 4 4-4"), "To the end");
    this.state = h("span", { class: "log-state muted" });
    return h("div", { class: "log-foot" }, this.state, this.top, this.jump);
  }

  onChanged(info) {
    if (this.generation !== this.document.generation) {
      this.generation = this.document.generation;
      this.search.restart();
      this.view.reset();
    } else {
      if (info.dropped || info.prepended) this.search.restart();
      this.view.changed(info);
    }
    this.scanOn();
    this.drawState();
  }

  drawState() {
    const { feed, document } = this;
    const isWhole = feed.hasAll;
    const loaded = document.end - document.start;
    const place = isWhole || loaded === 0 ? byteSize(feed.size)
      : `${byteSize(loaded)} of ${byteSize(feed.size)} loaded`;
    setText(this.state, feed.size === 0 ? "" : isWhole && document.count ? `${counted(document.count, "line")} · ${place}` : place);
    this.jump.hidden = this.view.follows;
    this.top.hidden = document.start === 0;
    this.view.element.dataset.empty = !feed.hasBegun ? "Loading…" : feed.isEnded ? "It printed nothing." : "Nothing printed yet.";
  }

  toEnd() {
    this.view.setFollow(true);
    this.feed.toEnd();
  }

  toStart() {
    this.view.setFollow(false);
    this.feed.toStart();
    this.view.moveTo(0);
    this.view.later();
  }

  setWrap(wraps) {
    remember("wrap", wraps ? "on" : "off");
    this.wrap.setAttribute("aria-pressed", String(wraps));
    this.view.setWrap(wraps);
  }

  setRaw(isRaw) {
    this.raw.setAttribute("aria-pressed", String(isRaw));
    this.view.setFollow(true);
    this.feed.setRaw(isRaw);
  }

  async copy() {
    const text = selectedText(this.view.block, this.document) ?? linesText(this.document, this.document.first, this.document.last);
    const isDone = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    const said = !isDone ? "Not allowed" : this.feed.hasAll ? "Copied" : "Copied what is loaded";
    setText(this.copyButton.lastElementChild, said);
    announce(said);
    setTimeout(() => setText(this.copyButton.lastElementChild, "Copy"), 2000);
  }

  focusSearch() {
    this.field.focus();
    this.field.select();
  }

  onFieldKey(event) {
    if (event.key === "Enter") this.go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.field.value = "";
      this.seek();
      this.view.element.focus();
    } else return;
    event.preventDefault();
  }

  seek() {
    this.search.seek(this.field.value);
    this.scanOn();
    this.view.later();
  }

  // In slices, so that a long log does not hold up typing.
  scanOn() {
    clearTimeout(this.scanning);
    if (!this.search.scan(12)) this.scanning = setTimeout(() => this.scanOn(), 0);
    this.drawFound();
    if (this.search.pattern) this.view.later();
  }

  drawFound() {
    const { search } = this;
    const where = search.current === null ? "" : `${(search.current + 1).toLocaleString()} of `;
    setText(this.found, !search.pattern ? "" : search.count === 0
      ? (this.feed.hasAll ? "Not found" : "Not in the loaded part")
      : `${where}${search.count.toLocaleString()}${this.feed.hasAll ? "" : " in the loaded part"}`);
  }

  /// Goes to the next hit; upwards from the first one it loads earlier parts until there is one.
  async go(step) {
    const { search, document, feed } = this;
    if (!search.pattern) return;
    const needsEarlier = () => step < 0 && document.start > 0 && (search.count === 0 || search.current === 0);
    const words = search.words;
    for (let turn = 0; needsEarlier() && turn < 400 && words === search.words; turn += 1) {
      const before = search.current === null ? null : search.hit(search.current);
      setText(this.found, `Looking further up, ${byteSize(document.start)} to go`);
      if (await feed.earlier() === 0 && document.start > 0) break;
      while (!search.scan(12)) await new Promise((resolve) => setTimeout(resolve, 0));
      if (before) search.current = indexOfHit(search, before);
    }
    const hit = search.go(step, this.view.firstVisible);
    if (hit) this.view.showLine(hit.line);
    this.drawFound();
  }
}

function indexOfHit(search, wanted) {
  for (let i = 0; i < search.count; i += 1) {
    const hit = search.hit(i);
    if (hit.line === wanted.line && hit.start === wanted.start) return i;
  }
  return null;
}

function tool(word, path, onclick) {
  return h("button", { class: "tool", type: "button", onclick }, icon(path), h("span", {}, word));
}

function toggle(word, path, onclick) {
  const button = tool(word, path, onclick);
  button.setAttribute("aria-pressed", "false");
  return button;
}

function remembered(name) {
  try {
    return localStorage.getItem(`remotisan.${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`remotisan.${name}`, value);
  } catch {
    // A browser that keeps nothing shows the same page.
  }
}
