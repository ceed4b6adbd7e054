import { svg } from "./dom.js";
import { counted, duration } from "./format.js";
import { statusOf } from "./status.js";

const barWidth = 5;
const height = 20;

/// How long the last runs took and how they ended, as small bars, the newest at the right.
export function sparkline(runs) {
  const longest = Math.max(1, ...runs.map((run) => run.seconds));
  const bars = runs.map((run, index) => {
    // The root, so that one long run does not flatten all others.
    const tall = Math.max(3, Math.sqrt(run.seconds / longest) * height);
    const bar = svg("rect", {
      x: index * (barWidth + 2), y: height - tall, width: barWidth, height: tall, rx: 1, class: statusOf(run.row).kind,
    });
    return bar;
  });
  const width = Math.max(1, runs.length * (barWidth + 2) - 2);
  return svg("svg", {
    class: "sparkline", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary(runs),
  }, ...bars);
}

function summary(runs) {
  const words = new Map();
  for (const { row } of [...runs].sort((a, b) => a.row.process_status - b.row.process_status)) {
    words.set(statusOf(row).word, (words.get(statusOf(row).word) ?? 0) + 1);
  }
  const parts = [...words].map(([word, count]) => `${count} ${word.toLowerCase()}`);
  const last = runs[runs.length - 1];
  return `Last ${counted(runs.length, "run")}: ${parts.join(", ")}; the last took ${duration(last?.seconds ?? 0)}`;
}
