"""Two logs side by side, and the durations of a command as a chart."""

import time

from playwright.sync_api import expect

from conftest import LONG_TASKS, expect_status, start


def run(server, page, text):
    script = server.create_script()
    uuid = start(page, "scripted", script.path)
    script.print(text)
    script.end()
    expect_status(page, "Completed")
    return uuid


def test_a_run_is_compared_with_the_one_before(server, page):
    first = run(server, page, "same\n" * 20 + "old line\nsame at the end\n")
    run(server, page, "same\n" * 20 + "new line\nsame at the end\nadded\n")
    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".compare-view [role=status]")).to_have_text("1 changed, 1 added, 0 removed")
    changed = page.locator(".diff-changed")
    expect(changed.locator(".diff-text")).to_have_text(["old line", "new line"])
    expect(page.locator(".diff-added .diff-text").last).to_have_text("added")
    expect(page.locator(".diff-same")).to_have_count(4)
    page.get_by_role("button", name="Show 17 equal lines").click()
    expect(page.locator(".diff-same")).to_have_count(21)
    expect(page.get_by_label("Left run")).to_have_value(first)
    page.get_by_label("Left run").select_option(page.get_by_label("Right run").input_value())
    expect(page.locator(".compare-view [role=status]")).to_have_text("Both logs are the same.")


def test_ten_thousand_lines_are_compared_without_blocking(server, open_page):
    page = open_page(init=LONG_TASKS)
    start(page, "lines", "9990")
    expect_status(page, "Completed")
    start(page, "lines", "10000")
    expect_status(page, "Completed")
    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".compare-view [role=status]")).to_have_text("0 changed, 10 added, 0 removed")
    longest = max(page.evaluate("longTasks"), default=0)
    print(f"\n10,000 lines compared: longest task {longest} ms")


def test_durations_are_a_chart_and_a_table(server, page):
    now = int(time.time())
    server.add_rows([{"command": "demo:quick", "parameters": f"chart-{i}", "executed_at": now - 90000 + i * 600,
                      "finished_at": now - 90000 + i * 600 + 60 * i} for i in range(1, 5)])
    page.goto(server.url + "#/history?command=chart-")
    page.locator("summary", has_text="Durations").click()
    expect(page.locator(".chart-box circle")).to_have_count(4)
    expect(page.locator(".chart-box text").last).to_have_text("4 min")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("table", name="Durations of the last runs").get_by_role("row")).to_have_count(5)
