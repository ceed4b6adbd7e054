"""Makes the screenshots of the documentation: `screenshots.py DIRECTORY`, in the Python environment of the tests.

The executions come from a mock of the API (mock_server.py), so that they are the same every time.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from playwright.sync_api import expect, sync_playwright

import showcase

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}

expect.set_options(timeout=30000)


class MockServer:
    """The mock server as a child process."""

    user, other = ("carol@lab", "carol"), ("ann@lab", "ann")

    def __init__(self, directory):
        words = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "mock_server.py"),
                 "--directory", directory, "--showcase"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.root = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.url = f"{self.root}/remotisan/"

    def mock(self, action, **given):
        request = urllib.request.Request(f"{self.root}/mock/{action}", json.dumps(given).encode(), method="POST")
        return json.load(urllib.request.urlopen(request))

    def end(self):
        self.process.terminate()
        self.process.wait()


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
        uses = [["order:refund", 9], ["app:deploy", 5], ["report:monthly", 4], ["user:invite", 2]]
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
        expect(page.locator(".running-item").get_by_role("progressbar")).to_have_count(2)
        expect(page.locator(".card")).to_have_count(4)

    def form_ready(page):
        page.get_by_label("email").fill("kim@example.org")
        page.get_by_label("role").select_option("editor")
        page.get_by_role("checkbox", name="--silent").check()
        expect(page.get_by_label("Parameters as one line")).to_have_value("--silent kim@example.org editor")
        expect(page.locator(".sparkline-box .sparkline")).to_be_visible()

    def history_ready(page):
        expect(page.locator(".executions tbody tr")).to_have_count(50)
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
        shot(browser, "run-light", "#/run/user:invite", ready=form_ready)
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
            take_screenshots(server, directory, server.mock("rows", rows=showcase.rows())["jobs"][-1])
        finally:
            server.end()


if __name__ == "__main__":
    main()
