import { api } from "../shared/api.js";
import { confirmAction } from "../shared/confirm_dialog.js";
import { createElement, setText } from "../shared/dom.js";
import { Poller } from "../shared/poller.js";
import { keepForTab, loadForTab } from "../shared/preferences.js";
import { routeTo } from "../shared/route.js";
import { Status } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";
import { t } from "../shared/text.js";
import { splitShellWords } from "./shell_words.js";
import { createKey } from "./submission_key.js";

const maxParallelRequests = 4;

/// Runs one command several times: one line of parameters for each run, and one result for each.
///
/// `element` has the lines and the options, `list` the results. `onchange` is called when the lines change, and
/// `onProgress` with a text about the progress. This tab keeps the results.
export class BulkRun {
  constructor(command, onchange, onProgress) {
    Object.assign(this, { command, onProgress, entries: [], key: `bulk.${command}` });
    this.field = createElement("textarea", {
      class: "mono", id: "bulk-lines", rows: 6, spellcheck: false, autocomplete: "off", oninput: onchange,
    });
    this.sequential = createElement("input", { type: "checkbox", id: "sequential" });
    this.stopsAtFailure = createElement("input", { type: "checkbox", id: "stops-at-failure" });
    this.stopButton = createElement("button", {
      type: "button", class: "danger", hidden: true, onclick: () => this.stopAll(),
    }, t("bulk.stopAll"));
    this.list = createElement("ol", { class: "bulk-results" });
    this.element = createElement("div", { class: "bulk-run" },
      createElement("label", { class: "command-line-label", htmlFor: "bulk-lines" },
        t("bulk.lines")),
      this.field,
      createElement("div", { class: "row bulk-options" },
        createElement("label", { class: "row", htmlFor: "sequential" }, this.sequential, t("bulk.sequential")),
        createElement("label", { class: "row", htmlFor: "stops-at-failure" }, this.stopsAtFailure,
          t("bulk.stopsAtFailure")),
        this.stopButton));
    this.restore();
  }

  /// Stops polling, unless runs still have to be started. Those are started even if the user leaves the view.
  destroy() {
    if (!this.isStarting) this.poller?.stop();
  }

  get hasResults() {
    return this.entries.length > 0;
  }

  /// The lines that are not blank.
  get lines() {
    return this.field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  /// A sentence about the first line that cannot be run, or null.
  get error() {
    const lines = this.field.value.split("\n");
    const index = lines.findIndex((line) => splitShellWords(line).error);
    return index < 0 ? null : t("bulk.line", { line: String(index + 1), error: splitShellWords(lines[index]).error });
  }

  /// Starts all runs. Resolves when the last one was started.
  async run() {
    this.poller?.stop();
    this.show(this.lines.map((line) => new BulkEntry(this.command, line)));
    this.isStopped = false;
    const isSequential = this.sequential.checked;
    const remaining = [...this.entries];
    const startRemaining = async () => {
      for (let entry = remaining.shift(); entry; entry = remaining.shift()) {
        if (this.isStopping) entry.end("not-started");
        else await entry.start();
        this.keep();
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

  /// Starts no more runs, and kills those that run.
  async stopAll() {
    const question = t("bulk.stopQuestion");
    const detail = t("bulk.stopDetail", { command: this.command });
    if (!await confirmAction(question, { detail, action: t("bulk.stopAll") })) return;
    this.isStopped = true;
    // A job may have ended meanwhile. Its entry shows that.
    const running = this.entries.filter((entry) => entry.isRunning);
    await Promise.all(running.map((entry) => api.kill(entry.uuid).catch(() => null)));
    this.poller.pollNow();
  }

  // Whether no more runs are started.
  get isStopping() {
    const hasFailed = this.entries.some((entry) => entry.result === "failed");
    return this.isStopped || (this.stopsAtFailure.checked && hasFailed);
  }

  show(entries) {
    this.entries = entries;
    this.list.replaceChildren(...entries.map((entry) => entry.element));
    this.poller = new Poller(() => this.poll());
    this.poller.start();
  }

  keep() {
    keepForTab(this.key, this.entries.map((entry) => entry.kept()));
  }

  // The results of the last bulk run in this tab.
  restore() {
    const kept = loadForTab(this.key);
    if (Array.isArray(kept)) this.show(kept.map((entry) => BulkEntry.restored(this.command, entry)));
  }

  // Polls a few runs at a time, so that fifty of them do not mean fifty requests a second.
  async poll() {
    const running = this.entries.filter((entry) => entry.isRunning);
    running.sort((a, b) => a.polledAt - b.polledAt);
    const delays = await Promise.all(running.slice(0, maxParallelRequests).map((entry) => entry.poll()));
    this.reportProgress();
    const hasEnded = this.entries.every((entry) => entry.result);
    this.stopButton.hidden = hasEnded;
    this.keep();
    return hasEnded ? null : Math.max(1000, ...delays);
  }

  reportProgress() {
    const count = (result) => this.entries.filter((entry) => entry.result === result).length;
    const [failed, notStarted] = [count("failed"), count("not-started")];
    this.onProgress([
      t("bulk.finished", { count: count("completed") + failed, total: this.entries.length }),
      failed && t("bulk.failed", { count: failed }), notStarted && t("bulk.notStartedCount", { count: notStarted }),
    ].filter(Boolean).join(", "));
  }
}

/// One run of a bulk run. `result` is "completed", "failed" or "not-started" when it has ended.
class BulkEntry {
  constructor(command, line) {
    this.command = command;
    this.line = line;
    this.polledAt = 0;
    this.state = createElement("span", { class: "bulk-state muted" }, t("bulk.notYet"));
    this.label = createElement("span", { class: "mono" }, `${command} ${line}`.trim());
    this.element = createElement("li", {}, this.state, this.label);
    this.ended = new Promise((resolve) => { this.resolveEnded = resolve; });
  }

  /// The entry that `kept` described before the page was left.
  static restored(command, { line, uuid, row, result, message }) {
    const entry = new BulkEntry(command, line);
    if (uuid) entry.showStarted(uuid);
    if (row) entry.show(row);
    if (message) entry.showError(message);
    if (result || !uuid) entry.end(result ?? "not-started");
    return entry;
  }

  kept() {
    const { line, uuid, row, result, message } = this;
    return { line, uuid, row, result, message };
  }

  async start() {
    try {
      const { id } = await api.execute(this.command, { params: this.line }, createKey());
      this.showStarted(id);
      this.show({ process_status: Status.RUNNING });
    } catch (error) {
      this.showError(error.message);
      this.end("failed");
    }
  }

  showStarted(uuid) {
    this.uuid = uuid;
    this.isRunning = true;
    const text = `${this.command} ${this.line}`.trim();
    const link = createElement("a", { class: "mono", href: routeTo("job", uuid) }, text);
    this.label.replaceWith(link);
    this.label = link;
  }

  showError(message) {
    this.message = message;
    this.state.replaceChildren(createStatusBadge({ process_status: Status.FAILED }));
    this.element.append(createElement("span", { class: "bulk-error" }, message));
  }

  /// Asks for the status. Resolves to the minimal delay until the next poll, in milliseconds.
  async poll() {
    this.polledAt = Date.now();
    try {
      const answer = await api.log(this.uuid, -1);
      this.show({ process_status: answer.status, exit_code: answer.exit_code });
      if (answer.isEnded) this.end(answer.status === Status.COMPLETED ? "completed" : "failed");
      return 0;
    } catch (error) {
      // The next poll tries again.
      return error.retryDelay ?? 0;
    }
  }

  show(row) {
    if (JSON.stringify(row) === JSON.stringify(this.row)) return;
    this.row = row;
    this.state.replaceChildren(createStatusBadge(row, true));
  }

  end(result) {
    this.result = result;
    this.isRunning = false;
    if (result === "not-started") setText(this.state, t("bulk.notStarted"));
    this.resolveEnded();
  }
}
