import { medianFor, statisticsFor } from "../history/command_statistics.js";
import { LogPanel } from "../log/log_panel.js";
import { api } from "../shared/api.js";
import { announce, createElement, setText, setTitle } from "../shared/dom.js";
import { setFavicon } from "../shared/favicon.js";
import { formatDuration } from "../shared/format.js";
import { createNotFound } from "../shared/not_found_view.js";
import { createErrorMessage } from "../shared/notices.js";
import { setViewTitle } from "../shared/page_title.js";
import { routeTo } from "../shared/route.js";
import { serverNow } from "../shared/server_clock.js";
import { commandLine, isOpen, queueText, secondsRun, Status, statusOf } from "../shared/status.js";
import { t } from "../shared/text.js";
import { EndNotice } from "./end_notice.js";
import { JobFacts } from "./job_facts.js";
import { estimateProgress, JobProgress } from "./job_progress.js";
import { canKill, confirmAndForce, confirmAndKill, killLabel } from "./kill_action.js";
import { KillProgress } from "./kill_progress.js";

const settleInterval = 500;

/// One execution: its facts, and its log down to the bottom of the window.
export class JobView {
  constructor(route) {
    this.uuid = route.name;
    this.title = t("job.title");
    this.facts = new JobFacts();
    this.progress = new JobProgress();
    this.killProgress = new KillProgress(() => this.forceKill());
    this.notice = new EndNotice(this.uuid, (text) => this.showError(text));
    this.heading = createElement("h1", { class: "mono job-command" }, "…");
    this.killButton = createElement("button", {
      class: "danger", hidden: true, onclick: () => this.kill(),
    }, t("kill.kill"));
    this.runAgainLink = createElement("a", { class: "button", hidden: true }, t("run.again"));
    this.compareLink = createElement("a", { class: "button wide-only", href: routeTo("compare", this.uuid) },
      t("compare.compare"));
    this.queueNote = createElement("p", { class: "queue-note", role: "status", hidden: true });
    this.messages = createElement("div", { class: "messages" });
    this.log = new LogPanel(this.uuid, {
      onAnswer: (answer) => this.onAnswer(answer),
      onError: (error) => this.onError(error),
      startTime: () => (this.row?.executed_at ?? 0) * 1000, line: Number(route.query.line ?? 0) || null,
    });
    this.element = createElement("div", { class: "view job-view" },
      createElement("header", { class: "job-header" },
        createElement("div", { class: "job-title" }, this.heading,
          createElement("div", { class: "row job-buttons" },
            this.notice.button, this.compareLink, this.runAgainLink, this.killButton)),
        this.facts.element, this.progress.element, this.queueNote, this.killProgress.element, this.messages),
      this.log.element);
    this.medianSeconds = null;
    this.clock = setInterval(() => this.updateTimes(), 1000);
    this.onFind = (event) => {
      // The browser's own search finds only the lines that are in the page now. Pressing the keys again opens it.
      const isFind = event.key === "f" && (event.ctrlKey || event.metaKey);
      if (!isFind || document.activeElement === this.log.find.field) return;
      event.preventDefault();
      this.log.find.focus();
    };
    document.addEventListener("keydown", this.onFind);
    this.loadRow();
  }

  showRoute(route) {
    if (route.name !== this.uuid) return false;
    if (route.query.line) this.log.link.goTo(Number(route.query.line));
    return true;
  }

  destroy() {
    this.log.destroy();
    document.removeEventListener("keydown", this.onFind);
    clearInterval(this.clock);
    setFavicon(null);
    this.isDestroyed = true;
  }

  async loadRow() {
    try {
      const row = await api.execution(this.uuid);
      if (row && !this.isDestroyed) this.showRow(row);
    } catch (error) {
      if (error.status !== 404 && error.status !== 0) this.showError(error.message);
    }
  }

  showRow(row) {
    const isFirst = !this.row;
    this.row = row;
    if (isFirst) this.log.updateStartTime();
    const line = commandLine(row);
    this.title = `${statusOf(row).label}: ${line}`;
    setViewTitle(this.title);
    setFavicon(statusOf(row).className);
    this.notice.show(row);
    setText(this.heading, line);
    setTitle(this.heading, line);
    this.killButton.hidden = !canKill(row);
    setText(this.killButton, killLabel(row));
    this.showQueueNote();
    this.killButton.disabled = Boolean(row.intended_to_kill_by);
    this.runAgainLink.hidden = row.can_run === false;
    this.runAgainLink.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
    if (row.process_status === Status.RUNNING) {
      if (!this.hasRequestedStatistics) this.loadStatistics();
      if (row.intended_to_kill_by) {
        this.killInfo ??= { by: row.intended_to_kill_by, at: 0, steps: [], survivors: [] };
        this.killProgress.show(this.killInfo, false);
      }
    }
    this.facts.show(row, serverNow());
    this.updateTimes();
  }

  showQueueNote() {
    const isQueued = this.row?.process_status === Status.QUEUED && this.answer?.ahead !== undefined;
    this.queueNote.hidden = !isQueued;
    if (isQueued) setText(this.queueNote, queueText(this.row, this.answer.ahead));
  }

  showError(text) {
    this.messages.replaceChildren(createErrorMessage(text));
  }

  async loadStatistics() {
    this.hasRequestedStatistics = true;
    try {
      this.medianSeconds = medianFor(await statisticsFor(this.row.command), this.row.parameters);
      this.updateTimes();
    } catch {
      // Without statistics there is no progress bar. Everything else works.
    }
  }

  updateTimes() {
    if (!this.row) return;
    const now = serverNow();
    this.facts.updateTimes(now);
    this.killProgress.updateTimes(now);
    const isRunning = this.row.process_status === Status.RUNNING;
    this.progress.show(isRunning ? estimateProgress(this.medianSeconds, secondsRun(this.row, now)) : null);
  }

  onAnswer(answer) {
    const previous = this.answer;
    this.answer = answer;
    if (this.isLogUnavailable) {
      this.isLogUnavailable = false;
      this.messages.replaceChildren();
    }
    if (answer.unavailable) this.showError(answer.unavailable);
    const isKillNew = Boolean(answer.kill) && !this.killInfo;
    this.killInfo = answer.kill ?? this.killInfo;
    if (this.killInfo) {
      this.killProgress.show(this.killInfo, answer.isEnded);
      this.killProgress.forceButton.hidden ||= !this.row || !canKill(this.row);
      this.killProgress.updateTimes(serverNow());
      this.killButton.disabled = true;
    }
    this.showQueueNote();
    const hasStarted = this.row?.process_status === Status.QUEUED && answer.status !== Status.QUEUED;
    if (!this.row || isKillNew || hasStarted) this.loadRow();
    if (answer.isEnded && !previous?.isEnded) this.onEnd(previous !== undefined);
    else if (answer.isEnded && this.row && isOpen(this.row)) this.loadRow();
  }

  async onEnd(wasWatched) {
    await this.loadRow();
    if (!this.row || isOpen(this.row)) {
      // The job's files show the end before the store does.
      setTimeout(() => this.isDestroyed || this.onEnd(wasWatched), settleInterval);
      return;
    }
    if (!wasWatched) return;
    const duration = formatDuration(secondsRun(this.row, 0));
    const result = statusOf(this.row).label;
    announce(`${commandLine(this.row)}: ${duration ? t("job.endedAfter", { result, duration }) : result}`);
  }

  onError(error) {
    if (error.body?.instance) {
      // Another instance keeps the log and cannot be reached. The row comes from the shared store.
      this.isLogUnavailable = true;
      this.showError(error.message);
      return;
    }
    if (error.status === 404) this.showNotFound();
  }

  showNotFound() {
    setViewTitle(t("job.missing"));
    this.log.destroy();
    this.element.classList.remove("job-view");
    this.element.replaceChildren(createNotFound(t("job.missing"), t("job.missingText", { uuid: this.uuid }),
      [[t("history.viewAll"), routeTo("history")]]));
  }

  async kill() {
    try {
      const answer = await confirmAndKill(this.row);
      if (!answer) return;
      if (answer.message) this.showError(answer.message);
      this.killButton.disabled = true;
      announce(this.row.process_status === Status.QUEUED ? t("status.cancelled") : t("kill.requested"));
      this.log.feed.resume();
    } catch (error) {
      this.showError(error.message);
    }
    this.loadRow();
  }

  async forceKill() {
    try {
      if (!await confirmAndForce(this.row)) return;
      announce(t("kill.forced"));
      this.log.feed.resume();
    } catch (error) {
      this.showError(error.message);
    }
  }
}
