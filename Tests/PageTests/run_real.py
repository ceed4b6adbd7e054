"""Runs the browser tests against the real product instead of the test double.

Takes the demo (nginx, remotisan-fcgi, the broker as cron would run it) in a scratch directory, with the commands the
tests know and the page's files as they stand in the sources. `BIN` is where the programs are, `.build/release` unless
told. Arguments go to pytest. What is started here is ended here.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from mock_commands import COMMANDS, argv_for

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def configuration():
    """The demo's configuration with our commands; JSON is YAML."""
    allowed = {}
    for name, entry in COMMANDS.items():
        if name == "demo:missing":
            continue
        run, *words = argv_for(name, [])
        allowed[name] = {
            "roles": ["DEV_OPS"] if "_role" in entry else ["*"],
            "run": [run, *words],
            "description": entry["description"],
            "kill": {"grace": "1s"},
        }
        if entry.get("confirm"):
            allowed[name]["confirm"] = entry["confirm"]
    return {
        "storage": "@STATE@/storage",
        "super_users": ["carol"],
        "views": os.path.join(ROOT, "Sources/Page/assets"),
        "roles": {"SUPPORT": {"groups": ["support"]}, "DEV_OPS": {"groups": ["devops"]}},
        "commands": {"allowed": allowed},
    }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="page-") as scratch:
        for part in ("demo", "nginx"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(scratch, part))
        with open(os.path.join(scratch, "demo", "config.yaml"), "w", encoding="utf-8") as file:
            json.dump(configuration(), file, indent=2, ensure_ascii=False)
        environment = {
            **os.environ,
            "PORT": str(port),
            "STATE": os.path.join(scratch, "state"),
            "BIN": os.path.abspath(os.environ.get("BIN", os.path.join(ROOT, ".build", "release"))),
        }
        demo = subprocess.Popen(
            [os.path.join(scratch, "demo", "run")], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            if not any("carol" in line for line in demo.stdout):
                return 1
            told = {
                "REMOTISAN_TEST_URL": f"http://127.0.0.1:{port}/remotisan/",
                "REMOTISAN_TEST_USER": "carol",
                "REMOTISAN_TEST_PASSWORD": "carol",
                "REMOTISAN_TEST_OTHER_USER": "ann",
                "REMOTISAN_TEST_OTHER_PASSWORD": "ann",
            }
            return subprocess.call(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]],
                cwd=HERE,
                env={**os.environ, **told},
            )
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait()


if __name__ == "__main__":
    sys.exit(main())
