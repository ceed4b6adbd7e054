import os
import re

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, output, start, expect_status


def test_a_command_is_found_and_run_by_keyboard_alone(page):
    page.keyboard.press("/")
    page.keyboard.type(COMMANDS["quick"][-5:])
    expect(page.locator(".command-groups a").first).to_contain_text(COMMANDS["quick"])
    page.keyboard.press("Enter")
    expect(page.get_by_label("Parameters as one line")).to_be_focused()
    page.keyboard.type("one 'two three'")
    page.keyboard.press("Enter")
    expect_status(page, "Completed")
    expect(output(page).first).to_contain_text("one two three")


def test_arrow_keys_move_through_the_commands(page):
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.dataset.name")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.name") != first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search"


def test_output_appears_while_the_job_runs(page):
    start(page, "slow", "4")
    expect_status(page, "Running")
    expect(output(page).filter(has_text="line 2 of 4")).to_be_visible()
    expect_status(page, "Running")
    expect_status(page, "Completed")
    expect(output(page)).to_have_count(4)
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 4" for i in range(1, 5)]


def test_a_reload_during_a_job_loses_no_output(page):
    start(page, "slow", "5")
    expect(output(page).nth(1)).to_be_visible()
    page.reload()
    expect_status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 5" for i in range(1, 6)]


def test_the_originals_address_of_a_job_opens_it_for_another_user(page, open_page):
    uuid = start(page, "quick", "shared")
    other = open_page("other", f"#{uuid}")
    expect(output(other).first).to_contain_text("shared")
    expect(other.locator(".facts")).to_contain_text("carol")


def test_the_back_button_leads_from_the_job_to_its_filled_in_form(page):
    start(page, "quick", "once more")
    page.go_back()
    expect(page.locator("h1")).to_have_text(COMMANDS["quick"])
    expect(page.get_by_label("Parameters as one line")).to_have_value("once more")
    expect(page.locator(".run-form")).to_be_visible()


def test_a_failed_execution_shows_its_exit_code_and_output(page):
    start(page, "fail")
    expect_status(page, "Failed")
    expect(page.locator(".facts .status")).to_contain_text("Exit 3")
    expect(page.locator(".log")).to_contain_text("something went wrong")


def test_colours_are_shown_and_a_progress_bar_overwrites_itself(page):
    start(page, "colours")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text("100 %")
    expect(page.locator(".log")).not_to_contain_text("97 %")
    assert page.locator(".log-line span", has_text="colour 1").first.evaluate("e => e.style.color") != ""


def test_form_and_command_line_stay_in_sync(server, page):
    page.goto(server.url + "#/run/user:invite")
    line = page.get_by_label("Parameters as one line")
    expect(page.locator(".form-note")).to_have_text("Missing: email")
    page.get_by_label("email").fill("a b@c")
    page.get_by_label("--silent").check()
    page.get_by_label("role").select_option("editor")
    page.get_by_label("teams", exact=False).first.fill("red")
    page.get_by_label("teams, value 2").fill("blue team")
    expect(line).to_have_value("--silent 'a b@c' editor red 'blue team'")
    line.fill("--days=3 x@y admin")
    expect(page.get_by_label("--days")).to_have_value("3")
    expect(page.get_by_label("--silent")).not_to_be_checked()
    expect(page.get_by_label("email")).to_have_value("x@y")
    line.fill("--odd")
    expect(page.locator(".form-note")).to_have_text("Unknown option --odd")
    line.fill("'open")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()


def test_the_servers_validation_messages_appear_at_their_fields(server, page):
    page.goto(server.url + "#/run/user:invite")
    page.get_by_label("email").fill("no address")
    page.get_by_label("--days").fill("400")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".field", has_text="email").locator(".field-error")).to_have_text(
        "The argument email must be an email address.")
    expect(page.locator(".field", has_text="--days").locator(".field-error")).to_have_text(
        "The option --days must be at most 365.")
    page.get_by_label("email").fill("kim@example.org")
    page.get_by_label("--days").fill("14")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text('["--days=14", "--", "kim@example.org", "reader"]')


def test_a_value_of_several_lines_is_passed_unchanged(server, page):
    page.goto(server.url + "#/run/note:add")
    page.get_by_label("text").fill("first\n  second 'quoted'")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text('["first\\n  second \'quoted\'"]')


def test_a_secret_is_in_no_line_no_address_and_no_browser_storage(server, page):
    page.goto(server.url + "#/run/db:login")
    expect(page.get_by_role("button", name="Run several times…")).to_be_hidden()
    page.get_by_label("user").fill("kim")
    secret = page.locator("input[type=password]")
    secret.fill("hunter22 x")
    page.get_by_label("--key").fill("first line of a key\nsecond line of a key")
    expect(secret).to_have_attribute("type", "password")
    line = page.get_by_label("Parameters as one line")
    expect(line).to_have_value("--password --key kim")
    line.fill("--password kim2")
    expect(secret).to_have_value("hunter22 x")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text('["kim2"] *** ***')
    page.go_back()
    expect(page.get_by_label("user")).to_have_value("kim2")
    expect(page.locator("input[type=password]")).to_have_value("")
    kept = page.evaluate("JSON.stringify([location.href, {...localStorage}, {...sessionStorage}])")
    assert "hunter22" not in kept and "line of a key" not in kept
    # The server refuses an execution without the secret. Its message appears at the field.
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".field", has_text="--password").locator(".field-error")).to_be_visible()


def test_entered_values_are_kept_when_choices_are_loaded(server, page):
    branches = os.path.join(os.path.dirname(server.storage), "branches")
    page.goto(server.url + "#/run/branch:deploy")
    branch, secret = page.locator("select"), page.locator("input[type=password]")
    expect(page.locator(".field").first).to_contain_text("choices are being loaded")
    secret.fill("hunter22")
    with open(branches, "w", encoding="utf-8") as file:
        file.write("main\nnext\tThe next one\n")
    expect(branch.locator("option")).to_have_text(["–", "main", "The next one"], timeout=30_000)
    expect(page.locator(".field").first).not_to_contain_text("choices are being loaded")
    expect(secret).to_have_value("hunter22")
    expect(secret).to_be_focused()
    branch.select_option("next")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text('["next"] ***')


def test_files_are_checked_for_size_and_uploaded(server, page):
    def file(name, content):
        return {"name": name, "mimeType": "text/csv", "buffer": content}

    page.goto(server.url + "#/run/report:import")
    expect(page.get_by_role("button", name="Run several times…")).to_be_hidden()
    report = page.locator("input[type=file]").nth(0)
    line = page.get_by_label("Parameters as one line")
    report.set_input_files(file("large.csv", b"x" * 1001))
    expect(page.locator(".field").first.locator(".field-error")).to_have_text("Choose at most 1,000 B.")
    expect(line).to_have_value("")
    report.set_input_files(file("my orders.csv", b"1;2\n"))
    expect(page.locator(".field").first.locator(".field-error")).to_be_hidden()
    page.locator("input[type=file]").nth(1).set_input_files([file("a", b"A"), file("b", b"B")])
    expect(line).to_have_value("'my orders.csv' a b")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    expect_status(page, "Completed")
    expect(page.locator(".log")).to_contain_text("files/file.csv b'1;2\\n'")
    expect(page.locator(".log")).to_contain_text("more.2 b'B'")
    page.go_back()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".field").first.locator(".field-error")).to_be_visible()


def test_a_command_with_confirmation_runs_only_when_confirmed(server, page):
    page.goto(server.url + f"#/run/{COMMANDS['confirmed']}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Run the migrations in production?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert "#/run/" in page.url
    page.get_by_role("button", name="Run", exact=True).click()
    dialog.get_by_role("button", name="Run").click()
    page.wait_for_url("**/#/job/*")


def test_a_bulk_run_shows_the_result_of_each_line(page):
    page.goto(page.url.split("#")[0] + f"#/run/{COMMANDS['slow']}")
    page.get_by_role("button", name="Run several times…").click()
    page.get_by_label("Parameters, one line for each run").fill("1\n2\nnot-a-number\n'open")
    expect(page.locator(".run-form")).to_contain_text("Line 4: A single quote is not closed.")
    page.get_by_label("Parameters, one line for each run").fill("1\n2\nnot-a-number\n")
    page.get_by_role("button", name="Run 3").click()
    results = page.locator(".bulk-results li")
    expect(results.nth(0)).to_contain_text("Completed")
    expect(results.nth(1)).to_contain_text("Completed")
    expect(results.nth(2)).to_contain_text("Failed")
    expect(page.locator(".run-form")).to_contain_text("3 of 3 finished, 1 failed")
    results.nth(1).get_by_role("link").click()
    expect(output(page)).to_have_count(2)


def test_a_sequential_bulk_run_waits_for_each_execution(page):
    page.goto(page.url.split("#")[0] + f"#/run/{COMMANDS['slow']}")
    page.get_by_role("button", name="Run several times…").click()
    page.get_by_label("Parameters, one line for each run").fill("2\n1")
    page.get_by_label("Run one after another").check()
    page.get_by_role("button", name="Run 2").click()
    results = page.locator(".bulk-results li")
    expect(results.nth(0)).to_contain_text("Running")
    expect(results.nth(1)).to_contain_text("Not started yet")
    expect(results.nth(1)).to_contain_text("Completed")


def test_a_program_that_cannot_be_started_is_reported_at_once(server, page):
    page.goto(server.url + "#/run/demo:missing")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".error-message")).to_contain_text("could not be started")


def test_users_see_only_what_their_roles_allow(server, open_page):
    carol, ann = open_page("user"), open_page("other")
    expect(carol.locator(".command-groups")).to_contain_text(COMMANDS["restricted"])
    expect(ann.locator(".command-groups")).to_contain_text(COMMANDS["quick"])
    expect(ann.locator(".command-groups")).not_to_contain_text(COMMANDS["restricted"])
    ann.goto(server.url + f"#/run/{COMMANDS['restricted']}")
    expect(ann.locator(".main")).to_contain_text("your roles do not allow it")
    uuid = start(carol, "restricted")
    ann.goto(server.url + f"#/job/{uuid}")
    expect(ann.locator("h1")).to_have_text("No such run")
    slow = start(carol, "slow", "3")
    ann.goto(server.url + f"#/job/{slow}")
    expect(output(ann).first).to_be_visible()
    expect(ann.get_by_role("button", name="Kill")).to_be_hidden()


@pytest.mark.parametrize("wrap", ["on", "off"])
def test_a_search_finds_matches_and_loads_earlier_parts(page, wrap):
    start(page, "flood", "1")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("256 KiB of ")
    if wrap == "off":
        page.get_by_role("button", name="Wrap").click()
    page.get_by_label("Find in the log").fill("0018000 the QUICK")
    expect(page.locator(".match-count")).to_contain_text("1")
    page.keyboard.press("Enter")
    expect(page.locator(".match.current")).to_be_in_viewport()
    page.get_by_label("Find in the log").fill("0000007 the")
    expect(page.locator(".match-count")).to_contain_text("1 in the whole log")
    page.get_by_role("button", name="Previous match").click()
    expect(page.locator(".match.current")).to_be_in_viewport()
    expect(page.locator(".match.current")).to_have_text("0000007 the")


def test_the_log_follows_its_end_until_the_user_scrolls_up(page):
    start(page, "slow", "60")
    expect(output(page).first).to_be_visible()
    page.evaluate("document.querySelector('.log').style.maxHeight = '60px'")
    expect(output(page).filter(has_text="line 5 of")).to_be_in_viewport()
    page.locator(".log").hover()
    page.mouse.wheel(0, -60)
    expect(page.get_by_role("button", name="Go to end")).to_be_visible()
    top = page.locator(".log").evaluate("e => e.scrollTop")
    expect(page.locator(".log-state")).to_contain_text("8 lines")
    assert page.locator(".log").evaluate("e => e.scrollTop") == top
    page.get_by_role("button", name="Go to end").click()
    expect(output(page).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="Go to end")).to_be_hidden()
    page.get_by_role("button", name="Kill").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect_status(page, "Killed")


def test_scrolling_up_loads_earlier_parts_without_a_gap(page):
    start(page, "flood", "2")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("of 2.0 MiB loaded")
    page.wait_for_function(
        """() => {
      document.querySelector('.log').scrollTop = 0;
      return document.querySelector('.log-state').textContent.includes('lines');
    }""",
        polling=50,
    )
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    numbers = [line[:7] for line in page.evaluate("navigator.clipboard.readText()").split("\n")]
    half = [f"{i:07}" for i in range(numbers.index("0000000", 1) - 1)]
    assert len(half) > 19000
    assert numbers[: len(half)] == half


def test_reading_from_the_start_reaches_the_end_without_a_gap(page):
    start(page, "flood", "2")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("256 KiB of ")
    page.locator(".log").focus()
    page.keyboard.press("Home")
    expect(output(page).first).to_contain_text("0000000")
    page.wait_for_function(
        """() => {
      const log = document.querySelector('.log');
      log.scrollTop = log.scrollHeight;
      return document.querySelector('.log-state').textContent.includes('lines');
    }""",
        polling=50,
    )
    expect(page.get_by_role("button", name="Go to end")).to_be_hidden()


def test_control_f_focuses_the_log_search(page):
    start(page, "quick")
    expect_status(page, "Completed")
    page.keyboard.press("Control+f")
    expect(page.get_by_label("Find in the log")).to_be_focused()
    page.keyboard.type("hello")
    expect(page.locator(".match-count")).to_have_text("1 of 1")


def test_the_raw_view_shows_escape_sequences(page):
    start(page, "colours")
    expect_status(page, "Completed")
    page.get_by_role("button", name="Raw").click()
    expect(page.locator(".log")).to_contain_text("␛[32m━")
    page.locator(".log").focus()
    page.keyboard.press("Home")
    expect(page.locator(".log")).to_contain_text("␛[31mcolour 1␛[0m")


def test_a_selection_is_copied_without_the_line_wraps(page):
    start(page, "colours")
    expect_status(page, "Completed")
    copied = page.evaluate("""() => {
      const lines = document.querySelectorAll('.log-line');
      getSelection().setBaseAndExtent(lines[0].firstChild.firstChild ?? lines[0].firstChild, 3, lines[2], lines[2].childNodes.length);
      const data = new DataTransfer();
      lines[0].dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
      return data.getData('text/plain');
    }""")
    assert copied == "our 0 bright 0  back 0 \ncolour 1 bright 1  back 1 \ncolour 2 bright 2  back 2 "


def test_the_times_of_lines_are_shown_when_wanted_and_never_copied_by_accident(page):
    start(page, "quick", "one two")
    expect_status(page, "Completed")
    times = page.locator(".log-line[data-time]")
    expect(times).to_have_count(0)
    button = page.locator(".tool-row > button", has_text="Times")
    button.click()
    button = page.locator(".tool-row > button", has_text="Clock")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(times.first).to_have_attribute("data-time", re.compile(r"^\d\d:\d\d:\d\d\.\d{3}$"))
    line = times.first.bounding_box()
    page.get_by_role("button", name="Wrap").click()
    expect(times.first).to_be_visible()
    assert times.first.bounding_box()["x"] == line["x"], "The column has the same width without wrapping."
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    selected = page.evaluate("getSelection().toString()")
    assert not re.search(r"\d\d:\d\d:\d\d\.\d{3}", selected)
    button.click()
    button = page.locator(".tool-row > button", has_text="Elapsed")
    expect(times.first).to_have_attribute("data-time", re.compile(r"^\d+:\d\d\.\d{3}$"))
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.get_by_role("button", name="Copy").click()
    page.wait_for_function("window.copied !== undefined")
    assert "0:" not in page.evaluate("window.copied")
    page.evaluate("window.copied = undefined")
    page.get_by_role("button", name="Cop").click(modifiers=["Shift"])
    page.wait_for_function("window.copied !== undefined")
    assert re.match(r"\d+:\d\d\.\d{3}  ", page.evaluate("window.copied"))
    page.reload()
    expect(times.first).to_have_attribute("data-time", re.compile(r"^\d+:\d\d\.\d{3}$"))
    button.click()
    expect(times).to_have_count(0)


def test_the_log_can_be_downloaded(page):
    uuid = start(page, "quick", "keep me")
    expect_status(page, "Completed")
    page.locator(".download-menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="As written").click()
    assert download.value.suggested_filename == f"{uuid}.log"
    assert open(download.value.path(), encoding="utf-8").read().strip().endswith("keep me")
