import { api } from "./api.js";
import { Poller } from "./poller.js";

/// Follows a job's log by offset: nothing twice, nothing missing, whatever happens to the connection.
export class LogFeed {
  constructor(uuid, { onText, onAnswer, onError }) {
    this.uuid = uuid;
    this.onText = onText;
    this.onAnswer = onAnswer;
    this.onError = onError;
    this.offset = null;
    this.poller = new Poller(() => this.turn());
  }

  start() {
    this.poller.start();
  }

  stop() {
    this.poller.stop();
  }

  async turn() {
    let answer;
    try {
      answer = await api.log(this.uuid, this.offset ?? -262144);
    } catch (error) {
      this.onError(error);
      return error.status === 404 || error.status === 401 ? null : 1000;
    }
    this.offset = answer.next_offset;
    if (answer.text) this.onText(answer.text, answer);
    this.onAnswer(answer);
    if (answer.isEnded && answer.next_offset >= answer.size) return null;
    return answer.next_offset < answer.size ? 0 : answer.retry_after_ms;
  }
}
