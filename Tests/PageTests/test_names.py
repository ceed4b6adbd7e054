"""Long names, and names with characters that hide text or change its direction."""

import time

import pytest
from playwright.sync_api import expect

LONG_USER = "maria-magdalena.von-und-zu-hohenlohe-schillingsfuerst@operations.example.com.de"[:78]
LONG_COMMAND = "warehouse:" + "rebuild-" * 13 + "all-now"
LONG_PARAMETERS = " ".join(f"--only=shop-{i:03}" for i in range(20))
HOSTILE = "invoice \u202egpj.exe"


@pytest.fixture
def named(server):
    """Executions with long names, and one with a bidi control. Returns their UUIDs."""
    now = int(time.time())
    return server.add_rows(
        [
            {"command": LONG_COMMAND[:120], "parameters": LONG_PARAMETERS[:300], "user_identifier": LONG_USER,
             "executed_at": now - 5, "process_status": 3, "exit_code": 1},
            {"command": "demo:quick", "parameters": HOSTILE, "user_identifier": "eve\u202etxt", "executed_at": now - 4},
        ]
    )


@pytest.mark.parametrize("width", [1920, 1280, 900, 390])
def test_long_names_squeeze_no_other_column(named, server, open_page, width):
    page = open_page(path="#/history", viewport={"width": width, "height": 800})
    row = page.locator("tr", has=page.locator(f"a[href='#/job/{named[0]}']")).first
    expect(row).to_be_visible()
    widths = {name: row.locator(f".col-{name}").bounding_box()["width"]
              for name in ("process_status", "command", "user_identifier", "executed_at", "duration")}
    assert widths["command"] >= width * 0.2, widths
    assert widths["process_status"] >= 60 and widths["executed_at"] >= 40, widths
    assert row.bounding_box()["height"] < 120
    beyond = page.evaluate("document.querySelector('.main').scrollWidth - document.querySelector('.main').clientWidth")
    assert beyond <= 0
    user = row.locator(".col-user_identifier")
    expect(user).to_have_attribute("title", LONG_USER)
    page.goto(server.url + f"#/job/{named[0]}")
    expect(page.locator("h1")).to_contain_text("warehouse:rebuild-")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator(".job-header").bounding_box()["height"] < 420


def test_bidi_controls_in_names_are_marked_everywhere(named, server, page):
    page.goto(server.url + "#/history")
    row = page.locator("tr", has=page.locator(f"a[href='#/job/{named[1]}']")).first
    mark = ".invisible-character[data-code='U+202E']"
    expect(row.locator(f".col-command {mark}")).to_have_count(1)
    expect(row.locator(f".col-user_identifier {mark}")).to_have_count(1)
    assert "\u202e" not in row.evaluate("e => e.outerHTML")
    page.goto(server.url + f"#/job/{named[1]}")
    expect(page.locator(f"h1 {mark}")).to_have_count(1)
    expect(page).to_have_title("Completed: demo:quick invoice [U+202E]gpj.exe · Remotisan")
    expect(page.locator(f".facts {mark}")).to_have_count(1)
    assert "\u202e" not in page.evaluate("document.body.innerHTML")


def test_bidi_controls_in_a_dialog_are_marked(server, page):
    page.goto(server.url + "#/run/migrate?params=" + "--path%3D%E2%80%AEgpj.exe")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".invisible-character")).to_have_count(1)
