import { api } from "./api.js";
import { LogDocument, utf8Length, withoutLastBytes } from "./log_document.js";
import { Poller } from "./poller.js";

// Bytes of one answer; how far the end may run ahead; weights of a document (characters and a bit for each line).
const slice = 262144;
const farBehind = 1048576;
const budget = 12_000_000;
const readAhead = 4_000_000;

/// Keeps a log document filled by offset: nothing twice, nothing missing, whatever happens to the connection.
///
/// While a reader follows the end it takes what comes, and where the job is faster than the line it goes on with the
/// last part, leaving the middle to be loaded on demand. While the reader is elsewhere it reads on a little, then only
/// what the reader nears.
/// `on`: `changed(info)`, `answer(answer)`, `error(error)`.
export class LogFeed {
  constructor(uuid, on) {
    this.uuid = uuid;
    this.on = on;
    this.document = new LogDocument();
    this.hasBegun = false;
    this.follows = true;
    this.size = 0;
    this.isEnded = false;
    this.wantsMore = false;
    this.poller = new Poller(() => this.turn());
  }

  start() {
    this.poller.start();
  }

  stop() {
    this.isStopped = true;
    this.poller.stop();
  }

  get hasAll() {
    return this.document.start === 0 && this.document.end >= this.size;
  }

  /// Whether what is loaded reaches the end, or nearly, as it does where a job is faster than the line.
  get isAtTail() {
    return this.size - this.document.end < slice;
  }

  /// Whether the reader is at the end: then the end is what we fetch.
  follow(isFollowing) {
    if (isFollowing === this.follows) return;
    this.follows = isFollowing;
    if (isFollowing) this.poller.soon();
  }

  /// The reader nears the end of what is loaded.
  more() {
    if (this.document.end >= this.size || this.wantsMore) return;
    this.wantsMore = true;
    this.wake();
  }

  /// Opens the log anew at its end.
  toEnd() {
    this.follows = true;
    if (this.size - this.document.end > slice) this.hasBegun = false;
    this.wake();
  }

  /// Opens the log anew at its very beginning.
  async toStart() {
    this.follows = false;
    if (this.document.start === 0) return;
    this.document.open(0, true);
    this.wantsMore = true;
    this.wake();
  }

  /// Shows what came as it came, or as a terminal would; the document begins anew.
  setRaw(isRaw) {
    this.document.isRaw = isRaw;
    this.hasBegun = false;
    this.follows = true;
    this.wake();
  }

  wake() {
    if (this.poller.isOn) this.poller.soon();
    else this.poller.start();
  }

  async turn() {
    const { document } = this;
    const isReading = !this.hasBegun || this.follows || this.wantsMore || document.weight < readAhead;
    const asked = !this.hasBegun ? -slice : isReading ? document.end : this.size;
    const generation = document.generation;
    let answer;
    try {
      answer = await api.log(this.uuid, asked);
    } catch (error) {
      this.on.error(error);
      return error.status === 404 ? null : error.pause ?? 1000;
    }
    if (this.isStopped) return null;
    this.size = Math.max(answer.size, this.size);
    this.isEnded = answer.isEnded;
    const wasReset = generation !== document.generation || (!this.hasBegun && asked >= 0);
    if (isReading && !wasReset) this.take(answer);
    this.on.answer(answer);
    return wasReset ? 0 : this.pause(answer.retry_after_ms ?? 1000);
  }

  // How long until the next look, null for never: at once where there is more to read, unhurried where nobody follows.
  pause(hint) {
    const behind = this.size - this.document.end;
    if (this.follows && behind > farBehind) {
      this.hasBegun = false;
      return hint;
    }
    if (this.wantsMore || (this.follows && behind > 0)) return 0;
    if (behind > 0 && this.document.weight < readAhead) return Math.min(hint, 250);
    if (this.isEnded) return null;
    return this.follows || behind === 0 ? hint : Math.max(hint, 2000);
  }

  take(answer) {
    const { document } = this;
    this.wantsMore = false;
    let text = answer.text;
    if (!this.hasBegun) {
      this.hasBegun = true;
      text = this.begin(text, answer.offset);
    }
    document.append(text, answer.next_offset);
    const dropped = document.trimStart(budget);
    this.on.changed({ dropped, prepended: 0 });
  }

  // The last part mostly begins within a line; the document begins with the first whole one.
  begin(text, offset) {
    const newline = text.indexOf("\n");
    const head = text.slice(0, newline + 1);
    if (offset === 0 || newline < 0 || head.includes("\ufffd")) {
      this.document.open(offset, offset === 0);
      return text;
    }
    this.document.open(offset + utf8Length(head), true);
    return text.slice(newline + 1);
  }

  /// Loads what lies before the first line, one slice. Returns how many lines came.
  async earlier() {
    const { document } = this;
    if (document.start === 0 || this.isLoadingEarlier) return 0;
    this.isLoadingEarlier = true;
    try {
      const generation = document.generation;
      const target = document.start;
      const from = Math.max(0, target - slice);
      let { text, offset, next_offset: reached } = await api.log(this.uuid, from);
      while (reached < target) {
        const more = await api.log(this.uuid, reached);
        if (more.next_offset <= reached) break;
        text += more.text;
        reached = more.next_offset;
      }
      if (generation !== document.generation || document.start !== target || this.isStopped) return 0;
      text = withoutLastBytes(text, reached - target);
      return this.putBefore(text, offset);
    } catch (error) {
      this.on.error(error);
      return 0;
    } finally {
      this.isLoadingEarlier = false;
    }
  }

  putBefore(text, offset) {
    const newline = text.indexOf("\n");
    const head = text.slice(0, newline + 1);
    const isWhole = offset === 0 || newline < 0 || newline === text.length - 1 || head.includes("\ufffd");
    const kept = isWhole ? text : text.slice(newline + 1);
    const start = isWhole ? offset : offset + utf8Length(head);
    const count = this.document.prepend(kept, start, !isWhole || offset === 0);
    this.document.trimEnd(budget, this.document.first + count + 200);
    this.on.changed({ dropped: 0, prepended: count });
    return count;
  }
}
