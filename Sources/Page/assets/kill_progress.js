import { h, icon, setText } from "./dom.js";
import { duration } from "./format.js";
import { shapes } from "./icons.js";

/// What has happened to a kill, step by step: `{ word, after, kind }`, `after` the seconds since it was asked for.
///
/// `kill` is as the log's answer has it; `isEnded` tells whether the job is over.
export function killSteps(kill, isEnded) {
  const steps = [{ word: `Asked by ${kill.by}`, after: null, kind: "done" }];
  kill.steps.forEach((step, index) => {
    const isLast = index === kill.steps.length - 1;
    const after = Math.max(0, (step.at - kill.at) / 1000);
    steps.push({ word: `${step.signal} sent`, after, kind: isLast && !isEnded ? "now" : "done" });
  });
  if (kill.survivors?.length) {
    steps.push({ word: `Could not be killed: ${kill.survivors.join(", ")}`, after: null, kind: "bad" });
  } else if (isEnded) steps.push({ word: "Dead", after: null, kind: "end" });
  else if (kill.steps.length === 0) steps.push({ word: "Waiting for the first signal", after: null, kind: "now" });
  return steps;
}

/// The steps of a kill as a list that grows.
export class KillProgress {
  constructor() {
    this.element = h("ol", { class: "kill-steps", hidden: true, "aria-label": "Kill", "aria-live": "polite" });
  }

  show(kill, isEnded) {
    if (!kill) return;
    this.element.hidden = false;
    const steps = killSteps(kill, isEnded);
    steps.forEach((step, index) => {
      const item = this.element.children[index] ?? this.element.appendChild(h("li", {}, icon(""), h("span")));
      item.className = step.kind;
      item.querySelector("path").setAttribute("d", stepShapes[step.kind]);
      setText(item.lastElementChild, step.after === null ? step.word : `${step.word} after ${duration(step.after)}`);
    });
    while (this.element.children.length > steps.length) this.element.lastElementChild.remove();
  }
}

const stepShapes = { done: shapes.check, now: shapes.clock, end: shapes.square, bad: shapes.cross };
