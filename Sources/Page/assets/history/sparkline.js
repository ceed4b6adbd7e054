import { createSVGElement } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { statusOf } from "../shared/status.js";
import { formatNumber, t } from "../shared/text.js";

const barWidth = 5;
const barGap = 2;
const chartHeight = 20;

/// A small bar chart of the last executions: the height is the duration, the colour is the status, the newest is last.
export function createSparkline(runs) {
  const longest = Math.max(1, ...runs.map((run) => run.seconds));
  const bars = runs.map((run, index) => {
    // The square root keeps one long execution from flattening all others.
    const height = Math.max(3, Math.sqrt(run.seconds / longest) * chartHeight);
    return createSVGElement("rect", {
      x: index * (barWidth + barGap), y: chartHeight - height, width: barWidth, height, rx: 1,
      class: statusOf(run.row).className,
    });
  });
  const width = Math.max(1, runs.length * (barWidth + barGap) - barGap);
  return createSVGElement("svg", {
    class: "sparkline", viewBox: `0 0 ${width} ${chartHeight}`, width, height: chartHeight, role: "img",
    "aria-label": describeRuns(runs),
  }, ...bars);
}

function describeRuns(runs) {
  const counts = new Map();
  for (const { row } of [...runs].sort((a, b) => a.row.process_status - b.row.process_status)) {
    const { label } = statusOf(row);
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const parts = [...counts].map(([label, count]) => `${formatNumber(count)} × ${label}`);
  const last = runs[runs.length - 1];
  return t("sparkline.description", {
    count: runs.length, results: parts.join(", "), duration: formatDuration(last?.seconds ?? 0),
  });
}
