"""How kills and the broker grow with the number of running jobs."""

import concurrent.futures
import fcntl
import os
import resource
import select
import sqlite3
import subprocess
import sys
import time
import uuid

from lab import BIN, Client, cpu_seconds, execute, pss, token_of

CONNECTIONS = 20
# Seconds in which a broker that has work uses processor time.
PAUSE = 0.5


def wait_until(is_so, what):
    deadline = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit(f"bench: not within a minute: {what}.")
        time.sleep(0.01)


def brokers():
    """The pids of the brokers that are running."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if os.readlink(f"{entry.path}/exe") == str(BIN / "remotisan-broker"):
                    yield int(entry.name)
            except OSError:
                pass


def has_open(pid, path):
    """Whether a process has a file open."""
    try:
        return any(os.readlink(entry.path) == str(path) for entry in os.scandir(f"/proc/{pid}/fd"))
    except OSError:
        return False


def await_watching(site, pid):
    """Waits until a broker is on watch and has nothing to do: it uses no more processor time."""
    wait_until(lambda: has_open(pid, site.state / "storage/run.lock"), "the broker watches")
    used = -1
    while used != (used := cpu_seconds(pid)):
        time.sleep(PAUSE)


def run_pass(site):
    """The processor time of a broker that runs one pass, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [BIN / "remotisan-broker", "watch", "--for", "0", "--config", site.state / "remotisan.yaml"], check=True,
        capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


class Clones:
    """Running jobs as a broker sees them: rows, files and held locks, but with the processes of one real job.

    Ten thousand real jobs would need more processes than a small machine has.
    """

    def __init__(self, site, job):
        self.storage = site.state / "storage"
        self.job = job
        self.locks = []
        self.paths = []
        self.files = [path for path in (self.storage / "jobs").iterdir() if path.name.startswith(job)]
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def add(self, count):
        database = sqlite3.connect(self.storage / "remotisan.sqlite", timeout=60)
        names = [row[1] for row in database.execute("PRAGMA table_info(remotisan_executions)") if row[1] != "id"]
        columns = ", ".join(names)
        values = ", ".join("?" if name == "job_uuid" else name for name in names)
        for _ in range(count):
            clone = str(uuid.uuid4())
            for file in self.files:
                self.copy(file, clone)
            database.execute(
                f"INSERT INTO remotisan_executions ({columns}) SELECT {values} FROM remotisan_executions "
                "WHERE job_uuid = ?", (clone, self.job))
        database.commit()
        database.close()

    def copy(self, file, clone):
        path = file.with_name(file.name.replace(self.job, clone))
        self.paths.append(path)
        if file.is_fifo():
            os.mkfifo(path)
            return
        path.write_bytes(file.read_bytes().replace(self.job.encode(), clone.encode()))
        if path.suffix == ".lock":
            lock = os.open(path, os.O_RDWR)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.locks.append(lock)

    def remove(self):
        """Removes them without a trace. A broker would settle and collect the output of each."""
        database = sqlite3.connect(self.storage / "remotisan.sqlite", timeout=60)
        database.execute("DELETE FROM remotisan_executions WHERE job_uuid <> ?", (self.job,))
        database.commit()
        database.close()
        for path in self.paths:
            path.unlink(missing_ok=True)
        for lock in self.locks:
            os.close(lock)


def running(site, sizes):
    """The broker with 1 to 10,000 running jobs."""
    site.start()
    client = Client(site.port)
    job, _ = execute(client, token_of(client, "/remotisan"), "wait")
    record = site.state / f"storage/jobs/{job}.pid"
    wait_until(record.exists, "the job has its pid record")
    clones, count = Clones(site, job), 1
    idle, passes, memory = [], [], []
    for size in sizes:
        clones.add(size - count)
        count = size
        passes.append((size, min(run_pass(site) for _ in range(5))))
        broker = site.machine.start(
            "broker", BIN / "remotisan-broker", "watch", "--for", "3600", "--config", site.state / "remotisan.yaml")
        await_watching(site, broker.pid)
        before = cpu_seconds(broker.pid)
        time.sleep(20)  # the time over which it is measured
        idle.append((size, max((cpu_seconds(broker.pid) - before) / 20 * 100, 0.01)))
        memory.append((size, pss(broker.pid) / 1024))
        broker.terminate()
        broker.wait()
    clones.remove()
    (site.state / "go").touch()
    while client.json("GET", f"/remotisan/history?uuid={job}")[0]["data"][0]["process_status"] == 1:
        time.sleep(0.1)
    site.stop()
    return [("A broker on watch", "running jobs", "% of a core", {"idle": idle}),
            ("A broker pass", "running jobs", "milliseconds of CPU", {"start and one pass": passes}),
            ("Memory of a broker on watch", "running jobs", "MiB (PSS)", {"broker": memory})]


def processes(name):
    """The pids of the commands that are running."""
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                    if file.read() == name:
                        yield int(entry.name)
            except OSError:
                pass


def kill_all(site, client, jobs, command):
    """Kills jobs at once. The seconds until the first and the last process is dead, and until the last row is final."""
    token = token_of(client, "/remotisan")
    poller, open_processes = select.epoll(), set()
    for pid in processes(command):
        number = os.pidfd_open(pid)
        poller.register(number, select.EPOLLIN)
        open_processes.add(number)

    def post(part):
        own = Client(site.port)
        for job in part:
            own.json("POST", f"/remotisan/kill/{job}", {}, [f"X-CSRF-TOKEN: {token}"])

    begun = time.monotonic()
    times = []
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        posts = [pool.submit(post, jobs[number::CONNECTIONS]) for number in range(min(CONNECTIONS, len(jobs)))]
        while open_processes:
            for number, _ in poller.poll(60):
                times.append(time.monotonic() - begun)
                open_processes.discard(number)
                os.close(number)
        for answer in posts:
            answer.result()
    while client.json("GET", "/remotisan/history?status=1")[0]["total"]:
        time.sleep(0.005)
    return times[0], times[-1], time.monotonic() - begun


def kills(site, sizes):
    """From the first POST /kill of 1 to 1,000 to the last row that says KILLED, with and without a broker on watch."""
    # A time that no other process sleeps for.
    seconds = str(100_000 + os.getpid())
    site.more_commands = {"sleep": {"roles": ["BENCH"], "run": ["/bin/sleep", seconds]}}
    plots = []
    for broker in (False, True):
        site.start(broker=broker)
        client = Client(site.port)
        token = token_of(client, "/remotisan")
        names = ("first process dead", "last process dead", "last row KILLED")
        series = {name: [] for name in names}
        for size in sizes:
            jobs = [execute(client, token, "sleep")[0] for _ in range(size)]
            if broker:
                await_watching(site, site.broker.pid)
            else:
                wait_until(lambda: not any(brokers()), "the broker of the kills before has ended")
            times = kill_all(site, client, jobs, f"/bin/sleep\0{seconds}\0".encode())
            for name, took in zip(names, times):
                series[name].append((size, took * 1e3))
        site.stop()
        title = "Kills at once with a broker on watch" if broker else "Kills at once without a broker"
        plots.append((title, "kills", "milliseconds", series))
    return plots
