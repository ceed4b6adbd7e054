import { api } from "../shared/api.js";
import { Poller } from "../shared/poller.js";
import { byteLength, isGap, withoutLastBytes } from "./log_bytes.js";
import { LogDocument } from "./log_document.js";

// The server sends at most this many bytes in one answer.
const sliceBytes = 262144;

// A reader who follows the end and is further behind than this many bytes continues with the last part of the log.
const maxBytesBehind = 1048576;

// Limits for the weight of a document, which is its memory in characters (see LogDocument).
const maxWeight = 12_000_000;
const readAheadWeight = 4_000_000;

const defaultInterval = 1000;
const minBackgroundInterval = 2000;

// The milliseconds for which the server may wait for news. It does not if too many wait, or if the web server starts a
// process for each request.
const longestWait = 10_000;
const shortestWait = 1000;
const intervalAfterNews = 250;

/// Fills a log document by byte offset. Nothing is loaded twice or left out, even if the connection is interrupted.
///
/// While the reader follows the end, the feed appends what arrives. If the job writes faster than the connection
/// transfers, the feed continues with the last part; the skipped middle is loaded when the reader scrolls there. While
/// the reader is elsewhere, the feed reads a little ahead, and then only what the reader comes near to.
///
/// `callbacks`: `onChange({ droppedLines, prependedLines })`, `onAnswer(answer)`, `onError(error)`.
export class LogFeed {
  constructor(uuid, callbacks) {
    this.uuid = uuid;
    this.callbacks = callbacks;
    this.document = new LogDocument();
    this.isOpened = false;
    this.isSkipping = false;
    this.isFollowing = true;
    this.size = 0;
    this.isEnded = false;
    this.hasAnswer = false;
    this.isMoreRequested = false;
    this.withTimes = false;
    this.poller = new Poller(() => this.poll(), () => this.wait?.abort());
    this.wait = null;
    this.state = null;
  }

  start() {
    this.isStarted = true;
    this.poller.start();
  }

  stop() {
    this.isStopped = true;
    this.poller.stop();
  }

  get hasWholeLog() {
    return this.document.start === 0 && this.document.end >= this.size;
  }

  /// Whether everything up to the end of the log is loaded, as far as it is known.
  get isLoadedToEnd() {
    return this.hasAnswer && this.document.end >= this.size;
  }

  /// Whether the loaded part ends at most one slice before the end of the log. A log that grows faster than it is
  /// transferred never comes closer.
  get isNearEnd() {
    return this.size - this.document.end < sliceBytes;
  }

  /// Sets whether the reader follows the end of the log.
  setFollowing(isFollowing) {
    if (isFollowing === this.isFollowing) return;
    this.isFollowing = isFollowing;
    if (isFollowing) this.poller.pollNow();
    // The reader stays at what is loaded, instead of being taken to the end by the answer that is on its way.
    else if (this.isSkipping) this.isOpened = true;
    this.isSkipping = false;
  }

  /// Loads what follows the loaded part, because the reader comes near its end.
  loadMore() {
    if (this.document.end >= this.size || this.isMoreRequested) return;
    this.isMoreRequested = true;
    this.resume();
  }

  /// Goes to the end of the log. Opens the document there anew if more than one slice is missing.
  goToEnd() {
    this.isFollowing = true;
    if (this.size - this.document.end > sliceBytes) this.isOpened = false;
    this.isSkipping = false;
    this.resume();
  }

  /// Goes to the start of the log. Opens the document there anew if the start is not loaded.
  async goToStart() {
    this.isFollowing = false;
    if (this.document.start === 0) return;
    this.document.open(0, true);
    this.isMoreRequested = true;
    this.resume();
  }

  /// Opens the document at the start of a line.
  goToByte(start) {
    this.isFollowing = false;
    this.isOpened = true;
    this.document.open(start, true);
    this.isMoreRequested = true;
    this.resume();
  }

  /// Shows the bytes as they were written, or as a terminal shows them. The document is opened anew.
  setRaw(isRaw) {
    this.document.isRaw = isRaw;
    Object.assign(this, { isOpened: false, isSkipping: false, isFollowing: true });
    this.resume();
  }

  /// Asks for the times of the lines, or no longer. The document is opened anew.
  setTimes(withTimes) {
    if (withTimes === this.withTimes) return;
    this.withTimes = withTimes;
    if (!this.isStarted) return;
    Object.assign(this, { isOpened: false, isSkipping: false, isFollowing: true });
    this.resume();
  }

  /// Polls now, also if polling has ended because the log was complete.
  resume() {
    if (this.poller.isRunning) this.poller.pollNow();
    else this.poller.start();
  }

  async poll() {
    const { document } = this;
    const wantsText = !this.isOpened || this.isFollowing || this.isMoreRequested || document.weight < readAheadWeight;
    const offset = !this.isOpened ? -sliceBytes : wantsText ? document.end : this.size;
    const { withTimes } = this;
    const generation = document.generation;
    // In a hidden tab a request that waits would keep one of the few connections that a browser has to a server.
    this.wait = this.isOpened && offset >= this.size && !globalThis.document?.hidden ? new AbortController() : null;
    const { wait } = this;
    const askedAt = Date.now();
    let answer;
    try {
      answer = await api.log(this.uuid, offset, withTimes, wait
        ? { wait_ms: longestWait, state: this.state, signal: wait.signal } : { wait_ms: 0 });
    } catch (error) {
      if (wait?.signal.aborted) return 0;
      this.callbacks.onError(error);
      return error.status === 404 ? null : error.retryDelay ?? defaultInterval;
    } finally {
      this.wait = null;
    }
    if (this.isStopped) return null;
    this.hasAnswer = true;
    // After an answer at once without news, the server has not waited.
    const mayWait = !wait || answer.text !== "" || (answer.state ?? null) !== this.state
      || Date.now() - askedAt >= shortestWait;
    this.state = answer.state ?? null;
    this.size = Math.max(answer.size, this.size);
    this.isEnded = answer.isEnded;
    const wasReopened = generation !== document.generation || this.isOpened === offset < 0
      || withTimes !== this.withTimes;
    if (wantsText && !wasReopened) this.appendAnswer(answer);
    this.callbacks.onAnswer(answer);
    const suggested = answer.retry_after_ms ?? defaultInterval;
    return wasReopened ? 0 : this.nextDelay(mayWait ? Math.min(suggested, intervalAfterNews) : suggested);
  }

  // The delay until the next poll, or null for none: no delay while there is more to read, a long one while the
  // reader does not follow the end. `suggested` is the delay that the server suggests.
  nextDelay(suggested) {
    const bytesBehind = this.size - this.document.end;
    if (this.isFollowing && bytesBehind > maxBytesBehind) {
      this.isOpened = false;
      this.isSkipping = true;
      return suggested;
    }
    if (this.isMoreRequested || (this.isFollowing && bytesBehind > 0)) return 0;
    if (bytesBehind > 0 && this.document.weight < readAheadWeight) return Math.min(suggested, 250);
    if (this.isEnded) return null;
    return this.isFollowing || bytesBehind === 0 ? suggested : Math.max(suggested, minBackgroundInterval);
  }

  appendAnswer(answer) {
    const { document } = this;
    this.isMoreRequested = false;
    document.encoding = answer.encoding;
    let { text } = answer;
    if (!this.isOpened) {
      this.isOpened = true;
      this.isSkipping = false;
      text = this.openDocument(answer);
    }
    document.append(text, answer.next_offset, answer.times, isGap(answer));
    const droppedLines = document.trimStart(maxWeight);
    this.callbacks.onChange({ droppedLines, prependedLines: 0 });
  }

  // Opens the document at the first whole line of an answer, because the last part of a log mostly begins within a
  // line. Returns the text from there on.
  openDocument(answer) {
    const { text, offset } = answer;
    const newline = text.indexOf("\n");
    const head = text.slice(0, newline + 1);
    if (offset === 0 || newline < 0 || head.includes("\ufffd") || isGap(answer)) {
      this.document.open(offset, offset === 0);
      return text;
    }
    this.document.open(offset + byteLength(head, answer.encoding), true);
    return text.slice(newline + 1);
  }

  /// Loads one slice before the first line. Resolves to the number of new lines.
  async loadEarlier() {
    const { document } = this;
    if (document.start === 0 || this.isLoadingEarlier) return 0;
    this.isLoadingEarlier = true;
    try {
      const generation = document.generation;
      const target = document.start;
      const from = Math.max(0, target - sliceBytes);
      let answer = await api.log(this.uuid, from, this.withTimes);
      const { offset } = answer;
      const startsInGap = isGap(answer);
      let { text, times = [] } = answer;
      while (answer.next_offset < target) {
        const { next_offset: reached } = answer;
        answer = await api.log(this.uuid, reached, this.withTimes);
        if (answer.next_offset <= reached) break;
        text += answer.text;
        times = times.concat(answer.times ?? []);
      }
      if (generation !== document.generation || document.start !== target || this.isStopped) return 0;
      // A text that mentions left out bytes stays whole, even if the first line is one of these bytes.
      if (!isGap(answer)) text = withoutLastBytes(text, answer.next_offset - target, answer.encoding);
      document.encoding = answer.encoding;
      return this.prependText(text, offset, times, startsInGap);
    } catch (error) {
      this.callbacks.onError(error);
      return 0;
    } finally {
      this.isLoadingEarlier = false;
    }
  }

  prependText(text, offset, times, startsInGap) {
    const newline = text.indexOf("\n");
    const head = text.slice(0, newline + 1);
    const isKeptWhole = offset === 0 || newline < 0 || newline === text.length - 1 || head.includes("\ufffd")
      || startsInGap;
    const kept = isKeptWhole ? text : text.slice(newline + 1);
    const start = isKeptWhole ? offset : offset + byteLength(head, this.document.encoding);
    const prependedLines = this.document.prepend(kept, start, !isKeptWhole || offset === 0, times);
    this.document.trimEnd(maxWeight, this.document.firstLine + prependedLines + 200);
    this.callbacks.onChange({ droppedLines: 0, prependedLines });
    return prependedLines;
  }
}
