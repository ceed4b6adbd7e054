"""A mock of the HTTP API, for screenshots.py. It needs only the standard library.

It runs the commands it offers, so that output arrives over time. It has two users, no security, and stores nothing.
It listens on 127.0.0.1. `POST /mock/rows` adds executions.
"""

import argparse
import base64
import gzip
import hashlib
import html
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import uuid as uuids
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from bundle import join_modules, join_styles
import showcase
from sample_commands import COMMANDS, argv_for

HERE = os.path.dirname(os.path.abspath(__file__))
ASSETS = os.path.join(HERE, "..", "..", "Sources", "Page", "assets")
BASE = "/remotisan"
SLICE = 262144
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
USERS = {"ann@lab": {"password": "ann", "super": False}, "carol@lab": {"password": "carol", "super": True}}


class Job:
    """One execution: its row and, while it runs, its process."""

    def __init__(self, number, user, command, params, directory):
        self.uuid = str(uuids.uuid4())
        self.path = os.path.join(directory, self.uuid + ".log")
        self.process = None
        self.kill = None
        self.row = {
            "id": number,
            "job_uuid": self.uuid,
            "server_uuid": "81e2ae3b-3c1a-4ae3-a071-dcef9fdee943",
            "user_identifier": user,
            "command": command,
            "parameters": params,
            "executed_at": int(time.time()),
            "finished_at": None,
            "process_status": 1,
            "killed_by": None,
            "intended_to_kill_by": None,
            "exit_code": None,
            "signal": None,
            "reason": None,
            "cpu_ms": None,
            "peak_memory_bytes": None,
            "log_bytes": None,
            "left_behind": None,
        }

    def start(self, argv):
        log = open(self.path, "ab")
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        log.close()
        threading.Thread(target=self.wait, daemon=True).start()

    def wait(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self.process.returncode = code
        row = self.row
        row["cpu_ms"] = int((usage.ru_utime + usage.ru_stime) * 1000)
        row["peak_memory_bytes"] = usage.ru_maxrss * 1024
        row["log_bytes"] = os.path.getsize(self.path)
        row["left_behind"] = 0
        row["finished_at"] = int(time.time())
        row["exit_code"] = code if code >= 0 else None
        row["signal"] = signal.Signals(-code).name[3:] if code < 0 else None
        row["killed_by"] = row["intended_to_kill_by"]
        row["process_status"] = 4 if self.kill else 2 if code == 0 else 3

    def terminate(self, by, signals, grace):
        self.kill = {"by": by, "at": int(time.time() * 1000), "steps": [], "survivors": []}
        with open(self.path, "ab") as log:
            log.write(f"\nPROCESS KILLED BY {by} AT {time.strftime('%Y-%m-%dT%H:%M:%S%z')}\n".encode())
        threading.Thread(target=self.signal_until_dead, args=(signals, grace), daemon=True).start()

    def signal_until_dead(self, signals, grace):
        for name in signals:
            if self.row["process_status"] != 1:
                return
            self.kill["steps"].append({"signal": name, "at": int(time.time() * 1000)})
            try:
                os.killpg(self.process.pid, getattr(signal, "SIG" + name))
            except ProcessLookupError:
                return
            deadline = time.monotonic() + grace
            while time.monotonic() < deadline and self.row["process_status"] == 1:
                time.sleep(0.02)


class World:
    """The state of the mock server."""

    def __init__(self, directory, grace):
        self.directory = directory
        self.grace = grace
        self.jobs = []
        self.lock = threading.Lock()
        self.token = "token-1"

    def add(self, user, command, params):
        with self.lock:
            job = Job(len(self.jobs) + 1, user, command, params, self.directory)
            self.jobs.append(job)
            return job

    def find(self, uuid):
        return next((job for job in self.jobs if job.uuid == uuid), None)


def visible_commands(user):
    roles = {"ann@lab": {"support"}, "carol@lab": {"support", "devops"}}.get(user, set())
    return {
        name: {k: v for k, v in entry.items() if not k.startswith("_")}
        for name, entry in COMMANDS.items()
        if entry.get("_role", "support") in roles
    }


def make_handler(world):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def do_GET(self):
            self.dispatch("GET")

        def do_POST(self):
            self.dispatch("POST")

        def do_HEAD(self):
            self.dispatch("GET")

        def dispatch(self, method):
            parts = urlsplit(self.path)
            path, query = unquote(parts.path), {
                k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()
            }
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            if path.startswith("/mock/"):
                return self.mock(path[6:], json.loads(body or b"{}"))
            self.user = self.identity()
            if self.user is None:
                return self.json(401, {"message": "Unauthenticated."}, {"WWW-Authenticate": 'Basic realm="mock"'})
            if method == "POST" and self.headers.get("X-CSRF-TOKEN") != world.token:
                return self.json(419, {"message": "CSRF token mismatch."})
            route = path[len(BASE) :] if path.startswith(BASE) else "?"
            for verb, pattern, action in ROUTES:
                match = re.fullmatch(pattern, route)
                if match and verb == method:
                    return action(self, query, body, *match.groups())
            self.json(404, {"message": "Not Found"})

        def identity(self):
            header = self.headers.get("Authorization", "")
            if header.startswith("Basic "):
                name, _, password = base64.b64decode(header[6:]).decode().partition(":")
                return name if USERS.get(name, {}).get("password") == password else None
            match = re.search(r"mock_user=([^;]+)", self.headers.get("Cookie", ""))
            return unquote(match[1]) if match else ("carol@lab" if world.open else None)

        def page(self, query, body):
            text = open(os.path.join(ASSETS, "index.html"), encoding="utf-8").read()
            values = {
                "base": BASE,
                "lang": "en",
                "languages": "de en",
                "personal": "",
                "csrf": world.token,
                "user": self.user,
                "kill": "true",
                "super": str(USERS.get(self.user, {}).get("super", False)).lower(),
                "version": asset_version(),
                "commands": json.dumps(visible_commands(self.user)),
            }
            for name, value in values.items():
                text = text.replace("{{%s}}" % name, html.escape(value))
            self.send(
                200,
                text.encode(),
                "text/html; charset=utf-8",
                {"Content-Security-Policy": CSP, "Cache-Control": "no-store"},
            )

        def asset(self, query, body, name):
            joined = {"page.en.js": ("text/javascript", join_modules), "page.css": ("text/css", join_styles)}
            if name not in joined:
                return self.json(404, {"message": "Not Found"})
            kind, join = joined[name]
            headers = {"Cache-Control": "public, max-age=31536000, immutable"}
            self.send(200, join(ASSETS).encode(), kind + "; charset=utf-8", headers)

        def commands(self, query, body):
            self.json(200, {"commands": visible_commands(self.user)})

        def filters(self, query, body):
            self.json(200, {"users": sorted({job.row["user_identifier"] for job in world.jobs})})

        def history(self, query, body):
            rows = [self.row(job) for job in self.seen()]
            text = query.get("command", "")
            rows = [row for row in rows if text.lower() in f"{row['command']} {row['parameters']}".lower()]
            if any(
                query.get(key) and not re.fullmatch(r"\d{4}-\d\d-\d\d", query[key]) for key in ("date_from", "date_to")
            ):
                return self.json(
                    422,
                    {
                        "message": "The given data was invalid.",
                        "errors": {"date_from": ["The date from is not a valid date."]},
                    },
                )
            if query.get("name"):
                rows = [row for row in rows if row["command"] == query["name"]]
            if query.get("status"):
                rows = [row for row in rows if str(row["process_status"]) == query["status"]]
            if query.get("uuid"):
                rows = [row for row in rows if query["uuid"] in row["job_uuid"]]
            if query.get("user"):
                rows = [row for row in rows if row["user_identifier"] == query["user"]]
            for key, keep in (
                ("date_from", lambda day, wanted: day >= wanted),
                ("date_to", lambda day, wanted: day <= wanted),
            ):
                if query.get(key):
                    rows = [
                        row
                        for row in rows
                        if keep(time.strftime("%Y-%m-%d", time.localtime(row["executed_at"])), query[key])
                    ]
            sort = query.get("sort", "executed_at")
            values = {"duration": lambda row: (row["finished_at"] or time.time()) - row["executed_at"]}
            rows.sort(
                key=lambda row: (values.get(sort, lambda r: r[sort])(row), row["id"]),
                reverse=query.get("direction", "desc") == "desc",
            )
            page = max(1, int(query["page"])) if query.get("page", "").isdigit() else 1
            size = int(query["per_page"]) if query.get("per_page", "").isdigit() else 10
            part = rows[(page - 1) * size : page * size]
            last = max(1, -(-len(rows) // size))
            self.json(
                200,
                {
                    "current_page": page,
                    "data": part,
                    "from": (page - 1) * size + 1 if part else None,
                    "last_page": last,
                    "links": [],
                    "per_page": size,
                    "to": (page - 1) * size + len(part) if part else None,
                    "total": len(rows),
                },
            )

        def row(self, job):
            is_mine = job.row["user_identifier"] == self.user or USERS.get(self.user, {}).get("super", False)
            return {
                **job.row,
                "can_kill": is_mine and job.row["process_status"] == 1,
                "can_run": job.row["command"] in visible_commands(self.user),
            }

        def seen(self):
            allowed = visible_commands(self.user)
            return [
                job
                for job in world.jobs
                if job.row["user_identifier"] == self.user
                or job.row["command"] in allowed
                or USERS.get(self.user, {}).get("super", False)
            ]

        def execute(self, query, body):
            given = json.loads(body)
            command, params = given.get("command"), given.get("params") or ""
            if not command:
                return self.json(
                    422,
                    {
                        "message": "The given data was invalid.",
                        "errors": {"command": ["The command field is required."]},
                    },
                )
            if command not in visible_commands(self.user):
                return self.json(400, {"message": f"command '{command}' not allowed"})
            try:
                argv = argv_for(command, shlex.split(params))
            except ValueError as error:
                return self.json(422, {"message": "The given data was invalid.", "errors": {"params": [str(error)]}})
            job = world.add(self.user, command, params)
            try:
                job.start(argv)
            except OSError as error:
                job.row.update(process_status=3, reason=f"exec: {error.strerror}", finished_at=int(time.time()))
                return self.json(
                    500, {"message": f"The command could not be started: {error.strerror}.", "id": job.uuid}
                )
            self.json(200, {"id": job.uuid})

        def read(self, query, body, uuid):
            job = world.find(uuid)
            if job is None or job not in self.seen():
                return self.json(404, {"message": "Not Found"})
            is_ended = job.row["process_status"] != 1
            size = os.path.getsize(job.path) if os.path.exists(job.path) else 0
            offset = int(query.get("offset", "0"))
            offset = max(0, size + offset) if offset < 0 else min(offset, size)
            data = b""
            if size:
                with open(job.path, "rb") as log:
                    log.seek(offset)
                    data = log.read(SLICE + 4)
            skip = 0
            while offset > 0 and skip < 3 and skip < len(data) and data[skip] & 0xC0 == 0x80:
                skip += 1
            offset, data = offset + skip, data[skip:]
            data = cut_utf8(data[:SLICE], is_ended and offset + len(data) >= size)
            self.json(
                200,
                {
                    "text": data.decode("utf-8", "replace"),
                    "offset": offset,
                    "next_offset": offset + len(data),
                    "size": size,
                    "isEnded": is_ended,
                    "status": job.row["process_status"],
                    "exit_code": job.row["exit_code"],
                    "retry_after_ms": 250 if data else 1000,
                    "kill": job.kill,
                },
            )

        def download(self, query, body, uuid):
            job = world.find(uuid)
            if job is None or job not in self.seen():
                return self.json(404, {"message": "Not Found"})
            self.send(
                200,
                open(job.path, "rb").read(),
                "text/plain; charset=utf-8",
                {"Content-Disposition": f'attachment; filename="{uuid}.log"'},
            )

        def kill(self, query, body, uuid):
            job = world.find(uuid)
            if job is None:
                return self.json(404, {"uuid": None, "error_message": "Not Found"})
            if not self.row(job)["can_kill"]:
                code = 401 if job.row["process_status"] == 1 else 422
                return self.json(code, {"uuid": None, "error_message": "This job is not yours to kill."})
            if job.row["intended_to_kill_by"]:
                return self.json(409, {"uuid": None, "error_message": "It is already being killed."})
            job.row["intended_to_kill_by"] = self.user
            job.terminate(self.user, ["TERM", "INT", "HUP", "QUIT", "KILL"], world.grace)
            self.json(200, {"uuid": uuid})

        def mock(self, action, given):
            if action == "rows":
                for row in given["rows"]:
                    job = world.add(
                        row.pop("user_identifier", "ann@lab"),
                        row.pop("command", "demo:quick"),
                        row.pop("parameters", ""),
                    )
                    text = row.pop("log", "")
                    with open(job.path, "wb") as log:
                        log.write(text.encode())
                    job.row.update(
                        {"process_status": 2, "exit_code": 0, "finished_at": job.row["executed_at"] + 1, **row}
                    )
            self.json(200, {"jobs": [job.uuid for job in world.jobs]})

        def json(self, status, value, headers=None):
            data = b"" if value is None else json.dumps(value).encode()
            self.send(status, data, "application/json", {"Cache-Control": "no-store", **(headers or {})})

        def send(self, status, data, kind, headers):
            if len(data) > 1024 and "gzip" in self.headers.get("Accept-Encoding", ""):
                data = gzip.compress(data, 5)
                headers = {**headers, "Content-Encoding": "gzip"}
            try:
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                pass

    uuid = r"/([0-9a-f-]{36})"
    ROUTES = [
        ("GET", "/?", Handler.page),
        ("GET", r"/assets/([\w.]+)", Handler.asset),
        ("GET", "/commands", Handler.commands),
        ("GET", "/filters", Handler.filters),
        ("GET", "/history", Handler.history),
        ("POST", "/execute", Handler.execute),
        ("GET", "/execute" + uuid, Handler.read),
        ("GET", "/execute" + uuid + "/log", Handler.download),
        ("POST", "/kill" + uuid, Handler.kill),
    ]
    return Handler


def cut_utf8(data, is_last):
    """Cuts an incomplete character off the end, unless no more data can follow."""
    if is_last:
        return data
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            need = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return data[:-back] if need > back else data
    return data


def asset_version():
    return hashlib.sha256((join_modules(ASSETS) + join_styles(ASSETS)).encode()).hexdigest()[:12]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--grace", type=float, default=0.5)
    parser.add_argument("--open", action="store_true", help="treat requests without a login as carol@lab")
    parser.add_argument("--showcase", action="store_true", help="have the commands of the screenshots")
    options = parser.parse_args()
    if options.showcase:
        made = showcase.commands()
        COMMANDS.clear()
        COMMANDS.update(made)
    os.makedirs(options.directory, exist_ok=True)
    world = World(options.directory, options.grace)
    world.open = options.open
    server = ThreadingHTTPServer(("127.0.0.1", options.port), make_handler(world))
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
