import time

import pytest
from playwright.sync_api import expect


@pytest.fixture
def gone(server):
    """Another instance that was last seen an hour ago, with one running and two queued executions."""
    now = int(time.time())
    row = {"server_uuid": "gone", "command": "demo:quick", "executed_at": now - 4000, "finished_at": 0, "exit_code": None}
    uuids = server.add_rows([{**row, "process_status": status} for status in (1, 5, 5)])
    server.execute_sql(
        "INSERT INTO remotisan_instances (server_uuid, name, version, first_seen, last_seen)"
        " VALUES ('gone', 'ops-2', '1.0.0', ?, ?)",
        [now - 9000, now - 3600],
    )
    yield uuids
    server.execute_sql("DELETE FROM remotisan_executions WHERE server_uuid = 'gone'")
    server.execute_sql("DELETE FROM remotisan_instances WHERE server_uuid = 'gone'")


def test_a_super_user_sees_the_open_executions_of_a_gone_instance_and_closes_them(gone, open_page):
    page = open_page("user", "#/history")
    entry = page.get_by_label("Instances").get_by_role("listitem").filter(has_text="ops-2")
    expect(entry).to_contain_text("ops-2 · gone, last seen 1 h ago · 1 running, 2 queued")
    expect(page.get_by_label("Instances").get_by_role("listitem").filter(has_text="(this instance)")).to_have_count(1)
    entry.get_by_role("button", name="Close its runs").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(entry).to_contain_text("1 running, 2 queued")
    entry.get_by_role("button", name="Close its runs").click()
    page.get_by_role("dialog").get_by_role("button", name="Close runs").click()
    expect(entry).to_contain_text("0 running")
    expect(entry.get_by_role("button")).to_have_count(0)
    expect(page.locator("#announcements")).to_have_text("3 runs closed.")
    page.evaluate("uuid => { location.hash = '#/job/' + uuid; }", gone[0])
    expect(page.locator(".facts")).to_contain_text("ops-2, gone, last seen 1 h ago")
    expect(page.locator(".facts")).to_contain_text("Lost")


def test_other_users_see_that_an_instance_is_gone_but_not_its_load(gone, open_page):
    page = open_page("other", "#/history")
    entry = page.get_by_label("Instances").get_by_role("listitem").filter(has_text="ops-2")
    expect(entry).to_contain_text("gone, last seen 1 h ago")
    expect(entry).not_to_contain_text("running")
    expect(entry.get_by_role("button")).to_have_count(0)


def test_a_single_instance_is_not_shown(page):
    page.evaluate("location.hash = '#/history'")
    expect(page.locator(".executions tbody tr, .empty").first).to_be_visible()
    expect(page.get_by_label("Instances")).to_be_hidden()
