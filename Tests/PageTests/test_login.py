"""A login that expires while the page is open, whatever it looks like, and slow uploads."""

import pytest
from playwright.sync_api import expect

from conftest import output, start, expect_status

ANSWERS = {
    "401": {"status": 401, "content_type": "application/json", "body": '{"message": "Unauthorized"}'},
    "redirect to another site": {"status": 302, "headers": {"Location": "http://127.0.0.2:1/login"}},
    "page of a login": {"status": 200, "content_type": "text/html", "body": "<!doctype html><title>Log in</title>"},
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_expired_login_is_recognised_and_the_page_goes_on_after_it(server, page, answer):
    script = server.create_script()
    start(page, "scripted", script.path)
    script.print("line 1\n")
    expect(output(page).first).to_have_text("line 1")
    for pattern in ("**/execute/*", "**/history?*"):
        page.route(pattern, lambda route: route.fulfill(**ANSWERS[answer]))
    script.print("line 2\n")
    notice = page.locator(".notice")
    expect(notice).to_contain_text("Your login has expired.")
    expect(notice.get_by_role("button", name="Log in again")).to_be_visible()
    page.unroute_all()
    notice.get_by_role("button", name="Log in again").click()
    expect(notice).to_have_count(0)
    expect(output(page)).to_have_text(["line 1", "line 2"])
    script.end()
    expect_status(page, "Completed")


def test_the_page_returns_to_its_place_after_a_login_at_another_site(server, page):
    page.goto(server.url + "#/run/user:invite")
    page.get_by_label("email").fill("kim@example")
    page.route("**/check", lambda route: route.fulfill(**ANSWERS["page of a login"]))
    page.get_by_label("email").fill("kim@example.org")
    expect(page.locator(".notice")).to_contain_text("Your login has expired.")
    page.unroute_all()
    page.goto("about:blank")
    page.goto(server.url)
    expect(page).to_have_url(server.url + "#/run/user:invite")
    expect(page.get_by_label("email")).to_have_value("kim@example.org")


def test_a_slow_upload_shows_its_progress(server, page):
    page.goto(server.url + "#/run/report:upload")
    session = page.context.new_cdp_session(page)
    content = b"x" * 600_000
    page.locator("input[type=file]").set_input_files({"name": "big.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_label("Parameters as one line")).to_have_value("big.csv")
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000})
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    expect(page.locator(".result")).to_contain_text("Uploading, ")
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
