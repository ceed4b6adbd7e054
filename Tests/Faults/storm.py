"""Random disturbances while many clients start and kill executions. What is promised holds afterwards for all of them."""

import random
import threading
import time
import traceback

from invariant import violations
from scenarios import start

CLIENTS = 20
# About, because each start is checked afterwards.
STARTS_PER_SECOND, STARTS_MAX = 30, 3000
PAUSE_SECONDS = 0.05


class Storm:
    def __init__(self, site, seed, seconds):
        self.site, self.random = site, random.Random(seed)
        self.deadline = time.monotonic() + seconds
        self.pause = CLIENTS * max(1 / STARTS_PER_SECOND, seconds / STARTS_MAX)
        self.asked = []
        self.count = 0
        self.lock = threading.Lock()
        self.helpers = []
        self.errors = []

    def left(self):
        return max(0.0, self.deadline - time.monotonic())

    def goes_on(self, pause):
        """Waits for a while. Returns whether the storm goes on."""
        time.sleep(min(pause, self.left()))
        return self.left() > 0

    def later(self, act, *arguments):
        """Acts on a thread. The storm is not over before it has ended."""
        self.helpers.append(self.thread(act, *arguments))
        self.helpers[-1].start()

    def thread(self, act, *arguments):
        def run():
            try:
                act(*arguments)
            except Exception as error:  # or the thread would end without a word
                self.errors.append(f"{error!r} {traceback.format_exc(limit=-2)}")

        return threading.Thread(target=run)

    def run(self, disturbance):
        """Disturbs until the time is over. Returns the violations."""
        threads = [self.thread(self.ask, number, disturbance.commands) for number in range(CLIENTS)]
        threads += [self.thread(self.watch), self.thread(disturbance.act, self)]
        for thread in threads:
            thread.start()
        while self.goes_on(PAUSE_SECONDS):
            self.revive()
        for thread in threads:
            thread.join()
        for thread in self.helpers:
            thread.join()
        return self.errors + violations(self.site, self.asked, disturbance.may_lose_output, is_strict=False)

    def ask(self, number, commands):
        """A client: starts executions, and kills some."""
        choices = random.Random(self.random.random() + number)
        index = 0
        while self.left() > 0:
            index += 1
            one = start(self.site, choices.choice(commands), f"s{number}x{index}")
            with self.lock:
                self.asked.append(one)
            if one.is_killed and one.uuid and choices.random() < 0.7:
                self.site.request("POST", f"/remotisan/kill/{one.uuid}")
            # Refusals are quick, and thousands of them prove no more.
            self.goes_on(2 * choices.random() * self.pause)

    def watch(self):
        """Cron: a broker on watch, started again and again."""
        while self.goes_on(PAUSE_SECONDS):
            self.site.broker("watch", "--for", "2", through_injector=True, check=False)

    def revive(self):
        """systemd: a responder that has ended is started again."""
        if self.site.responder.poll() is not None:
            self.site.spawn_responder()
