import { connection } from "./connection.js";

/// What a task returns where only a login lets it go on: its next turn comes as soon as one is let in again.
export const untilLetIn = Infinity;

/// Calls `task` again and again, never twice at once. The task returns the milliseconds to its next turn, or null for
/// no next turn. In a hidden tab it waits at least five seconds; when the tab comes back, it looks at once.
export class Poller {
  constructor(task) {
    this.task = task;
    this.timer = null;
    this.busy = false;
    this.isOn = false;
    this.wanted = false;
    this.onVisible = () => {
      if (!document.hidden) this.soon();
    };
    this.isKeptOut = false;
    this.onConnection = (state) => {
      if (state === "ok" && this.isKeptOut) this.soon();
    };
  }

  start() {
    if (this.isOn) return;
    this.isOn = true;
    document.addEventListener("visibilitychange", this.onVisible);
    this.forget = connection.listen(this.onConnection);
    this.turn();
  }

  stop() {
    this.isOn = false;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.forget?.();
  }

  /// Takes the next turn now, or right after the one that is under way.
  soon() {
    if (!this.isOn) return;
    if (this.busy) this.wanted = true;
    else this.turn();
  }

  async turn() {
    clearTimeout(this.timer);
    this.busy = true;
    this.wanted = false;
    this.isKeptOut = false;
    let delay = 5000;
    try {
      delay = await this.task();
    } finally {
      this.busy = false;
      this.isKeptOut = delay === untilLetIn;
      if (this.isOn && this.wanted) this.turn();
      else if (this.isOn && delay !== null && !this.isKeptOut) {
        this.timer = setTimeout(() => this.turn(), document.hidden ? Math.max(delay, 5000) : delay);
      }
    }
  }
}
