"""Hostile output of a job: nothing of it is executed, has an effect outside the log, or hides what it is."""

import time

from playwright.sync_api import expect

from conftest import LONG_TASKS, output, start, expect_status
from test_speed import limit


def open_hostile(page):
    uuid = start(page, "hostile")
    expect_status(page, "Completed")
    expect(output(page).filter(has_text="last line")).to_be_in_viewport()
    page.locator(".log").focus()
    page.keyboard.press("Home")
    expect(output(page).first).to_contain_text("<script>")
    return uuid


def test_markup_is_shown_as_text(page):
    open_hostile(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator(".log script, .log img, .log iframe").count() == 0
    expect(output(page).first).to_have_text('<script>window.hacked=1</script><img src=x onerror="window.hacked=1">')


def test_only_web_addresses_become_links_and_they_get_no_referrer(page):
    open_hostile(page)
    links = page.locator(".log a")
    expect(links.first).to_have_text("safe link")
    # The text of this link is chosen by the job, so the real target is shown beside it.
    assert links.first.get_attribute("title") == "https://example.org/safe"
    shown = links.first.evaluate("link => getComputedStyle(link, '::after').content")
    assert "attr(data-host)" in shown or "example.org" in shown
    assert links.first.get_attribute("data-host") == "example.org"
    addresses = links.evaluate_all("links => links.map((link) => [link.protocol, link.rel, link.target])")
    assert len(addresses) == 2
    assert all(link == ["https:", "noopener noreferrer", "_blank"] for link in addresses)
    expect(page.locator(".log")).to_contain_text("click me")


def test_escape_sequences_change_neither_title_nor_clipboard(page):
    open_hostile(page)
    assert "hacked" not in page.title()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert "hacked" not in page.evaluate("navigator.clipboard.readText()")


def test_bidi_characters_are_shown_by_code_point_and_have_no_effect(page):
    open_hostile(page)
    line = output(page).filter(has_text="bidi")
    expect(line.locator(".invisible-character")).to_have_count(4)
    assert "\u202e" not in line.inner_text()
    assert line.locator(".invisible-character").first.evaluate("e => getComputedStyle(e, '::before').content") == '"U+202E"'


def test_a_line_of_a_megabyte_does_not_block_the_page(open_page):
    page = open_page(init=LONG_TASKS)
    open_hostile(page)
    page.keyboard.press("End")
    expect(output(page).filter(has_text="last line")).to_be_visible()
    page.get_by_role("button", name="Wrap").click()
    page.get_by_label("Find in the log").fill("xxxx")
    expect(page.locator(".match-count")).not_to_be_empty()
    assert max(page.evaluate("longTasks"), default=0) < limit(200)


def test_markup_in_the_history_is_shown_as_text(server, page):
    bad = "<img src=x onerror=window.hacked=1>"
    [uuid] = server.add_rows(
        [
            {
                "command": bad,
                "parameters": bad,
                "user_identifier": bad,
                "executed_at": int(time.time()) + 60,
                "reason": bad,
                "process_status": 3,
            }
        ]
    )
    page.goto(server.url + "#/history")
    expect(page.locator(".executions .col-command a").first).to_have_text(f"{bad} {bad}")
    page.goto(server.url + f"#/job/{uuid}")
    expect(page.locator(".job-command")).to_have_text(f"{bad} {bad}")
    page.goto(server.url + "#/run/" + "%3Cimg%20src=x%20onerror=window.hacked=1%3E")
    expect(page.locator(".not-found p").first).to_contain_text(bad)
    assert page.evaluate("window.hacked") is None


def test_invalid_utf8_is_shown_and_the_log_can_be_read_from_the_start(page):
    start(page, "bytes")
    expect_status(page, "Completed")
    page.reload()
    expect(output(page).filter(has_text="end of the bytes")).to_be_visible()
    page.wait_for_function(
        """() => {
      document.querySelector('.log').scrollTop = 0;
      return document.querySelector('.log-line')?.textContent === 'start';
    }""",
        polling=50,
    )
