"""Running one command several times."""

from playwright.sync_api import expect

from conftest import COMMANDS, output


def open_bulk(server, page, name, lines):
    page.goto(server.url + f"#/run/{COMMANDS[name]}")
    page.get_by_role("button", name="Run several times…").click()
    page.get_by_label("Parameters, one line for each run").fill(lines)
    return page.locator(".bulk-results li")


def test_blank_lines_are_skipped(server, page):
    results = open_bulk(server, page, "quick", "\none\n\n  \ntwo\n\n")
    page.get_by_role("button", name="Run 2").click()
    expect(results).to_have_count(2)
    expect(page.locator(".form-note")).to_have_text("2 of 2 finished")
    expect(results.nth(0)).to_contain_text("one")
    expect(results.nth(1)).to_contain_text("two")


def test_the_run_stops_at_the_first_failure(server, page):
    results = open_bulk(server, page, "slow", "not-a-number\n60\n60")
    page.get_by_label("Run one after another").check()
    page.get_by_label("Stop at the first failure").check()
    page.get_by_role("button", name="Run 3").click()
    expect(page.locator(".form-note")).to_have_text("1 of 3 finished, 1 failed, 2 not started")
    expect(results.nth(1)).to_contain_text("Not started")
    expect(page.get_by_role("button", name="Stop all")).to_be_hidden()


def test_stop_all_kills_what_runs_and_starts_no_more(server, page):
    results = open_bulk(server, page, "slow", "60\n60\n60")
    page.get_by_label("Run one after another").check()
    page.get_by_role("button", name="Run 3").click()
    expect(results.nth(0)).to_contain_text("Running")
    page.get_by_role("button", name="Stop all").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop all").click()
    expect(results.nth(0)).to_contain_text("Killed", timeout=30000)
    expect(page.locator(".form-note")).to_have_text("1 of 3 finished, 1 failed, 2 not started")


def test_results_survive_the_way_back_and_a_reload(server, page):
    results = open_bulk(server, page, "slow", "1\nnot-a-number\n4")
    page.get_by_role("button", name="Run 3").click()
    expect(results.nth(1)).to_contain_text("Failed")
    results.nth(0).get_by_role("link").click()
    expect(output(page)).to_have_count(1)
    page.go_back()
    expect(results).to_have_count(3)
    expect(results.nth(1)).to_contain_text("Failed")
    page.reload()
    expect(results.nth(0)).to_contain_text("Completed")
    expect(results.nth(2)).to_contain_text("Completed")
    expect(page.locator(".form-note")).to_have_text("3 of 3 finished, 1 failed")
    expect(page.get_by_label("Parameters, one line for each run")).to_have_value("1\nnot-a-number\n4")
