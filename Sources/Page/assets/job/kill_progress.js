import { createElement, createIcon, setText } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { iconPaths } from "../shared/icons.js";

/// The steps of a kill so far: `{ text, seconds, state }`. `seconds` counts from the kill request, or is null.
///
/// `kill` is the object of that name in the answer to a log request. `isEnded` tells whether the job has ended.
export function killSteps(kill, isEnded) {
  const request = kill.by === "timeout" ? "Timed out" : `Kill requested by ${kill.by}`;
  const steps = [{ text: request, seconds: null, state: "done" }];
  kill.steps.forEach((step, index) => {
    const isLast = index === kill.steps.length - 1;
    const seconds = Math.max(0, (step.at - kill.at) / 1000);
    steps.push({ text: `${step.signal} sent`, seconds, state: isLast && !isEnded ? "current" : "done" });
  });
  if (kill.survivors?.length) {
    const text = `Still running, tell the administrator: ${kill.survivors.join(", ")}`;
    steps.push({ text, seconds: null, state: "failed" });
  } else if (isEnded) steps.push({ text: "Ended", seconds: null, state: "ended" });
  else if (kill.steps.length === 0) {
    steps.push({ text: "Waiting for the broker to send the first signal", seconds: null, state: "current" });
  }
  return steps;
}

/// A list of the steps of a kill, which grows.
export class KillProgress {
  constructor() {
    this.element = createElement("ol", {
      class: "kill-steps", hidden: true, "aria-label": "Kill progress", "aria-live": "polite",
    });
  }

  show(kill, isEnded) {
    if (!kill) return;
    this.element.hidden = false;
    const steps = killSteps(kill, isEnded);
    steps.forEach((step, index) => {
      const item = this.element.children[index]
        ?? this.element.appendChild(createElement("li", {}, createIcon(""), createElement("span")));
      item.className = `step-${step.state}`;
      item.querySelector("path").setAttribute("d", stepIcons[step.state]);
      setText(item.lastElementChild,
        step.seconds === null ? step.text : `${step.text} after ${formatDuration(step.seconds)}`);
    });
    while (this.element.children.length > steps.length) this.element.lastElementChild.remove();
  }
}

const stepIcons = {
  done: iconPaths.check, current: iconPaths.clock, ended: iconPaths.square, failed: iconPaths.cross,
};
