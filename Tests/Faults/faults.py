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
import pathlib
import random
import sqlite3
import sys
import threading
import time
import traceback

import points
from installation import Installation, Violation, copied
from scenarios import SCENARIOS
from soak import Soak
from storm import STORMS, Storm

VIOLATIONS_MAX = 20


class Suite:
    def __init__(self, options, programs):
        self.options, self.programs = options, programs
        self.seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        self.points = points.Points(self.seed, options.state, options.scenario)
        self.table = collections.Counter()
        self.violated = 0
        self.lock = threading.Lock()
        self.deadline = time.monotonic() + options.seconds

    def install(self, number):
        return Installation(self.programs, number)

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
        site = self.install(number)
        try:
            while time.monotonic() < self.deadline and self.violated < VIOLATIONS_MAX and (point := self.points.next()):
                if self.try_point(site, *point)[2]:
                    site.end()
                    site = self.install(number)
        finally:
            site.end()

    def storm(self, name, seconds):
        site = self.install(0)
        storm = Soak(site, self.seed, seconds) if name == "soak" else Storm(site, self.seed, seconds)
        try:
            if name == "soak":
                count, found = storm.run()
            else:
                disturb, commands = STORMS[name]
                count, found = storm.run(lambda: disturb(storm), commands)
        except (Violation, sqlite3.Error) as error:
            count, found = storm.count, [repr(error)]
        finally:
            site.end()
        self.table["storm", name, "violated" if found else "held"] += count
        print(f"storm of {name}: {count} disturbances, {len(storm.asked)} starts, settled in "
              f"{site.settling_seconds:.1f} s", flush=True)
        for text in found:
            self.violated += 1
            print(f"VIOLATED storm of {name}: {text}", flush=True)

    def soak(self):
        print(f"Soak: seed {self.seed}, {self.options.seconds:.0f} s", flush=True)
        self.storm("soak", self.options.seconds)
        return 1 if self.violated else 0

    def run(self):
        print(f"Faults: seed {self.seed}, {self.options.seconds:.0f} s", flush=True)
        storms = [name for name in STORMS if self.options.scenario in (None, name)]
        if self.options.scenario is None:
            self.deadline -= self.options.seconds / 4
        if self.points.scenarios:
            self.try_points()
        for name in storms:
            self.storm(name, self.options.seconds / len(storms) / (4 if self.points.scenarios else 1))
        self.points.save()
        self.print_table()
        return 1 if self.violated else 0

    def try_points(self):
        with concurrent.futures.ThreadPoolExecutor(self.options.workers) as pool:
            unknown = self.points.unknown()
            list(pool.map(self.count, [unknown[i :: self.options.workers] for i in range(self.options.workers)]))
            self.points.arrange()
            list(pool.map(self.work, range(self.options.workers)))

    def print_table(self):
        print(f"{'scenario':<16} {'kind':<8} {'points':>7} {'held':>7}")
        total = held = 0
        for scenario, kind in sorted({key[:2] for key in self.table}):
            good, bad = self.table[scenario, kind, "held"], self.table[scenario, kind, "violated"]
            total, held = total + good + bad, held + good
            print(f"{scenario:<16} {kind:<8} {good + bad:>7} {good:>7}")
        print(f"{'all':<16} {'':<8} {total:>7} {held:>7}")
        if self.points.all:
            print(f"{self.points.taken} of {len(self.points.all)} points were taken. One counts if its call was reached.")

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
    parser.add_argument("--injector", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--seed", type=int, help="decides the order of the points; random by default")
    parser.add_argument("--state", type=pathlib.Path, help="a file; a later run with the same seed continues from it")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--scenario", choices=[*SCENARIOS, *STORMS], help="only this scenario")
    parser.add_argument("--point", help='only this point: "SCENARIO:ACTION:NUMBER", such as "kill:fail-28:3"')
    parser.add_argument("--soak", action="store_true", help="only measure whether the responder grows")
    options = parser.parse_args()
    with copied(options.programs, options.injector) as programs:
        suite = Suite(options, programs)
        code = suite.repeat(options.point) if options.point else suite.soak() if options.soak else suite.run()
    sys.exit(code)


if __name__ == "__main__":
    main()
