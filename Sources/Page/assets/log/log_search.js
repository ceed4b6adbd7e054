// The matches that are highlighted in one line.
const maxMatchesPerLine = 150;

/// Searches the loaded part of a log.
///
/// Lines of the scrollback are scanned once. The few lines of the screen can still change, so they are scanned every
/// time.
export class LogSearch {
  constructor(document) {
    this.document = document;
    this.scrollbackMatches = [];
    this.screenMatches = [];
    this.setQuery("");
  }

  /// Sets what to search for. `error` tells whether it is not a regular expression.
  setQuery(query, matchesCase = false, isRegex = false) {
    this.query = query;
    const source = isRegex ? query : query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    this.pattern = query === "" ? null : compilePattern(source, matchesCase ? "g" : "gi");
    this.error = query !== "" && this.pattern === null;
    this.current = null;
    this.restoredMatch = null;
    this.restart();
  }

  /// Scans all lines again. Needed when lines were prepended or dropped. The current match stays the current one.
  restart() {
    // Lines may be prepended again before the scan has found the current match again.
    if (this.current !== null) this.restoredMatch = this.match(this.current);
    this.scrollbackMatches = [];
    this.screenMatches = [];
    this.nextLine = null;
    this.current = null;
  }

  /// Continues the scan for at most `milliseconds`. Returns whether it is complete.
  scan(milliseconds) {
    const { document } = this;
    if (!this.pattern) return true;
    const screenStart = document.firstLine + document.lines.length;
    const deadline = performance.now() + milliseconds;
    this.nextLine ??= document.firstLine;
    while (this.nextLine < screenStart) {
      for (let i = 0; i < 500 && this.nextLine < screenStart; i += 1, this.nextLine += 1) {
        this.scanLine(this.nextLine, this.scrollbackMatches);
      }
      if (performance.now() > deadline) return false;
    }
    this.screenMatches = [];
    for (let number = screenStart; number < document.endLine; number += 1) this.scanLine(number, this.screenMatches);
    if (this.restoredMatch) {
      const { line } = this.restoredMatch;
      const index = this.firstIndexFrom(line);
      this.current = index < this.count && this.match(index).line === line ? index : null;
      this.restoredMatch = null;
    }
    return true;
  }

  scanLine(number, matches) {
    const { text } = this.document.line(number);
    this.pattern.lastIndex = 0;
    for (let found = this.pattern.exec(text); found; found = this.pattern.exec(text)) {
      // An expression may match nothing, such as "x*". That is no match.
      if (found[0] === "") this.pattern.lastIndex += 1;
      else matches.push({ line: number, start: found.index, end: found.index + found[0].length });
    }
  }

  get count() {
    return this.scrollbackMatches.length + this.screenMatches.length;
  }

  match(index) {
    const { scrollbackMatches, screenMatches } = this;
    const { length } = scrollbackMatches;
    return index < length ? scrollbackMatches[index] : screenMatches[index - length];
  }

  // The index of the first match in or after a line.
  firstIndexFrom(number) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.match(middle).line < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /// The matches in one line, as `{ line, start, end, isCurrent }`.
  matchesIn(number) {
    if (!this.pattern || this.count === 0) return [];
    const matches = [];
    const first = this.firstIndexFrom(number);
    const end = Math.min(this.count, first + maxMatchesPerLine);
    for (let i = first; i < end && this.match(i).line === number; i += 1) {
      matches.push({ ...this.match(i), isCurrent: i === this.current });
    }
    return matches;
  }

  /// Goes to the first or the last match in a line, or to the next one after it. Returns it, or null.
  stepTo(line, isLast) {
    if (this.count === 0) return null;
    const first = Math.min(this.firstIndexFrom(line), this.count - 1);
    const behind = this.firstIndexFrom(line + 1);
    this.current = isLast && behind > first ? behind - 1 : first;
    return this.match(this.current);
  }

  /// Goes to the next or previous match, or the first time to the match nearest to line `from`. Returns it, or null.
  step(step, from) {
    if (this.count === 0) return null;
    if (this.current === null) {
      const index = Math.min(this.firstIndexFrom(from), this.count - 1);
      this.current = step < 0 && this.match(index).line > from ? Math.max(0, index - 1) : index;
    } else {
      this.current = (this.current + step + this.count) % this.count;
    }
    return this.match(this.current);
  }
}

// Null if the source is not a regular expression. The flag u knows more characters, but some expressions are valid only
// without it.
function compilePattern(source, flags) {
  for (const candidate of [`${flags}u`, flags]) {
    try {
      return new RegExp(source, candidate);
    } catch {
      // Tried without the flag.
    }
  }
  return null;
}
