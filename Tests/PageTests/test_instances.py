import time

import pytest
from playwright.sync_api import expect


@pytest.fixture
def gone(server):
    """Another instance that nobody has seen for an hour, with a job that ran and two that waited there."""
    now = int(time.time())
    row = {"server_uuid": "gone", "command": "demo:quick", "executed_at": now - 4000, "finished_at": 0, "exit_code": None}
    uuids = server.add_rows([{**row, "process_status": status} for status in (1, 5, 5)])
    server.in_audit(
        "INSERT INTO remotisan_instances (server_uuid, name, version, first_seen, last_seen)"
        " VALUES ('gone', 'ops-2', '1.0.0', ?, ?)",
        [now - 9000, now - 3600],
    )
    yield uuids
    server.in_audit("DELETE FROM remotisan_executions WHERE server_uuid = 'gone'")
    server.in_audit("DELETE FROM remotisan_instances WHERE server_uuid = 'gone'")


def test_a_gone_instance_is_shown_with_what_runs_and_waits_there_and_a_super_user_closes_it(gone, open_page):
    page = open_page("user", "#/history")
    entry = page.get_by_label("Instances").get_by_role("listitem").filter(has_text="ops-2")
    expect(entry).to_contain_text("ops-2 · gone, last seen 1 h ago · 1 running, 2 waiting")
    expect(page.get_by_label("Instances").get_by_role("listitem").filter(has_text="(here)")).to_have_count(1)
    entry.get_by_role("button", name="Close its jobs").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(entry).to_contain_text("1 running, 2 waiting")
    entry.get_by_role("button", name="Close its jobs").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(entry).to_contain_text("0 running")
    expect(entry.get_by_role("button")).to_have_count(0)
    expect(page.locator("#announce")).to_have_text("3 jobs closed.")
    page.evaluate("uuid => { location.hash = '#/job/' + uuid; }", gone[0])
    expect(page.locator(".facts")).to_contain_text("ops-2, gone, last seen 1 h ago")
    expect(page.locator(".facts")).to_contain_text("Lost")


def test_who_is_no_super_user_sees_only_who_is_gone(gone, open_page):
    page = open_page("other", "#/history")
    entry = page.get_by_label("Instances").get_by_role("listitem").filter(has_text="ops-2")
    expect(entry).to_contain_text("gone, last seen 1 h ago")
    expect(entry).not_to_contain_text("running")
    expect(entry.get_by_role("button")).to_have_count(0)


def test_one_instance_alone_is_no_news(page):
    page.evaluate("location.hash = '#/history'")
    expect(page.locator(".runs tbody tr, .empty").first).to_be_visible()
    expect(page.get_by_label("Instances")).to_be_hidden()
