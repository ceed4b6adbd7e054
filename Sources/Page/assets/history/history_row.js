import { canKill, confirmAndKill, killLabel } from "../job/kill_action.js";
import { createElement, setText, setTitle } from "../shared/dom.js";
import { exactTime, formatDuration, relativeTime } from "../shared/format.js";
import { visibleText } from "../shared/invisible_characters.js";
import { routeTo } from "../shared/route.js";
import { openRow } from "../shared/row_link.js";
import { serverNow } from "../shared/server_clock.js";
import { commandLine, instanceText, secondsRun, Status } from "../shared/status.js";
import { createStatusBadge } from "../shared/status_badge.js";
import { t } from "../shared/text.js";
import { invalidateStatistics, statisticsFor } from "./command_statistics.js";
import { createSparkline } from "./sparkline.js";

const callbacksWhenVisible = new WeakMap();
let visibleRows = null;

// Calls back once when an element comes into view, so that fifty rows do not cause fifty requests at once.
function whenVisible(element, callback) {
  visibleRows ??= new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      visibleRows.unobserve(target);
      callbacksWhenVisible.get(target)?.();
    }
  });
  callbacksWhenVisible.set(element, callback);
  visibleRows.observe(element);
}

/// One execution in the history. It is updated in place, so that focus and selection are kept.
///
/// `userAddress(user)` is the address of the runs of one user.
export class HistoryRow {
  constructor(hasSparkline, userAddress, onKill) {
    this.userAddress = userAddress;
    this.onKill = onKill;
    this.status = createElement("td", { class: "col-process_status" });
    this.link = createElement("a", { class: "mono" });
    this.user = createElement("a", { class: "subtle" });
    this.started = createElement("time");
    this.duration = createElement("td", { class: "col-duration number" });
    this.recent = hasSparkline ? createElement("td", { class: "col-recent" }) : null;
    this.killButton = createElement("button", {
      class: "link danger", hidden: true, onclick: () => this.kill(),
    }, t("kill.kill"));
    this.runAgainLink = createElement("a", { class: "subtle" }, t("run.again"));
    this.element = createElement("tr", { onclick: (event) => openRow(event, this.link) },
      this.status, createElement("td", { class: "col-command" }, this.link),
      createElement("td", { class: "col-user_identifier" }, this.user),
      createElement("td", { class: "col-executed_at" }, this.started), this.duration, this.recent,
      createElement("td", { class: "actions" },
        createElement("span", { class: "row" }, this.killButton, this.runAgainLink)));
  }

  update(row) {
    const previous = this.row;
    this.row = row;
    if (!previous || JSON.stringify(previous) !== JSON.stringify(row)) this.draw(row);
    const hasEnded = previous?.process_status === Status.RUNNING && row.process_status !== Status.RUNNING;
    if (hasEnded) invalidateStatistics(row.command);
    if (!previous && this.recent) whenVisible(this.element, () => this.drawSparkline(row.command));
    else if (hasEnded && this.recent) this.drawSparkline(row.command);
    this.updateTimes();
  }

  draw(row) {
    const line = commandLine(row);
    this.status.replaceChildren(createStatusBadge(row, true));
    setTitle(this.status, row.reason ?? "");
    setText(this.link, line);
    const instance = instanceText(row, serverNow());
    setTitle(this.link, instance ? `${line}\n${t("history.onInstance", { instance })}` : line);
    this.link.setAttribute("href", routeTo("job", row.job_uuid));
    const user = row.user_identifier ?? "";
    this.user.hidden = user === "";
    setText(this.user, user);
    setTitle(this.user, t("history.onlyUser", { user }));
    setTitle(this.user.parentElement, user);
    this.started.dateTime = new Date(row.executed_at * 1000).toISOString();
    this.started.title = exactTime(row.executed_at);
    this.killButton.hidden = !canKill(row) || Boolean(row.intended_to_kill_by);
    setText(this.killButton, killLabel(row));
    this.killButton.setAttribute("aria-label", visibleText(`${killLabel(row)}: ${line}`));
    this.runAgainLink.hidden = row.can_run === false;
    this.runAgainLink.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
    this.runAgainLink.setAttribute("aria-label", visibleText(`${t("run.again")}: ${line}`));
  }

  updateTimes() {
    const now = serverNow();
    if (this.row.user_identifier) this.user.setAttribute("href", this.userAddress(this.row.user_identifier));
    setText(this.started, relativeTime(this.row.executed_at, now));
    setText(this.duration, formatDuration(secondsRun(this.row, now)));
  }

  async drawSparkline(command) {
    try {
      const { runs } = await statisticsFor(command);
      if (runs.length) this.recent.replaceChildren(createSparkline(runs.slice(-10)));
    } catch {
      // The table is complete without the sparkline.
    }
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
