import { createElement, createSVGElement } from "../shared/dom.js";
import { exactTime, formatDuration } from "../shared/format.js";
import { routeTo } from "../shared/route.js";
import { commandLine, statusOf } from "../shared/status.js";
import { t } from "../shared/text.js";

const width = 640;
const height = 160;
const margin = { left: 64, right: 12, top: 12, bottom: 12 };

/// Round numbers of seconds for the lines of the scale, up to a maximum.
export function scaleSteps(longest) {
  const units = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];
  const unit = units.find((candidate) => longest / candidate <= 4) ?? Math.ceil(longest / 4 / 86_400) * 86_400;
  return Array.from({ length: Math.floor(longest / unit) + 1 }, (_, index) => index * unit);
}

/// The durations of a command's runs over time, as a chart, and as a table for those who do not see it.
///
/// `runs` are those of `statisticsOf`, oldest first.
export function createDurationChart(runs) {
  const longest = Math.max(1, ...runs.map((run) => run.seconds));
  const [first, last] = [runs[0].row.executed_at, runs[runs.length - 1].row.executed_at];
  const x = (run) => margin.left + (width - margin.left - margin.right)
    * (last === first ? 0.5 : (run.row.executed_at - first) / (last - first));
  const y = (seconds) => height - margin.bottom - (height - margin.top - margin.bottom) * (seconds / longest);
  const lines = scaleSteps(longest).map((seconds) => createSVGElement("g", {},
    createSVGElement("line", { x1: margin.left, x2: width - margin.right, y1: y(seconds), y2: y(seconds) }),
    svgText(margin.left - 8, y(seconds) + 4, formatDuration(seconds))));
  const place = (run) => ({ cx: x(run).toFixed(1), cy: y(run.seconds).toFixed(1) });
  const path = runs.map(place).map(({ cx, cy }, index) => `${index ? "L" : "M"}${cx} ${cy}`).join("");
  const points = runs.map((run) => {
    const { label, className } = statusOf(run.row);
    const point = createSVGElement("circle", { ...place(run), r: 4, class: className });
    const title = createSVGElement("title", {});
    title.textContent = `${exactTime(run.row.executed_at)}: ${formatDuration(run.seconds)}, ${label}`;
    point.append(title);
    return point;
  });
  return createElement("details", { class: "duration-chart" },
    createElement("summary", {}, t("chart.title")),
    createElement("div", { class: "chart-box" },
      createSVGElement("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        ...lines, createSVGElement("path", { d: path, class: "chart-line" }), ...points)),
    createElement("details", {}, createElement("summary", { class: "muted" }, t("chart.table")), createRunTable(runs)));
}

function svgText(x, y, content) {
  const text = createSVGElement("text", { x, y, "text-anchor": "end" });
  text.textContent = content;
  return text;
}

function createRunTable(runs) {
  const cell = (text) => createElement("td", {}, text);
  return createElement("table", { class: "run-table" },
    createElement("caption", { class: "visually-hidden" }, t("chart.title")),
    createElement("thead", {}, createElement("tr", {},
      [t("column.started"), t("column.duration"), t("column.status")]
        .map((title) => createElement("th", { scope: "col" }, title)))),
    createElement("tbody", {}, [...runs].reverse().map(({ row, seconds }) => createElement("tr", {},
      createElement("td", {}, createElement("a", {
        href: routeTo("job", row.job_uuid), title: commandLine(row),
      }, exactTime(row.executed_at))), cell(formatDuration(seconds)), cell(statusOf(row).label)))));
}
