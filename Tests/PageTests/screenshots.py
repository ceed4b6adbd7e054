"""Makes the screenshots of the documentation: `screenshots.py DIRECTORY`, in the Python environment of the tests.

The executions come from a mock of the API (mock_server.py), so that they are the same every time.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import expect, sync_playwright

from conftest import COMMANDS

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}

DEPLOY = (
    "\x1b[1mDeploying release 2026.11.4\x1b[0m\n\n"
    "  \x1b[32m✔\x1b[0m Fetching sources \x1b[90m0.8 s\x1b[0m\n"
    "  \x1b[32m✔\x1b[0m Installing 84 packages \x1b[90m12.4 s\x1b[0m\n"
    "  \x1b[32m✔\x1b[0m Building assets \x1b[90m6.1 s\x1b[0m\n\n"
    "\x1b[33mNothing to do for config:cache, it is fresh.\x1b[0m\n\n"
    "\x1b[1mMigrating\x1b[0m\n"
    "  2026_11_19_092311_add_invited_by_to_users \x1b[90m............\x1b[0m \x1b[32mDONE\x1b[0m 41 ms\n"
    "  2026_11_20_141502_create_audit_entries    \x1b[90m............\x1b[0m \x1b[32mDONE\x1b[0m 118 ms\n"
    "  2026_11_23_081045_backfill_audit_entries  \x1b[90m............\x1b[0m \x1b[33mRUNNING\x1b[0m\n"
    "    \x1b[36m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\x1b[90m━━━━━━━━━━━━━━\x1b[0m 71 %  1,420,000 of 2,000,000 rows\n\n"
    "See https://status.example.org/deploys/2026.11.4 for the checks.\n"
)


class MockServer:
    """The mock server as a child process."""

    user, other = ("carol@lab", "carol"), ("ann@lab", "ann")

    def __init__(self, directory):
        words = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "mock_server.py"), "--directory", directory]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.root = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.url = f"{self.root}/remotisan/"

    def mock(self, action, **given):
        request = urllib.request.Request(f"{self.root}/mock/{action}", json.dumps(given).encode(), method="POST")
        return json.load(urllib.request.urlopen(request))

    def end(self):
        self.process.terminate()
        self.process.wait()


def rows():
    now = int(time.time())
    past = [
        ("migrate:status", "", 2, 0, 2),
        ("cache:clear", "--tags=views", 2, 0, 1),
        ("user:invite", "--days=14 'kim@example.org' editor", 2, 0, 3),
        ("disk-usage", "", 2, 0, 1),
        ("queue:restart", "", 2, 0, 2),
        ("migrate", "--force", 3, 1, 48),
        ("cache:clear", "", 2, 0, 1),
        ("user:invite", "--silent 'lee@example.org'", 4, None, 31),
        ("migrate", "--force --seed", 2, 0, 64),
        ("cache:clear", "views", 2, 0, 1),
    ]
    made = []
    for turn in range(4):
        for index, (command, parameters, status, code, took) in enumerate(past):
            began = now - 4000 * (40 - turn * 10 - index) + index * 300
            made.append(
                {
                    "command": command,
                    "parameters": parameters,
                    "process_status": status,
                    "exit_code": code,
                    "signal": "TERM" if status == 4 else None,
                    "executed_at": began,
                    "finished_at": began + took + turn * index % 7,
                    "user_identifier": ["ann@lab", "carol@lab", "kim@lab"][(turn + index) % 3],
                }
            )
    for command, parameters, status, ago, user in (
        ("note:add", "'Release 2026.11.4 is out'", 1, 1, "kim@lab"),
        ("cache:clear", "--tags=views", 5, 8, "ann@lab"),
    ):
        made.append(
            {
                "command": command,
                "parameters": parameters,
                "process_status": status,
                "exit_code": None,
                "executed_at": now - ago,
                "finished_at": None,
                "user_identifier": user,
                "log": "",
            }
        )
    made.append(
        {
            "command": "migrate",
            "parameters": "--force",
            "process_status": 1,
            "exit_code": None,
            "executed_at": now - 41,
            "finished_at": None,
            "user_identifier": "carol@lab",
            "log": DEPLOY,
        }
    )
    return made


def take_screenshots(server, directory, running):
    def shot(browser, name, path, scheme="light", size=None, ready=None):
        context = browser.new_context(
            viewport=size or WIDE,
            color_scheme=scheme,
            device_scale_factor=2 if size else 1.5,
            locale="en-GB",
            http_credentials={"username": server.user[0], "password": server.user[1]},
        )
        page = context.new_page()
        uses = [["user:invite", 9], ["cache:clear", 5], ["migrate", 4], ["disk-usage", 2]]
        page.add_init_script(f"localStorage.setItem('remotisan.uses', {json.dumps(json.dumps(uses))})")
        page.goto(server.url + path)
        ready(page)
        page.screenshot(path=os.path.join(directory, f"{name}.png"))
        context.close()

    def job_ready(page):
        expect(page.locator(".log-line").first).to_be_visible()
        expect(page.locator(".job-progress")).to_be_visible()

    def home_ready(page):
        expect(page.locator(".running-item")).to_have_count(3)
        expect(page.locator(".running-item").get_by_role("progressbar")).to_be_visible()
        expect(page.locator(".card")).to_have_count(4)

    def form_ready(page):
        page.get_by_label("email").fill("kim@example.org")
        page.get_by_label("role").select_option("editor")
        page.get_by_role("checkbox", name="--silent").check()
        expect(page.get_by_label("Parameters as one line")).to_have_value("--silent kim@example.org editor")
        expect(page.locator(".sparkline-box .sparkline")).to_be_visible()

    def history_ready(page):
        expect(page.locator(".executions tbody tr")).to_have_count(10)
        page.wait_for_load_state("networkidle")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("REMOTISAN_TEST_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        shot(browser, "home-light", "#/", ready=home_ready)
        shot(browser, "home-phone", "#/", "dark", size=PHONE, ready=home_ready)
        shot(browser, "job-light", f"#/job/{running}", ready=job_ready)
        shot(browser, "job-dark", f"#/job/{running}", "dark", ready=job_ready)
        shot(browser, "job-phone", f"#/job/{running}", size=PHONE, ready=job_ready)
        shot(browser, "run-light", f"#/run/{COMMANDS['form']}", ready=form_ready)
        shot(browser, "history-light", "#/history", ready=history_ready)
        shot(browser, "history-dark", "#/history", "dark", ready=history_ready)
        shot(browser, "history-phone", "#/history", "dark", size=PHONE, ready=history_ready)
        browser.close()


def main():
    directory = os.path.abspath(sys.argv[1])
    os.makedirs(directory, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        server = MockServer(scratch)
        try:
            take_screenshots(server, directory, server.mock("rows", rows=rows())["jobs"][-1])
        finally:
            server.end()


if __name__ == "__main__":
    main()
