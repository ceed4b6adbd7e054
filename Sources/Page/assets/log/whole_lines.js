import { api } from "../shared/api.js";
import { Terminal } from "../terminal/terminal.js";
import { splitByTime } from "./line_times.js";
import { isGap } from "./log_bytes.js";

/// Reads a whole log in slices: yields `{ lines, offset, size }`, the next complete lines and how many bytes were read.
/// The lines are those of the terminal, so they have no control codes.
export async function* wholeLines(uuid, withTimes = false) {
  const terminal = new Terminal();
  let offset = 0;
  for (;;) {
    const answer = await api.log(uuid, offset, withTimes);
    const times = withTimes && !isGap(answer) ? answer.times ?? [] : [];
    for (const part of splitByTime(answer.text, offset, times, answer.encoding)) {
      terminal.time = part.time;
      terminal.write(part.text);
    }
    const lines = terminal.scrollback;
    terminal.scrollback = [];
    const isLast = answer.next_offset <= offset || answer.next_offset >= answer.size;
    yield { lines: isLast ? [...lines, ...terminal.screen()] : lines, offset: answer.next_offset, size: answer.size };
    if (isLast) return;
    offset = answer.next_offset;
  }
}
