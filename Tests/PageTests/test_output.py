"""Output of programs as the page shows it: encodings, and programs that do not flush."""

import pytest
from playwright.sync_api import expect

from conftest import expect_status, output, start


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_a_log_is_read_in_the_encoding_of_its_command(page, encoding):
    start(page, encoding, f"{'Grüße, 20 €'.encode(encoding, 'replace').hex()} 0")
    expect_status(page, "Completed")
    expect(output(page).first).to_have_text("Grüße, 20 €" if encoding == "windows-1252" else "Grüße, 20 ?")
    with page.expect_download() as download:
        page.locator(".download-menu summary").click()
        page.get_by_role("link", name="As written").click()
    with open(download.value.path(), "rb") as file:
        assert file.read() == "Grüße, 20 €".encode(encoding, "replace") + b"\n"


def test_a_long_log_in_another_encoding_is_loaded_backwards_without_a_gap(page):
    start(page, "iso-8859-1", "fc 10000")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("256 KiB of ")
    page.wait_for_function(
        """() => {
      document.querySelector('.log').scrollTop = 0;
      return document.querySelector('.log-state').textContent.includes('lines');
    }""",
        polling=50,
    )
    expect(page.locator(".log-state")).to_contain_text("10,001 lines")
    expect(output(page).first).to_have_text("ü")
    expect(output(page).nth(1)).to_have_text("0 ü" + "." * 90)
    page.get_by_label("Find in the log").fill("ü.")
    expect(page.locator(".match-count")).to_contain_text("10,000")


@pytest.mark.parametrize("command", ["numbers", "terminal"])
def test_a_line_that_is_not_flushed_appears_before_the_next_one_is_printed(page, server, command):
    script = server.create_script()
    start(page, command, script.path)
    for number in range(4):
        script.print("x")
        expect(output(page).nth(number)).to_contain_text(f"number {number} ")
        expect(output(page)).to_have_count(number + 1)
    script.end()
    expect_status(page, "Completed")


def test_a_poll_waits_for_the_output_of_a_silent_job(page, server):
    script = server.create_script()
    with page.expect_request(lambda request: "wait_ms=10000" in request.url) as waiting:
        start(page, "numbers", script.path)
    script.print("x")
    expect(output(page).first).to_contain_text("number 0 ")
    assert "number 0" in waiting.value.response().text()
    script.end()
    expect_status(page, "Completed")
