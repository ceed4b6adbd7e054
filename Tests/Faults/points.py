"""The points: each disturbs one system call of one program in one scenario."""

import errno
import json
import os
import random
import signal
import threading
import time

from invariant import violations
from scenarios import SCENARIOS

DISK_ERRORS = {f"fail-{number}" for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)}
STOP_SECONDS = 0.3
LONG_STOP_SECONDS = 11  # brokers act in place of one that has been stopped for 10 s
LONG_STOP_EVERY = 40


class Points:
    """Hands out all points, each once, in an order that the seed decides. A file holds what a later run continues."""

    def __init__(self, seed, state_file, only):
        self.seed, self.state_file = seed, state_file
        self.lock = threading.Lock()
        self.scenarios = [name for name in SCENARIOS if only in (None, name)]
        self.counts = {}
        self.all = []
        self.taken = 0
        if state_file and state_file.exists():
            state = json.loads(state_file.read_text())
            if state["seed"] == seed:
                self.counts, self.taken = state["counts"], state["taken"]

    def learn(self, scenario, counts):
        with self.lock:
            self.counts[scenario] = counts

    def unknown(self):
        return [name for name in self.scenarios if name not in self.counts]

    def arrange(self):
        """Orders the points when all scenarios have been counted: one of each scenario in turn."""
        generator = random.Random(self.seed)
        lists = []
        for scenario in self.scenarios:
            counts = self.counts[scenario]
            actions = {"kill-before": counts["kill"], "kill-after": counts["kill"], "stop": counts["kill"]}
            actions |= {action: count for action, count in counts.items() if action != "kill"}
            some = [(scenario, action, number + 1) for action, count in actions.items() for number in range(count)]
            generator.shuffle(some)
            lists.append(some)
        self.all = [some[i] for i in range(max(map(len, lists), default=0)) for some in lists if i < len(some)]

    def next(self):
        with self.lock:
            if self.taken >= len(self.all):
                return None
            self.taken += 1
            return self.all[self.taken - 1]

    def save(self):
        if self.state_file:
            state = {"seed": self.seed, "counts": self.counts, "taken": self.taken}
            self.state_file.write_text(json.dumps(state))


def run(site, scenario, action, number):
    """Runs a scenario with one disturbance. Returns the report of the injector, or None, and the executions."""
    program, act = SCENARIOS[scenario]
    plan = site.plans[program]
    site.report.unlink(missing_ok=True)
    over = threading.Event()

    def plant():
        aside = plan.with_suffix(".new")
        aside.write_text(f"{action} {number} {site.report}\n")
        aside.rename(plan)

    def read_report():
        return site.report.read_text().split() if site.report.exists() else None

    def continue_stopped():
        while not over.wait(0.02) and not site.report.exists():
            pass
        report = read_report()
        if report and report[0] != "none":
            time.sleep(LONG_STOP_SECONDS if number % LONG_STOP_EVERY == 0 else STOP_SECONDS)
            try:
                os.kill(int(report[2]), signal.SIGCONT)
            except ProcessLookupError:
                pass

    helper = threading.Thread(target=continue_stopped) if action == "stop" else None
    if helper:
        helper.start()
    try:
        asked = act(site, f"m{random.randrange(1 << 60):x}", plant)
    finally:
        # Some programs are started after the answer.
        deadline = time.monotonic() + 3
        while plan.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        was_taken = not plan.exists()
        plan.unlink(missing_ok=True)
        if was_taken and program == "remotisan-fcgi" and not site.report.exists():
            site.stop_responder()  # only then the injector knows that the call was not reached
        deadline = time.monotonic() + 5
        while was_taken and not site.report.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        over.set()
        if helper:
            helper.join()
    return read_report(), asked


def count(site, scenario):
    """Counts the points of a scenario by action."""
    report, asked = run(site, scenario, "count", 0)
    found = violations(site, asked)
    if found or report is None or report[0] != "none":
        raise SystemExit(f"{scenario} without a disturbance: {report} {found}")
    return {action: int(number) for action, number in zip(report[1::2], report[2::2])}


def try_point(site, scenario, action, number):
    """Returns whether the call was reached, what the injector reported, and the violations."""
    report, asked = run(site, scenario, action, number)
    found = violations(site, asked, may_lose_output=action in DISK_ERRORS)
    is_reached = report is not None and report[0] != "none"
    return is_reached, " ".join(report or ["no report"]), found
