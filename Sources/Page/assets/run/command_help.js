import { createElement } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";

/// The help of a command: usage, timeout, help text, and the descriptions of its parameters. Null if it has none.
export function createCommandHelp(command, fields) {
  const described = fields.filter((field) => field.description);
  if (!command.usageManual && !command.help && !command.timeout && described.length === 0) return null;
  return createElement("aside", { class: "help", "aria-label": "Help" },
    command.usageManual && [
      createElement("h2", {}, "Usage"), createElement("pre", { class: "usage" }, command.usageManual),
    ],
    command.timeout && createElement("p", { class: "muted" }, `Killed after ${formatDuration(command.timeout)}.`),
    command.help && createElement("div", { class: "help-text" }, command.help),
    described.length > 0 && createElement("details", {},
      createElement("summary", {}, "Arguments and options"),
      createElement("dl", { class: "terms" }, described.map((field) => [
        createElement("dt", { class: "mono" }, field.kind === "argument" ? field.name : `--${field.name}`),
        createElement("dd", {}, field.description),
      ]).flat())));
}
