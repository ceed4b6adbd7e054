import { api } from "../shared/api.js";
import { setRunningCount } from "../shared/page_title.js";
import { Poller } from "../shared/poller.js";
import { Status } from "../shared/status.js";

// Milliseconds between two polls: while the home view shows the jobs, and while only their number is shown.
const shownInterval = 2000;
const countInterval = 15_000;
const firstCountDelay = 2000;
const failedInterval = 5000;

// Every how many polls the queue is asked for, if nothing shows that there is one.
const queuePollDistance = 4;

/// The running and queued jobs that the user may see. There is one of it, for the header and the home view.
///
/// `state` is `{ running, queued, total, queuedTotal }`: the rows of the first page each, and how many there are.
export class RunningJobs {
  constructor() {
    this.state = null;
    this.subscribers = new Set();
    this.viewers = 0;
    this.polls = 0;
    this.poller = new Poller(() => this.poll());
  }

  /// Begins to poll. Only the number is needed at first, so the requests of the first view come before.
  start() {
    setTimeout(() => this.poller.start(), this.viewers ? 0 : firstCountDelay);
  }

  /// Calls `callback` with each state. `isViewer` asks for the jobs more often. Returns a function that ends this.
  subscribe(callback, isViewer = false) {
    this.subscribers.add(callback);
    if (isViewer) this.viewers += 1;
    if (this.state) callback(this.state);
    if (isViewer) this.refresh();
    return () => {
      this.subscribers.delete(callback);
      if (isViewer) this.viewers -= 1;
    };
  }

  /// Asks now, because a job has started or was killed.
  refresh() {
    if (this.poller.isRunning) this.poller.pollNow();
    else this.poller.start();
  }

  /// The rows of another request show a queued job.
  noteQueued() {
    if (!this.state?.queuedTotal) this.hasQueue = true;
  }

  async poll() {
    try {
      const running = await api.history({ status: Status.RUNNING });
      this.polls += 1;
      let { queued = [], queuedTotal = 0 } = this.state ?? {};
      if (this.hasQueue || queuedTotal || this.polls % queuePollDistance === 0) {
        const page = await api.history({ status: Status.QUEUED, direction: "asc" });
        ({ data: queued, total: queuedTotal } = page);
        this.hasQueue = false;
      }
      this.state = { running: running.data, queued, total: running.total, queuedTotal };
      setRunningCount(running.total);
      for (const callback of this.subscribers) callback(this.state);
      return this.viewers ? shownInterval : countInterval;
    } catch (error) {
      return error.retryDelay ?? failedInterval;
    }
  }
}

export const runningJobs = new RunningJobs();
