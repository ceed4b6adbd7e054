/// The groups of a log: lines between `::group::NAME` and `::endgroup::` (GitHub), or between the markers
/// `section_start:TIME:NAME` and `section_end:TIME:NAME` (GitLab), which the terminal has noted in `line.sections`.
///
/// Lines are counted from 0, as in the layout. `folded` has the line numbers of the document whose groups are folded.
export class LogGroups {
  constructor() {
    this.folded = new Set();
    this.heads = new Map();
    this.firstLine = 0;
    this.isEnabled = true;
    // For each line, the head of the innermost group that is open behind it, or -1; and whether the line is hidden.
    this.open = new Int32Array(1024);
    this.hidden = new Uint8Array(1024);
  }

  /// Reads line `index`, after all lines before it. Returns whether it takes no row.
  place(index, line) {
    if (index >= this.open.length) this.grow(index + 1);
    let parent = index === 0 ? -1 : this.open[index - 1];
    this.heads.delete(index);
    const marks = this.isEnabled && !line.isContinued ? marksOf(line) : noMarks;
    for (const mark of marks) if (!mark.isStart) parent = this.parentAfter(parent, mark);
    const start = marks.findLast((mark) => mark.isStart);
    // Groups of GitHub have no groups in them. The next one ends the last one.
    if (start?.kind === "github" && this.heads.get(parent)?.kind === "github") parent = this.heads.get(parent).parent;
    const isInFolded = parent >= 0 && (this.hidden[parent] === 1 || this.isFolded(parent));
    const isOnlyMarker = marks.length > 0 && !start && isMarkerText(line.text);
    this.hidden[index] = isInFolded || isOnlyMarker ? 1 : 0;
    if (start) this.heads.set(index, { ...start, parent });
    this.open[index] = start ? index : parent;
    return this.hidden[index] === 1;
  }

  parentAfter(parent, { kind, name }) {
    for (let head = parent; head >= 0; head = this.heads.get(head).parent) {
      const group = this.heads.get(head);
      if (group.kind === kind && (kind === "github" || group.name === name)) return group.parent;
    }
    return parent;
  }

  isFolded(index) {
    return this.folded.has(this.firstLine + index);
  }

  isHidden(index) {
    return this.hidden[index] === 1;
  }

  /// The group that begins at a line, as `{ name, label, kind, prefix, isFolded }`, or null.
  headAt(index) {
    const head = this.heads.get(index);
    return head ? { ...head, isFolded: this.isFolded(index) } : null;
  }

  get count() {
    return this.heads.size;
  }

  toggle(index) {
    const number = this.firstLine + index;
    if (!this.folded.delete(number)) this.folded.add(number);
  }

  /// Folds all groups, or unfolds them.
  setAllFolded(isFolded) {
    this.folded = new Set(isFolded ? [...this.heads.keys()].map((index) => this.firstLine + index) : []);
  }

  /// Unfolds the groups around a line. Returns the first one that was folded, or -1.
  reveal(index) {
    let first = -1;
    for (let head = index === 0 ? -1 : this.open[index - 1]; head >= 0; head = this.heads.get(head)?.parent ?? -1) {
      if (this.folded.delete(this.firstLine + head)) first = head;
    }
    return first;
  }

  grow(minSize) {
    const size = Math.max(minSize, this.open.length * 2);
    const [open, hidden] = [new Int32Array(size), new Uint8Array(size)];
    open.set(this.open);
    hidden.set(this.hidden);
    Object.assign(this, { open, hidden });
  }
}

const noMarks = [];
const githubStart = /^(?:::group::|##\[group\])(.*)$/;
const githubEnd = /^(?:::endgroup::|##\[endgroup\])\s*$/;

// The groups that begin and end in a line, in order.
function marksOf({ text, sections }) {
  if (sections) {
    return sections.map(({ isStart, name }) => ({
      kind: "gitlab", isStart, name, prefix: 0, label: text.trim() === "" ? name : "",
    }));
  }
  // Most lines begin with neither.
  if (text[0] !== ":" && text[0] !== "#") return noMarks;
  const start = githubStart.exec(text);
  if (start) {
    const name = start[1].trim();
    return [{ kind: "github", isStart: true, name, prefix: text.length - start[1].length, label: "" }];
  }
  return githubEnd.test(text) ? [{ kind: "github", isStart: false, name: "" }] : noMarks;
}

function isMarkerText(text) {
  return text.trim() === "" || githubEnd.test(text);
}
