import { connection } from "./connection.js";

/// The delay that a task returns when it can go on only after a login. Its next poll comes as soon as the login works.
export const untilLogin = Infinity;

const hiddenTabDelay = 5000;

/// Calls `task` again and again, never twice at the same time.
///
/// The task returns the milliseconds to its next call, or null for no further call. In a hidden tab the delay is at
/// least five seconds; when the tab becomes visible, the task is called at once.
export class Poller {
  /// `interrupt` ends a call of the task that waits, so that the next one can begin.
  constructor(task, interrupt = () => {}) {
    this.task = task;
    this.interrupt = interrupt;
    this.timer = null;
    this.isRunning = false;
    this.isPolling = false;
    this.isPollRequested = false;
    this.isWaitingForLogin = false;
    this.onVisibilityChange = () => {
      if (!document.hidden) this.pollNow();
    };
    this.onConnectionChange = (state, previous) => {
      if (state === "online" && (this.isWaitingForLogin || previous === "expired")) this.pollNow();
    };
  }

  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    document.addEventListener("visibilitychange", this.onVisibilityChange);
    this.unsubscribe = connection.subscribe(this.onConnectionChange);
    this.poll();
  }

  stop() {
    this.isRunning = false;
    this.interrupt();
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisibilityChange);
    this.unsubscribe?.();
  }

  /// Calls the task now. If a call is under way, the next one follows it immediately.
  pollNow() {
    if (!this.isRunning) return;
    if (!this.isPolling) {
      this.poll();
      return;
    }
    this.isPollRequested = true;
    this.interrupt();
  }

  async poll() {
    clearTimeout(this.timer);
    this.isPolling = true;
    this.isPollRequested = false;
    this.isWaitingForLogin = false;
    let delay = 5000;
    try {
      delay = await this.task();
    } finally {
      this.isPolling = false;
      this.isWaitingForLogin = delay === untilLogin;
      if (this.isRunning && this.isPollRequested) this.poll();
      else if (this.isRunning && delay !== null && !this.isWaitingForLogin) {
        this.timer = setTimeout(() => this.poll(), document.hidden ? Math.max(delay, hiddenTabDelay) : delay);
      }
    }
  }
}
