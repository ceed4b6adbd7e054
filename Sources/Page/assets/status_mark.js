import { h, icon } from "./dom.js";
import { exitOf, statusOf } from "./status.js";

/// Status by shape, word and colour, with the exit code where it says more than the word.
export function statusMark(row, withExit = false) {
  const status = statusOf(row);
  const exit = withExit && status.kind === "failed" ? exitOf(row) : "";
  return h("span", { class: `status ${status.kind}` },
    icon(status.shape), h("span", {}, status.word), exit && h("span", { class: "exit" }, exit));
}
