import { api } from "../shared/api.js";
import { createElement } from "../shared/dom.js";
import { pluralize } from "../shared/format.js";
import { Poller } from "../shared/poller.js";
import { routeTo } from "../shared/route.js";
import { Status } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";
import { splitShellWords } from "./shell_words.js";
import { createKey } from "./submission_key.js";

const maxParallelRequests = 4;

/// Runs one command several times: one line of parameters for each execution, and one result for each.
///
/// `label`, `field`, `options` and `list` are its elements. `onchange` is called when the lines change, and
/// `onProgress` with a text about the progress.
export class BulkRun {
  constructor(command, onchange, onProgress) {
    this.command = command;
    this.onProgress = onProgress;
    this.entries = [];
    this.label = createElement("label", { class: "command-line-label", htmlFor: "bulk-lines" },
      "Parameters, one line for each execution");
    this.field = createElement("textarea", {
      class: "mono", id: "bulk-lines", rows: 6, spellcheck: false, autocomplete: "off", oninput: onchange,
    });
    this.sequential = createElement("input", { type: "checkbox", id: "sequential" });
    this.list = createElement("ol", { class: "bulk-results" });
    this.options = createElement("label", { class: "row sequential", htmlFor: "sequential" }, this.sequential,
      "Run one after another");
    this.poller = new Poller(() => this.poll());
  }

  /// Stops polling, unless executions still have to be started. Those are started even if the user leaves the view.
  destroy() {
    if (!this.isStarting) this.poller.stop();
  }

  /// The lines. An empty line between others runs without parameters. Empty lines at the end do not count.
  get lines() {
    const lines = this.field.value.replace(/\s+$/, "").split("\n").map((line) => line.trim());
    return this.field.value.trim() === "" ? [] : lines;
  }

  /// A sentence about the first line that cannot be run, or null.
  get error() {
    const { lines } = this;
    const index = lines.findIndex((line) => splitShellWords(line).error);
    return index < 0 ? null : `Line ${index + 1}: ${splitShellWords(lines[index]).error}`;
  }

  /// Starts all executions. Resolves when the last one was started.
  async run() {
    this.poller.stop();
    this.entries = this.lines.map((line) => new BulkEntry(this.command, line));
    this.list.replaceChildren(...this.entries.map((entry) => entry.element));
    this.poller = new Poller(() => this.poll());
    this.poller.start();
    const isSequential = this.sequential.checked;
    const remaining = [...this.entries];
    const startRemaining = async () => {
      for (let entry = remaining.shift(); entry; entry = remaining.shift()) {
        await entry.start();
        if (isSequential) await entry.ended;
      }
    };
    const warnBeforeUnload = (event) => event.preventDefault();
    window.addEventListener("beforeunload", warnBeforeUnload);
    this.isStarting = true;
    await Promise.all(Array.from({ length: isSequential ? 1 : maxParallelRequests }, startRemaining));
    this.isStarting = false;
    window.removeEventListener("beforeunload", warnBeforeUnload);
  }

  // Polls a few executions at a time, so that fifty of them do not mean fifty requests a second.
  async poll() {
    const running = this.entries.filter((entry) => entry.isRunning);
    running.sort((a, b) => a.polledAt - b.polledAt);
    const delays = await Promise.all(running.slice(0, maxParallelRequests).map((entry) => entry.poll()));
    this.reportProgress();
    return this.entries.every((entry) => entry.hasEnded) ? null : Math.max(1000, ...delays);
  }

  reportProgress() {
    const ended = this.entries.filter((entry) => entry.hasEnded);
    const unsuccessful = ended.filter((entry) => !entry.hasCompleted).length;
    this.onProgress(`${ended.length} of ${pluralize(this.entries.length, "execution")} ended`
      + (unsuccessful ? `, ${unsuccessful} unsuccessful` : ""));
  }
}

class BulkEntry {
  constructor(command, line) {
    this.command = command;
    this.line = line;
    this.polledAt = 0;
    this.state = createElement("span", { class: "bulk-state muted" }, "Not started yet");
    this.label = createElement("span", { class: "mono" }, `${command} ${line}`.trim());
    this.element = createElement("li", {}, this.state, this.label);
    this.ended = new Promise((resolve) => { this.resolveEnded = resolve; });
  }

  async start() {
    try {
      const { id } = await api.execute(this.command, { params: this.line }, createKey());
      this.uuid = id;
      this.isRunning = true;
      const link = createElement("a", { class: "mono", href: routeTo("job", id) }, this.label.textContent);
      this.label.replaceWith(link);
      this.label = link;
      this.show({ process_status: Status.RUNNING });
    } catch (error) {
      this.end(false);
      this.state.replaceChildren(createStatusBadge({ process_status: Status.FAILED }));
      this.element.append(createElement("span", { class: "bulk-error" }, error.message));
    }
  }

  /// Asks for the status. Resolves to the minimal delay until the next poll, in milliseconds.
  async poll() {
    this.polledAt = Date.now();
    try {
      const answer = await api.log(this.uuid, -1);
      this.show({ process_status: answer.status, exit_code: answer.exit_code });
      if (answer.isEnded) this.end(answer.status === Status.COMPLETED);
      return 0;
    } catch (error) {
      // The next poll tries again.
      return error.retryDelay ?? 0;
    }
  }

  show(row) {
    const key = `${row.process_status} ${row.exit_code}`;
    if (this.shownKey === key) return;
    this.shownKey = key;
    this.state.replaceChildren(createStatusBadge(row, true));
  }

  end(hasCompleted) {
    this.hasCompleted = hasCompleted;
    this.isRunning = false;
    this.hasEnded = true;
    this.resolveEnded();
  }
}
