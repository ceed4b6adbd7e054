"""Ten tasks of people, each from the first view, with their clicks counted. Run with `-s` to see the numbers."""

import time

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, expect_status, output, start
from test_job_tools import NOTICES


class Hand:
    """Counts what a person does: clicks and choices, and texts that are typed."""

    def __init__(self, page):
        self.page, self.clicks, self.texts = page, 0, 0

    def click(self, locator):
        locator.click()
        self.clicks += 1

    def choose(self, locator, value):
        locator.select_option(value)
        self.clicks += 2

    def type(self, locator, text):
        locator.fill(text)
        self.texts += 1

    def press(self, key):
        self.page.keyboard.press(key)
        self.clicks += 1


@pytest.fixture
def hand(server, open_page, request):
    page = open_page(init=NOTICES)
    page.goto(server.url + "#/")
    expect(page.locator(".command-groups a").first).to_be_visible()
    made = Hand(page)
    yield made
    print(f"\n{request.node.name[5:].replace('_', ' ')}: {made.clicks} clicks, {made.texts} texts")


def command(page, name):
    return page.locator(".command-groups a", has_text=name).first


def test_run_a_command_with_parameters(server, hand):
    page = hand.page
    hand.click(command(page, COMMANDS["quick"]))
    hand.type(page.get_by_label("Parameters as one line"), "task one")
    hand.click(page.get_by_role("button", name="Run", exact=True))
    expect(output(page).first).to_contain_text("task one")
    assert hand.clicks <= 2


def test_find_the_failed_run_of_somebody_yesterday(server, hand):
    page = hand.page
    yesterday = int(time.time()) - 86400
    server.add_rows([{"command": "task:two", "user_identifier": "ann", "executed_at": yesterday, "process_status": 3}])
    server.add_rows([{"command": "task:two", "user_identifier": user, "executed_at": yesterday, "process_status": status}
                     for user, status in (("bob", 3), ("ann", 2))])
    hand.click(page.get_by_role("link", name="History"))
    hand.click(page.get_by_role("button", name="Failed", exact=True))
    hand.click(page.get_by_role("button", name="Yesterday"))
    hand.click(page.get_by_role("link", name="ann", exact=True).first)
    rows = page.locator(".executions tbody tr")
    expect(rows.filter(has_text="task:two")).to_have_count(1)
    expect(rows.filter(has=page.get_by_role("link", name="bob"))).to_have_count(0)
    expect(page.get_by_label("User", exact=True)).to_have_value("ann")
    assert hand.clicks <= 4


def test_kill_a_job(server, hand):
    page = hand.page
    script = server.create_script()
    start(page, "scripted", script.path)
    page.goto(server.url + "#/")
    item = page.locator(".running-item", has_text=script.path)
    hand.click(item.get_by_role("button", name="Kill"))
    hand.click(page.get_by_role("dialog").get_by_role("button", name="Kill"))
    expect(item).to_have_count(0, timeout=30000)
    assert hand.clicks <= 2


def test_run_again_with_a_change(server, hand):
    page = hand.page
    start(page, "quick", "task four")
    expect_status(page, "Completed")
    page.goto(server.url + "#/")
    hand.click(page.locator("tr", has_text="task four").first.get_by_role("link", name="Run again"))
    hand.type(page.get_by_label("Parameters as one line"), "task four again")
    hand.click(page.get_by_role("button", name="Run", exact=True))
    expect(output(page).first).to_contain_text("task four again")
    assert hand.clicks <= 2


def test_see_what_runs_now(server, hand):
    page = hand.page
    script = server.create_script()
    start(page, "scripted", script.path)
    page.goto(server.url + "#/")
    expect(page.locator(".running-item", has_text=script.path)).to_be_visible()
    script.print("end")
    script.end()
    assert hand.clicks == 0


def test_share_a_line_of_a_log(server, hand):
    page = hand.page
    uuid = start(page, "lines", "50")
    expect_status(page, "Completed")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    box = page.locator(".log-line", has_text="line 48 of").bounding_box()
    page.mouse.click(box["x"] - 30, box["y"] + 8)
    hand.clicks += 1
    hand.click(page.get_by_role("button", name="Link"))
    page.wait_for_function("() => window.copied !== undefined")
    assert page.evaluate("window.copied").endswith(f"#/job/{uuid}/L49")
    assert hand.clicks <= 2


def test_be_told_of_the_end(server, hand):
    page = hand.page
    script = server.create_script()
    start(page, "scripted", script.path)
    hand.click(page.get_by_role("button", name="Notify me"))
    script.print("end")
    script.end()
    page.wait_for_function("() => window.notices.length === 1", timeout=30000)
    assert hand.clicks <= 1


def test_export_the_history(server, hand):
    page = hand.page
    hand.click(page.get_by_role("link", name="History"))
    expect(page.get_by_role("link", name="CSV", exact=True)).to_have_attribute("href", "/remotisan/history/export?format=csv")
    hand.clicks += 1
    assert hand.clicks <= 2


def test_save_values_as_a_preset(server, hand):
    page = hand.page
    hand.click(command(page, COMMANDS["quick"]))
    hand.type(page.get_by_label("Parameters as one line"), "task nine")
    hand.click(page.get_by_role("button", name="Save these values as…"))
    hand.type(page.get_by_role("dialog").get_by_label("Name"), "Nine")
    hand.press("Enter")
    expect(page.get_by_role("button", name="Nine", exact=True)).to_be_visible()
    assert hand.clicks <= 3
    page.get_by_role("button", name="Delete preset Nine").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete preset").click()


def test_make_a_command_a_favourite(server, hand):
    page = hand.page
    hand.click(command(page, COMMANDS["colours"]))
    hand.click(page.get_by_role("button", name="Add to favourites"))
    remove = page.get_by_role("button", name="Remove from favourites")
    expect(remove).to_be_visible()
    assert hand.clicks <= 2
    remove.click()
