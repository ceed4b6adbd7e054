#!/usr/bin/env python3
"""Disturbs the programs at every system call, and checks what must hold afterwards.

Each point is one system call of one program in one scenario. The process is killed before or after the call, stopped at
it for a while, or the call fails as the kernel can let it fail. Then everything runs undisturbed until it is settled, and
the promises of docs/reliability.md are checked. Each worker has an installation of its own. Exits 1 if a promise is
violated; the point is printed, and --point repeats it.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import pathlib
import queue
import random
import sqlite3
import sys
import threading
import time
import traceback

import points
from disturbances import STORMS
from installation import Installation, Violation, can_mount, copied
from scenarios import SCENARIOS
from soak import Soak
from storm import Storm

VIOLATIONS_MAX = 20
KINDS = ("kill", "stop", "fail")


class Suite:
    def __init__(self, options, programs):
        self.options, self.programs = options, programs
        self.seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        self.points = points.Points(self.seed, options.state, options.scenario)
        self.table = collections.Counter()
        self.storms = {}
        self.queue = queue.SimpleQueue()
        self.storm_seconds = 0
        self.violated = 0
        self.lock = threading.Lock()
        self.deadline = time.monotonic() + options.seconds

    def install(self, name, **needs):
        return Installation(self.programs, name, **needs)

    def note(self, scenario, kind, name, report, found):
        with self.lock:
            self.table[scenario, kind, "violated" if found else "held"] += 1
            self.violated += bool(found)
        if found:
            print(f"VIOLATED {name} ({report}): {'; '.join(found)}", flush=True)

    def try_point(self, site, scenario, action, number):
        try:
            is_reached, report, found = points.try_point(site, scenario, action, number)
        except (Violation, OSError, ValueError, sqlite3.Error) as error:
            is_reached, report, found = True, "the check failed", [repr(error), traceback.format_exc(limit=-2)]
        if is_reached or found:
            self.note(scenario, action.partition("-")[0], f"{scenario}:{action}:{number}", report, found)
        return is_reached, report, found

    def count(self, scenarios):
        site = self.install(0)
        try:
            for scenario in scenarios:
                self.points.learn(scenario, points.count(site, scenario))
        finally:
            site.end()

    def work(self, number):
        with contextlib.suppress(queue.Empty):
            while True:
                self.storm(self.queue.get_nowait())
        if not self.points.all:
            return
        site = self.install(number)
        try:
            while time.monotonic() < self.deadline and self.violated < VIOLATIONS_MAX and (point := self.points.next()):
                if self.try_point(site, *point)[2]:
                    site.end()
                    site = self.install(number)
        finally:
            site.end()

    def storm(self, name):
        kind, seconds = STORMS.get(name), self.storm_seconds
        if kind and kind.has_disk and not can_mount():
            print(f"storm of {name}: not tried, because no file system can be mounted here", flush=True)
            return
        needs = {need: getattr(kind, need) for need in ("has_disk", "has_clock", "has_limits") if kind}
        site = self.install(name, **needs)
        storm = (Storm if kind else Soak)(site, self.seed, seconds)
        try:
            found = storm.run(kind) if kind else storm.run()
        except (Violation, OSError, ValueError, sqlite3.Error) as error:
            found = [repr(error), traceback.format_exc(limit=-2)]
        finally:
            site.end()
        with self.lock:
            self.storms[name] = (storm.count, len(storm.asked), not found)
            self.violated += len(found)
        print(f"storm of {name}: settled in {site.settling_seconds:.1f} s", flush=True)
        for text in found:
            print(f"VIOLATED storm of {name}: {text}", flush=True)

    def soak(self):
        print(f"Soak: seed {self.seed}, {self.options.seconds:.0f} s", flush=True)
        self.storm_seconds = self.options.seconds
        self.storm("soak")
        self.print_storms()
        return 1 if self.violated else 0

    def run(self):
        print(f"Faults: seed {self.seed}, {self.options.seconds:.0f} s", flush=True)
        names = [name for name in STORMS if self.options.scenario in (None, name)]
        random.Random(self.seed).shuffle(names)
        # A quarter of the time, if there are points, too.
        share = 4 if self.points.scenarios else 1
        at_once = min(self.options.workers, len(names))
        self.storm_seconds = self.options.seconds * at_once / share / max(1, len(names))
        for name in names:
            self.queue.put(name)
        with concurrent.futures.ThreadPoolExecutor(self.options.workers) as pool:
            unknown = self.points.unknown()
            list(pool.map(self.count, [unknown[i :: self.options.workers] for i in range(self.options.workers)]))
            self.points.arrange()
            list(pool.map(self.work, range(self.options.workers)))
        self.points.save()
        self.print_points()
        self.print_storms()
        return 1 if self.violated else 0

    def print_points(self):
        if not self.points.all:
            return
        print(f"{'scenario':<16}" + "".join(f"{kind:>8}" for kind in (*KINDS, "points", "held")))
        scenarios = {scenario for scenario, _, _ in self.table}
        for name in [*sorted(scenarios), "all"]:
            some = [(key, count) for key, count in self.table.items() if name in ("all", key[0])]
            counts = [sum(count for key, count in some if key[1] == kind) for kind in KINDS]
            held = sum(count for key, count in some if key[2] == "held")
            print(f"{name:<16}" + "".join(f"{count:>8}" for count in (*counts, sum(counts), held)))
        print(f"{self.points.taken} of {len(self.points.all)} points were taken. One counts if its call was reached.")

    def print_storms(self):
        if self.storms:
            print(f"{'storm':<16}{'disturbances':>16}{'starts':>8}  held")
        for name, (count, starts, is_held) in sorted(self.storms.items()):
            print(f"{name:<16}{count:>16}{starts:>8}  {'yes' if is_held else 'no'}")

    def repeat(self, point):
        scenario, action, number = point.split(":")
        site = self.install(0)
        try:
            is_reached, report, found = self.try_point(site, scenario, action, int(number))
        finally:
            site.end()
        print(f"{point}: {report}: {'violated' if found else 'held' if is_reached else 'not reached'}")
        return 1 if found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="directory of the three programs")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="directory of injector and clock.so")
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--seed", type=int, help="decides the order of the points; random by default")
    parser.add_argument("--state", type=pathlib.Path, help="a file; a later run with the same seed continues from it")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--scenario", choices=[*SCENARIOS, *STORMS], help="only this scenario")
    parser.add_argument("--point", help='only this point: "SCENARIO:ACTION:NUMBER", such as "kill:fail-28:3"')
    parser.add_argument("--soak", action="store_true", help="only measure whether the responder grows")
    options = parser.parse_args()
    with copied(options.programs, options.tools) as programs:
        suite = Suite(options, programs)
        code = suite.repeat(options.point) if options.point else suite.soak() if options.soak else suite.run()
    sys.exit(code)


if __name__ == "__main__":
    main()
