"""Selecting and copying lines of a log, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from conftest import output, start, expect_status

# Returns what a copy would put into the clipboard.
COPY = """() => {
  const data = new DataTransfer();
  const event = new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true });
  (getSelection().anchorNode?.parentElement ?? document.activeElement).dispatchEvent(event);
  return data.getData('text/plain');
}"""


@pytest.fixture
def flood(page):
    """A page with the last part of a log of 2 MiB. Each line begins with its number."""
    page.add_init_script("navigator.clipboard && (navigator.clipboard.writeText = undefined)")
    start(page, "flood", "2")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("of 2.0 MiB loaded")
    expect(output(page).first).to_be_visible()
    return page


def point_in(page, line, x=4):
    """A point in a rendered line."""
    box = line.bounding_box()
    return box["x"] + x, box["y"] + box["height"] / 2


def visible_line(page, index):
    """A line inside of the visible part of the log, counted from its top."""
    number = page.evaluate(
        """index => {
          const top = document.querySelector('.log').getBoundingClientRect().top;
          return [...document.querySelectorAll('.log-line')]
            .filter((line) => line.getBoundingClientRect().top >= top)[index].dataset.line;
        }""",
        index,
    )
    return page.locator(f".log-line[data-line='{number}']")


def scroll(page, pixels):
    page.evaluate("pixels => { document.querySelector('.log').scrollTop += pixels; }", pixels)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def numbered(first, count):
    return [f"{number:07}" for number in range(first, first + count)]


def test_a_selection_whose_lines_left_the_screen_is_copied_exactly(flood):
    page = flood
    scroll(page, -90_000)
    first, last = visible_line(page, 2), visible_line(page, 6)
    number = int(first.inner_text()[:7])
    page.mouse.move(*point_in(page, first, 0))
    page.mouse.down()
    page.mouse.move(*point_in(page, last, 0))
    page.mouse.up()
    expected = [f"{n:07} the quick brown fox jumps over the lazy dog" for n in range(number, number + 4)] + [""]
    assert page.evaluate(COPY).split("\n") == expected
    scroll(page, 60_000)
    assert page.evaluate(COPY).split("\n") == expected
    scroll(page, -60_000)
    assert page.evaluate(COPY).split("\n") == expected
    assert page.evaluate("getSelection().toString()").startswith(expected[0])


def test_a_selection_that_is_dragged_over_many_screens_is_copied_exactly(flood):
    page = flood
    scroll(page, -90_000)
    first = visible_line(page, 2)
    number = int(first.inner_text()[:7])
    page.mouse.move(*point_in(page, first, 0))
    page.mouse.down()
    page.mouse.move(*point_in(page, visible_line(page, 4), 30))
    scroll(page, 60_000)
    last = visible_line(page, 5)
    end = int(last.inner_text()[:7])
    page.mouse.move(*point_in(page, last, 0))
    page.mouse.up()
    copied = page.evaluate(COPY).split("\n")
    assert [line[:7] for line in copied] == [*numbered(number, end - number), ""]


def test_shift_click_extends_the_selection_from_the_clicked_line(flood):
    page = flood
    scroll(page, -90_000)
    first = visible_line(page, 3)
    number = int(first.inner_text()[:7])
    page.mouse.click(*point_in(page, first, 0))
    scroll(page, 50_000)
    last = visible_line(page, 4)
    end = int(last.inner_text()[:7])
    page.keyboard.down("Shift")
    page.mouse.click(*point_in(page, last, 0))
    page.keyboard.up("Shift")
    copied = page.evaluate(COPY).split("\n")
    assert [line[:7] for line in copied] == [*numbered(number, end - number), ""]


def test_control_a_in_the_log_selects_and_copies_all_of_it(page):
    start(page, "slow", "3")
    expect_status(page, "Completed")
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    assert page.evaluate(COPY) == "line 1 of 3\nline 2 of 3\nline 3 of 3"
    page.get_by_label("Find in the log").focus()
    page.keyboard.type("abc")
    page.keyboard.press("Control+a")
    assert page.evaluate("document.activeElement.selectionEnd") == 3


def test_control_a_loads_a_log_of_medium_size_before_it_is_copied(flood):
    page = flood
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    expect(page.locator(".log-message")).to_contain_text("The whole log is selected.")
    copied = page.evaluate(COPY).split("\n")
    assert [line[:7] for line in copied[:1000]] == numbered(0, 1000)
    assert len(copied) > 38_000


def test_a_log_that_is_too_large_to_copy_is_offered_for_download(page):
    start(page, "flood", "12")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log-state")).to_contain_text("of 11.9 MiB loaded")
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    message = page.locator(".log-message")
    expect(message).to_contain_text("too large to copy")
    with page.expect_download():
        message.get_by_role("link", name="Download it").click()


def test_copy_works_without_https(page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    start(page, "quick", "by hand")
    expect_status(page, "Completed")
    page.reload()
    expect(output(page).first).to_contain_text("by hand")
    page.evaluate("""() => document.addEventListener('copy', () => {
      window.copied = document.activeElement.value ?? getSelection().toString();
    }, true)""")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("window.copied.trim()") == "Hello by hand"
    expect(page.get_by_role("button", name="Copied")).to_be_focused()


def test_copy_says_what_to_do_if_the_browser_forbids_it(page):
    page.add_init_script("""Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.execCommand = () => false;""")
    start(page, "quick", "by hand")
    expect_status(page, "Completed")
    page.reload()
    expect(output(page).first).to_contain_text("by hand")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".log-message")).to_contain_text("Press Ctrl+A in the log, then Ctrl+C.")
