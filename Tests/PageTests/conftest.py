"""What the browser tests stand on: a server to talk to, a Chromium, and a page that must stay free of errors.

Without further ado they run against the test double. To run them against a real installation, set

REMOTISAN_TEST_URL       its page, for example http://127.0.0.1:8080/remotisan/
REMOTISAN_TEST_USER, REMOTISAN_TEST_PASSWORD                a person with all rights (HTTP Basic)
REMOTISAN_TEST_OTHER_USER, REMOTISAN_TEST_OTHER_PASSWORD    one with fewer
REMOTISAN_TEST_RESTART   a command that restarts it, for the test that does so in the middle of a job
REMOTISAN_TEST_COMMANDS  JSON: which command of it plays which part, by the names in `PARTS`

Tests that break the server on purpose need the double and are skipped then.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect, sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = {
    "quick": "demo:quick",
    "slow": "demo:slow",
    "colours": "demo:colours",
    "flood": "demo:flood",
    "fail": "demo:fail",
    "stubborn": "demo:stubborn",
    "hostile": "demo:hostile",
    "form": "user:invite",
    "confirmed": "migrate",
    "restricted": "queue:restart",
}
PARTS.update(json.loads(os.environ.get("REMOTISAN_TEST_COMMANDS", "{}")))
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.longTasks.push(Math.round(entry.duration))))
  .observe({ entryTypes: ["longtask"] });
"""

expect.set_options(timeout=15000)


class Server:
    """Where the page is, who may log in, and, for the double, how to break it."""

    def __init__(self, url, user, other, is_double):
        self.url, self.user, self.other, self.is_double = url, user, other, is_double

    def mock(self, action="look", **given):
        assert self.is_double
        root = self.url.split("/remotisan")[0]
        request = urllib.request.Request(f"{root}/mock/{action}", json.dumps(given).encode(), method="POST")
        return json.load(urllib.request.urlopen(request))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    real = os.environ.get("REMOTISAN_TEST_URL")
    if real:
        user = (os.environ["REMOTISAN_TEST_USER"], os.environ["REMOTISAN_TEST_PASSWORD"])
        other = (os.environ["REMOTISAN_TEST_OTHER_USER"], os.environ["REMOTISAN_TEST_OTHER_PASSWORD"])
        yield Server(real, user, other, False)
        return
    directory = tmp_path_factory.mktemp("mock")
    process = subprocess.Popen(
        [sys.executable, os.path.join(HERE, "mock_server.py"), "--directory", str(directory)],
        stdout=subprocess.PIPE,
        text=True,
    )
    port = int(process.stdout.readline())
    yield Server(f"http://127.0.0.1:{port}/remotisan/", ("carol@lab", "carol"), ("ann@lab", "ann"), True)
    process.terminate()
    process.wait()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=os.environ.get("REMOTISAN_TEST_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--enable-precise-memory-info"],
        )
        yield made
        made.close()


@pytest.fixture
def double(server):
    if not server.is_double:
        pytest.skip("needs the test double")
    yield server
    server.mock("set", is_expired=False, fail_next=0, kill_allowed=True, token="token-1", embeds=True)


@pytest.fixture
def open_page(browser, server):
    """Opens pages as one of the two people; afterwards none of them may have shown an error or a policy violation."""
    contexts, errors = [], []

    def open_as(who="user", path="", viewport=None, init=None, **options):
        name, password = getattr(server, who)
        context = browser.new_context(
            viewport=viewport or {"width": 1280, "height": 800},
            http_credentials={"username": name, "password": password},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        if init:
            page.add_init_script(init)
        page.on("pageerror", lambda error: errors.append(f"error: {error}"))
        page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
        page.goto(server.url + path)
        return page

    open_as.errors = errors
    yield open_as
    for context in contexts:
        context.close()
    assert errors == []


def is_fault(message):
    """Anything on the console, but for the browser's own lines about answers a test has asked to fail."""
    return message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")


@pytest.fixture
def page(open_page):
    return open_page()


def start(page, part, params=""):
    """Runs a command through the form; returns the job's UUID."""
    page.evaluate("name => { location.hash = '#/run/' + name; }", PARTS[part])
    expect(page.locator("h1")).to_have_text(PARTS[part])
    page.get_by_label("Parameters, as one line").fill(params)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    return page.url.rsplit("/", 1)[1]


def status(page, word):
    """Waits until the open job's status is that word."""
    expect(page.locator(".facts .status")).to_contain_text(word, timeout=30000)


def output(page):
    return page.locator(".log .ln")
