import { h } from "./dom.js";
import { duration } from "./format.js";

/// What the console says about a command: usage, its own words, arguments and options. Null where it says nothing.
export function commandHelp(command, fields) {
  const described = fields.filter((field) => field.description);
  if (!command.usageManual && !command.help && !command.timeout && described.length === 0) return null;
  return h("aside", { class: "help", "aria-label": "Help" },
    command.usageManual && [h("h2", {}, "Usage"), h("pre", { class: "usage" }, command.usageManual)],
    command.timeout && h("p", { class: "muted" }, `Stopped after ${duration(command.timeout)}.`),
    command.help && h("div", { class: "help-text" }, command.help),
    described.length > 0 && h("details", {},
      h("summary", {}, "Arguments and options"),
      h("dl", { class: "terms" }, described.map((field) => [
        h("dt", { class: "mono" }, field.kind === "argument" ? field.name : `--${field.name}`),
        h("dd", {}, field.description),
      ]).flat())));
}
