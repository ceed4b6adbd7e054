import { createElement, setText } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { t } from "../shared/text.js";

// A job counts as slower than usual when it exceeds the median by 5 %.
const overdueFactor = 1.05;

/// Estimates the progress of a running job from the median duration: `{ fraction, isOverdue, text }`.
///
/// Null if no median is known, or if it is below two seconds.
export function estimateProgress(medianSeconds, seconds) {
  if (medianSeconds === null || medianSeconds < 2) return null;
  if (seconds >= medianSeconds * overdueFactor) {
    return { fraction: 1, isOverdue: true, text: t("progress.usually", { duration: formatDuration(medianSeconds) }) };
  }
  const left = Math.max(1, Math.round(medianSeconds - seconds));
  const fraction = Math.min(seconds / medianSeconds, 1);
  return { fraction, isOverdue: false, text: t("progress.left", { duration: formatDuration(left) }) };
}

/// The estimated progress as a bar and a text.
export class JobProgress {
  constructor() {
    this.fill = createElement("div", { class: "progress-fill" });
    this.text = createElement("span", { class: "muted" });
    this.bar = createElement("div", {
      class: "progress-bar", role: "progressbar", "aria-label": t("progress.label"),
      "aria-valuemin": "0", "aria-valuemax": "100",
    }, this.fill);
    this.element = createElement("div", { class: "job-progress", hidden: true }, this.bar, this.text);
  }

  show(progress) {
    this.element.hidden = progress === null;
    if (!progress) return;
    this.fill.style.width = `${progress.fraction * 100}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(progress.fraction * 100)));
    this.bar.classList.toggle("overdue", progress.isOverdue);
    setText(this.text, progress.text);
  }
}
