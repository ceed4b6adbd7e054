import { api } from "../shared/api.js";

// Milliseconds until a failed step is tried again, and how often.
const retryDelay = 1000;
const maxRetries = 5;

/// Searches the whole log on the server, in steps. Every new search ends the previous one of its kind.
///
/// `onProgress(fraction)` tells how far a search is. `refusal` is the sentence with which the server refused one.
export class WholeLogSearch {
  constructor(uuid) {
    this.uuid = uuid;
    this.cancel();
  }

  /// Ends all searches. Their results are not used any more.
  cancel() {
    this.runs = {};
    this.refusal = null;
    this.generation = (this.generation ?? 0) + 1;
  }

  /// The match nearest to a byte, as `{ match, line }` in bytes. Null if there is none, or if the search was cancelled.
  async nearest(query, from, goesBackward, onProgress) {
    const direction = goesBackward ? "backward" : "forward";
    let found = null;
    await this.run("nearest", { ...query, from, direction }, (answer) => {
      if (answer.match !== null) found = { match: answer.match, line: answer.line };
      onProgress(goesBackward ? 1 - (answer.next ?? 0) / Math.max(1, from)
        : ((answer.next ?? answer.size) - from) / Math.max(1, answer.size - from));
      return found === null;
    });
    return found;
  }

  /// The start of the first line that matches from a byte on, in bytes. Null if there is none, undefined if the search
  /// was cancelled. `onProgress(byte)` tells up to where the log is searched.
  async first(query, from, onProgress) {
    let line = null;
    const isComplete = await this.run("first", { ...query, from }, (answer) => {
      ({ line } = answer);
      if (answer.next !== null) onProgress(answer.next);
      return line === null;
    });
    return isComplete ? line : undefined;
  }

  /// The byte at which a line begins, as `{ start, size }`. Lines are counted from 1. `start` is null if the log has
  /// fewer lines, and `size` is null if the server did not answer.
  async startOfLine(number) {
    if (number === 1) return { start: 0, size: 0 };
    const query = { mode: "lines", q: number - 1, from: 0 };
    let found = { start: null, size: null };
    const isComplete = await this.run("line", query, (answer) => {
      found = { start: answer.match, size: answer.size };
      query.q -= answer.count;
      return answer.match === null;
    });
    return isComplete ? found : { start: null, size: null };
  }

  /// Counts the matches from a byte to another, or to the end. Null if the search was cancelled.
  async count(kind, query, from, to, onProgress = () => {}) {
    let count = 0;
    let size = from;
    const isComplete = await this.run(kind, { ...query, from, to, count: 1 }, (answer) => {
      count += answer.count;
      ({ size } = answer);
      onProgress((answer.next ?? size) / Math.max(1, size));
      return true;
    });
    return isComplete ? { count, end: to ?? size } : null;
  }

  // Makes the steps of a search, until it is complete or `onAnswer` returns false. Resolves to false if it was
  // cancelled or has failed.
  async run(kind, query, onAnswer) {
    const run = (this.runs[kind] ?? 0) + 1;
    this.runs[kind] = run;
    const { generation } = this;
    const isWanted = () => generation === this.generation && run === this.runs[kind];
    let { from } = query;
    // The caller may change other fields between two steps.
    for (let retries = 0; from !== null;) {
      let answer;
      try {
        answer = await api.search(this.uuid, { ...query, from });
        retries = 0;
      } catch (error) {
        retries += 1;
        if (isWanted() && error.status === 422) this.refusal = error.message;
        if (retries > maxRetries || error.status === 422 || error.status === 404) return false;
        await new Promise((resolve) => setTimeout(resolve, retryDelay));
      }
      if (!isWanted()) return false;
      if (!answer) continue;
      if (!onAnswer(answer)) return true;
      from = answer.next;
    }
    return true;
  }
}
