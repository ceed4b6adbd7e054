import { RawLines } from "./raw_lines.js";
import { splitByTime } from "./line_times.js";
import { byteLength } from "./log_bytes.js";
import { Terminal } from "../terminal/terminal.js";

/// The part of a log that is in memory: one range of bytes without gaps, as lines.
///
/// `start` and `end` are byte offsets. The document grows at the end (`append`) and at the start (`prepend`). It can
/// drop lines at both sides, which can be loaded again by offset. A checkpoint is a line whose byte offset is known.
///
/// Line 0 is the first line at the time of opening. Lines prepended to it have negative numbers. `lines` are the lines
/// of the scrollback, which no longer change. The lines of the terminal's screen follow them. `weight` estimates the
/// memory of `lines`, in characters. `encoding` is that of the log's bytes.
export class LogDocument {
  constructor(isRaw = false) {
    this.isRaw = isRaw;
    this.encoding = "utf-8";
    this.open(0, true);
  }

  /// Empties the document and opens it at a byte offset. `isLineStart` is false if a line is cut there.
  open(start, isLineStart) {
    this.start = start;
    this.end = start;
    this.firstLine = 0;
    this.lines = [];
    this.terminal = this.createTerminal();
    if (!isLineStart) this.terminal.continueLine();
    this.terminalFirstLine = 0;
    this.checkpoints = isLineStart ? [{ line: 0, byte: start }] : [];
    this.weight = 0;
    this.screenCache = null;
    // The start of the first line that was loaded, if it is cut: text that may overwrite what precedes it.
    this.cutLine = isLineStart ? null : "";
    this.isCutLineComplete = isLineStart;
    this.generation = (this.generation ?? 0) + 1;
  }

  createTerminal() {
    return this.isRaw ? new RawLines() : new Terminal();
  }

  /// The number of lines.
  get count() {
    return this.lines.length + this.screen().length;
  }

  /// The number of the line after the last one.
  get endLine() {
    return this.firstLine + this.count;
  }

  line(number) {
    const index = number - this.firstLine;
    return index < this.lines.length ? this.lines[index] : this.screen()[index - this.lines.length];
  }

  screen() {
    this.screenCache ??= this.terminal.screen();
    return this.screenCache;
  }

  /// Appends the text of the bytes from `end` up to `nextEnd`. `times` says when they arrived, see `splitByTime`. A gap
  /// is text that only mentions its bytes.
  append(text, nextEnd, times = [], isGap = false) {
    let start = this.end;
    let isExact = !isGap;
    this.readCutLine(text);
    const parts = times.length > 1 && !isGap ? splitByTime(text, start, times, this.encoding)
      : [{ text, time: times[0]?.[1] ?? null }];
    for (const part of parts) {
      this.terminal.time = part.time;
      const lineStart = this.terminal.write(part.text);
      if (lineStart && isExact) {
        this.addCheckpoint(this.terminalFirstLine + lineStart.line, start, part.text.slice(0, lineStart.index));
      }
      if (parts.length > 1) start += byteLength(part.text, this.encoding);
      isExact &&= !part.text.includes("\ufffd");
    }
    for (const line of this.terminal.scrollback) this.weight += weightOf(line);
    pushAll(this.lines, this.terminal.scrollback);
    this.terminal.scrollback = [];
    this.screenCache = null;
    this.end = nextEnd;
  }

  /// Prepends earlier text, which must end at `start`. Returns the number of new lines.
  prepend(text, start, isLineStart, times = []) {
    const terminal = this.createTerminal();
    if (!isLineStart) terminal.continueLine();
    for (const part of splitByTime(text, start, times, this.encoding)) {
      terminal.time = part.time;
      terminal.write(part.text);
    }
    const lines = [...terminal.scrollback, ...terminal.screen()];
    // A carriage return in the cut line overwrites the part of this line that is prepended.
    if (!text.endsWith("\n") && this.cutLine?.includes("\r")) lines.pop();
    if (isLineStart) this.cutLine = null;
    else if (text.includes("\n")) this.cutLine = text.slice(0, text.indexOf("\n"));
    this.lines = lines.concat(this.lines);
    this.firstLine -= lines.length;
    for (const line of lines) this.weight += weightOf(line);
    this.start = start;
    if (isLineStart) this.checkpoints.unshift({ line: this.firstLine, byte: start });
    return lines.length;
  }

  // Remembers the text up to the first line break, as long as it has not come.
  readCutLine(text) {
    if (this.isRaw || this.isCutLineComplete) return;
    const end = text.indexOf("\n");
    this.cutLine += text.slice(0, end < 0 ? maxCutLine : end);
    this.isCutLineComplete = end >= 0 || this.cutLine.length > maxCutLine;
  }

  /// Drops lines at the start if the document weighs more than `maxWeight`. Returns the number of dropped lines.
  ///
  /// The cut is at a checkpoint, so that the dropped lines can be loaded again without a gap. A quarter more than
  /// needed is dropped, so that this does not happen at every append.
  trimStart(maxWeight) {
    if (this.weight <= maxWeight) return 0;
    const excess = this.weight - maxWeight * 0.75;
    let weight = 0;
    let best = null;
    let index = 0;
    for (const checkpoint of this.checkpoints) {
      const end = checkpoint.line - this.firstLine;
      if (end > this.lines.length) break;
      for (; index < end; index += 1) weight += weightOf(this.lines[index]);
      if (index > 0) best = { checkpoint, weight };
      if (weight >= excess) break;
    }
    if (!best) return 0;
    const count = best.checkpoint.line - this.firstLine;
    this.lines = this.lines.slice(count);
    this.firstLine += count;
    this.weight -= best.weight;
    this.start = best.checkpoint.byte;
    this.checkpoints = this.checkpoints.filter((checkpoint) => checkpoint.line >= this.firstLine);
    return count;
  }

  /// Drops all lines after a checkpoint behind line `keptLine` if the document weighs more than `maxWeight`.
  ///
  /// Returns whether lines were dropped. They can be loaded again with `append`.
  trimEnd(maxWeight, keptLine) {
    if (this.weight <= maxWeight) return false;
    const screenStart = this.firstLine + this.lines.length;
    const point = this.checkpoints.find(({ line }) => line > keptLine && line <= screenStart);
    if (!point) return false;
    this.lines = this.lines.slice(0, point.line - this.firstLine);
    this.weight = this.lines.reduce((sum, line) => sum + weightOf(line), 0);
    this.end = point.byte;
    this.terminal = this.createTerminal();
    this.terminalFirstLine = point.line;
    this.screenCache = null;
    this.checkpoints = this.checkpoints.filter(({ line }) => line <= point.line);
    return true;
  }

  // A replacement character stands for one to three bytes, so bytes cannot be counted across it.
  addCheckpoint(line, offset, textBefore) {
    const previous = this.checkpoints[this.checkpoints.length - 1];
    if (textBefore.includes("\ufffd") || (previous && offset - previous.byte < checkpointDistance)) return;
    this.checkpoints.push({ line, byte: offset + byteLength(textBefore, this.encoding) });
  }
}

// Characters of a cut line that are remembered.
const maxCutLine = 1000;

// Bytes between two checkpoints.
const checkpointDistance = 65536;

// `concat` would copy the whole array for each small piece of output, and `push(...more)` has a limit.
function pushAll(lines, more) {
  for (const line of more) lines.push(line);
}

// The memory of a line: its text and, as a constant, its objects.
function weightOf(line) {
  return line.text.length + 100 + 50 * line.spans.length;
}
