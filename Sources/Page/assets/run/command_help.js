import { createElement } from "../shared/dom.js";
import { formatDuration } from "../shared/format.js";
import { createMarkdown } from "../shared/markdown.js";
import { t } from "../shared/text.js";

/// The help of a command: usage, timeout, help text, and the descriptions of its parameters. Null if it has none.
export function createCommandHelp(command, fields) {
  const described = fields.filter((field) => field.description);
  if (!command.usageManual && !command.help && !command.timeout && described.length === 0) return null;
  return createElement("aside", { class: "help", "aria-label": t("help.title") },
    command.usageManual && [
      createElement("h2", {}, t("help.usage")), createElement("pre", { class: "usage" }, command.usageManual),
    ],
    command.timeout && createElement("p", { class: "muted" },
      t("help.timeout", { duration: formatDuration(command.timeout) })),
    command.help && createElement("div", { class: "help-text" }, createMarkdown(command.help)),
    described.length > 0 && createElement("details", {},
      createElement("summary", {}, t("help.parameters")),
      createElement("dl", { class: "terms" }, described.map((field) => [
        createElement("dt", { class: "mono" }, field.kind === "argument" ? field.name : `--${field.name}`),
        createElement("dd", {}, field.description),
      ]).flat())));
}
