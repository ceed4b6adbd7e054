import os
import subprocess
import time

import pytest
from playwright.sync_api import expect

from conftest import output, start, status


def test_a_kill_shows_its_steps_until_the_end(page):
    start(page, "stubborn")
    expect(output(page).first).to_be_visible()
    page.get_by_role("button", name="Kill").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Kill this job and everything it started?")
    dialog.get_by_role("button", name="Kill").click()
    steps = page.locator(".kill-steps")
    expect(steps).to_contain_text("QUIT sent")
    expect(steps).to_contain_text("KILL sent", timeout=60000)
    expect(steps).to_contain_text("Dead")
    status(page, "Killed")
    expect(page.locator(".log")).to_contain_text("PROCESS KILLED BY")
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()


def test_a_kill_can_be_thought_better_of(page):
    start(page, "slow", "3")
    page.get_by_role("button", name="Kill").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    status(page, "Completed")


def test_a_kill_from_the_history(server, page):
    uuid = start(page, "slow", "60")
    page.goto(server.url + f"#/history?uuid={uuid}")
    page.get_by_role("button", name="Kill:").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect(page.locator("tbody")).to_contain_text("Killed", timeout=60000)


def test_a_server_that_is_gone_for_a_while_costs_no_byte(page, double):
    start(page, "slow", "6")
    expect(output(page).nth(1)).to_be_visible()
    double.mock("set", fail_next=8)
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    expect(page.locator(".notice")).to_have_count(0)
    status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 6" for i in range(1, 7)]


@pytest.mark.skipif("REMOTISAN_TEST_RESTART" not in os.environ, reason="REMOTISAN_TEST_RESTART is no command")
def test_a_real_restart_of_the_server_costs_no_byte(page):
    start(page, "slow", "8")
    expect(output(page).nth(1)).to_be_visible()
    subprocess.run(os.environ["REMOTISAN_TEST_RESTART"], shell=True, check=True)
    status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 8" for i in range(1, 9)]


def test_a_network_that_is_gone_for_a_while_costs_no_byte(page):
    start(page, "slow", "5")
    expect(output(page).nth(1)).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    page.context.set_offline(False)
    expect(page.locator(".notice")).to_have_count(0)
    status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 5" for i in range(1, 6)]


def test_an_expired_login_is_said_and_everything_stays(page, double):
    start(page, "slow", "4")
    expect(output(page).nth(1)).to_be_visible()
    double.mock("set", is_expired=True)
    expect(page.locator(".notice")).to_contain_text("Your login has expired.")
    expect(output(page).first).to_have_text("line 1 of 4")
    double.mock("set", is_expired=False)
    address = page.url
    page.get_by_role("button", name="Log in again").click()
    expect(page.locator(".notice")).to_have_count(0)
    assert page.url == address
    status(page, "Completed")
    expect(output(page)).to_have_count(4)


def test_a_stale_token_is_renewed_without_a_word(page, double):
    double.mock("set", token="token-2")
    start(page, "quick", "renewed")
    status(page, "Completed")
    expect(output(page).first).to_contain_text("renewed")


def test_a_job_that_does_not_exist(server, page):
    page.goto(server.url + "#/job/00000000-0000-4000-8000-000000000000")
    expect(page.locator(".problem")).to_contain_text("There is no such job, or you may not see it.")


def test_an_address_that_leads_nowhere(server, page):
    page.goto(server.url + "#/nonsense")
    expect(page.locator(".main")).to_contain_text("There is no “/nonsense” here.")


def test_a_lost_job_says_what_happened(double, page):
    made = double.mock(
        "rows", rows=[{"process_status": 3, "reason": "lost", "exit_code": None, "executed_at": int(time.time()) - 90}]
    )
    page.goto(double.url + f"#/job/{made['jobs'][-1]}")
    status(page, "Lost")
    expect(page.locator(".facts")).to_contain_text("The machine went down, or it died unseen")
    expect(page.locator(".log")).to_have_attribute("data-empty", "It printed nothing.")


def test_kills_are_not_offered_where_they_are_not_allowed(double, open_page):
    double.mock("set", kill_allowed=False)
    page = open_page()
    start(page, "slow", "2")
    expect(output(page).first).to_be_visible()
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()
    status(page, "Completed")
