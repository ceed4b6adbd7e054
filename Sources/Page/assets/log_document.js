import { RawLines } from "./raw_lines.js";
import { Terminal } from "./terminal.js";

/// The part of a log that is held in memory: one stretch of bytes without gaps, as lines.
///
/// `start` and `end` are byte offsets. It grows at the end (`append`) and at the beginning (`prepend`), and gives back
/// what is too much at either side; that can be read again by offset. Checkpoints say which line begins at which byte.
/// Lines are numbered from 0 at the first line of the first opening; earlier ones have negative numbers.
export class LogDocument {
  constructor(isRaw = false) {
    this.isRaw = isRaw;
    this.open(0, true);
  }

  /// Begins anew at a byte; `isLineStart` is false where the first line is cut.
  open(start, isLineStart) {
    this.start = start;
    this.end = start;
    this.first = 0;
    this.lines = [];
    this.terminal = this.fresh();
    if (!isLineStart) this.terminal.continueLine();
    this.terminalBase = 0;
    this.checkpoints = isLineStart ? [{ line: 0, byte: start }] : [];
    this.weight = 0;
    this.screenCache = null;
    this.generation = (this.generation ?? 0) + 1;
  }

  fresh() {
    return this.isRaw ? new RawLines() : new Terminal();
  }

  /// How many lines there are.
  get count() {
    return this.lines.length + this.screen().length;
  }

  /// The number after the last line.
  get last() {
    return this.first + this.count;
  }

  line(number) {
    const at = number - this.first;
    return at < this.lines.length ? this.lines[at] : this.screen()[at - this.lines.length];
  }

  screen() {
    this.screenCache ??= this.terminal.screen();
    return this.screenCache;
  }

  /// Takes the text of the bytes from `end` up to `nextEnd`.
  append(text, nextEnd) {
    const found = this.terminal.write(text);
    if (found) this.checkpoint(this.terminalBase + found.line, this.end, text.slice(0, found.at));
    for (const line of this.terminal.settled) this.weight += weightOf(line);
    this.lines = grown(this.lines, this.terminal.settled);
    this.terminal.settled = [];
    this.screenCache = null;
    this.end = nextEnd;
  }

  /// Puts earlier text before the first line. It must end where the document starts.
  prepend(text, start, isLineStart) {
    const terminal = this.fresh();
    if (!isLineStart) terminal.continueLine();
    terminal.write(text);
    const lines = [...terminal.settled, ...terminal.screen()];
    this.lines = lines.concat(this.lines);
    this.first -= lines.length;
    for (const line of lines) this.weight += weightOf(line);
    this.start = start;
    if (isLineStart) this.checkpoints.unshift({ line: this.first, byte: start });
    return lines.length;
  }

  /// Gives back the beginning until at most `budget` is left.
  ///
  /// Returns how many lines went. The cut is at a checkpoint, so that what went can be read again without a seam.
  trimStart(budget) {
    if (this.weight <= budget) return 0;
    const wanted = this.weight - budget * 0.75;
    let dropped = 0;
    let best = null;
    let at = 0;
    for (const point of this.checkpoints) {
      if (point.line - this.first > this.lines.length) break;
      while (at < point.line - this.first) dropped += weightOf(this.lines[at++]);
      if (at > 0) best = { point, weight: dropped };
      if (dropped >= wanted) break;
    }
    if (!best) return 0;
    const gone = best.point.line - this.first;
    this.lines = this.lines.slice(gone);
    this.first += gone;
    this.weight -= best.weight;
    this.start = best.point.byte;
    this.checkpoints = this.checkpoints.filter((point) => point.line >= this.first);
    return gone;
  }

  /// Gives back the end behind line `keep` until at most `budget` is left; the rest is read again later.
  trimEnd(budget, keep) {
    if (this.weight <= budget) return false;
    const settledEnd = this.first + this.lines.length;
    const point = this.checkpoints.find((candidate) => candidate.line > keep && candidate.line <= settledEnd);
    if (!point) return false;
    this.lines = this.lines.slice(0, point.line - this.first);
    this.weight = this.lines.reduce((sum, line) => sum + weightOf(line), 0);
    this.end = point.byte;
    this.terminal = this.fresh();
    this.terminalBase = point.line;
    this.screenCache = null;
    this.checkpoints = this.checkpoints.filter((candidate) => candidate.line <= point.line);
    return true;
  }

  // A replacement character stands for one to three bytes nobody knows any more: no place to count from.
  checkpoint(line, from, before) {
    const previous = this.checkpoints[this.checkpoints.length - 1];
    if (before.includes("\ufffd") || (previous && from - previous.byte < 65536)) return;
    this.checkpoints.push({ line, byte: from + utf8Length(before) });
  }
}

// concat of a long array for every small piece would be quadratic; push with spread has a limit.
function grown(lines, more) {
  for (const line of more) lines.push(line);
  return lines;
}

// What a line costs in memory: its text, and its objects whatever it says.
function weightOf(line) {
  return line.text.length + 100 + 50 * line.spans.length;
}

/// The length of a text in UTF-8.
export function utf8Length(text) {
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      length += 4;
      i += 1;
    } else length += 3;
  }
  return length;
}

/// The text without its last `bytes` bytes.
export function withoutLastBytes(text, bytes) {
  let end = text.length;
  let left = bytes;
  while (left > 0 && end > 0) {
    const unit = text.charCodeAt(end - 1);
    const isPair = unit >= 0xdc00 && unit < 0xe000;
    left -= isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    end -= isPair ? 2 : 1;
  }
  return text.slice(0, end);
}
