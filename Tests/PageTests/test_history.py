import re
import time

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, output, start, expect_status


@pytest.fixture
def many(server):
    """25 executions of a command that no other test uses, one per day."""
    now = int(time.time())
    rows = [
        {
            "command": "cache:clear",
            "parameters": f"store-{i}",
            "user_identifier": "ann" if i % 2 else "carol",
            "executed_at": now - i * 86400,
            "finished_at": now - i * 86400 + 100 - i,
            "process_status": 2 if i % 3 else 3,
            "exit_code": 0 if i % 3 else 4,
        }
        for i in range(25)
    ]
    if not getattr(server, "has_many", False):
        server.add_rows(rows)
        server.has_many = True
    return server


def command_links(page):
    return page.locator(".executions tbody .col-command a")


def test_filters_narrow_the_table_and_are_kept_in_the_address(many, page):
    page.goto(many.url + "#/history")
    page.get_by_label("Command or parameters").fill("store-1")
    expect(page).to_have_url(many.url + "#/history?command=store-1")
    expect(page.locator(".pagination")).to_contain_text("of 11")
    page.get_by_role("button", name="Failed", exact=True).click()
    expect(page.locator(".pagination")).to_contain_text("of 3")
    page.get_by_label("User", exact=True).focus()
    expect(page.get_by_label("User", exact=True).locator("option")).to_have_count(3)
    page.get_by_label("User", exact=True).select_option("ann")
    expect(command_links(page)).to_have_text(["cache:clear store-15"])
    page.reload()
    expect(command_links(page)).to_have_text(["cache:clear store-15"])
    expect(page.get_by_label("Command or parameters")).to_have_value("store-1")
    expect(page.get_by_label("User", exact=True)).to_have_value("ann")
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(many.url + "#/history")


def test_dates_are_inclusive(many, page):
    day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 5 * 86400))
    page.goto(many.url + f"#/history?command=cache:clear&date_from={day}&date_to={day}")
    expect(command_links(page)).to_have_text(["cache:clear store-5"])


def test_filters_without_a_match_say_what_to_do(many, page):
    page.goto(many.url + "#/history?command=no-such-command")
    expect(page.locator(".history .empty")).to_have_text("No matching runs.")


def test_a_filter_that_the_server_refuses_shows_its_message(many, page):
    page.goto(many.url + "#/history?date_from=yesterday")
    expect(page.locator(".history .error-message")).to_have_text(
        "The date_from is not a valid date. Write it as 2026-12-31.")
    page.goto(many.url + "#/history")
    expect(command_links(page).first).to_be_visible()
    expect(page.locator(".history .error-message")).to_have_count(0)


def test_pages_keep_the_filters(many, page):
    now = int(time.time())
    many.add_rows([{"command": "keep:test", "parameters": f"filter-{i}", "executed_at": now - i} for i in range(60)])
    page.goto(many.url + "#/history?command=filter-")
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(many.url + "#/history?command=filter-&page=2")
    expect(page.locator(".pagination")).to_contain_text("51–60")
    page.get_by_role("link", name="Newer").click()
    expect(page).to_have_url(many.url + "#/history?command=filter-")


def test_columns_sort(many, page):
    page.goto(many.url + "#/history?command=store-2")
    page.get_by_role("button", name="Duration").click()
    expect(page).to_have_url(many.url + "#/history?command=store-2&sort=duration&direction=asc")
    expect(command_links(page).first).to_have_text("cache:clear store-24")
    expect(page.locator("th.col-duration")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Duration").click()
    expect(command_links(page).first).to_have_text("cache:clear store-2")


def test_a_row_is_updated_in_place(server, page):
    uuid = start(page, "slow", "3")
    page.goto(server.url + f"#/history?uuid={uuid}")
    row = page.locator(".executions tbody tr")
    expect(row).to_contain_text("Running")
    row.evaluate("element => { element.dataset.same = 'yes'; }")
    expect(row).to_contain_text("Completed")
    expect(row).to_have_attribute("data-same", "yes")


def test_run_again_opens_the_form_with_the_same_parameters(server, page):
    uuid = start(page, "quick", "again 'and again'")
    expect_status(page, "Completed")
    page.goto(server.url + f"#/history?uuid={uuid}")
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_label("Parameters as one line")).to_have_value("again 'and again'")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect(output(page).first).to_contain_text("again and again")
    assert not page.url.endswith(uuid)


def test_run_again_is_not_offered_for_a_command_the_user_may_not_run(server, open_page):
    server.add_rows([{"command": COMMANDS["restricted"], "user_identifier": "ann", "executed_at": int(time.time())}])
    ann = open_page("other", f"#/history?command={COMMANDS['restricted']}")
    expect(command_links(ann).first).to_have_text(COMMANDS["restricted"])
    expect(ann.get_by_role("link", name="Run again")).to_have_count(0)


def test_sparklines_show_the_recent_executions_of_a_command(many, page):
    page.goto(many.url + "#/history?command=store-3")
    bars = page.locator(".executions .sparkline").first
    expect(bars).to_have_attribute("aria-label", "Last 10 runs: 6 × Completed, 4 × Failed. The newest took 1 min 40 s.")
    page.goto(many.url + "#/run/cache:clear")
    expect(page.locator(".sparkline-box .sparkline rect")).to_have_count(10)


def test_the_progress_of_a_running_job_is_estimated_from_earlier_executions(server, page):
    # No other test runs this command, so the inserted executions are all that the estimate is made from.
    now = int(time.time())
    server.add_rows(
        [
            {"command": COMMANDS["estimated"], "executed_at": now - 2000 + i, "finished_at": now - 1900 + i}
            for i in range(8)
        ]
    )
    script = server.create_script()
    uuid = start(page, "estimated", script.path)
    server.backdate(uuid, 30)
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile("^3\\d$"))
    expect(page.locator(".job-progress")).to_contain_text("About 1 min")
    script.end()


def test_a_page_has_fifty_rows_and_can_be_jumped_to(server, page):
    now = int(time.time())
    server.add_rows([{"command": "page:test", "parameters": f"row-{i}", "executed_at": now - i} for i in range(120)])
    page.goto(server.url + "#/history?command=page:test")
    expect(command_links(page)).to_have_count(50)
    page.get_by_label("Page", exact=True).fill("3")
    page.keyboard.press("Enter")
    expect(page).to_have_url(server.url + "#/history?command=page%3Atest&page=3")
    expect(command_links(page)).to_have_count(20)
    expect(command_links(page).last).to_have_text("page:test row-119")
    page.get_by_role("link", name="First").click()
    expect(command_links(page).first).to_have_text("page:test row-0")
    page.get_by_role("link", name="Last", exact=True).click()
    expect(page.locator(".pagination")).to_contain_text("101–120 of 120")
    page.go_back()
    expect(command_links(page).first).to_have_text("page:test row-0")


def test_periods_are_chosen_by_name(many, page):
    page.goto(many.url + "#/history?command=cache:clear")
    period = page.get_by_role("group", name="Period")
    period.get_by_role("button", name="Yesterday").click()
    expect(command_links(page)).to_have_text(["cache:clear store-1"])
    expect(page.get_by_label("From date")).to_be_hidden()
    period.get_by_role("button", name="Last 7 days").click()
    expect(command_links(page)).to_have_count(7)
    page.reload()
    expect(period.get_by_role("button", name="Last 7 days")).to_have_attribute("aria-pressed", "true")
    period.get_by_role("button", name="Custom…").click()
    expect(page.get_by_label("From date")).to_be_visible()
    period.get_by_role("button", name="Any time").click()
    expect(command_links(page)).to_have_count(25)


def test_on_a_phone_each_row_of_a_switch_is_full(server, open_page):
    page = open_page(path="#/history", viewport={"width": 390, "height": 780})
    switches = page.locator(".filter-row .switch")
    expect(switches).to_have_count(2)
    for index in range(2):
        gaps = switches.nth(index).evaluate("""element => {
            const rows = new Map();
            for (const { top, right } of [...element.children].map((button) => button.getBoundingClientRect())) {
                rows.set(top, Math.max(right, rows.get(top) ?? 0));
            }
            const edge = element.getBoundingClientRect().right;
            return [...rows.values()].map((right) => Math.round(edge - right));
        }""")
        # The border of the switch.
        assert set(gaps) == {1}
        assert len(gaps) == 2


def test_filters_are_saved_under_a_name(many, page):
    page.goto(many.url + "#/history?command=store-1&status=3")
    page.get_by_role("button", name="Save filter…").click()
    page.get_by_label("Name of the filter").fill("Failed ones")
    page.keyboard.press("Enter")
    page.goto(many.url + "#/history")
    page.get_by_role("link", name="Failed ones").click()
    expect(page.get_by_role("button", name="Failed", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".pagination")).to_contain_text("of 3")
    page.get_by_role("button", name="Delete filter Failed ones").click()
    page.reload()
    expect(page.locator(".executions tbody tr").first).to_be_visible()
    expect(page.get_by_role("link", name="Failed ones")).to_have_count(0)


def test_a_search_that_finds_too_many_rows_to_count_says_at_least(server, page):
    now = int(time.time())
    server.add_rows([{"command": "count:test", "executed_at": now - i} for i in range(10_060)])
    try:
        page.goto(server.url + "#/history?command=count:test")
        expect(page.locator(".pagination")).to_contain_text("1–50 of 10,000+")
        expect(page.locator(".pagination")).to_contain_text("of 200+")
        expect(page.get_by_role("link", name="Older")).to_have_attribute("aria-disabled", "false")
        expect(page.locator(".pagination a", has_text="Last")).to_have_attribute("aria-disabled", "true")
        page.goto(server.url + "#/history?command=count:test&page=202")
        expect(page.locator(".pagination")).to_contain_text("10,051–10,060 of 10,060")
    finally:
        server.execute_sql("DELETE FROM remotisan_executions WHERE command = 'count:test'")


def test_a_name_in_the_table_narrows_it_to_this_user(many, page):
    page.goto(many.url + "#/history?command=cache:clear")
    page.locator(".executions tbody").get_by_role("link", name="ann", exact=True).first.click()
    expect(page).to_have_url(re.compile("user=ann"))
    expect(page).to_have_url(re.compile("command=cache"))
    expect(command_links(page)).to_have_count(12)


def test_the_export_has_the_filters_of_the_view(many, page):
    requests = []
    page.on("request", lambda request: requests.append(request.url) if "/history?" in request.url else None)
    page.goto(many.url + "#/history?command=store-1&status=3&sort=duration&direction=asc&page=1")
    expect(command_links(page)).to_have_count(3)
    own = [url for url in requests if "store-1" in url][-1].split("?")[1]
    wanted = "&".join(part for part in own.split("&") if part.split("=")[0] not in ("page", "per_page"))
    for name, form in (("CSV", "csv"), ("JSON Lines", "jsonl")):
        link = page.get_by_role("link", name=name).get_attribute("href")
        assert link == f"/remotisan/history/export?format={form}&{wanted}"
