"""An installation of the product in its own directory: nginx with the shipped files, remotisan-fcgi, and the broker.

The broker is run as cron runs it. Tests can stop and start each part. Their logs are in `logs`. `journal.log` there
records when each part was started and how it ended.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import termios
import threading
import time
import uuid as uuids

from real_commands import configuration

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ASSETS = os.path.join(ROOT, "Sources", "Page", "assets")
PROGRAMS = os.path.abspath(os.environ.get("BIN", os.path.join(ROOT, ".build", "debug")))
SEARCHED = os.environ["PATH"] + ":/usr/local/sbin:/usr/sbin:/sbin"
PASSWORDS = {"ann": "ann", "carol": "carol"}


class Installation:
    """One installation: its configuration, its parts and the processes of its jobs."""

    user, other = ("carol", "carol"), ("ann", "ann")

    def __init__(self, directory):
        self.directory = os.path.realpath(directory)
        self.logs = os.path.join(self.directory, "logs")
        self.storage = os.path.join(self.directory, "storage")
        self.socket = os.path.join(self.directory, "remotisan.sock")
        self.config = os.path.join(self.directory, "remotisan.yaml")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/remotisan/"
        self.processes = {}
        self.broker = None
        self.is_ending = threading.Event()
        self.scripts = 0

    # Setting up

    def start(self):
        for part in ("logs", "nginx", "storage"):
            os.makedirs(os.path.join(self.directory, part), mode=0o750)
        self.build_numbers()
        self.configure()
        self.export_nginx_files()
        self.admit(*PASSWORDS)
        subprocess.run([self.program("remotisan-broker"), "check", "--config", self.config], check=True)
        self.start_responder()
        self.start_nginx()
        self.broker = threading.Thread(target=self.run_broker_as_cron)
        self.broker.start()

    def configure(self, **changes):
        """Writes the configuration as JSON, which is valid YAML. The responder reads it when it starts."""
        unstartable = os.path.join(self.directory, "unstartable")
        with open(unstartable, "w", encoding="utf-8") as script:
            script.write("#!/no/such/interpreter\n")
        os.chmod(unstartable, 0o755)
        with open(self.config, "w", encoding="utf-8") as file:
            json.dump({**configuration(self.storage, ASSETS, unstartable), **changes}, file, indent=2)

    def build_numbers(self):
        """Compiles the program of `print:terminal`."""
        source = os.path.join(HERE, "numbers.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-o", os.path.join(self.directory, "numbers"), source], check=True)

    def export_nginx_files(self):
        """Exports nginx's files like an administrator, and changes paths of nginx and the port."""
        nginx = os.path.join(self.directory, "nginx")
        subprocess.run(
            [self.program("remotisan-broker"), "export", "nginx", nginx, "--config", self.config,
             "--socket", self.socket], check=True, stdout=subprocess.DEVNULL)
        self.fill(os.path.join(nginx, "example-auth-basic.conf"), "nginx/site.conf", {
            "/etc/nginx/snippets/": f"{nginx}/",
            "/etc/nginx/remotisan.htpasswd": f"{nginx}/htpasswd",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "    listen [::]:80;\n": "",
        })
        # As the file says for commands that take files.
        location = os.path.join(nginx, "remotisan.location.conf")
        self.fill(location, "nginx/remotisan.location.conf", {"client_max_body_size 64k;": "client_max_body_size 2m;"})
        self.fill(os.path.join(ROOT, "demo/nginx.conf"), "nginx/nginx.conf", {
            "@STATE@/nginx/error.log": f"{self.logs}/nginx-error.log",
            "@STATE@/nginx/access.log": f"{self.logs}/nginx-access.log",
            "@STATE@": self.directory,
            # Started by root, nginx would run its worker as www-data, which cannot enter our directory.
            "@USER@": "" if os.geteuid() else "user root;",
        })

    def fill(self, source, name, substitutions):
        """Writes a file with some texts replaced."""
        with open(source, encoding="utf-8") as file:
            text = file.read()
        for theirs, ours in substitutions.items():
            text = text.replace(theirs, ours)
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def admit(self, *names):
        """Sets who can log in. nginx reads the file at every request."""
        path = os.path.join(self.directory, "nginx", "htpasswd")
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.writelines(f"{name}:{{PLAIN}}{PASSWORDS[name]}\n" for name in names)
        os.rename(path + ".new", path)

    def renew_secret(self):
        """Replaces the secret, so that the CSRF token of every open page is stale."""
        os.unlink(os.path.join(self.storage, "secret"))
        self.stop("responder")
        self.start_responder()

    # Parts

    def start_responder(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        place = f"unix:{self.socket}"
        self.spawn("responder", [self.program("remotisan-fcgi"), "--config", self.config, "--listen", place])
        self.until_accepts("responder", socket.AF_UNIX, self.socket)

    def start_nginx(self):
        settings = os.path.join(self.directory, "nginx", "nginx.conf")
        program = shutil.which("nginx", path=SEARCHED)
        self.spawn("nginx", [program, "-e", f"{self.logs}/nginx-error.log", "-c", settings])
        self.until_accepts("nginx", socket.AF_INET, ("127.0.0.1", self.port))

    def run_broker_as_cron(self):
        """Runs one watch after another. After a failed one it waits five seconds; cron would wait up to a minute."""
        while not self.is_ending.is_set():
            self.spawn("broker", [self.program("remotisan-broker"), "watch", "--for", "55", "--config", self.config])
            if self.processes["broker"].wait() != 0:
                self.note(f"broker ended with {self.processes['broker'].returncode}")
                self.is_ending.wait(5)

    def stop(self, name):
        process = self.processes.pop(name)
        process.terminate()
        self.note(f"{name} ended with {process.wait()} after SIGTERM")

    def restore(self):
        """Starts the parts that a test stopped. Fails if a part ended by itself."""
        for name in ("responder", "nginx"):
            if name in self.processes and self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} ended by itself with {self.processes[name].returncode}")
        self.admit(*PASSWORDS)
        if "responder" not in self.processes:
            self.start_responder()
        if "nginx" not in self.processes:
            self.start_nginx()
        self.forget_personal()

    def forget_personal(self):
        """Removes favourites and presets, which another test would see."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.storage, "remotisan.sqlite"))) as store, store:
            for table in ("remotisan_favourites", "remotisan_presets"):
                store.execute(f"DELETE FROM {table}")

    def spawn(self, name, words):
        with open(os.path.join(self.logs, name + ".log"), "ab") as log:
            self.processes[name] = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.note(f"{name} started, pid {self.processes[name].pid}")

    def until_accepts(self, name, family, address):
        while True:
            with socket.socket(family) as probe:
                if probe.connect_ex(address) == 0:
                    return
            code = self.processes[name].poll()
            if code is not None:
                raise RuntimeError(f"{name} ended with {code} instead of listening; see {self.logs}")
            time.sleep(0.02)

    # Jobs

    def add_rows(self, rows):
        """Inserts earlier executions into the store, as an earlier version would have. Returns their UUIDs."""
        made = []
        with open(os.path.join(self.storage, "remotisan_server_guid"), encoding="ascii") as file:
            server = file.read().strip()
        with self.database() as database:
            for row in rows:
                made.append(str(uuids.uuid4()))
                values = {
                    "job_uuid": made[-1],
                    "server_uuid": server,
                    "user_identifier": "ann",
                    "parameters": "",
                    "finished_at": row["executed_at"] + 1,
                    "process_status": 2,
                    "exit_code": 0,
                    **row,
                }
                names, marks = ", ".join(values), ", ".join("?" * len(values))
                database.execute(f"INSERT INTO remotisan_executions ({names}) VALUES ({marks})", list(values.values()))
        return made

    def execute_sql(self, sql, values=()):
        """Changes the store directly."""
        with self.database() as database:
            database.execute(sql, values)

    def backdate(self, uuid, seconds):
        """Moves the start of a running job into the past."""
        self.execute_sql(
            "UPDATE remotisan_executions SET executed_at = executed_at - ? WHERE job_uuid = ?", (seconds, uuid)
        )

    @contextlib.contextmanager
    def database(self):
        """The database of the store. Changes are committed at the end."""
        path = os.path.join(self.storage, "remotisan.sqlite")
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
            yield database
            database.commit()

    def create_script(self):
        """The script of a `load:scripted` job."""
        self.scripts += 1
        return Script(os.path.join(self.directory, f"script-{self.scripts}"))

    def kill_supervisor_and_command(self, uuid):
        """Kills both with SIGKILL, so that the end of the job is not recorded."""
        with open(os.path.join(self.storage, "jobs", uuid + ".pid"), encoding="ascii") as file:
            record = dict(line.split(None, 1) for line in file)
        for part in ("supervisor", "command"):
            os.kill(int(record[part].split()[0]), signal.SIGKILL)

    # Ending

    def end(self):
        self.is_ending.set()
        for process in list(self.processes.values()):
            process.terminate()
        for process in list(self.processes.values()):
            process.wait()
        if self.broker:
            self.broker.join()
        while running := self.job_processes():
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def job_processes(self):
        """The processes with the UUID of one of our jobs in their environment, and the supervisors of our storage."""
        jobs = os.path.join(self.storage, "jobs")
        ours = {f"REMOTISAN_JOB_UUID={name.partition('.')[0]}".encode() for name in listed(jobs)}
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    is_ours = not ours.isdisjoint(file.read().split(b"\0"))
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    is_ours = is_ours or self.storage.encode() in file.read()
            except OSError:
                continue
            if is_ours and int(pid) != os.getpid():
                found.append(int(pid))
        return found

    def report(self, lines=40):
        """The state of each part and the last lines of each log."""
        for name, process in self.processes.items():
            yield f"{name}: " + ("running" if process.poll() is None else f"ended with {process.returncode}")
        for name in sorted(listed(self.logs)):
            with open(os.path.join(self.logs, name), encoding="utf-8", errors="replace") as file:
                kept = file.read().splitlines()[-lines:]
            yield f"--- {name}" + ("" if kept else ": empty")
            yield from kept

    def note(self, sentence):
        with open(os.path.join(self.logs, "journal.log"), "a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")

    def program(self, name):
        path = os.path.join(PROGRAMS, name)
        if not os.access(path, os.X_OK):
            raise RuntimeError(f"{path} is missing; Build it with `swift build`, or set BIN to its directory.")
        return path


class Script:
    """Controls what a `load:scripted` job prints and when it ends, through a FIFO.

    For a job of `print:numbers` or `print:terminal` each byte is a step.
    """

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self.descriptor = os.open(path, os.O_RDWR)

    def print(self, text):
        os.write(self.descriptor, text.encode())

    def end(self):
        """Ends the job. What it has not read yet would be lost, so this waits for it, unless no job reads."""
        deadline = time.monotonic() + 5
        while self.unread() and time.monotonic() < deadline:
            time.sleep(0.02)
        os.close(self.descriptor)

    def unread(self):
        """Number of bytes that the job has not read."""
        return struct.unpack("i", fcntl.ioctl(self.descriptor, termios.FIONREAD, b"\0" * 4))[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listed(directory):
    return os.listdir(directory) if os.path.isdir(directory) else []
