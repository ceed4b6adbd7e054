"""Accessibility: axe-core on every view, light and dark, wide and narrow, and use by keyboard and screen reader."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import COMMANDS, output, start, expect_status

VIEWS = [
    "home", "form", "bulk", "job", "killed", "history", "empty", "dialog", "not-found", "commands", "settings", "errors",
    "no-run", "favourites", "choices", "preset", "groups", "menu", "killing", "compare", "chart",
]
PHONE = {"width": 390, "height": 844}


def show(page, server, view):
    if view == "home":
        page.goto(server.url + "#/")
        expect(page.locator(".executions tbody tr, .history .empty").first).to_be_visible()
    elif view == "commands":
        page.goto(server.url + "#/commands")
        expect(page.locator(".command-groups a").first).to_be_visible()
    elif view == "settings":
        page.goto(server.url + "#/")
        page.locator("#settings summary").click()
        expect(page.get_by_role("button", name="Dark")).to_be_visible()
    elif view == "errors":
        page.goto(server.url + f"#/run/{COMMANDS['form']}")
        page.get_by_label("--days").fill("400")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(page.locator(".error-summary")).to_be_visible()
    elif view == "favourites":
        page.goto(server.url + "#/run/shop:deploy")
        if page.locator(".favourite").get_attribute("aria-pressed") == "false":
            page.locator(".favourite").click()
        expect(page.locator(".favourite")).to_have_attribute("aria-pressed", "true")
        page.goto(server.url + "#/")
        expect(page.locator(".favourite-mark").first).to_be_visible()
    elif view == "choices":
        page.goto(server.url + "#/run/shop:deploy")
        page.get_by_role("combobox").fill("2")
        expect(page.get_by_role("option").first).to_be_visible()
    elif view == "preset":
        page.goto(server.url + f"#/run/{COMMANDS['form']}")
        page.get_by_role("button", name="Save these values as…").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    elif view in ("groups", "menu"):
        script = server.create_script()
        start(page, "scripted", script.path)
        script.print("::group::Build\none\n::endgroup::\nan error\n::group::Test\ntwo\n::endgroup::\n")
        script.end()
        expect_status(page, "Completed")
        page.locator(".fold").first.click()
        page.get_by_role("button", name="Next error").click()
        expect(page.locator(".log-line.marked")).to_be_visible()
        if view == "menu":
            page.locator(".download-menu summary").click()
    elif view == "killing":
        page.goto(server.url + "#/run/shop:stubborn")
        page.get_by_role("button", name="Run", exact=True).click()
        expect(output(page).first).to_have_text("ready")
        page.get_by_role("button", name="Kill").click()
        page.get_by_role("dialog").get_by_role("button", name="Kill").click()
        expect(page.locator(".kill-next")).not_to_be_empty(timeout=30000)
    elif view == "compare":
        for lines in ("20", "25"):
            start(page, "lines", lines)
            expect_status(page, "Completed")
        page.goto(page.url.replace("#/job/", "#/compare/"))
        expect(page.locator(".diff-added").first).to_be_visible()
    elif view == "chart":
        server.add_rows([{"command": "chart:axe", "executed_at": int(time.time()) - i} for i in range(3)])
        page.goto(server.url + "#/history?command=chart:axe")
        page.locator("summary", has_text="Durations").click()
        page.get_by_text("As a table").click()
    elif view == "no-run":
        page.goto(server.url + "#/job/00000000-0000-4000-8000-000000000000")
        expect(page.locator(".not-found")).to_be_visible()
    elif view == "form":
        page.goto(server.url + f"#/run/{COMMANDS['form']}")
        expect(page.locator(".run-form")).to_be_visible()
    elif view == "bulk":
        page.goto(server.url + f"#/run/{COMMANDS['quick']}")
        page.get_by_role("button", name="Run several times…").click()
        page.get_by_label("Parameters, one line for each run").fill("a\nb")
        page.get_by_role("button", name="Run 2").click()
        expect(page.locator(".bulk-results .completed")).to_have_count(2)
    elif view == "job":
        start(page, "colours")
        expect_status(page, "Completed")
        page.get_by_label("Find in the log").fill("o")
        page.keyboard.press("Enter")
        expect(page.locator(".match.current")).to_be_visible()
    elif view == "killed":
        start(page, "slow", "60")
        page.get_by_role("button", name="Kill").click()
        page.get_by_role("dialog").get_by_role("button", name="Kill").click()
        expect_status(page, "Killed")
    elif view == "history":
        page.goto(server.url + "#/history")
        expect(page.locator(".executions tbody tr").first).to_be_visible()
    elif view == "empty":
        page.goto(server.url + "#/history?command=no-such-command")
        expect(page.locator(".history .empty")).not_to_be_empty()
    elif view == "dialog":
        start(page, "slow", "3")
        page.get_by_role("button", name="Kill").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    else:
        page.goto(server.url + "#/nonsense")
        expect(page.locator(".not-found")).to_be_visible()


SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
SIZES = pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, PHONE], ids=["wide", "phone"])


def violations(page, server, views, ignored=()):
    found = {}
    for view in views:
        page.goto("about:blank")
        page.goto(server.url)
        show(page, server, view)
        kept = [each for each in Axe().run(page).response["violations"] if each["id"] not in ignored]
        if kept:
            found[view] = [
                (
                    violation["id"],
                    [node["html"][:160] + " " + node["failureSummary"][:200] for node in violation["nodes"][:3]],
                )
                for violation in kept
            ]
        if view == "killing":
            page.get_by_role("button", name="Force stop now").click()
            page.get_by_role("dialog").get_by_role("button", name="Force stop now").click()
            expect_status(page, "Killed")
    return found


@SCHEMES
@SIZES
def test_axe_finds_no_violations(server, open_page, scheme, viewport):
    page = open_page(color_scheme=scheme, viewport=viewport, bypass_csp=True)
    assert violations(page, server, VIEWS) == {}


def test_axe_finds_no_violations_in_forced_colours(server, open_page):
    page = open_page(forced_colors="active", bypass_csp=True)
    # The browser paints colours of the system, but tells axe those of the style sheets.
    assert violations(page, server, VIEWS, {"color-contrast"}) == {}


def test_axe_finds_no_violations_in_german(server, open_page):
    page = open_page(locale="de-DE", bypass_csp=True)
    for address in ("#/", "#/run/shop:deploy", "#/history"):
        page.goto(server.url + address)
        page.wait_for_load_state("networkidle")
        assert Axe().run(page).response["violations"] == [], address


@pytest.mark.parametrize("view", ["home", "form", "job", "history"])
def test_every_control_is_reached_by_tab_and_shows_its_focus(server, page, view):
    tab_through(page, server, view)


def tab_through(page, server, view):
    show(page, server, view)
    page.evaluate("document.activeElement?.blur(); document.body.tabIndex = -1; document.body.focus();")
    focusable = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
      .filter((element) => element.checkVisibility() && !element.disabled
        && !element.matches('.log-line a, [tabindex="-1"]'))
      .map((element, index) => { element.dataset.stop = index; return index; })"""
    )
    reached = set()
    for _ in range(len(focusable) * 3 + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate("""() => {
          const element = document.activeElement;
          if (!element?.dataset?.stop) return null;
          const frame = element.closest('.command-line') ?? element;
          const style = [getComputedStyle(element), getComputedStyle(frame)]
            .find((candidate) => candidate.outlineStyle !== 'none' && parseFloat(candidate.outlineWidth) >= 2);
          const html = element.outerHTML.slice(0, 120);
          return { index: Number(element.dataset.stop), hasOutline: style !== undefined, html };
        }""")
        if stop is None:
            continue
        assert stop["hasOutline"], stop["html"]
        reached.add(stop["index"])
        if len(reached) == len(focusable):
            break
    assert reached == set(focusable)


def test_reduced_motion_turns_animations_off(server, open_page):
    page = open_page(reduced_motion="reduce")
    start(page, "colours")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter((element) => {
      const style = getComputedStyle(element);
      return style.animationName !== 'none' || (parseFloat(style.transitionDuration) > 0);
    }).length""")
    assert moving == 0


def test_the_end_of_a_job_is_announced_to_screen_readers(page):
    start(page, "slow", "2")
    expect(page.locator("#announcements")).to_contain_text("Completed after")


def test_relative_times_have_the_exact_time_as_tooltip(server, page):
    start(page, "quick")
    expect_status(page, "Completed")
    title = page.locator(".fact", has=page.locator("dt:text-is('Started')")).locator("dd").get_attribute("title")
    assert time.strftime("%Y") in title


def test_a_phone_shows_one_view_at_a_time_without_overflow(server, open_page):
    page = open_page(viewport=PHONE)
    expect(page.locator(".home-view")).to_be_visible()
    expect(page.locator(".commands")).to_be_hidden()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Commands").click()
    expect(page.locator(".commands")).to_be_visible()
    expect(page.locator(".home-view")).to_have_count(0)
    page.locator(".command-groups a", has_text=COMMANDS["quick"]).first.click()
    expect(page.locator(".commands")).to_be_hidden()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(output(page).first).to_be_visible()
    for address in ("#/", f"#/run/{COMMANDS['form']}", "#/history"):
        page.goto(server.url + address)
        page.wait_for_load_state("networkidle")
        beyond = page.evaluate(
            """width => [...document.querySelectorAll('body *')]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > width + 1)
          .map((element) => element.outerHTML.slice(0, 100))""",
            PHONE["width"],
        )
        assert beyond == [], address
