"""What the browser tests stand on: the product, a Chromium, and a page that must stay free of errors.

`page` and `open_page` show the real product (installation.py): nginx, remotisan-fcgi, the broker.
"""

import os
import shutil
import signal
import tempfile

import pytest
from playwright.sync_api import expect, sync_playwright

from installation import Installation

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
    "told": "load:told",
    "bytes": "load:bytes",
    "rainbow": "load:rainbow",
    "gigabyte": "load:gigabyte",
    "torrent": "load:torrent",
}
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.longTasks.push(Math.round(entry.duration))))
  .observe({ entryTypes: ["longtask"] });
"""
INSTALLATION = pytest.StashKey()

expect.set_options(timeout=15000)


def pytest_configure():
    # `timeout` in the script `run` asks so: whatever was started must end all the same.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("told to end: the time is over", 1))


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    """After a failure: what the product's parts said, and where all of it is kept."""
    installation = config.stash.get(INSTALLATION, None)
    if installation is None:
        return
    if exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(installation.kept_logs)
        return
    terminalreporter.section("what the product said")
    for line in installation.last_words:
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"All of it is in {installation.kept_logs}.")


@pytest.fixture(scope="session")
def product(request):
    directory = tempfile.mkdtemp(prefix="page-")
    installation = Installation(directory)
    request.config.stash[INSTALLATION] = installation
    try:
        installation.start()
        yield installation
    finally:
        installation.last_words = list(installation.report())
        installation.end()
        installation.kept_logs = tempfile.mkdtemp(prefix="page-logs-")
        shutil.copytree(installation.logs, installation.kept_logs, dirs_exist_ok=True)
        shutil.rmtree(directory)


@pytest.fixture
def server(product):
    """The real product, as the test before left it: whole."""
    yield product
    product.heal()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=os.environ.get("REMOTISAN_TEST_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--enable-precise-memory-info"],
        )
        yield made
        made.close()


def opener(browser, server):
    """Opens pages as one of the two people; afterwards none of them may have shown an error or a policy violation."""
    contexts, errors = [], []

    def open_as(who="user", path="", viewport=None, init=None, on_response=None, **options):
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
        if on_response:
            page.on("response", lambda response: on_response(response))
        page.on("pageerror", lambda error: errors.append(f"error: {error}"))
        page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
        page.goto(server.url + path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == []


def is_fault(message):
    """Anything on the console, but for the browser's own lines about answers a test has asked to fail."""
    return message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")


@pytest.fixture
def open_page(browser, server):
    yield from opener(browser, server)


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


def kill(page):
    """Kills the open job and waits until it is dead."""
    page.get_by_role("button", name="Kill").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    status(page, "Killed")


def status(page, word):
    """Waits until the open job's status is that word."""
    expect(page.locator(".facts .status")).to_contain_text(word, timeout=30000)


def output(page):
    return page.locator(".log .ln")
