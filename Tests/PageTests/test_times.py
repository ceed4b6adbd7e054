"""Times: the server's clock, and the viewer's time zone."""

from datetime import datetime, timezone

from playwright.sync_api import expect

from conftest import start, expect_status

LATE_CLOCK = "const now = Date.now; Date.now = () => now() + 3_600_000;"


def test_running_times_come_from_the_servers_clock(server, open_page):
    page = open_page(init=LATE_CLOCK)
    script = server.create_script()
    uuid = start(page, "scripted", script.path)
    duration = page.locator(".fact", has_text="Duration").locator("dd")
    expect(duration).to_be_visible()
    assert "h" not in duration.inner_text() and "min" not in duration.inner_text(), duration.inner_text()
    page.goto(server.url + f"#/history?uuid={uuid}")
    expect(page.locator(".executions .col-duration").last).not_to_be_empty()
    assert "h" not in page.locator("tbody .col-duration").inner_text()
    script.end()


def test_day_filters_are_days_of_the_viewers_time_zone(server, open_page):
    half_past_midnight = int(datetime(2025, 12, 31, 10, 30, tzinfo=timezone.utc).timestamp())
    server.add_rows([{"command": "kiritimati", "executed_at": half_past_midnight}])
    address = "#/history?command=kiritimati&date_from={0}&date_to={0}"
    page = open_page(path=address.format("2026-01-01"), timezone_id="Pacific/Kiritimati")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".filters")).to_contain_text("Pacific/Kiritimati")
    page.goto(server.url + address.format("2025-12-31"))
    expect(page.locator(".history .empty")).not_to_be_empty()
