"""Finding text in a log: while typing, with options, and in the whole log on the server."""

import re
import time

from playwright.sync_api import expect

from conftest import output, start, expect_status


def find(page, text):
    page.get_by_label("Find in the log").fill(text)


def test_typing_moves_to_the_nearest_match(page):
    start(page, "lines", "2000")
    expect_status(page, "Completed")
    page.locator(".log").focus()
    page.keyboard.press("Home")
    expect(output(page).first).to_contain_text("line 0 ")
    find(page, "line 700 ")
    expect(page.locator(".match.current")).to_be_in_viewport()
    expect(page.locator(".match.current")).to_have_text("line 700 ")
    expect(page.locator(".match-count")).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    page.keyboard.press("End")
    expect(output(page).last).to_be_in_viewport()
    page.keyboard.press("Control+f")
    page.keyboard.type("line 1")
    expect(page.locator(".match.current")).to_be_in_viewport()
    assert int(page.locator(".match.current").evaluate("e => e.closest('.log-line').dataset.line")) >= 1900


def test_a_match_far_to_the_right_is_scrolled_to_without_wrapping(page):
    start(page, "wide")
    expect_status(page, "Completed")
    page.get_by_role("button", name="Wrap").click()
    find(page, "needle")
    expect(page.locator(".match.current")).to_be_in_viewport()
    assert page.locator(".log").evaluate("e => e.scrollLeft") > 1000


def test_case_and_regular_expressions_are_options(page):
    start(page, "quick", "Alpha alpha beta42 beta7")
    expect_status(page, "Completed")
    find(page, "alpha")
    expect(page.locator(".match-count")).to_have_text("1 of 2")
    page.get_by_role("button", name="Match case").click()
    expect(page.locator(".match-count")).to_have_text("1 of 1")
    page.get_by_role("button", name="Regular expression").click()
    find(page, r"beta\d{2}")
    expect(page.locator(".match-count")).to_have_text("1 of 1")
    expect(page.locator(".match.current")).to_have_text("beta42")
    find(page, "(")
    expect(page.locator(".match-count")).to_have_text("Not a regular expression")
    find(page, "x*")
    expect(page.locator(".match-count")).to_have_text("No match")


def test_the_whole_log_is_searched_on_the_server(page):
    start(page, "flood", "40")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    find(page, "0000007 the QUICK")
    count = page.locator(".match-count")
    expect(count).to_have_text(re.compile("in the whole log"))
    assert count.inner_text().startswith("40 ") or " of 40 " in count.inner_text(), count.inner_text()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".match.current")).to_be_in_viewport()
    expect(page.locator(".match.current")).to_have_text("0000007 the quick")
    expect(count).to_have_text("40 of 40 in the whole log")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("39 of 40 in the whole log")
    expect(page.locator(".match.current")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(count).to_have_text("40 of 40 in the whole log")


def test_a_regular_expression_searches_the_whole_log(page):
    start(page, "flood", "40")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    page.get_by_role("button", name="Regular expression").click()
    find(page, r"^000000[7]\sthe q\w+")
    count = page.locator(".match-count")
    expect(count).to_have_text(re.compile("40 in the whole log|of 40 in the whole log"))
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".match.current")).to_have_text("0000007 the quick")
    expect(count).to_have_text("40 of 40 in the whole log")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("39 of 40 in the whole log")
    expect(page.locator(".match.current")).to_be_in_viewport()


def test_an_expression_that_the_server_cannot_search_for_says_so(page):
    start(page, "flood", "40")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    page.get_by_role("button", name="Regular expression").click()
    # A backreference to a group that does not exist is an expression only in the browser.
    find(page, r"0000007\9?")
    expect(page.locator(".match-count")).to_contain_text("in the loaded part")
    expect(page.locator(".match-count")).to_contain_text("The server cannot search for this regular expression.")


def test_the_lines_have_their_numbers_at_a_match_that_was_not_loaded(page):
    start(page, "flood", "40")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    find(page, "0000007 the QUICK")
    expect(page.locator(".match-count")).to_have_text(re.compile("in the whole log"))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    line = page.locator(".log-line", has=page.locator(".match.current"))
    expect(line).to_be_in_viewport()
    expect(page.locator(".log.numbered")).to_be_visible()
    assert int(line.get_attribute("data-label")) % 20001 == 8


def test_a_search_of_a_gigabyte_takes_little_time(page):
    uuid = start(page, "gigabyte")
    expect_status(page, "Completed")
    answer = {"next": 0}
    began = time.monotonic()
    longest = 0
    while answer["next"] is not None:
        before = time.monotonic()
        answer = page.request.get(f"{page.url.split('#')[0]}execute/{uuid}/search",
                                  params={"q": "no such text", "case": "1", "from": answer["next"]}).json()
        longest = max(longest, time.monotonic() - before)
    took = time.monotonic() - began
    print(f"\n1 GiB searched in {took:.1f} s, longest request {longest:.2f} s")
    assert answer["match"] is None and longest < 3
