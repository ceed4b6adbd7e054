import { api } from "./api.js";
import { announce, h, setText } from "./dom.js";
import { duration } from "./format.js";
import { JobFacts } from "./job_facts.js";
import { killAfterAsking, killWord, mayKill } from "./kill_action.js";
import { KillProgress } from "./kill_progress.js";
import { LogPanel } from "./log_panel.js";
import { problem } from "./notices.js";
import { routeTo } from "./route.js";
import { progressAgainst, RunProgress } from "./run_progress.js";
import { statsFor } from "./stats.js";
import { lineOf, ranFor, statusOf, waitWords } from "./status.js";

/// One execution: a header of facts, then its log to the bottom of the window.
export class JobView {
  constructor(route) {
    this.uuid = route.name;
    this.title = "Job";
    this.facts = new JobFacts();
    this.progress = new RunProgress();
    this.killing = new KillProgress();
    this.line = h("h1", { class: "mono job-line" }, "…");
    this.kill = h("button", { class: "danger", hidden: true, onclick: () => this.askKill() }, "Kill");
    this.again = h("a", { class: "button", hidden: true }, "Run again");
    this.waiting = h("p", { class: "waiting", role: "status", hidden: true });
    this.messages = h("div", { class: "messages" });
    this.log = new LogPanel(this.uuid, {
      answer: (answer) => this.onAnswer(answer),
      error: (error) => this.onError(error),
    });
    this.element = h("div", { class: "view job-view" },
      h("header", { class: "job-head" },
        h("div", { class: "job-title" }, this.line, h("div", { class: "row" }, this.again, this.kill)),
        this.facts.element, this.progress.element, this.waiting, this.killing.element, this.messages),
      this.log.element);
    this.usual = null;
    this.clock = setInterval(() => this.tick(), 1000);
    this.onFind = (event) => {
      // The browser's own search sees only the lines that are in the page; pressed again, it opens.
      if (event.key !== "f" || !(event.ctrlKey || event.metaKey) || document.activeElement === this.log.field) return;
      event.preventDefault();
      this.log.focusSearch();
    };
    document.addEventListener("keydown", this.onFind);
    this.loadRow();
  }

  take(route) {
    return route.name === this.uuid;
  }

  leave() {
    this.log.leave();
    document.removeEventListener("keydown", this.onFind);
    clearInterval(this.clock);
    this.hasLeft = true;
  }

  async loadRow() {
    try {
      const row = await api.execution(this.uuid);
      if (row && !this.hasLeft) this.showRow(row);
    } catch (error) {
      if (error.status !== 404 && error.status !== 0) this.messages.replaceChildren(problem(error.message));
    }
  }

  showRow(row) {
    this.row = row;
    this.title = `${statusOf(row).word}: ${lineOf(row)}`;
    if (!this.hasLeft) document.title = `${this.title} · Remotisan`;
    setText(this.line, lineOf(row));
    this.line.title = lineOf(row);
    this.kill.hidden = !mayKill(row);
    setText(this.kill, killWord(row));
    this.showWaiting();
    this.kill.disabled = Boolean(row.intended_to_kill_by);
    this.again.hidden = row.can_run === false;
    this.again.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
    if (!this.asksUsual && row.process_status === 1) this.loadUsual();
    if (row.process_status === 1 && row.intended_to_kill_by) {
      this.killInfo ??= { by: row.intended_to_kill_by, at: 0, steps: [], survivors: [] };
      this.killing.show(this.killInfo, false);
    }
    this.facts.show(row, Date.now() / 1000);
    this.tick();
  }

  showWaiting() {
    const isWaiting = this.row?.process_status === 5 && this.answer?.ahead !== undefined;
    this.waiting.hidden = !isWaiting;
    if (isWaiting) setText(this.waiting, waitWords(this.row, this.answer.ahead));
  }

  async loadUsual() {
    this.asksUsual = true;
    try {
      this.usual = (await statsFor(this.row.command)).usual;
      this.tick();
    } catch {
      // Without it there is no bar, that is all.
    }
  }

  tick() {
    if (!this.row) return;
    const now = Date.now() / 1000;
    this.facts.tick(now);
    this.progress.show(this.row.process_status === 1 ? progressAgainst(this.usual, ranFor(this.row, now)) : null);
  }

  onAnswer(answer) {
    const before = this.answer;
    this.answer = answer;
    if (this.lostLog) {
      this.lostLog = false;
      this.messages.replaceChildren();
    }
    if (answer.unavailable) this.messages.replaceChildren(problem(answer.unavailable));
    const isNews = Boolean(answer.kill) && !this.killInfo;
    this.killInfo = answer.kill ?? this.killInfo;
    if (this.killInfo) {
      this.killing.show(this.killInfo, answer.isEnded);
      this.kill.disabled = true;
    }
    this.showWaiting();
    const hasStarted = this.row?.process_status === 5 && answer.status !== 5;
    if (!this.row || isNews || hasStarted) this.loadRow();
    if (answer.isEnded && (!before || !before.isEnded)) this.onEnd(before !== undefined);
    else if (answer.isEnded && [1, 5].includes(this.row?.process_status)) this.loadRow();
  }

  async onEnd(wasWatched) {
    await this.loadRow();
    if (!this.row || [1, 5].includes(this.row.process_status)) {
      // The files tell the end before the table follows.
      this.settling = setTimeout(() => this.hasLeft || this.onEnd(wasWatched), 500);
      return;
    }
    if (wasWatched) announce(`${lineOf(this.row)}: ${statusOf(this.row).word} after ${duration(ranFor(this.row, 0))}`);
  }

  onError(error) {
    if (error.body?.instance) {
      // Its row is here, its log is not.
      this.lostLog = true;
      this.messages.replaceChildren(problem(error.message));
      return;
    }
    if (error.status !== 404) return;
    this.lostLog = true;
    this.messages.replaceChildren(problem("There is no such job, or you may not see it."));
    setText(this.line, this.row ? lineOf(this.row) : this.uuid);
  }

  async askKill() {
    try {
      if (!await killAfterAsking(this.row)) return;
      this.kill.disabled = true;
      announce(killWord(this.row) === "Kill" ? "Kill asked for" : "Cancelled");
      this.log.feed.wake();
    } catch (error) {
      this.messages.replaceChildren(problem(error.message));
    }
    this.loadRow();
  }
}
