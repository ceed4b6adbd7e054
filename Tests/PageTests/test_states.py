"""The states of a run, and what does not exist."""

import re

from playwright.sync_api import expect

from conftest import COMMANDS, start, expect_status


def test_the_exit_code_is_shown_once(server, page):
    uuid = start(page, "fail")
    expect_status(page, "Failed")
    expect(page.locator(".facts")).to_contain_text("Exit 3")
    assert len(re.findall(r"exit", page.locator(".job-header").inner_text(), re.IGNORECASE)) == 1
    page.goto(server.url + f"#/history?uuid={uuid}")
    expect(page.locator("tbody .status")).to_contain_text("Exit 3")


def test_an_unknown_run_is_one_clean_page_with_a_way_on(server, page):
    page.goto(server.url + "#/job/00000000-0000-4000-8000-000000000000")
    expect(page.locator("h1")).to_have_text("No such run")
    expect(page.locator(".log-panel")).to_have_count(0)
    expect(page.locator(".error-message")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name="View all runs").click()
    expect(page.locator("h1")).to_have_text("History")


def test_an_unknown_command_is_one_clean_page_with_a_way_on(server, page):
    page.goto(server.url + "#/run/no:such-command")
    expect(page.locator("h1")).to_have_text("No such command")
    expect(page.locator(".main")).to_contain_text("no:such-command")
    expect(page.locator(".executions")).to_have_count(0)
    page.get_by_role("link", name="Choose a command").click()
    expect(page).to_have_url(server.url + "#/")


def test_a_run_that_was_cancelled_in_the_queue_says_so(server, page):
    script = server.create_script()
    for _ in range(2):
        start(page, "queued", script.path)
    expect_status(page, "Queued")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel run").click()
    expect_status(page, "Cancelled")
    uuid = page.url.rsplit("/", 1)[1]
    page.goto(server.url + f"#/history?uuid={uuid}")
    expect(page.locator("tbody .status")).to_have_text("Cancelled")
    script.end()
