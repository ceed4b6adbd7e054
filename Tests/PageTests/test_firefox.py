"""The main tasks in Firefox."""

import pytest

from firefox import Firefox


@pytest.fixture
def firefox(server):
    made = Firefox(*server.user)
    try:
        yield made
    finally:
        made.end()


def run(firefox, server, name, params):
    firefox.open(server.url + f"#/run/{name}")
    firefox.until(f"document.querySelector('h1')?.textContent === '{name}' && document.querySelector('#line') !== null")
    firefox.click("#line")
    firefox.type(params)
    firefox.keys("Enter")
    firefox.until("location.hash.startsWith('#/job/')")


def copy(firefox):
    """Presses Ctrl+C. Returns what the page puts into the clipboard."""
    firefox.evaluate("""(window.copied = null, document.addEventListener('copy', (event) => {
      window.copied = event.clipboardData.getData('text/plain'); }, { once: true }))""")
    firefox.keys("Control+c")
    firefox.until("window.copied !== null")
    return firefox.evaluate("window.copied")


def status(firefox, word):
    firefox.until(f"document.querySelector('.facts .status')?.textContent.includes('{word}')")


def test_the_main_tasks_work_in_firefox(server, firefox):
    run(firefox, server, "demo:quick", "from 'the fox'")
    status(firefox, "Completed")
    firefox.until("document.querySelector('.log-line')?.textContent === 'Hello from the fox'")

    # Find, and copy all.
    firefox.keys("Control+f")
    firefox.type("FOX")
    firefox.until("document.querySelector('.match-count').textContent === '1 of 1'")
    firefox.keys("Escape", "Control+a")
    assert copy(firefox) == "Hello from the fox"

    # Kill.
    run(firefox, server, "demo:slow", "60")
    firefox.until("document.querySelectorAll('.log-line').length >= 2")
    firefox.click("button.danger")
    firefox.click("dialog button.danger")
    status(firefox, "Killed")

    # Find the run in the history, and run it again with a change.
    firefox.open(server.url + "#/history?command=from")
    firefox.click("tbody tr .col-duration")
    firefox.until("location.hash.startsWith('#/job/')")
    firefox.click(".job-title a[href*='params=']")
    firefox.until("document.querySelector('#line')?.value.includes('fox')")
    firefox.click("#line")
    firefox.keys("End")
    firefox.type(" again")
    firefox.keys("Enter")
    status(firefox, "Completed")
    firefox.until("document.querySelector('.log-line')?.textContent === 'Hello from the fox again'")


def test_a_selection_is_copied_exactly_in_firefox(server, firefox):
    run(firefox, server, "load:lines", "3000")
    status(firefox, "Completed")
    firefox.until("document.querySelectorAll('.log-line').length > 10")
    first = firefox.evaluate("""(async () => {
      const log = document.querySelector('.log');
      const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      log.focus();
      log.scrollTop = 2000;
      await frames();
      const lines = [...log.querySelectorAll('.log-line')];
      getSelection().setBaseAndExtent(lines[20].firstChild, 0, lines[23].firstChild, 0);
      await frames();
      log.scrollTop = 40000;
      await frames();
      return Number(lines[20].dataset.line);
    })()""")
    assert copy(firefox).split("\n") == [f"line {first + i} of the output" for i in range(3)] + [""]


def test_favourites_presets_and_choices_work_in_firefox(server, firefox):
    firefox.open(server.url + "#/run/shop:deploy")
    firefox.until("document.querySelector('.favourite') !== null")
    if firefox.evaluate("document.querySelector('.favourite').getAttribute('aria-pressed')") == "false":
        firefox.click(".favourite")
    firefox.until("document.querySelector('.command-groups section')?.textContent.includes('Favourites')")
    firefox.click("[role=combobox]")
    firefox.type("17")
    firefox.until("document.querySelectorAll('[role=option]').length === 1")
    firefox.keys("Enter")
    firefox.until("document.querySelector('#line').value === 'feature-17'")
    firefox.evaluate("document.querySelector('.run-buttons button:nth-of-type(3)').click()")
    firefox.until("document.querySelector('#preset-name') !== null")
    firefox.type("Fox")
    firefox.keys("Enter")
    firefox.until("document.querySelector('.preset')?.textContent.includes('Fox')")
    firefox.open(server.url + "#/")
    firefox.until("document.querySelector('.card .favourite-mark') !== null")
    firefox.open(server.url + "#/run/shop:deploy")
    firefox.click(".preset button")
    firefox.until("document.querySelector('[role=combobox]').value === 'feature-17'")
    firefox.click(".favourite")
    firefox.until("document.querySelector('.favourite').getAttribute('aria-pressed') === 'false'")
    firefox.click(".preset-delete")
    firefox.click("dialog button.danger")
    firefox.until("document.querySelector('.preset') === null")


def test_lines_and_groups_work_in_firefox(server, firefox):
    script = server.create_script()
    run(firefox, server, "load:scripted", script.path)
    script.print("one\n::group::Many\ntwo\nthree\n::endgroup::\nfour\n")
    firefox.until("document.querySelectorAll('.log-line').length === 5")
    script.end()
    status(firefox, "Completed")
    firefox.click(".fold")
    firefox.until("document.querySelectorAll('.log-line').length === 3")
    uuid = firefox.evaluate("location.hash.split('/')[2]")
    firefox.open("about:blank")
    firefox.open(server.url + f"#/job/{uuid}/L4")
    firefox.until("document.querySelector('.log-line.marked')?.textContent === 'three'")
    firefox.click(".job-title a[href*='compare']")
    firefox.until("document.querySelector('.compare-view [role=status], .compare-view [role=alert]')?.textContent.length > 0")
