"""Moving around by keyboard: the skip link, and the list of commands as one tab stop."""

from playwright.sync_api import expect

from conftest import COMMANDS


def focused(page):
    return page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_skip_to_content_moves_the_focus_and_keeps_the_address(server, page):
    page.goto(server.url + "#/history?command=zzz")
    page.reload()
    expect(page.locator("h1")).to_have_text("History")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    expect(page).to_have_url(server.url + "#/history?command=zzz")
    expect(page.locator("h1")).to_have_text("History")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_command_list_is_one_tab_stop(page):
    page.get_by_label("Search commands").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.command-groups a') !== null"), focused(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null"), focused(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    name = page.evaluate("document.activeElement.dataset.name")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.name") == name
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.closest('li').matches('section:last-child li:last-child')")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.closest('li').matches('section:first-child li:first-child')")


def test_the_tab_stop_of_the_command_list_is_the_open_command(server, page):
    page.goto(server.url + f"#/run/{COMMANDS['colours']}")
    expect(page.locator("h1")).to_have_text(COMMANDS["colours"])
    page.get_by_label("Search commands").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.name") == COMMANDS["colours"]
