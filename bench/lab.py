"""What the measurements share: the programs, connections, processes, and their memory."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
BIN = pathlib.Path(os.environ.get("BIN", ROOT / ".build/release")).resolve()
SECONDS = int(os.environ.get("SECONDS_EACH", "3"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
THREADS = os.environ.get("THREADS", "8")
NGINX = "/usr/sbin/nginx"


class Client:
    """One persistent connection to nginx, with as little overhead as possible."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"127.0.0.1:{port}"

    def request(self, method, path, body=None, headers=()):
        """The status, the body and the seconds from the first byte sent to the last one received."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", *headers]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        request = "\r\n".join([*lines, "", ""]).encode() + (body or b"")
        start = time.perf_counter()
        self.socket.sendall(request)
        answer = b""
        while not self.is_whole(answer):
            part = self.socket.recv(1 << 18)
            if not part:
                raise ConnectionError(f"{method} {path}: the connection ended before the end of the answer.")
            answer += part
        took = time.perf_counter() - start
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            body = b"".join(self.chunks(body))
        return int(head.split(b" ", 2)[1]), body, took

    @staticmethod
    def is_whole(answer):
        head, end, body = answer.partition(b"\r\n\r\n")
        if not end:
            return False
        if head.split(b" ", 2)[1] == b"304":
            return True
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        return len(body) >= int(length[1]) if length else body.endswith(b"0\r\n\r\n")

    @staticmethod
    def chunks(body):
        while body:
            size, _, rest = body.partition(b"\r\n")
            count = int(size, 16)
            yield rest[:count]
            body = rest[count + 2 :] if count else b""

    def json(self, method, path, value=None, headers=()):
        body = None if value is None else json.dumps(value).encode()
        status, answer, took = self.request(method, path, body, headers)
        if status != 200:
            sys.exit(f"bench: {method} {path} returned {status}: {answer[:300].decode(errors='replace')}")
        return json.loads(answer), took


class Machine:
    """The processes that the bench starts, in a directory of its own."""

    def __init__(self, state):
        self.state = state
        self.started = []

    def start(self, name, *command, **options):
        with open(self.state / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [*map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        self.started.append((name, process))
        return process

    def await_answer(self, kind, address):
        """Waits until a server accepts connections."""
        deadline = time.monotonic() + 20
        while True:
            for name, process in self.started:
                if process.poll() is not None:
                    sys.exit(f"bench: {name} ended:\n{(self.state / f'{name}.log').read_text()}")
            with socket.socket(kind) as probe:
                if probe.connect_ex(address) == 0:
                    return
            if time.monotonic() > deadline:
                sys.exit(f"bench: no server answers at {address}.")
            time.sleep(0.02)

    def stop(self, keeping=None):
        """`keeping`: a process that goes on."""
        for _, process in reversed(self.started):
            if process is not keeping and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait()
        self.started = [item for item in self.started if item[1] is keeping]


class Site:
    """One installation behind nginx, with its store in SQLite, or in PostgreSQL."""

    # Further commands, by name.
    more_commands = {}

    def __init__(self, state, machine):
        self.state = state
        self.machine = machine
        self.port = free_port()

    def configure(self, commands, database=None):
        """Writes the configurations. `commands`: how many there are besides those of the bench."""
        state = self.state
        (state / "remotisan.yaml").write_text(json.dumps({
            "storage": f"{state}/storage",
            **({"database": database} if database else {}),
            "roles": {"BENCH": {"users": ["bench"]}},
            "commands": {"allowed": {
                "true": {"roles": ["BENCH"], "run": ["/bin/true"]},
                "clock": {"roles": ["BENCH"], "run": [
                    "/bin/sh", "-c", "for line in 1 2 3 4 5 6 7; do date +%s%N; sleep 1; done"]},
                "large": {"roles": ["BENCH"], "run": [
                    "/bin/sh", "-c", f"yes 0123456789abcde | head -c 4096; until [ -e {state}/go ]; do sleep 1; done"]},
                "wait": {"roles": ["BENCH"], "run": [
                    "/bin/sh", "-c", f"until [ -e {state}/go ]; do sleep 5; done"]},
                **self.more_commands,
                **{f"many:{number:04}": {
                    "roles": ["BENCH"], "run": ["/bin/true"], "description": "One of many commands with a parameter",
                    "parameters": [{"name": "level", "type": "choice", "choices": ["low", "high"]}],
                } for number in range(commands)},
            }},
        }))
        temporary = "\n".join(
            f"    {kind}_temp_path {state}/temp_{kind};" for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
        (state / "nginx.conf").write_text(f"""daemon off;
{"user root;" if os.geteuid() == 0 else ""}
pid {state}/nginx.pid;
error_log {state}/nginx.log;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    access_log off;
{temporary}
    keepalive_requests 100000000;
    keepalive_timeout 1h;
    map "" $remotisan_user {{ default bench; }}
    map "" $remotisan_groups {{ default ""; }}
    server {{
        listen 127.0.0.1:{self.port};
        include {state}/remotisan.location.conf;
{self.locations()}
    }}
}}
""")
        export_location(state, "remotisan")

    def locations(self):
        """Further locations of nginx."""
        return ""

    def start(self, commands=0, broker=False, database=None):
        """`database`: the address of a PostgreSQL database."""
        state, configuration = self.state, ["--config", self.state / "remotisan.yaml"]
        (state / "storage").mkdir(exist_ok=True)
        self.configure(commands, database)
        if database:
            subprocess.run([BIN / "remotisan-broker", "migrate", *configuration], check=True, capture_output=True)
        self.responder = self.machine.start(
            "responder", BIN / "remotisan-fcgi", *configuration, "--listen", f"unix:{state}/remotisan.sock", "--threads",
            THREADS)
        self.machine.start("nginx", NGINX, "-e", state / "nginx.log", "-c", state / "nginx.conf")
        self.machine.await_answer(socket.AF_UNIX, str(state / "remotisan.sock"))
        self.machine.await_answer(socket.AF_INET, ("127.0.0.1", self.port))
        # The broker needs the storage, which the responder has made when it answers.
        Client(self.port).json("GET", "/remotisan/commands")
        if broker:
            self.broker = self.machine.start(
                "broker", BIN / "remotisan-broker", "watch", "--for", "3600", *configuration)

    def stop(self, keeping=None):
        """`keeping`: a process that goes on."""
        self.machine.stop(keeping)

    def run_once(self, client):
        """Runs a job to its end, and returns its UUID."""
        job, _ = execute(client, token_of(client, "/remotisan"), "true")
        while client.json("GET", f"/remotisan/history?uuid={job}")[0]["data"][0]["process_status"] == 1:
            time.sleep(0.01)
        return job

    @staticmethod
    def server_of(job, client):
        """The instance of an execution."""
        return client.json("GET", f"/remotisan/history?uuid={job}")[0]["data"][0]["server_uuid"]

    @staticmethod
    def tag(client):
        """The entity tag of GET /commands."""
        client.socket.sendall(f"GET /remotisan/commands HTTP/1.1\r\nHost: {client.host}\r\n\r\n".encode())
        answer = b""
        while not client.is_whole(answer):
            answer += client.socket.recv(1 << 18)
        return re.search(rb"(?i)\r\netag: *([^\r]+)", answer)[1].decode()


def cpu_seconds(pid):
    """The processor time that a process has used; proc_pid_stat(5)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(pid):
    """Proportional set size of a process in KiB."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise ValueError(f"no Pss of process {pid}")


def processes(program):
    """The processes that run a measured program."""
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "exe") == str(BIN / program):
                    yield int(entry.name)
            except OSError:
                pass


def supervisors():
    """The supervisors and collectors of all jobs."""
    return processes("remotisan-job")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wrk(url, *options):
    """The number of answers per second, and their total."""
    output = subprocess.run(
        ["wrk", "-t1", "-c8", f"-d{SECONDS}s", *options, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output:
        sys.exit(f"bench: {url} did not return 200:\n{output}")
    return float(re.search(r"Requests/sec: *([\d.]+)", output)[1]), int(re.search(r"(\d+) requests in", output)[1])


def export_location(state, name):
    """Writes NAME.location.conf: the snippet for nginx as the broker exports it for NAME.yaml and NAME.sock."""
    directory = state / f"{name}.nginx"
    subprocess.run(
        [BIN / "remotisan-broker", "export", "nginx", directory, "--config", state / f"{name}.yaml", "--socket",
         state / f"{name}.sock"],
        check=True, capture_output=True)
    (state / f"{name}.location.conf").write_text((directory / "remotisan.location.conf").read_text())


def token_of(client, url):
    page = client.request("GET", f"{url}/")[1].decode()
    found = re.search(r'<meta name="csrf-token" content="([^"]*)"', page)
    return found[1] if found else sys.exit(f"bench: the page of {url} contains no csrf-token.")


def execute(client, token, command, url="/remotisan"):
    answer, took = client.json(
        "POST", f"{url}/execute", {"command": command, "params": ""}, [f"X-CSRF-TOKEN: {token}"])
    return answer["id"], took


def slice_of_log(client, uuid, offset=0, url="/remotisan"):
    return client.json("GET", f"{url}/execute/{uuid}?offset={offset}")[0]


def percent(ratio):
    return f"{ratio:.0%}".replace("%", " %")


def row(what, measured, ratio, wanted, met):
    """Prints a row of the table. `met` is None if nothing was wanted."""
    verdict = "" if met is None else "met" if met else "NOT met"
    print(f"  {what:<52}{measured:>16}  {ratio:>8}  {wanted:<12}{verdict}")
