import { api } from "./api.js";
import { announce, h, icon, setText } from "./dom.js";
import { byteSize, counted } from "./format.js";
import { shapes } from "./icons.js";
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
    this.element = h("section", { class: "log-panel", "aria-label": "Log" },
      this.tools(), this.view.element, this.foot());
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
      type: "search", placeholder: "Find in the log", "aria-label": "Find in the log", spellcheck: false,
      autocomplete: "off", oninput: () => this.seek(), onkeydown: (event) => this.onFieldKey(event),
    });
    this.found = h("span", { class: "found muted", role: "status" });
    this.wrap = toggle("Wrap", shapes.wrap, () => this.setWrap(!this.view.wraps));
    this.raw = toggle("Raw", shapes.raw, () => this.setRaw(!this.document.isRaw));
    this.copyButton = tool("Copy", shapes.copy, () => this.copy());
    const step = (word, shape, by) => h("button", {
      class: "tool", type: "button", "aria-label": word, title: word, onclick: () => this.go(by),
    }, icon(shape));
    const download = h("a", {
      class: "tool", title: "Download the whole log",
      href: api.downloadAddress(this.uuid), download: `${this.uuid}.log`,
    }, icon(shapes.download), h("span", {}, "Download"));
    return h("div", { class: "log-tools" },
      h("div", { class: "find" },
        this.field, step("Previous hit", shapes.up, -1), step("Next hit", shapes.down, 1), this.found),
      h("div", { class: "tool-row" }, this.wrap, this.raw, this.copyButton, download));
  }

  foot() {
    this.top = h("button", { class: "pill", onclick: () => this.toStart() }, icon(shapes.up), "To the start");
    this.jump = h("button", { class: "pill", onclick: () => this.toEnd() }, icon(shapes.down), "To the end");
    this.state = h("span", { class: "log-state muted" });
    const uuid = h("span", { class: "wide-only muted mono", title: "The job's UUID" }, this.uuid);
    return h("div", { class: "log-foot" }, this.state, this.top, this.jump, uuid);
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
    const lines = isWhole && document.count ? `${counted(document.count, "line")} · ` : "";
    setText(this.state, feed.size === 0 ? "" : lines + place);
    this.jump.hidden = this.view.follows;
    this.top.hidden = document.start === 0;
    const silence = feed.isEnded ? "It printed nothing." : "Nothing printed yet.";
    this.view.element.dataset.empty = feed.hasBegun ? silence : "Loading…";
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
    const { document } = this;
    const text = selectedText(this.view.block, document) ?? linesText(document, document.first, document.last);
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

  async scanned() {
    while (!this.search.scan(12)) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /// Goes to the next hit; upwards from the first one it loads earlier parts until there is one.
  async go(step) {
    const { search, document, feed } = this;
    if (!search.pattern) return;
    await this.scanned();
    const needsEarlier = () => step < 0 && document.start > 0 && (search.count === 0 || search.current === 0);
    const words = search.words;
    for (let turn = 0; needsEarlier() && turn < 400 && words === search.words; turn += 1) {
      setText(this.found, `Looking further up, ${byteSize(document.start)} to go`);
      if (await feed.earlier() === 0 && document.start > 0) break;
      await this.scanned();
    }
    const hit = search.go(step, this.view.firstVisible);
    if (hit) this.view.showLine(hit.line);
    this.drawFound();
  }
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
