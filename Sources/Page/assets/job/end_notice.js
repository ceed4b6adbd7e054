import { api } from "../shared/api.js";
import { announce, createElement, createIcon } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";
import { visibleText } from "../shared/invisible_characters.js";
import { Poller } from "../shared/poller.js";
import { routeTo } from "../shared/route.js";
import { commandLine, isOpen, secondsRun, statusOf } from "../shared/status.js";
import { t } from "../shared/text.js";

const noticeInterval = 3000;

// The pollers of the jobs whose end the browser announces, by job. They go on after the user has left the view.
const watchedJobs = new Map();

/// A button that asks the browser to tell the end of a job. Browsers can do that only over HTTPS and on localhost; the
/// button is hidden otherwise.
export class EndNotice {
  constructor(uuid, onerror) {
    this.uuid = uuid;
    this.onerror = onerror;
    this.button = createElement("button", {
      type: "button", title: t("notify.title"), hidden: true, onclick: () => this.toggle(),
    }, createIcon(iconPaths.bell), createElement("span", { class: "wide-only" }, t("notify.label")));
    this.draw();
  }

  show(row) {
    this.button.hidden = typeof Notification === "undefined" || !isOpen(row);
  }

  draw() {
    this.button.setAttribute("aria-pressed", String(watchedJobs.has(this.uuid)));
    this.button.setAttribute("aria-label", t("notify.label"));
  }

  async toggle() {
    if (watchedJobs.has(this.uuid)) {
      forgetJob(this.uuid);
      announce(t("notify.off"));
    } else if (await Notification.requestPermission() === "granted") {
      watchJob(this.uuid);
      announce(t("notify.on"));
    } else this.onerror(t("notify.denied"));
    this.draw();
  }
}

function watchJob(uuid) {
  const poller = new Poller(async () => {
    const row = await api.execution(uuid).catch(() => null);
    if (!row || isOpen(row)) return noticeInterval;
    forgetJob(uuid);
    tellEnd(row);
    return null;
  });
  watchedJobs.set(uuid, poller);
  poller.start();
}

function forgetJob(uuid) {
  watchedJobs.get(uuid)?.stop();
  watchedJobs.delete(uuid);
}

function tellEnd(row) {
  const result = statusOf(row).label;
  const duration = formatDuration(secondsRun(row, 0));
  const title = duration ? t("job.endedAfter", { result, duration }) : result;
  const notice = new Notification(title, { body: visibleText(commandLine(row)).slice(0, 300), tag: row.job_uuid });
  notice.onclick = () => {
    window.focus();
    location.hash = routeTo("job", row.job_uuid);
    notice.close();
  };
}
