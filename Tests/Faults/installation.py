"""An installation of the product: a directory, a responder, and programs that the injector wraps."""

import collections
import contextlib
import functools
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import time

PROGRAMS = ("remotisan-job", "remotisan-broker", "remotisan-fcgi")
TOOLS = ("injector", "clock.so")
HEALTH = "/remotisan/health"
SECRET = "hunter2-correct-horse"
FLOOD_LINES = 60000
DISK_BYTES, DISK_INODES = 128 << 20, 20000
THREADS = 8  # of the responder


class Violation(Exception):
    """A promise that does not hold."""


def wait_for(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise Violation(f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return value


@contextlib.contextmanager
def copied(programs, tools):
    """A directory with all that the installations execute. They only link to it.

    A file that is being written cannot be executed, and a process that another thread starts meanwhile keeps it open for
    writing. So everything is written before there are threads.
    """
    with tempfile.TemporaryDirectory(prefix="remotisan-faults-programs-") as name:
        directory = pathlib.Path(name)
        for path in [programs / name for name in PROGRAMS] + [tools / name for name in TOOLS]:
            shutil.copy(path, directory)
        script = directory / "script"
        script.write_text(
            '#!/bin/sh\ndirectory=${0%/*/*} name=${0##*/}\n'
            '[ "$name" = remotisan-job ] || . "$directory/environment"\n'
            'exec "$directory/injector" "$directory/$name.plan" "$directory/$name/$name" "$@"\n')
        script.chmod(0o755)
        yield directory


@functools.cache
def can_mount():
    """Whether a file system can be mounted here."""
    with tempfile.TemporaryDirectory(prefix="remotisan-faults-mount-") as directory:
        return mount(directory) and unmount(directory)


def mount(directory):
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},nr_inodes={DISK_INODES}", "tmpfs", directory]
    return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


def unmount(directory):
    return subprocess.run(["umount", "--lazy", directory]).returncode == 0


def configuration(directory, has_limits):
    limits = ", limits: { open_files: 1024, memory: 64GiB }" if has_limits else ""

    def command(name, steps, more=""):
        run = f'echo "$0" >> {directory}/runs; echo begin; {steps}'
        return f"    {name}: {{ roles: [FAULTS], {more or 'parameters: any'}{limits}, run: [sh, -c, '{run}'] }}\n"

    ended = f'echo end; echo "$0" >> {directory}/ends'
    secret = (
        "parameters: [{ name: mark, required: true }, "
        "{ name: token, type: secret, pass: environment, variable: TOKEN }]"
    )
    return (
        f"storage: {directory}/storage\n"
        "super_users: [ann]\n"
        "roles: { FAULTS: { tokens_only: true } }\n"
        "kill: { grace: 1s }\n"
        f"threads: {THREADS}\n"
        "history: { keep: 30d }\n"
        "commands:\n"
        f"  directory: {directory}\n"
        "  allowed:\n"
        + command("short", ended)
        + command("long", "exec sleep 600")
        + command("one", f'case "$0" in *-blocker) exec sleep 600;; esac; {ended}',
                  "parameters: any, max_running: 1, max_queued: 9, when_full: queue")
        + command("masked", f'echo "$TOKEN"; {ended}', secret)
        + command("terminal", ended, "parameters: any, terminal: true")
        + command("flood", f"seq {FLOOD_LINES}; {ended}")
    )


class Installation:
    """A responder with its storage. Its supervisors and brokers are started through the injector.

    The programs find each other by their own path. So `launched` holds the responder and scripts that start the other two
    through the injector, and each of these stands in a directory of its own, with links to the scripts.
    """

    def __init__(self, programs, number, has_disk=False, has_clock=False, has_limits=False):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"remotisan-faults-{number}-"))
        self.storage = self.directory / "storage"
        self.database = self.storage / "remotisan.sqlite"
        self.injector = self.directory / "injector"
        self.plans = {name: self.directory / f"{name}.plan" for name in PROGRAMS}
        self.report = self.directory / "report"
        self.socket = self.directory / "socket"
        self.configuration = self.directory / "remotisan.yaml"
        self.environment = {"PATH": os.environ["PATH"]}
        self.token = ""
        self.responder = None
        self.settling_seconds = 0.0  # how long the last settling took
        self.clock = self.directory / "clock"  # seconds that are added to the wall clock
        self.storage.mkdir()
        self.has_disk = False
        try:
            self.prepare(programs, has_disk, has_clock, has_limits)
        except BaseException:
            self.end()
            raise

    def prepare(self, programs, has_disk, has_clock, has_limits):
        self.has_disk = has_disk
        if has_disk and not mount(self.storage):
            raise Violation("a file system cannot be mounted")
        if has_clock:
            self.clock.write_bytes(struct.pack("q", 0))
            os.link(programs / "clock.so", self.directory / "clock.so")
            self.environment |= {"LD_PRELOAD": str(self.directory / "clock.so"), "FAULTS_CLOCK": str(self.clock)}
        (self.directory / "environment").write_text(
            "".join(f"export {name}='{value}'\n" for name, value in self.environment.items()))
        self.launched = self.directory / "launched"
        self.launched.mkdir()
        os.link(programs / "injector", self.injector)
        os.link(programs / "remotisan-fcgi", self.launched / "remotisan-fcgi")
        for name in ("remotisan-job", "remotisan-broker"):
            own = self.directory / name
            own.mkdir()
            os.link(programs / name, own / name)
            for other in ("remotisan-job", "remotisan-broker"):
                if other != name:
                    (own / other).symlink_to(self.launched / other)
            os.link(programs / "script", self.launched / name)
        self.configuration.write_text(configuration(self.directory, has_limits))
        self.broker("migrate")
        created = self.broker("token", "create", "--user", "ann", "--name", "faults", "--role", "FAULTS", "--super-user")
        self.token = next(word for word in created.stdout.split() if word.startswith("rms_"))
        self.start_responder()

    def spawn_responder(self):
        with open(self.directory / "responder.log", "ab") as log:
            self.responder = subprocess.Popen(
                [self.injector, self.plans["remotisan-fcgi"], self.launched / "remotisan-fcgi", "--config",
                 self.configuration, "--listen", f"unix:{self.socket}"],
                stdout=log, stderr=log, env=self.environment, start_new_session=True)

    def start_responder(self):
        """Starts the responder, unless it runs, and waits until it is healthy."""
        def is_healthy():
            if self.responder is None or self.responder.poll() is not None:
                self.spawn_responder()
            return self.request("GET", HEALTH)[0] == 200

        wait_for("the responder is healthy", is_healthy)

    def stop_responder(self):
        self.responder.terminate()
        try:
            self.responder.wait(30)
        except subprocess.TimeoutExpired as error:
            raise Violation("the responder does not end on TERM") from error

    def end(self):
        if self.responder:
            self.responder.kill()
            self.responder.wait()
        # A supervisor that is killed is replaced by its collector.
        while some := self.processes():
            for process in some:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        if self.has_disk:
            unmount(self.storage)
        shutil.rmtree(self.directory, ignore_errors=True)

    def broker(self, *arguments, through_injector=False, check=True):
        program = self.launched if through_injector else self.directory / "remotisan-broker"
        try:
            result = subprocess.run(
                [program / "remotisan-broker", *arguments, "--config", self.configuration], capture_output=True,
                text=True, env=self.environment, timeout=120, start_new_session=True)
        except subprocess.TimeoutExpired as error:
            raise Violation(f"remotisan-broker {arguments[0]} does not end") from error
        if check and result.returncode != 0:
            raise Violation(f"remotisan-broker {arguments[0]} exits {result.returncode}: {result.stderr.strip()[:300]}")
        return result

    def warm(self):
        """Lets each thread of the responder open the store, by as many requests on connections that stay open."""
        request = self.encoded("GET", "/remotisan/history", keeps_open=True)
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(THREADS)]
            for connection in connections:
                connection.settimeout(40)
                connection.connect(str(self.socket))
                connection.sendall(request)
            for connection in connections:
                if not connection.recv(65536):
                    raise Violation("the responder closes a connection that is to stay open")

    def encoded(self, method, target, content=b"", keeps_open=False):
        """The records of a request."""
        variables = {
            "REQUEST_METHOD": method, "REQUEST_URI": target, "GATEWAY_INTERFACE": "CGI/1.1",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(content)),
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
        }
        return (
            record(1, struct.pack(">HB5x", 1, keeps_open)) + record(4, b"".join(pair(*item) for item in variables.items()))
            + record(4) + (record(5, content) if content else b"") + record(5))

    def request(self, method, target, body=None):
        """The status and the body of an answer; (0, "") if there is none."""
        stream = b""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(40)
                connection.connect(str(self.socket))
                connection.sendall(self.encoded(method, target, b"" if body is None else json.dumps(body).encode()))
                while more := connection.recv(65536):
                    stream += more
        except OSError:
            return 0, ""
        answer = b""
        while len(stream) >= 8:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", stream[:8])
            if kind == 6:
                answer += stream[8 : 8 + length]
            stream = stream[8 + length + padding :]
        head, _, text = answer.decode(errors="replace").partition("\r\n\r\n")
        return (int(head.split()[1]), text) if head.startswith("Status:") else (0, "")

    def processes(self):
        """Everything that names this installation in its command line, without the responder."""
        found = []
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit() or int(entry.name) == (self.responder.pid if self.responder else 0):
                continue
            try:
                with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                    if str(self.directory).encode() in file.read():
                        found.append(int(entry.name))
            except OSError:
                pass
        return found

    def rows(self):
        """The rows by mark. One query for all, because a search for each of thousands of marks takes a minute."""
        found = collections.defaultdict(list)
        uri = f"file:{self.database}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=20)) as database:
            database.row_factory = sqlite3.Row
            for row in database.execute("SELECT * FROM remotisan_executions"):
                for word in set((row["parameters"] or "").split()):
                    found[word].append(row)
        return found

    def marks(self, name):
        """How often the command of each mark has begun (`runs`) or ended (`ends`)."""
        try:
            return collections.Counter((self.directory / name).read_text().split("\n"))
        except FileNotFoundError:
            return collections.Counter()


def record(kind, content=b""):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def pair(name, value):
    name, value = name.encode(), value.encode()
    return struct.pack(">II", len(name) | 1 << 31, len(value) | 1 << 31) + name + value
