"""The languages of the page: German for a browser that wants it, in every view, without overflow."""

import re
import time

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, start

# Words of the English texts that are no German words.
ENGLISH = re.compile(r"\b(?:the|runs?|Search|Loading|Started|Duration|History|commands?|filters?|Kill|ago|Copy|Wrap)\b")
PHONE = {"width": 360, "height": 740}
CLIPPED = """width => [...document.querySelectorAll('body *')].filter((element) => {
  if (!element.checkVisibility() || element.closest('.visually-hidden, .log, .chart-box, .history, .compare-result')) return false;
  const isBeyond = element.getBoundingClientRect().right > width + 1;
  const isClipped = element.matches('button, .button, label, summary, h1, h2, dt') && element.scrollWidth > element.clientWidth + 1;
  return isBeyond || (isClipped && getComputedStyle(element).textOverflow !== 'ellipsis' && element.clientWidth > 2);
}).map((element) => element.outerHTML.slice(0, 140))"""


@pytest.fixture
def german(open_page):
    return open_page(locale="de-DE")


def views(server, page):
    """Shows each view, in German."""
    page.goto(server.url + "#/")
    expect(page.locator(".home-view h2").first).to_be_visible()
    yield "home"
    page.goto(server.url + "#/commands")
    yield "commands"
    page.goto(server.url + f"#/run/{COMMANDS['form']}")
    expect(page.locator(".run-form")).to_be_visible()
    yield "form"
    page.get_by_role("button", name="Mehrmals ausführen …").click()
    yield "bulk"
    page.goto(server.url + "#/run/demo:quick")
    page.get_by_label("Parameter als Zeile").fill("hallo")
    page.get_by_role("button", name="Ausführen", exact=True).click()
    expect(page.locator(".facts .status")).to_have_text("Erfolgreich", timeout=30000)
    yield "job"
    page.goto(server.url + "#/history")
    expect(page.locator(".executions tbody tr").first).to_be_visible()
    yield "history"
    page.goto(server.url + "#/history?command=no-such-command")
    expect(page.locator(".history .empty")).to_have_text("Keine passenden Läufe.")
    yield "empty"
    page.goto(server.url + "#/nonsense")
    expect(page.locator(".not-found")).to_be_visible()
    yield "not-found"


def test_the_language_is_that_of_the_browser(server, open_page):
    seen = []
    page = open_page(locale="de-AT", on_response=seen.append)
    expect(page.get_by_role("navigation", name="Hauptmenü")).to_contain_text("Verlauf")
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == "de"
    scripts = [response.url for response in seen if ".js" in response.url]
    assert len(seen) <= 5 and len(scripts) == 1 and "page.de.js" in scripts[0]
    english = open_page(locale="fr-FR")
    expect(english.get_by_role("navigation", name="Main")).to_contain_text("History")
    assert english.locator("html").get_attribute("lang") == "en"


def test_no_english_text_is_left_in_the_german_page(server, german):
    for view in views(server, german):
        # Names, descriptions and output are those of the configuration and the jobs.
        text = german.evaluate("""() => {
          const copy = document.body.cloneNode(true);
          copy.querySelectorAll('.command-groups a, code, .mono, .log-line, .command-name, .command-title, .command-description, .card, .hint, .help,'
            + ' .usage, .description, td, noscript, .muted.mono, #announcements').forEach((element) => element.remove());
          const labels = [...copy.querySelectorAll('[aria-label], [title], [placeholder]')]
            .flatMap((element) => ['aria-label', 'title', 'placeholder'].map((name) => element.getAttribute(name) ?? ''));
          return `${copy.textContent} ${labels.join(' ')}`;
        }""")
        assert ENGLISH.findall(text) == [], view


@pytest.mark.parametrize("width", [360, 1280])
def test_german_texts_fit(server, open_page, width):
    page = open_page(locale="de-DE", viewport={"width": width, "height": 740})
    for view in views(server, page):
        page.wait_for_load_state("networkidle")
        assert page.evaluate(CLIPPED, width) == [], view


def test_numbers_and_dates_are_german(server, german):
    server.add_rows([{"command": "zahlen:test", "executed_at": 1_767_225_600, "finished_at": 1_767_225_602,
                      "log_bytes": 5_000_000}])
    german.goto(server.url + "#/history?command=zahlen:test")
    expect(german.locator("tbody time")).to_have_attribute("title", re.compile(r"^0?1\. Jan\.? 2026"))
    german.locator("tbody .col-command a").click()
    expect(german.locator(".facts")).to_contain_text("4,8 MiB")


def test_relative_times_are_german(server, german):
    server.add_rows([{"command": "zeit:test", "executed_at": int(time.time()) - 7300}])
    german.goto(server.url + "#/history?command=zeit:test")
    expect(german.locator("tbody time")).to_have_text("vor 2 h")


def test_the_language_can_be_chosen(server, open_page):
    page = open_page()
    page.locator("#settings summary").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("navigation", name="Hauptmenü")).to_contain_text("Verlauf")
    page.goto(server.url + "#/history")
    page.reload()
    expect(page.get_by_role("heading", name="Verlauf")).to_be_visible()
    page.locator("#settings summary").click()
    languages = page.get_by_role("group", name="Sprache")
    expect(languages.get_by_role("button", name="Deutsch")).to_have_attribute("aria-pressed", "true")
    languages.get_by_role("button", name="System").click()
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("History")


def test_sentences_of_the_server_are_german(server, german):
    german.goto(server.url + f"#/run/{COMMANDS['form']}")
    german.get_by_label("days").fill("999")
    german.get_by_label("email").fill("niemand")
    german.get_by_role("button", name="Ausführen", exact=True).click()
    summary = german.locator(".error-summary")
    expect(summary).to_contain_text("--days darf höchstens 365 sein.")
    expect(summary).to_contain_text("email muss eine E-Mail-Adresse sein.")
    german.goto(server.url + "#/run/load:limited")
    script = server.create_script()
    german.get_by_label("Parameter als Zeile").fill(script.path)
    german.get_by_role("button", name="Ausführen", exact=True).click()
    german.wait_for_url("**/#/job/*")
    german.goto(server.url + "#/run/load:limited")
    german.get_by_label("Parameter als Zeile").fill("again")
    german.get_by_role("button", name="Ausführen", exact=True).click()
    expect(german.get_by_role("alert").filter(has_text="Limit 1")).to_contain_text("load:limited läuft schon (Limit 1).")
    script.print("end")
    script.end()


def test_pages_of_errors_are_german(server, german):
    german.goto(server.url + "no-such-page")
    expect(german.get_by_role("heading")).to_have_text("Nicht gefunden")
    assert german.locator("html").get_attribute("lang") == "de"
    german.get_by_role("link", name="Remotisan öffnen").click()
    expect(german.get_by_role("navigation", name="Hauptmenü")).to_be_visible()
