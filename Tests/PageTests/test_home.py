"""The home view: what runs now, recent runs, most used commands; the header; theme and time zone."""

import time

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, kill, output, start, expect_status


def open_home(server, page):
    page.goto(server.url + "#/")
    return page.locator(".running-list")


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}], ids=["wide", "phone"])
def test_running_jobs_of_all_users_stand_first(server, open_page, viewport):
    script = server.create_script()
    page = open_page(viewport=viewport)
    start(page, "scripted", script.path)
    ann = open_page("user", "#/", viewport=viewport)
    item = ann.locator(".running-item", has_text=script.path)
    expect(item).to_contain_text("Running")
    expect(item).to_contain_text("carol")
    expect(ann.locator(".running-count")).to_contain_text("running")
    assert ann.title().startswith("(")
    item.get_by_role("button", name="Kill").click()
    ann.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect(item).to_have_count(0, timeout=30000)


def test_a_running_job_shows_its_progress_against_the_usual_duration(server, page):
    now = int(time.time())
    server.add_rows([{"command": "load:limited", "executed_at": now - 900 + i, "finished_at": now - 800 + i}
                     for i in range(6)])
    script = server.create_script()
    uuid = start(page, "limited", script.path)
    server.backdate(uuid, 30)
    page.reload()
    open_home(server, page)
    item = page.locator(".running-item", has_text=script.path)
    expect(item.get_by_role("progressbar")).to_be_visible()
    expect(item).to_contain_text("About 1 min")
    script.end()
    expect(item).to_have_count(0)


def test_queued_jobs_show_their_position(server, page):
    script = server.create_script()
    for _ in range(3):
        start(page, "queued", script.path)
    open_home(server, page)
    queued = page.locator(".running-item", has=page.locator(".status.queued"))
    expect(queued).to_have_count(2)
    expect(queued.first).to_contain_text("next in the queue")
    expect(queued.last).to_contain_text("1 ahead")
    for left in (1, 0):
        queued.last.get_by_role("button", name="Cancel").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel run").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(queued).to_have_count(left)
    script.end()


def test_recent_runs_are_mine_or_all(server, page):
    server.add_rows([{"command": "demo:quick", "parameters": "of ann", "executed_at": int(time.time())}])
    start(page, "quick", "of carol")
    expect_status(page, "Completed")
    open_home(server, page)
    table = page.locator(".executions")
    expect(table).to_contain_text("of ann")
    page.get_by_role("button", name="Mine").click()
    expect(table).not_to_contain_text("of ann")
    expect(table).to_contain_text("of carol")
    page.reload()
    expect(table).to_contain_text("of carol")
    expect(table).not_to_contain_text("of ann")


def test_most_used_commands_are_cards(server, page):
    for _ in range(2):
        start(page, "quick", "card")
        expect_status(page, "Completed")
    start(page, "colours")
    open_home(server, page)
    cards = page.locator(".card .command-name")
    expect(cards).to_have_text([COMMANDS["quick"], COMMANDS["colours"]])
    cards.first.click()
    expect(page.locator("h1")).to_have_text(COMMANDS["quick"])


def test_a_whole_row_is_clickable(server, page):
    uuid = start(page, "quick", "row")
    expect_status(page, "Completed")
    page.goto(server.url + f"#/history?uuid={uuid}")
    page.locator("tbody .col-duration").click()
    page.wait_for_url(f"**/#/job/{uuid}")
    expect(output(page).first).to_contain_text("row")


def test_the_theme_is_chosen_and_kept(server, open_page):
    page = open_page(color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator("#settings summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(background) != light
    page.reload()
    expect(page.locator(".home-view")).to_be_visible()
    assert page.evaluate(background) != light
    page.locator("#settings summary").click()
    page.get_by_role("group", name="Theme").get_by_role("button", name="System").click()
    assert page.evaluate(background) == light
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Theme")).to_be_hidden()


def test_times_are_shown_in_utc_when_wanted(server, open_page):
    server.add_rows([{"command": "zone:test", "executed_at": 1_767_225_600}])
    page = open_page(path="#/history?command=zone:test", timezone_id="Asia/Tokyo")
    started = page.locator("tbody time")
    expect(started).to_have_attribute("title", "Jan 01, 2026, 09:00:00 AM GMT+9")
    page.locator("#settings summary").click()
    page.get_by_role("button", name="UTC").click()
    expect(started).to_have_attribute("title", "Jan 01, 2026, 12:00:00 AM UTC")
    expect(page.locator(".zone")).to_have_text("UTC")
