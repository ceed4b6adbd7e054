"""The form of a command: its errors, the check before the confirmation, and drafts."""

import re

from playwright.sync_api import expect

from conftest import COMMANDS, expect_status, start


def field(page, name):
    return page.locator(".field", has=page.locator(f"code:text-is('{name}')"))


def test_the_first_wrong_field_gets_the_focus_and_the_summary_links_to_all(server, open_page):
    page = open_page(path="#/run/user:invite", viewport={"width": 1280, "height": 420})
    email, days = page.get_by_label("email"), page.get_by_label("--days")
    email.fill("no address")
    days.fill("400")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(email).to_be_focused()
    expect(email).to_be_in_viewport()
    expect(email).to_have_attribute("aria-invalid", "true")
    described = email.get_attribute("aria-describedby").split()
    texts = [page.locator(f"[id='{name}']").inner_text() for name in described]
    assert any("must be an email address" in text for text in texts), texts
    red = email.evaluate("e => getComputedStyle(e).borderTopColor")
    assert red != page.get_by_label("teams").first.evaluate("e => getComputedStyle(e).borderTopColor")
    summary = page.locator(".error-summary")
    expect(summary.get_by_role("link")).to_have_count(2)
    summary.get_by_role("link", name=re.compile("days")).click()
    expect(days).to_be_focused()
    expect(page).to_have_url(re.compile("#/run/user:invite"))
    days.fill("7")
    expect(summary.get_by_role("link")).to_have_count(1)
    expect(days).not_to_have_attribute("aria-invalid", "true")
    email.fill("kim@example.org")
    expect(summary).to_be_hidden()


def test_a_wrong_value_is_reported_after_the_field_is_left(server, page):
    page.goto(server.url + "#/run/user:invite")
    days = page.get_by_label("--days")
    days.fill("400")
    expect(field(page, "--days").locator(".field-error")).to_be_hidden()
    page.get_by_label("email").focus()
    expect(field(page, "--days").locator(".field-error")).to_contain_text("at most 365")
    days.fill("40")
    expect(field(page, "--days").locator(".field-error")).to_be_hidden()


def test_the_command_line_is_what_the_server_would_run(server, page):
    page.goto(server.url + "#/run/user:invite")
    page.get_by_label("email").fill("kim@example.org")
    page.get_by_label("--days").fill("14")
    expect(page.locator(".argv")).to_contain_text("--days=14 -- kim@example.org reader")


def test_values_are_checked_before_the_confirmation(server, page):
    page.goto(server.url + f"#/run/{COMMANDS['confirmed_check']}")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(field(page, "batch").locator(".field-error")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("batch").fill("b-123")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Run this batch?")


def test_a_pattern_shows_the_description_and_not_the_expression(server, page):
    page.goto(server.url + f"#/run/{COMMANDS['confirmed_check']}")
    page.get_by_label("batch").fill("wrong")
    page.get_by_role("button", name="Run", exact=True).click()
    error = field(page, "batch").locator(".field-error")
    expect(error).to_contain_text("The letter b, a dash and three digits")
    expect(error).not_to_contain_text("[0-9]")


def test_half_typed_values_survive_a_reload_and_the_way_back(server, page):
    page.goto(server.url + "#/run/db:login")
    page.get_by_label("user").fill("kim")
    page.locator("input[type=password]").fill("hunter22")
    page.reload()
    expect(page.get_by_label("user")).to_have_value("kim")
    expect(page.locator("input[type=password]")).to_have_value("")
    page.goto(server.url + "#/run/note:add")
    page.get_by_label("text").fill("first\nsecond")
    page.goto(server.url + "#/history")
    expect(page.locator("h1")).to_have_text("History")
    page.go_back()
    expect(page.get_by_label("text")).to_have_value("first\nsecond")
    assert "hunter22" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_a_draft_ends_with_its_run(server, page):
    start(page, "quick", "once")
    expect_status(page, "Completed")
    page.goto(server.url + f"#/run/{COMMANDS['quick']}")
    expect(page.get_by_label("Parameters as one line")).to_have_value("")


def test_an_unknown_option_and_a_missing_value_are_named(server, page):
    page.goto(server.url + "#/run/user:invite")
    note = page.locator(".form-note")
    expect(note).to_have_text("Missing: email")
    page.get_by_label("Parameters as one line").fill("--nope")
    expect(note).to_have_text("Unknown option --nope")


def test_a_command_that_is_running_at_its_limit_is_linked(server, page):
    script = server.create_script()
    uuid = start(page, "limited", script.path)
    page.goto(server.url + f"#/run/{COMMANDS['limited']}")
    page.get_by_label("Parameters as one line").fill(script.path)
    page.get_by_role("button", name="Run", exact=True).click()
    result = page.locator(".result")
    expect(result).to_contain_text(f"{COMMANDS['limited']} is already running (limit 1).")
    result.get_by_role("link").click()
    page.wait_for_url(f"**/#/job/{uuid}")
    script.end()
    expect_status(page, "Completed")
