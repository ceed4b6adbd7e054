"""A long run: memory, descriptors and threads of the responder must stay flat."""

import collections
import os
import pathlib
import re
import signal
import time

from disturbances import Disturbance, program_of
from storm import Storm

COMMANDS = ["short"] * 6 + ["one", "long", "masked", "terminal"]
SAMPLE_SECONDS = 0.5
WARMING_SECONDS = 3
# What a quarter of the run may have more than an earlier one: memory that the allocator keeps, and requests in flight.
SLACK = {"memory in KiB": 4096, "descriptors": 16, "threads": 2}


class Soak(Storm):
    def __init__(self, site, seed, seconds):
        super().__init__(site, seed, seconds)
        self.samples = []

    def disturb(self, _):
        """Measures the responder, and kills one process of a job or a broker each time."""
        while self.goes_on(SAMPLE_SECONDS):
            self.samples.append(measure(self.site.responder.pid))
            some = [process for process in self.site.processes() if program_of(process)]
            if some:
                try:
                    os.kill(self.random.choice(some), signal.SIGKILL)
                    self.count += 1
                except ProcessLookupError:
                    pass

    def run(self):
        # Each thread opens the database with its first request, and the main thread watches the configuration from its
        # second look at it, a second after the first.
        self.site.warm()
        time.sleep(WARMING_SECONDS)
        responder, rest, files = self.site.responder.pid, *self.at_rest()
        found = super().run(Disturbance(self.disturb, COMMANDS))
        if self.site.responder.pid != responder:
            return found + ["the responder has ended"]
        after, files_after = self.at_rest()
        print(f"at rest before: {rest}\nat rest after: {after}", flush=True)
        for name in ("descriptors", "threads"):
            if after[name] > rest[name]:
                found.append(f"{name} at rest: {rest[name]} before, {after[name]} after, {files_after - files} more")
        quarter = len(self.samples) // 4
        for name, slack in SLACK.items():
            early = max(sample[name] for sample in self.samples[quarter : 2 * quarter])
            late = max(sample[name] for sample in self.samples[3 * quarter :])
            print(f"{name}: at most {early} in the second quarter, {late} in the last", flush=True)
            if late > early + slack:
                found.append(f"{name} grew from {early} to {late}")
        return found

    def at_rest(self):
        """The smallest of several measurements, because the main thread of the responder opens files now and then."""
        some = []
        for _ in range(20):
            time.sleep(0.1)
            some.append((measure(self.site.responder.pid), open_files(self.site.responder.pid)))
        return min(some, key=lambda one: (one[0]["descriptors"], one[0]["threads"]))


def measure(process):
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
    return {
        "memory in KiB": int(status["RssAnon"].split()[0]),
        "descriptors": len(os.listdir(f"/proc/{process}/fd")),
        "threads": int(status["Threads"]),
    }


def open_files(process):
    """How many descriptors a process has of each file."""
    found = collections.Counter()
    for name in os.listdir(f"/proc/{process}/fd"):
        try:
            found[re.sub(r"\[\d+\]", "", os.readlink(f"/proc/{process}/fd/{name}")).rpartition("/")[2]] += 1
        except OSError:
            pass
    return found
