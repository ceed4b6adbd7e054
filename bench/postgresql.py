"""A PostgreSQL server for measurements."""

import os
import pathlib
import pwd
import subprocess
import sys
import tempfile
import time


class PostgreSQL:
    """A PostgreSQL server on a Unix socket. Its data is below /var/tmp, which is on a disk and not in memory."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="remotisan-bench-", dir="/var/tmp"))
        self.directory.chmod(0o755)
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.programs = versions[-1] if versions else pathlib.Path("/usr/bin")
        # PostgreSQL refuses to run as root.
        self.account = []
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.directory, account.pw_uid, account.pw_gid)
            self.account = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups", "--"]

    def start(self, machine):
        data = self.directory / "data"
        subprocess.run(
            [*self.account, self.programs / "initdb", "--pgdata", data, "--no-sync", "--encoding", "UTF8", "--locale",
             "C.UTF-8", "--username", "postgres", "--auth", "trust"],
            check=True, capture_output=True, cwd="/")
        self.process = machine.start(
            "postgresql", *self.account, self.programs / "postgres", "-D", data, "-k", self.directory, "-h", "",
            cwd="/")
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.directory]).returncode:
            if self.process.poll() is not None:
                sys.exit(f"bench: PostgreSQL ended:\n{(machine.state / 'postgresql.log').read_text()}")
            time.sleep(0.05)

    @property
    def address(self):
        return f"host={self.directory} user=postgres dbname=postgres"

    def sql(self, *statements):
        """Runs SQL in psql, each statement in a transaction of its own."""
        options = [part for statement in statements for part in ("--command", statement)]
        process = subprocess.run(
            [self.programs / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
             "--host", self.directory, "--username", "postgres", "--dbname", "postgres", *options],
            capture_output=True, text=True)
        if process.returncode:
            sys.exit(f"bench: psql: {process.stderr}")
        return process.stdout.strip()
