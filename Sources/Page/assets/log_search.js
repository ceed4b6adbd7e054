const mostHits = 150;

/// Finds a text in the loaded part of a log, without regard to case.
///
/// Settled lines are looked at once; the few that still change are looked at again every time.
export class LogSearch {
  constructor(document) {
    this.document = document;
    this.clear();
  }

  clear() {
    this.found = [];
    this.seek("");
  }

  seek(words) {
    this.words = words;
    this.pattern = words === "" ? null : new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
    this.current = null;
    this.restart();
  }

  /// Begins anew; needed where lines came before the first one or went away. The current hit stays the current one.
  restart() {
    this.kept = this.current === null || this.current >= this.found.length ? null : this.found[this.current];
    this.found = [];
    this.changing = [];
    this.next = null;
    this.current = null;
  }

  /// Looks on for at most `milliseconds`. Returns whether all is looked through.
  scan(milliseconds) {
    const { document } = this;
    if (!this.pattern) return true;
    const settledEnd = document.first + document.lines.length;
    const until = performance.now() + milliseconds;
    this.next ??= document.first;
    while (this.next < settledEnd) {
      for (let i = 0; i < 500 && this.next < settledEnd; i += 1, this.next += 1) {
        this.collect(this.next, this.found);
      }
      if (performance.now() > until) return false;
    }
    this.changing = [];
    for (let number = settledEnd; number < document.last; number += 1) this.collect(number, this.changing);
    if (this.kept) {
      const at = this.indexFrom(this.kept.line);
      this.current = at < this.count && this.hit(at).line === this.kept.line ? at : null;
      this.kept = null;
    }
    return true;
  }

  collect(number, into) {
    const { text } = this.document.line(number);
    this.pattern.lastIndex = 0;
    for (let match = this.pattern.exec(text); match; match = this.pattern.exec(text)) {
      into.push({ line: number, start: match.index, end: match.index + match[0].length });
    }
  }

  get count() {
    return this.found.length + this.changing.length;
  }

  hit(index) {
    return index < this.found.length ? this.found[index] : this.changing[index - this.found.length];
  }

  // The first hit at or behind a line.
  indexFrom(number) {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.hit(middle).line < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /// The hits in one line, for painting.
  hitsIn(number) {
    if (!this.pattern || this.count === 0) return [];
    const hits = [];
    const first = this.indexFrom(number);
    const end = Math.min(this.count, first + mostHits);
    for (let i = first; i < end && this.hit(i).line === number; i += 1) {
      hits.push({ ...this.hit(i), isCurrent: i === this.current });
    }
    return hits;
  }

  /// Goes to the next or previous hit; the first time, to the one nearest to line `from`. Returns it, or null.
  go(step, from) {
    if (this.count === 0) return null;
    if (this.current === null) {
      const index = Math.min(this.indexFrom(from), this.count - 1);
      this.current = step < 0 && this.hit(index).line > from ? Math.max(0, index - 1) : index;
    } else {
      this.current = (this.current + step + this.count) % this.count;
    }
    return this.hit(this.current);
  }
}
