
import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, output, start, expect_status


def test_a_kill_shows_each_signal_until_the_job_has_ended(page):
    start(page, "stubborn")
    expect(output(page).first).to_be_visible()
    page.get_by_role("button", name="Kill").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Kill this job and all processes it started?")
    dialog.get_by_role("button", name="Kill").click()
    steps = page.locator(".kill-steps")
    expect(steps).to_contain_text("TERM sent")
    expect(steps).to_contain_text("KILL sent", timeout=60000)
    expect(steps).to_contain_text("Ended")
    expect_status(page, "Killed")
    expect(page.locator(".log")).to_contain_text("PROCESS KILLED BY")
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()


def test_a_job_is_not_killed_if_the_dialog_is_closed(page):
    start(page, "slow", "3")
    page.get_by_role("button", name="Kill").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect_status(page, "Completed")


def test_a_job_can_be_killed_from_the_history(server, page):
    uuid = start(page, "slow", "60")
    page.goto(server.url + f"#/history?uuid={uuid}")
    page.get_by_role("button", name="Kill:").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect(page.locator("tbody")).to_contain_text("Killed", timeout=60000)


def run_queued(page, path):
    start(page, "queued", path)
    return page.url


def test_a_queued_execution_shows_its_position_and_starts_automatically(server, page):
    first, second = server.create_script(), server.create_script()
    running = run_queued(page, first.path)
    expect_status(page, "Running")
    waiting = run_queued(page, second.path)
    expect_status(page, "Queued")
    expect(page.locator(".queue-note")).to_contain_text("This run is next")
    run_queued(page, second.path)
    expect(page.locator(".queue-note")).to_contain_text("1 run is ahead of this one")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel run").click()
    expect_status(page, "Cancelled")
    expect(page.locator(".facts")).to_contain_text("before it started")
    expect(page.locator(".queue-note")).to_be_hidden()
    page.goto(waiting)
    expect_status(page, "Queued")
    first.end()
    expect_status(page, "Running")
    expect(page.locator(".queue-note")).to_be_hidden()
    second.print("its turn\n")
    expect(output(page).first).to_have_text("its turn")
    second.end()
    expect_status(page, "Completed")
    page.goto(running)
    expect_status(page, "Completed")


def start_scripted(server, page):
    """Starts a job that prints what the test tells it. It has printed its first line."""
    script = server.create_script()
    start(page, "scripted", script.path)
    script.print("line 1\n")
    expect(output(page).first).to_have_text("line 1")
    return script


def lines(page):
    return [line.inner_text() for line in output(page).all()]


@pytest.mark.parametrize("parts", [["responder"], ["nginx"], ["nginx", "responder"]], ids="+".join)
def test_a_restart_of_the_server_loses_no_output(server, page, parts):
    script = start_scripted(server, page)
    for part in parts:
        server.stop(part)
    script.print("line 2, printed during the outage\n")
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    script.print("line 3\nline 4, cut ")
    server.restore()
    expect(page.locator(".notice")).to_have_count(0)
    expect(output(page).last).to_contain_text("line 4, cut")
    script.print("and whole\n")
    script.end()
    expect_status(page, "Completed")
    assert lines(page) == ["line 1", "line 2, printed during the outage", "line 3", "line 4, cut and whole"]


def test_the_output_of_a_job_that_ended_during_an_outage_is_complete(server, page):
    script = start_scripted(server, page)
    server.stop("responder")
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    script.print("line 2\n")
    script.end()
    server.restore()
    expect_status(page, "Completed")
    assert lines(page) == ["line 1", "line 2"]


def test_an_interrupted_network_loses_no_output(page):
    start(page, "slow", "5")
    expect(output(page).nth(1)).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    page.context.set_offline(False)
    expect(page.locator(".notice")).to_have_count(0)
    expect_status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 5" for i in range(1, 6)]


def expire(server, page):
    server.admit("ann")
    expect(page.locator(".notice")).to_contain_text("Your login has expired.")


def test_an_expired_login_is_renewed_without_leaving_the_page(server, page):
    script = start_scripted(server, page)
    expire(server, page)
    script.print("line 2\n")
    expect(output(page)).to_have_text(["line 1"])
    server.admit("ann", "carol")
    page.evaluate("window.isTheSame = true")
    page.get_by_role("button", name="Log in again").click()
    expect(page.locator(".notice")).to_have_count(0)
    expect(output(page).nth(1)).to_have_text("line 2")
    script.print("line 3\n")
    script.end()
    expect_status(page, "Completed")
    assert lines(page) == ["line 1", "line 2", "line 3"]
    assert page.evaluate("window.isTheSame")


def test_a_stale_csrf_token_is_renewed_silently(server, page):
    answers = []
    page.on("response", lambda response: answers.append((response.request.method, response.status)))
    server.renew_secret()
    start(page, "quick", "renewed")
    expect_status(page, "Completed")
    expect(output(page).first).to_contain_text("renewed")
    assert [code for method, code in answers if method == "POST"] == [419, 200]


def test_an_unknown_execution_shows_an_error_message(server, page):
    page.goto(server.url + "#/job/00000000-0000-4000-8000-000000000000")
    expect(page.locator("h1")).to_have_text("No such run")


def test_an_unknown_address_shows_the_not_found_view(server, page):
    page.goto(server.url + "#/nonsense")
    expect(page.locator(".main")).to_contain_text("There is no page at “/nonsense”.")


def test_a_lost_execution_says_what_happened(server, page):
    uuid = start(page, "scripted", server.create_script().path)
    expect_status(page, "Running")
    server.kill_supervisor_and_command(uuid)
    expect_status(page, "Lost")
    expect(page.locator(".facts")).to_contain_text("stopped before the end was recorded")
    expect(page.locator(".log")).to_have_attribute("data-empty", "The command printed nothing.")


@pytest.fixture
def no_kills(server):
    for changes in [{"allow_process_kill": False}, {}]:
        server.configure(**changes)
        server.stop("responder")
        server.start_responder()
        if changes:
            yield


def test_kill_is_not_offered_if_the_configuration_forbids_it(no_kills, server, page):
    script = start_scripted(server, page)
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()
    script.end()
    expect_status(page, "Completed")


def test_a_start_whose_answer_is_lost_runs_once(server, page):
    keys = []

    def lose_answer(route):
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort()

    page.evaluate("name => { location.hash = '#/run/' + name; }", COMMANDS["quick"])
    expect(page.locator("h1")).to_have_text(COMMANDS["quick"])
    page.get_by_label("Parameters as one line").fill("lost-answer")
    page.route("**/execute", lose_answer, times=1)
    page.on("request", lambda request: keys.append(request.headers.get("idempotency-key"))
            if request.url.endswith("/execute") else None)
    run = page.get_by_role("button", name="Run", exact=True)
    run.click()
    expect(page.locator(".result")).to_contain_text("cannot be reached")
    run.click()
    page.wait_for_url("**/#/job/*")
    assert len(set(keys)) == 1
    history = page.request.get(server.url + "history?command=lost-answer").json()
    assert history["total"] == 1
