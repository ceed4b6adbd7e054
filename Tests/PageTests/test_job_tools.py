"""The tools of the job page: links to lines, groups, next error, estimates, forced kills, notices, downloads."""

import re
import time

import pytest
from playwright.sync_api import expect

from conftest import expect_status, output, start

NOTICES = """
window.notices = [];
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { return 'granted'; }
  constructor(title, options) { window.notices.push([title, options.body]); }
};
"""
GITLAB = "section_start:1:build\r\x1b[0KBuilding\none\ntwo\nsection_end:2:build\r\x1b[0K\nafter\n"


def copied(page, action):
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    action()
    page.wait_for_function("() => window.copied !== undefined")
    return page.evaluate("window.copied")


def log(server, page, text):
    """A finished run with this output."""
    script = server.create_script()
    start(page, "scripted", script.path)
    script.print(text)
    script.end()
    expect_status(page, "Completed")


def test_a_line_has_a_link(server, open_page):
    page = open_page()
    uuid = start(page, "lines", "30000")
    expect_status(page, "Completed")
    page.goto(server.url + "#/")
    page.goto(server.url + f"#/job/{uuid}/L20000")
    marked = page.locator(".log-line.marked")
    expect(marked).to_have_text("line 19999 of the output")
    expect(marked).to_be_in_viewport()
    page.locator(".log").focus()
    page.keyboard.press("Home")
    third = page.locator(".log-line", has_text=re.compile("^line 2 of the output$"))
    expect(third).to_be_visible()
    box = third.bounding_box()
    page.mouse.click(box["x"] - 30, box["y"] + 8)
    expect(page).to_have_url(re.compile(f"#/job/{uuid}/L3$"))
    expect(marked).to_have_text("line 2 of the output")
    address = copied(page, lambda: page.get_by_role("button", name="Link").click())
    assert address == server.url + f"#/job/{uuid}/L3"
    other = open_page(path=f"#/job/{uuid}/L3")
    expect(other.locator(".log-line.marked")).to_have_text("line 2 of the output")


def test_a_link_to_a_line_that_is_not_there_says_so(server, page):
    uuid = start(page, "lines", "5")
    expect_status(page, "Completed")
    page.goto(server.url + f"#/job/{uuid}/L99")
    expect(page.locator(".log-message")).to_contain_text("no line 99")


@pytest.mark.parametrize("text", [
    "before\n::group::Building\none\ntwo\n::endgroup::\nafter\n", "before\n" + GITLAB], ids=["GitHub", "GitLab"])
def test_groups_are_folded_and_unfolded(server, page, text):
    log(server, page, text)
    head = page.locator(".group-head")
    expect(head).to_contain_text("Building")
    expect(page.locator(".log-line", has_text="one")).to_be_visible()
    head.get_by_role("button").click()
    expect(page.locator(".log-line", has_text="one")).to_have_count(0)
    expect(page.locator(".log-line", has_text="after")).to_be_visible()
    expect(head.get_by_role("button")).to_have_attribute("aria-expanded", "false")
    page.get_by_label("Find in the log").fill("two")
    page.keyboard.press("Enter")
    expect(page.locator(".match.current")).to_be_visible()
    page.get_by_role("button", name="Fold", exact=True).click()
    expect(page.locator(".log-line", has_text="two")).to_have_count(0)
    page.get_by_role("button", name="Unfold", exact=True).click()
    expect(page.locator(".log-line", has_text="two")).to_be_visible()
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    text_copied = copied(page, lambda: page.get_by_role("button", name="Copy").click())
    assert [line for line in text_copied.split("\n") if "one" in line or "two" in line] == ["one", "two"]


def test_a_large_folded_group_does_not_slow_the_log(server, page):
    log(server, page, "::group::Many\n" + "".join(f"row {i}\n" for i in range(20000)) + "::endgroup::\nthe end\n")
    page.locator(".log").focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Group Many").click()
    expect(page.locator(".log-line", has_text="the end")).to_be_in_viewport()
    assert page.locator(".log-line").count() < 20


def test_next_error_goes_through_errors_by_word_and_colour(server, page):
    log(server, page, "".join(f"fine {i}\n" for i in range(300)) + "0 errors so far\nFATAL: no disk\nmore\n"
        + "".join(f"fine {i}\n" for i in range(300)) + "\x1b[31mred line\x1b[0m\n" + "fine\n" * 300)
    page.locator(".log").focus()
    page.keyboard.press("Home")
    button = page.get_by_role("button", name="Next error")
    marked = page.locator(".log-line.marked")
    button.click()
    expect(marked).to_have_text("FATAL: no disk")
    expect(marked).to_be_in_viewport()
    button.click()
    expect(marked).to_have_text("red line")
    button.click()
    expect(marked).to_have_text("FATAL: no disk")


def test_next_error_searches_the_whole_log(server, page):
    fine = "".join(f"{i:07} the quick brown fox\n" for i in range(40000))
    log(server, page, f"start\nERROR: first\nand more errors\n{fine}\x1b[31mred\x1b[0m line\n{fine}the last error\n{fine}")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    button = page.get_by_role("button", name="Next error")
    marked = page.locator(".log-line.marked")
    for text, number in (("ERROR: first", 2), ("red line", 40004), ("the last error", 80005), ("ERROR: first", 2)):
        button.click()
        expect(marked).to_have_text(text)
        expect(marked).to_be_in_viewport()
        expect(marked).to_have_attribute("data-label", str(number))
        expect(page).to_have_url(re.compile(f"/L{number}$"))
        expect(button).to_have_text("Next error")


def test_a_link_to_a_line_of_a_long_log_opens_it_there(server, open_page):
    maker = open_page()
    uuid = start(maker, "gigabyte")
    expect_status(maker, "Completed")
    block = sum(len(b"%07d \x1b[32mok\x1b[0m the quick brown fox jumps over the lazy dog\n" % i) for i in range(20000))
    lines = 20000 * -(-(1 << 30) // block)
    maker.goto(server.url + "#/")
    for number in (12_345_678, lines):
        page = open_page(path=f"#/job/{uuid}/L{number}")
        began = page.evaluate("performance.getEntriesByName('usable')[0].startTime")
        marked = page.locator(".log-line.marked")
        expect(marked).to_have_attribute("data-label", str(number))
        expect(marked).to_be_in_viewport()
        expect(marked).to_contain_text(f"{(number - 1) % 20000:07} ok")
        took = page.evaluate("performance.now()") - began
        print(f"\nline {number:,} of 1 GiB shown after {took:.0f} ms")
        expect(page.locator(f".log-line[data-label='{number - 5}']")).to_be_attached()
        page.locator(".log").focus()
        page.keyboard.press("PageUp")
        page.keyboard.press("PageUp")
        before = page.locator(f".log-line[data-label='{number - 30}']")
        expect(before).to_contain_text(f"{(number - 31) % 20000:07} ok")
        page.close()


def test_a_click_beside_a_line_of_the_end_of_a_log_links_it(server, page):
    uuid = start(page, "flood", "3")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("loaded")
    # The log has ended, so its lines are counted.
    expect(page.locator(".log.numbered")).to_be_visible()
    line = output(page).last
    number = line.get_attribute("data-label")
    box = line.bounding_box()
    page.mouse.click(box["x"] - 30, box["y"] + 8)
    expect(page).to_have_url(re.compile(f"#/job/{uuid}/L{number}$"))
    text = line.inner_text()
    page.goto(server.url + "#/")
    page.goto(server.url + f"#/job/{uuid}/L{number}")
    expect(page.locator(".log-line.marked")).to_have_text(text)


def test_a_log_without_errors_says_so(server, page):
    log(server, page, "all good\n")
    page.get_by_role("button", name="Next error").click()
    expect(page.locator(".log-message")).to_have_text("No line with an error.")


def test_the_estimate_counts_runs_with_the_same_parameters(server, page):
    now = int(time.time())
    script = server.create_script()
    server.add_rows(
        [{"command": "load:limited", "parameters": script.path, "executed_at": now - 9000 + i, "finished_at": now - 8400 + i}
         for i in range(2)]
        + [{"command": "load:limited", "parameters": "other", "executed_at": now - 5000 + i, "finished_at": now - 4990 + i}
           for i in range(8)])
    start(page, "limited", script.path)
    expect(page.locator(".job-progress")).to_contain_text(re.compile("About (?:10|9) min"))
    script.print("ready")
    script.end()
    expect_status(page, "Completed")


def test_a_kill_can_be_forced_and_counts_down(server, page):
    page.goto(server.url + "#/run/shop:stubborn")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(output(page).first).to_have_text("ready")
    page.get_by_role("button", name="Kill").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect(page.locator(".kill-steps")).to_contain_text("TERM sent", timeout=30000)
    expect(page.locator(".kill-next")).to_have_text(re.compile(r"INT in (?:10|9) min"))
    page.get_by_role("button", name="Force stop now").click()
    page.get_by_role("dialog").get_by_role("button", name="Force stop now").click()
    expect_status(page, "Killed")
    expect(page.locator(".kill-steps")).to_contain_text("KILL sent")
    expect(page.locator(".kill-steps")).not_to_contain_text("HUP")
    expect(page.get_by_role("button", name="Force stop now")).to_be_hidden()


def test_the_browser_tells_the_end_also_from_another_view(server, open_page):
    page = open_page(init=NOTICES)
    script = server.create_script()
    uuid = start(page, "scripted", script.path)
    button = page.get_by_role("button", name="Notify me")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(server.url + "#/")
    script.print("end")
    script.end()
    page.wait_for_function("() => window.notices.length === 1", timeout=30000)
    title, body = page.evaluate("window.notices[0]")
    assert title.startswith("Completed") and script.path in body
    page.goto(server.url + f"#/job/{uuid}")
    expect_status(page, "Completed")
    expect(button).to_be_hidden()


def test_a_browser_that_forbids_notices_is_named(server, open_page):
    page = open_page(init=NOTICES.replace("'granted'", "'denied'"))
    script = server.create_script()
    start(page, "scripted", script.path)
    page.get_by_role("button", name="Notify me").click()
    expect(page.get_by_role("alert")).to_contain_text("does not allow notifications")
    script.print("end")
    script.end()


def test_the_icon_of_the_tab_shows_the_state(server, page):
    icon = "decodeURIComponent(document.querySelector('link[rel=icon]').href)"
    usual = page.evaluate(icon)
    start(page, "fail")
    expect_status(page, "Failed")
    assert "#b3261e" in page.evaluate(icon)
    page.goto(server.url + "#/")
    expect(page.locator(".home-view")).to_be_visible()
    assert page.evaluate(icon) == usual


def test_a_log_is_downloaded_as_text_and_with_times(server, page):
    log(server, page, "\x1b[31mred\x1b[0m\nold\rnew\nlast\n")
    texts = {}
    for name in ("Text without control codes", "Text with times"):
        page.locator(".download-menu summary").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.endswith(".txt")
        with open(download.value.path(), encoding="utf-8") as file:
            texts[name] = file.read()
    assert texts["Text without control codes"] == "red\nnew\nlast\n"
    lines = texts["Text with times"].splitlines()
    assert [line[14:] for line in lines] == ["red", "new", "last"]
    assert all(re.match(r"\d\d:\d\d:\d\d\.\d{3}  $", line[:14]) for line in lines)
