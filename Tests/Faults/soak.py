"""A long run: memory, descriptors and threads of the responder must stay flat."""

import os
import pathlib
import signal
import threading
import time

from storm import Storm, program_of

COMMANDS = ["short"] * 6 + ["one", "long", "masked", "terminal"]
SAMPLE_SECONDS = 0.5
# What a quarter of the run may have more than an earlier one: memory that the allocator keeps, and requests in flight.
SLACK = {"memory in KiB": 4096, "descriptors": 16, "threads": 2}
REST_SLACK = {"descriptors": 2, "threads": 1}


class Soak(Storm):
    def __init__(self, site, seed, seconds):
        super().__init__(site, seed, seconds)
        self.samples = []

    def disturb(self):
        """Measures the responder, and kills one process of a job or a broker each time."""
        while not self.is_over():
            time.sleep(SAMPLE_SECONDS)
            self.samples.append(measure(self.site.responder.pid))
            some = [process for process in self.site.processes() if program_of(process)]
            if some:
                try:
                    os.kill(self.random.choice(some), signal.SIGKILL)
                    self.count += 1
                except ProcessLookupError:
                    pass

    def run(self):
        # Each thread opens the database with its first request.
        some = [threading.Thread(target=self.site.request, args=("GET", "/remotisan/history")) for _ in range(64)]
        for thread in some:
            thread.start()
        for thread in some:
            thread.join()
        responder, rest = self.site.responder.pid, measure(self.site.responder.pid)
        count, found = super().run(self.disturb, COMMANDS)
        if self.site.responder.pid != responder:
            return count, found + ["the responder has ended"]
        time.sleep(1)
        after = measure(responder)
        for name, slack in REST_SLACK.items():
            if after[name] > rest[name] + slack:
                found.append(f"{name} at rest: {rest[name]} before, {after[name]} after")
        quarter = len(self.samples) // 4
        for name, slack in SLACK.items():
            early = max(sample[name] for sample in self.samples[quarter : 2 * quarter])
            late = max(sample[name] for sample in self.samples[3 * quarter :])
            print(f"{name}: at most {early} in the second quarter, {late} in the last")
            if late > early + slack:
                found.append(f"{name} grew from {early} to {late}")
        return count, found


def measure(process):
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
    return {
        "memory in KiB": int(status["RssAnon"].split()[0]),
        "descriptors": len(os.listdir(f"/proc/{process}/fd")),
        "threads": int(status["Threads"]),
    }
