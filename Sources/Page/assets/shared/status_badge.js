import { createElement, createIcon } from "./dom.js";
import { exitText, statusOf } from "./status.js";

/// Shows a status by icon, word and colour. `withExit` adds the exit code or signal, if it says more. `text`
/// replaces the word.
export function createStatusBadge(row, withExit = false, text = null) {
  const { label, className, iconPath } = statusOf(row);
  const exit = withExit && (className === "failed" || className === "completed") ? exitText(row) : "";
  return createElement("span", { class: `status ${className}` },
    createIcon(iconPath), createElement("span", {}, text ?? label),
    exit && createElement("span", { class: "exit" }, exit));
}
