import { medianFor, statisticsFor } from "../history/command_statistics.js";
import { estimateProgress, JobProgress } from "../job/job_progress.js";
import { canKill, confirmAndKill, killLabel } from "../job/kill_action.js";
import { api } from "../shared/api.js";
import { createElement, setText } from "../shared/dom.js";
import { formatDuration, relativeTime } from "../shared/format.js";
import { createErrorMessage } from "../shared/notices.js";
import { routeTo } from "../shared/route.js";
import { openRow } from "../shared/row_link.js";
import { serverNow } from "../shared/server_clock.js";
import { commandLine, isOpen, secondsRun, Status } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";
import { formatNumber, t } from "../shared/text.js";
import { runningJobs } from "./running_jobs.js";

// So many queued jobs are asked for their position.
const maxPositions = 5;

/// What runs now and what is queued, across all users whose runs one may see.
export class RunningList {
  constructor() {
    this.items = new Map();
    this.heading = createElement("h2", {}, t("home.running"));
    this.messages = createElement("div", { class: "messages" });
    this.list = createElement("ul", { class: "running-list" });
    this.note = createElement("p", { class: "empty" }, t("loading"));
    this.more = createElement("a", { hidden: true, href: routeTo("history", null, { status: Status.RUNNING }) });
    this.element = createElement("section", { class: "home-section", "aria-label": t("home.running") },
      this.heading, this.messages, this.list, this.note, this.more);
    this.unsubscribe = runningJobs.subscribe((state) => this.show(state), true);
    this.clock = setInterval(() => this.items.forEach((item) => item.updateTimes()), 1000);
  }

  destroy() {
    this.unsubscribe();
    clearInterval(this.clock);
  }

  show({ running, queued, total, queuedTotal }) {
    const open = [...running, ...queued].filter(isOpen);
    const kept = new Map();
    open.forEach((row, index) => {
      const item = this.items.get(row.job_uuid) ?? new RunningItem((text) => this.onKill(text));
      item.update(row);
      kept.set(row.job_uuid, item);
      if (this.list.children[index] !== item.element) {
        this.list.insertBefore(item.element, this.list.children[index] ?? null);
      }
    });
    for (const [uuid, item] of this.items) if (!kept.has(uuid)) item.element.remove();
    this.items = kept;
    setText(this.heading, `${t("home.running")} (${formatNumber(total)})`);
    setText(this.note, open.length ? "" : t("home.nothingRuns"));
    const others = total + queuedTotal - open.length;
    this.more.hidden = others <= 0;
    setText(this.more, t("home.viewMore", { count: others }));
    this.loadPositions(queued.slice(0, maxPositions));
  }

  async loadPositions(rows) {
    for (const row of rows) {
      const answer = await api.log(row.job_uuid, -1).catch(() => null);
      this.items.get(row.job_uuid)?.showPosition(answer?.ahead);
    }
  }

  onKill(errorText) {
    this.messages.replaceChildren(...(errorText ? [createErrorMessage(errorText)] : []));
    runningJobs.refresh();
  }
}

/// One running or queued job.
class RunningItem {
  constructor(onKill) {
    this.onKill = onKill;
    this.status = createElement("span");
    this.link = createElement("a", { class: "mono" });
    this.facts = createElement("span", { class: "muted" });
    this.progress = new JobProgress();
    this.killButton = createElement("button", { class: "danger", onclick: () => this.kill() });
    this.element = createElement("li", {
      class: "running-item", onclick: (event) => openRow(event, this.link),
    }, this.status, createElement("div", { class: "running-what" }, this.link, this.facts), this.progress.element,
    this.killButton);
  }

  update(row) {
    const isNew = !this.row || this.row.process_status !== row.process_status;
    this.row = row;
    if (isNew) this.loadStatistics();
    const key = JSON.stringify([row.process_status, row.intended_to_kill_by]);
    if (this.shownKey !== key) this.status.replaceChildren(createStatusBadge(row));
    this.shownKey = key;
    setText(this.link, commandLine(row));
    this.link.setAttribute("href", routeTo("job", row.job_uuid));
    this.killButton.hidden = !canKill(row) || Boolean(row.intended_to_kill_by);
    setText(this.killButton, killLabel(row));
    this.updateTimes();
  }

  async loadStatistics() {
    // Without statistics there is no progress bar.
    const { command, parameters } = this.row;
    this.medianSeconds = await statisticsFor(command).then((known) => medianFor(known, parameters), () => null);
    this.updateTimes();
  }

  showPosition(ahead) {
    this.position = "";
    if (ahead === 0) this.position = t("queue.next");
    else if (ahead) this.position = t("queue.ahead", { count: ahead });
    this.updateTimes();
  }

  updateTimes() {
    const { row } = this;
    const now = serverNow();
    const isRunning = row.process_status === Status.RUNNING;
    const times = isRunning ? formatDuration(secondsRun(row, now))
      : [t("queue.since", { time: relativeTime(row.executed_at, now) }), this.position].filter(Boolean).join(", ");
    setText(this.facts, [row.user_identifier, times].filter(Boolean).join(" · "));
    this.progress.show(isRunning ? estimateProgress(this.medianSeconds ?? null, secondsRun(row, now)) : null);
  }

  async kill() {
    try {
      const answer = await confirmAndKill(this.row);
      if (answer) this.onKill(answer.message ?? null);
    } catch (error) {
      this.onKill(error.message);
    }
  }
}
