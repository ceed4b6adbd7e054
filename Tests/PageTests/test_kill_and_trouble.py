import pytest
from playwright.sync_api import expect

from conftest import output, start, status


def test_a_kill_shows_its_steps_until_the_end(page):
    start(page, "stubborn")
    expect(output(page).first).to_be_visible()
    page.get_by_role("button", name="Kill").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Kill this job and everything it started?")
    dialog.get_by_role("button", name="Kill").click()
    steps = page.locator(".kill-steps")
    expect(steps).to_contain_text("QUIT sent")
    expect(steps).to_contain_text("KILL sent", timeout=60000)
    expect(steps).to_contain_text("Dead")
    status(page, "Killed")
    expect(page.locator(".log")).to_contain_text("PROCESS KILLED BY")
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()


def test_a_kill_can_be_thought_better_of(page):
    start(page, "slow", "3")
    page.get_by_role("button", name="Kill").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    status(page, "Completed")


def test_a_kill_from_the_history(server, page):
    uuid = start(page, "slow", "60")
    page.goto(server.url + f"#/history?uuid={uuid}")
    page.get_by_role("button", name="Kill:").click()
    page.get_by_role("dialog").get_by_role("button", name="Kill").click()
    expect(page.locator("tbody")).to_contain_text("Killed", timeout=60000)


def run_queued(page, path):
    page.evaluate("() => { location.hash = '#/run/queue:told'; }")
    expect(page.locator("h1")).to_have_text("queue:told")
    page.get_by_label("Parameters, as one line").fill(path)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/#/job/*")
    return page.url


def test_a_job_waits_for_its_turn_and_starts_by_itself(server, page):
    first, second = server.mouthpiece(), server.mouthpiece()
    running = run_queued(page, first.path)
    status(page, "Running")
    waiting = run_queued(page, second.path)
    status(page, "Queued")
    expect(page.locator(".waiting")).to_contain_text("It is the next one")
    run_queued(page, second.path)
    expect(page.locator(".waiting")).to_contain_text("One other comes first")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the job").click()
    status(page, "Killed")
    expect(page.locator(".facts")).to_contain_text("before it started")
    expect(page.locator(".waiting")).to_be_hidden()
    page.goto(waiting)
    status(page, "Queued")
    first.end()
    status(page, "Running")
    expect(page.locator(".waiting")).to_be_hidden()
    second.say("its turn\n")
    expect(output(page).first).to_have_text("its turn")
    second.end()
    status(page, "Completed")
    page.goto(running)
    status(page, "Completed")


def start_told(server, page):
    """A job that has said its first line and waits for the test to say more."""
    mouth = server.mouthpiece()
    start(page, "told", mouth.path)
    mouth.say("line 1\n")
    expect(output(page).first).to_have_text("line 1")
    return mouth


def lines(page):
    return [line.inner_text() for line in output(page).all()]


@pytest.mark.parametrize("parts", [["responder"], ["nginx"], ["nginx", "responder"]], ids="+".join)
def test_a_restart_during_a_job_costs_no_byte(server, page, parts):
    mouth = start_told(server, page)
    for part in parts:
        server.stop(part)
    mouth.say("line 2, said to nobody\n")
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    mouth.say("line 3\nline 4, cut ")
    server.heal()
    expect(page.locator(".notice")).to_have_count(0)
    expect(output(page).last).to_contain_text("line 4, cut")
    mouth.say("and whole\n")
    mouth.end()
    status(page, "Completed")
    assert lines(page) == ["line 1", "line 2, said to nobody", "line 3", "line 4, cut and whole"]


def test_a_job_that_ends_while_nobody_answers_is_shown_whole(server, page):
    mouth = start_told(server, page)
    server.stop("responder")
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    mouth.say("line 2\n")
    mouth.end()
    server.heal()
    status(page, "Completed")
    assert lines(page) == ["line 1", "line 2"]


def test_a_network_that_is_gone_for_a_while_costs_no_byte(page):
    start(page, "slow", "5")
    expect(output(page).nth(1)).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator(".notice")).to_contain_text("The connection is lost.")
    page.context.set_offline(False)
    expect(page.locator(".notice")).to_have_count(0)
    status(page, "Completed")
    assert [line.inner_text() for line in output(page).all()] == [f"line {i} of 5" for i in range(1, 6)]


def expire(server, page):
    server.admit("ann")
    expect(page.locator(".notice")).to_contain_text("Your login has expired.")


def test_an_expired_login_is_said_and_picked_up_again_in_place(server, page):
    mouth = start_told(server, page)
    expire(server, page)
    mouth.say("line 2\n")
    expect(output(page)).to_have_text(["line 1"])
    server.admit("ann", "carol")
    page.evaluate("window.isTheSame = true")
    page.get_by_role("button", name="Log in again").click()
    expect(page.locator(".notice")).to_have_count(0)
    expect(output(page).nth(1)).to_have_text("line 2")
    mouth.say("line 3\n")
    mouth.end()
    status(page, "Completed")
    assert lines(page) == ["line 1", "line 2", "line 3"]
    assert page.evaluate("window.isTheSame")


def test_a_stale_token_is_renewed_without_a_word(server, page):
    answers = []
    page.on("response", lambda response: answers.append((response.request.method, response.status)))
    server.renew_secret()
    start(page, "quick", "renewed")
    status(page, "Completed")
    expect(output(page).first).to_contain_text("renewed")
    assert [code for method, code in answers if method == "POST"] == [419, 200]


def test_a_job_that_does_not_exist(server, page):
    page.goto(server.url + "#/job/00000000-0000-4000-8000-000000000000")
    expect(page.locator(".problem")).to_contain_text("There is no such job, or you may not see it.")


def test_an_address_that_leads_nowhere(server, page):
    page.goto(server.url + "#/nonsense")
    expect(page.locator(".main")).to_contain_text("There is no “/nonsense” here.")


def test_a_lost_job_says_what_happened(server, page):
    uuid = start(page, "told", server.mouthpiece().path)
    status(page, "Running")
    server.lose(uuid)
    status(page, "Lost")
    expect(page.locator(".facts")).to_contain_text("The machine went down, or it died unseen")
    expect(page.locator(".log")).to_have_attribute("data-empty", "It printed nothing.")


@pytest.fixture
def no_kills(server):
    for changes in [{"allow_process_kill": False}, {}]:
        server.configure(**changes)
        server.stop("responder")
        server.start_responder()
        if changes:
            yield


def test_kills_are_not_offered_where_they_are_not_allowed(no_kills, server, page):
    mouth = start_told(server, page)
    expect(page.get_by_role("button", name="Kill")).to_be_hidden()
    mouth.end()
    status(page, "Completed")
