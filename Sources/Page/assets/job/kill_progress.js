import { createElement, createIcon, setText } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";
import { t } from "../shared/text.js";

/// The steps of a kill so far: `{ text, seconds, state }`. `seconds` counts from the kill request, or is null.
///
/// `kill` is the object of that name in the answer to a log request. `isEnded` tells whether the job has ended.
export function killSteps(kill, isEnded) {
  const request = kill.by === "timeout" ? t("status.timedOut") : t("kill.requestedBy", { user: kill.by });
  const steps = [{ text: request, seconds: null, state: "done" }];
  kill.steps.forEach((step, index) => {
    const isLast = index === kill.steps.length - 1;
    const seconds = Math.max(0, (step.at - kill.at) / 1000);
    const state = isLast && !isEnded ? "current" : "done";
    steps.push({ text: t("kill.sent", { signal: step.signal }), seconds, state });
  });
  if (kill.survivors?.length) {
    const text = t("kill.survivors", { processes: kill.survivors.join(", ") });
    steps.push({ text, seconds: null, state: "failed" });
  } else if (isEnded) steps.push({ text: t("kill.ended"), seconds: null, state: "ended" });
  else if (kill.steps.length === 0) {
    steps.push({ text: t("kill.waiting"), seconds: null, state: "current" });
  }
  return steps;
}

/// Whether KILL can still be sent earlier than it is due.
export function canForce(kill, isEnded) {
  return !isEnded && !kill.steps.some((step) => step.signal === "KILL");
}

/// A list of the steps of a kill, which grows, with the time until the next signal.
///
/// `onForce()` is called when the user wants KILL at once.
export class KillProgress {
  constructor(onForce) {
    this.list = createElement("ol", {
      class: "kill-steps", "aria-label": t("kill.progress"), "aria-live": "polite",
    });
    this.countdown = createElement("span", { class: "kill-next muted" });
    this.forceButton = createElement("button", { type: "button", class: "danger", onclick: onForce }, t("kill.force"));
    this.element = createElement("div", { class: "kill-progress", hidden: true },
      this.list, this.countdown, this.forceButton);
  }

  /// Updates the time until the next signal. `now` are Unix seconds.
  updateTimes(now) {
    const next = this.isOpen ? this.kill?.next : null;
    const seconds = next ? Math.max(0, Math.ceil(next.at / 1000 - now)) : 0;
    setText(this.countdown, next ? t("kill.next", { signal: next.signal, duration: formatDuration(seconds) }) : "");
  }

  show(kill, isEnded) {
    if (!kill) return;
    Object.assign(this, { kill, isOpen: !isEnded });
    this.element.hidden = false;
    this.forceButton.hidden = !canForce(kill, isEnded);
    const steps = killSteps(kill, isEnded);
    steps.forEach((step, index) => {
      const item = this.list.children[index]
        ?? this.list.appendChild(createElement("li", {}, createIcon(""), createElement("span")));
      item.className = `step-${step.state}`;
      item.querySelector("path").setAttribute("d", stepIcons[step.state]);
      setText(item.lastElementChild,
        step.seconds === null ? step.text
          : t("kill.after", { step: step.text, duration: formatDuration(step.seconds) }));
    });
    while (this.list.children.length > steps.length) this.list.lastElementChild.remove();
  }
}

const stepIcons = {
  done: iconPaths.check, current: iconPaths.clock, ended: iconPaths.square, failed: iconPaths.cross,
};
