import { h, setText } from "./dom.js";
import { duration } from "./format.js";

/// How far a running job is if it takes as long as usual: `{ part, words }`, or null where nothing is known.
export function progressAgainst(usual, seconds) {
  if (usual === null || usual < 2) return null;
  if (seconds >= usual * 1.05) return { part: 1, words: `Longer than usual; mostly ${duration(usual)}` };
  const left = Math.max(1, Math.round(usual - seconds));
  return { part: Math.min(seconds / usual, 1), words: `About ${duration(left)} left` };
}

/// A thin bar for it, and the words.
export class RunProgress {
  constructor() {
    this.fill = h("div", { class: "fill" });
    this.words = h("span", { class: "muted" });
    this.bar = h("div", {
      class: "bar", role: "progressbar", "aria-label": "Progress, by its earlier runs",
      "aria-valuemin": "0", "aria-valuemax": "100",
    }, this.fill);
    this.element = h("div", { class: "run-progress", hidden: true }, this.bar, this.words);
  }

  show(progress) {
    this.element.hidden = progress === null;
    if (!progress) return;
    this.fill.style.width = `${progress.part * 100}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(progress.part * 100)));
    this.bar.classList.toggle("over", progress.part === 1);
    setText(this.words, progress.words);
  }
}
