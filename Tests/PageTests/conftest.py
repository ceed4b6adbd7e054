"""Fixtures of the browser tests: the product, Chromium, and pages that must stay free of errors.

`page` and `open_page` show the real product (installation.py): nginx, remotisan-fcgi and the broker.
"""

import os
import shutil
import signal
import tempfile

import pytest
from playwright.sync_api import expect, sync_playwright

from installation import Installation

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = {
    "quick": "demo:quick",
    "slow": "demo:slow",
    "queued": "queue:scripted",
    "colours": "demo:colours",
    "flood": "demo:flood",
    "fail": "demo:fail",
    "stubborn": "demo:stubborn",
    "hostile": "demo:hostile",
    "form": "user:invite",
    "confirmed": "migrate",
    "restricted": "queue:restart",
    "scripted": "load:scripted",
    "estimated": "load:estimated",
    "bytes": "load:bytes",
    "rainbow": "load:rainbow",
    "gigabyte": "load:gigabyte",
    "torrent": "load:torrent",
    "iso-8859-1": "print:iso-8859-1",
    "windows-1252": "print:windows-1252",
    "numbers": "print:numbers",
    "terminal": "print:terminal",
    "confirmed_check": "batch:run",
    "limited": "load:limited",
    "lines": "load:lines",
    "wide": "load:wide",
    "meter": "load:meter",
}
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.longTasks.push(Math.round(entry.duration))))
  .observe({ entryTypes: ["longtask"] });
"""
INSTALLATION = pytest.StashKey()

expect.set_options(timeout=int(os.environ.get("REMOTISAN_EXPECT_MS", "15000")))


def pytest_configure():
    # `timeout` in the script `run` sends SIGTERM. All processes that were started must still be ended.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("The time limit of the tests is over.", 1))


def pytest_terminal_summary(terminalreporter, exitstatus, config):
    """After a failure: prints the last log lines of the product and where its logs are."""
    installation = config.stash.get(INSTALLATION, None)
    if installation is None:
        return
    if exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(installation.kept_logs)
        return
    terminalreporter.section("logs of the product")
    for line in installation.last_log_lines:
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"The complete logs are in {installation.kept_logs}.")


@pytest.fixture(scope="session")
def product(request):
    directory = tempfile.mkdtemp(prefix="page-")
    installation = Installation(directory)
    request.config.stash[INSTALLATION] = installation
    try:
        installation.start()
        yield installation
    finally:
        installation.last_log_lines = list(installation.report())
        installation.end()
        installation.kept_logs = tempfile.mkdtemp(prefix="page-logs-")
        shutil.copytree(installation.logs, installation.kept_logs, dirs_exist_ok=True)
        shutil.rmtree(directory)


@pytest.fixture
def server(product):
    """The real product. Parts that a test stopped are started again after it."""
    yield product
    product.restore()


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
    """Opens pages as one of two users. Fails afterwards if a page had an error or violated its security policy."""
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
        page.on("console", lambda message: errors.append(message.text) if is_unexpected(message) else None)
        page.goto(server.url + path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == []


def is_unexpected(message):
    """Whether a console message is an error or a warning, except for failed requests, which some tests cause."""
    return message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")


@pytest.fixture
def open_page(browser, server):
    yield from opener(browser, server)


@pytest.fixture
def page(open_page):
    return open_page()


def start(page, name, params=""):
    """Runs a command through the form. Returns the UUID of the execution."""
    page.evaluate("name => { location.hash = '#/run/' + name; }", COMMANDS[name])
    expect(page.locator("h1")).to_have_text(COMMANDS[name])
    page.get_by_label("Parameters as one line").fill(params)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    return page.url.rsplit("/", 1)[1]


def kill(page):
    """Kills the open job and waits until it has ended."""
    page.get_by_role("button", name="Kill").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect_status(page, "Killed")


def expect_status(page, label):
    """Waits until the open job has this status."""
    expect(page.locator(".facts .status")).to_contain_text(label, timeout=30000)


def output(page):
    """The rendered lines of the log."""
    return page.locator(".log .log-line")
