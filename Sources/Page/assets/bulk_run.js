import { api } from "./api.js";
import { h } from "./dom.js";
import { counted } from "./format.js";
import { Poller } from "./poller.js";
import { routeTo } from "./route.js";
import { statusMark } from "./status_mark.js";
import { splitWords } from "./words.js";

const atOnce = 4;

/// Many executions of one command: a line of parameters each, and each with its own result.
///
/// `field`, `options` and `list` are its parts; `onchange` is called while lines are written, `say` with how it goes.
export class BulkRun {
  constructor(command, onchange, say) {
    this.command = command;
    this.say = say;
    this.entries = [];
    this.field = h("textarea", {
      class: "mono", rows: 6, spellcheck: false, autocomplete: "off", oninput: onchange,
      "aria-label": "Parameters, one line for each execution", placeholder: "One line of parameters for each execution",
    });
    this.inTurn = h("input", { type: "checkbox", id: "in-turn" });
    this.list = h("ol", { class: "bulk-results" });
    this.options = h("label", { class: "row in-turn", htmlFor: "in-turn" }, this.inTurn, "One after the other");
    this.poller = new Poller(() => this.look());
  }

  /// What was begun goes on, also when the person looks at something else meanwhile.
  leave() {
    if (!this.isStarting) this.poller.stop();
  }

  /// The lines as written; an empty one between others runs without parameters, those at the end do not count.
  get lines() {
    const lines = this.field.value.replace(/\s+$/, "").split("\n").map((line) => line.trim());
    return this.field.value.trim() === "" ? [] : lines;
  }

  /// A sentence about the first line that cannot run, or null.
  get fault() {
    const lines = this.lines;
    const at = lines.findIndex((line) => splitWords(line).error);
    return at < 0 ? null : `Line ${at + 1}: ${splitWords(lines[at]).error}`;
  }

  /// Starts them all; resolves when the last one was started.
  async run() {
    this.poller.stop();
    this.entries = this.lines.map((line, index) => new BulkEntry(this.command, line, index));
    this.list.replaceChildren(...this.entries.map((entry) => entry.element));
    this.poller = new Poller(() => this.look());
    this.poller.start();
    const isInTurn = this.inTurn.checked;
    const waiting = [...this.entries];
    const work = async () => {
      for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
        await entry.start();
        if (isInTurn) await entry.ended;
      }
    };
    const stay = (event) => event.preventDefault();
    window.addEventListener("beforeunload", stay);
    this.isStarting = true;
    await Promise.all(Array.from({ length: isInTurn ? 1 : atOnce }, work));
    this.isStarting = false;
    window.removeEventListener("beforeunload", stay);
  }

  // A few at a time: fifty jobs must not mean fifty requests a second.
  async look() {
    const running = this.entries.filter((entry) => entry.isRunning);
    running.sort((a, b) => a.lookedAt - b.lookedAt);
    const pauses = await Promise.all(running.slice(0, atOnce).map((entry) => entry.look()));
    this.summarise();
    const isOver = this.entries.every((entry) => entry.isOver);
    return isOver ? null : Math.max(1000, ...pauses);
  }

  summarise() {
    const over = this.entries.filter((entry) => entry.isOver);
    const bad = over.filter((entry) => entry.isBad);
    this.say(`${over.length} of ${counted(this.entries.length, "execution")} ended`
      + (bad.length ? `, ${bad.length} not well` : ""));
  }
}

class BulkEntry {
  constructor(command, line, index) {
    this.command = command;
    this.line = line;
    this.lookedAt = 0;
    this.state = h("span", { class: "bulk-state muted" }, "Waiting");
    this.place = h("span", { class: "mono" }, `${command} ${line}`.trim());
    this.element = h("li", {}, this.state, this.place);
    this.ended = new Promise((resolve) => { this.end = resolve; });
    this.index = index;
  }

  async start() {
    try {
      const { id } = await api.execute(this.command, this.line);
      this.uuid = id;
      this.isRunning = true;
      const link = h("a", { class: "mono", href: routeTo("job", id) }, this.place.textContent);
      this.place.replaceWith(link);
      this.place = link;
      this.show({ process_status: 1 });
    } catch (error) {
      this.isBad = true;
      this.finish();
      this.state.replaceChildren(statusMark({ process_status: 3 }));
      this.element.append(h("span", { class: "bulk-error" }, error.message));
    }
  }

  /// Resolves to the milliseconds that the next look must wait at least.
  async look() {
    this.lookedAt = Date.now();
    try {
      const answer = await api.log(this.uuid, -1);
      this.show({ process_status: answer.status, exit_code: answer.exit_code });
      if (answer.isEnded) {
        this.isBad = answer.status !== 2;
        this.finish();
      }
      return 0;
    } catch (error) {
      // The next look will tell.
      return error.pause ?? 0;
    }
  }

  show(row) {
    const key = `${row.process_status} ${row.exit_code}`;
    if (this.shownAs === key) return;
    this.shownAs = key;
    this.state.replaceChildren(statusMark(row, true));
  }

  finish() {
    this.isRunning = false;
    this.isOver = true;
    this.end();
  }
}
