"""Random disturbances while many clients start and kill executions. What is promised holds afterwards for all of them."""

import os
import pathlib
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing

from installation import HEALTH, PROGRAMS, wait_for
from invariant import violations
from scenarios import start

CLIENTS = 8
LONG_STOP_SECONDS = 11  # brokers act in place of one that has been stopped for 10 s
PAUSE_SECONDS = 0.05


class Storm:
    def __init__(self, site, seed, seconds):
        self.site, self.random = site, random.Random(seed)
        self.deadline = time.monotonic() + seconds
        self.asked = []
        self.count = 0
        self.lock = threading.Lock()
        self.continuing = []
        self.responders = []

    def is_over(self):
        return time.monotonic() >= self.deadline

    def run(self, disturb, commands):
        """Disturbs until the time is over. Returns the number of disturbances, and the violations."""
        threads = [threading.Thread(target=self.ask, args=(number, commands)) for number in range(CLIENTS)]
        threads += [threading.Thread(target=self.watch), threading.Thread(target=disturb)]
        for thread in threads:
            thread.start()
        while not self.is_over():
            self.revive()
            time.sleep(PAUSE_SECONDS)
        for thread in threads + self.continuing:
            thread.join()
        return self.count, violations(self.site, self.asked, is_strict=False)

    def ask(self, number, commands):
        """A client: starts executions, and kills some."""
        choices = random.Random(self.random.random() + number)
        index = 0
        while not self.is_over():
            index += 1
            one = start(self.site, choices.choice(commands), f"s{number}x{index}")
            with self.lock:
                self.asked.append(one)
            if one.is_killed and one.uuid and choices.random() < 0.7:
                self.site.request("POST", f"/remotisan/kill/{one.uuid}")
            # Refusals are quick, and thousands of them prove no more.
            time.sleep(choices.random() * PAUSE_SECONDS if one.status == 200 else PAUSE_SECONDS)

    def watch(self):
        """Cron: a broker on watch, started again and again."""
        while not self.is_over():
            self.site.broker("watch", "--for", "2", through_injector=True, check=False)

    def revive(self):
        """systemd: a responder that has ended is started again."""
        if self.site.responder.poll() is not None:
            self.site.spawn_responder()

    # Disturbances.

    def signals(self):
        """Kills or stops one of our processes."""
        while not self.is_over():
            time.sleep(PAUSE_SECONDS)
            some = [p for p in self.site.processes() + [self.site.responder.pid] if program_of(p) in PROGRAMS]
            if not some:
                continue
            process, is_kill = self.random.choice(some), self.random.random() < 0.5
            try:
                os.kill(process, signal.SIGKILL if is_kill else signal.SIGSTOP)
            except ProcessLookupError:
                continue
            self.count += 1
            if not is_kill:
                seconds = LONG_STOP_SECONDS if self.random.random() < 0.01 else self.random.random() / 2
                self.continuing.append(threading.Thread(target=continue_later, args=(process, seconds)))
                self.continuing[-1].start()

    def locks(self):
        """Holds the lock of the writer."""
        while not self.is_over():
            time.sleep(PAUSE_SECONDS)
            database = sqlite3.connect(self.site.database, timeout=5, isolation_level=None)
            try:
                database.execute("BEGIN EXCLUSIVE")
                self.count += 1
                time.sleep(self.random.random() * 2)
                database.execute("ROLLBACK")
            except sqlite3.OperationalError:
                pass
            finally:
                database.close()

    def restores(self):
        """Puts an older copy of the database in its place, as often as the programs have opened it again."""
        copy = self.site.directory / "copy"
        while not self.is_over():
            # Read-only, because a writer would apply a journal that belongs to the database before.
            with closing(sqlite3.connect(f"file:{self.site.database}?mode=ro", uri=True, timeout=20)) as database:
                with closing(sqlite3.connect(copy)) as target:
                    database.backup(target)
            time.sleep(0.5 + self.random.random())
            copy.rename(self.site.database)
            self.count += 1
            time.sleep(0.5)
            wait_for("the responder has opened the copy", lambda: self.site.request("GET", HEALTH)[0] == 200)
            self.site.broker("watch", "--for", "0", check=False)

    def removals(self):
        """Removes the journal of the database."""
        while not self.is_over():
            time.sleep(0.5 + self.random.random())
            pathlib.Path(f"{self.site.database}-wal").unlink(missing_ok=True)
            self.count += 1


# The name, the disturbance, and the commands. A copy cannot give back executions that were queued after it.
STORMS = {
    "signals": (Storm.signals, ["short"] * 4 + ["one", "one", "long", "masked", "terminal"]),
    "locks": (Storm.locks, ["short"] * 4 + ["one", "long"]),
    "restores": (Storm.restores, ["short"] * 4 + ["long", "masked"]),
    "removals": (Storm.removals, ["short"] * 4 + ["long"]),
}


def program_of(process):
    """The program's name, of which the kernel keeps 15 bytes, as it stands in PROGRAMS."""
    try:
        name = pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return None
    return next((program for program in PROGRAMS if program[:15] == name), None)


def continue_later(process, seconds):
    time.sleep(seconds)
    try:
        os.kill(process, signal.SIGCONT)
    except ProcessLookupError:
        pass
