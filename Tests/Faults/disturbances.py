"""What disturbs the programs during a storm. Each function runs until the storm is over."""

import contextlib
import dataclasses
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import struct
import threading
import time
from collections.abc import Callable

from installation import HEALTH, PROGRAMS, wait_for

LONG_STOP_SECONDS = 11  # brokers act in place of one that has been stopped for 10 s
LOCK_SECONDS = 60
PAUSE_SECONDS = 0.05
DAY = 86400
NOTICED_SECONDS = 2.5  # the responder looks at the clock every second


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """A kind of storm."""

    act: Callable
    commands: list[str]
    has_disk: bool = False  # the storage is on a small file system of its own
    has_clock: bool = False  # the wall clock of responder and brokers can be shifted
    may_lose_output: bool = False  # a log may have a gap if it names the gap
    has_limits: bool = False  # commands have limits of their own, and do not inherit those of our processes


def signals(storm):
    """Kills or stops one of our processes."""
    while storm.goes_on(PAUSE_SECONDS):
        some = our_processes(storm)
        if not some:
            continue
        process, is_kill = storm.random.choice(some), storm.random.random() < 0.5
        try:
            os.kill(process, signal.SIGKILL if is_kill else signal.SIGSTOP)
        except ProcessLookupError:
            continue
        storm.count += 1
        if not is_kill:
            seconds = LONG_STOP_SECONDS if storm.random.random() < 0.01 else storm.random.random() / 2
            storm.later(continue_later, process, seconds)


def continue_later(process, seconds):
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGCONT)


def locks(storm):
    """Holds the lock of the writer, for a moment or for up to a minute."""
    while storm.goes_on(PAUSE_SECONDS):
        is_long = storm.random.random() < 0.1
        seconds = min(LOCK_SECONDS, storm.left() / 2) if is_long else 2 * storm.random.random()
        with contextlib.closing(sqlite3.connect(storm.site.database, timeout=5, isolation_level=None)) as database:
            with contextlib.suppress(sqlite3.OperationalError):
                database.execute("BEGIN EXCLUSIVE")
                storm.count += 1
                time.sleep(seconds)
                database.execute("ROLLBACK")


def restores(storm):
    """Puts an older copy of the database in its place, as often as the programs have opened it again."""
    copy = storm.site.directory / "copy"
    while storm.goes_on(0):
        # Read-only, because a writer would apply a journal that belongs to the database before.
        uri = f"file:{storm.site.database}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=20)) as database:
            with contextlib.closing(sqlite3.connect(copy)) as target:
                database.backup(target)
        time.sleep(0.5 + storm.random.random())
        copy.rename(storm.site.database)
        storm.count += 1
        time.sleep(0.5)
        wait_for("the responder has opened the copy", lambda: storm.site.request("GET", HEALTH)[0] == 200)
        storm.site.broker("watch", "--for", "0", check=False)


def removals(storm):
    """Removes the journal of the database."""
    while storm.goes_on(0.5 + storm.random.random()):
        pathlib.Path(f"{storm.site.database}-wal").unlink(missing_ok=True)
        storm.count += 1


def renames(storm):
    """Renames the storage, as if it were not mounted for a moment."""
    away = storm.site.directory / "away"
    while storm.goes_on(0.5 + storm.random.random()):
        storm.site.storage.rename(away)
        storm.count += 1
        time.sleep(storm.random.random())
        # Nothing may have been created in its place, or this fails.
        away.rename(storm.site.storage)


def fills(storm):
    """Uses up the blocks or the inodes of the disk."""
    filling = storm.site.storage / "filling"
    while storm.goes_on(0.5 * storm.random.random()):
        filling.mkdir(exist_ok=True)
        size = 0 if storm.random.random() < 0.5 else 1 << 20
        with contextlib.suppress(OSError):
            for number in range(1 << 20):
                with open(filling / str(number), "wb") as file:
                    file.write(bytes(size))
        storm.count += 1
        time.sleep(2 * storm.random.random())
        shutil.rmtree(filling)


def limits(storm):
    """Leaves one of our processes no more descriptors, or no more memory, for a while."""
    while storm.goes_on(PAUSE_SECONDS):
        some = our_processes(storm)
        if not some:
            continue
        process = storm.random.choice(some)
        with contextlib.suppress(OSError):
            if storm.random.random() < 0.5:
                kind, now = resource.RLIMIT_NOFILE, len(os.listdir(f"/proc/{process}/fd"))
                limit = now + storm.random.randrange(4)
            else:
                kind, now = resource.RLIMIT_AS, int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[0])
                limit = now * resource.getpagesize() + storm.random.randrange(4 << 20)
            hard = resource.prlimit(process, kind)[1]
            resource.prlimit(process, kind, (limit, hard))
            storm.count += 1
            # To the hard limit, because the soft one may be that of an earlier disturbance.
            storm.later(lift_later, process, kind, (hard, hard), storm.random.random())


def lift_later(process, kind, limit, seconds):
    time.sleep(seconds)
    with contextlib.suppress(OSError):
        resource.prlimit(process, kind, limit)


def clocks(storm):
    """Sets the wall clock of responder and brokers, by seconds or by more than a year."""
    with open(storm.site.clock, "r+b", buffering=0) as file:
        while storm.goes_on(NOTICED_SECONDS + storm.random.random()):
            largest = storm.random.choice([5, 3600, 40 * DAY, 400 * DAY])
            os.pwrite(file.fileno(), struct.pack("q", storm.random.randint(-largest, largest)), 0)
            storm.count += 1
        os.pwrite(file.fileno(), struct.pack("q", 0), 0)


def our_processes(storm):
    return [process for process in storm.site.processes() + [storm.site.responder.pid] if program_of(process)]


def program_of(process):
    """The program's name, of which the kernel keeps 15 bytes, as it stands in PROGRAMS."""
    try:
        name = pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return None
    return next((program for program in PROGRAMS if program[:15] == name), None)


ALL = ["short"] * 4 + ["one", "one", "long", "masked", "terminal"]
STORMS = {
    "signals": Disturbance(signals, ALL),
    "locks": Disturbance(locks, ["short"] * 4 + ["one", "long"]),
    # A copy cannot give back executions that were queued after it.
    "restores": Disturbance(restores, ["short"] * 4 + ["long", "masked"]),
    "removals": Disturbance(removals, ["short"] * 4 + ["one", "long"]),
    # A job that starts while the storage is away has no log, so its output is counted.
    "renames": Disturbance(renames, ["short"] * 4 + ["one", "long", "masked"], may_lose_output=True),
    "fills": Disturbance(fills, ALL, has_disk=True, may_lose_output=True),
    "limits": Disturbance(limits, ALL, has_limits=True),
    "clocks": Disturbance(clocks, ALL, has_clock=True),
}
