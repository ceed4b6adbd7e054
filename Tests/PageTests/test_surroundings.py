"""Other windows and media: zoom, landscape phones, forced colours, print, and unusual output."""

import pytest
from playwright.sync_api import expect

from conftest import COMMANDS, LONG_TASKS, output, start, expect_status

ZOOMED = {"width": 320, "height": 200}
LANDSCAPE = {"width": 740, "height": 360}


@pytest.mark.parametrize("viewport", [ZOOMED, LANDSCAPE], ids=["400 %", "landscape"])
def test_every_part_of_a_job_can_be_reached_in_a_small_window(server, page, open_page, viewport):
    uuid = start(page, "flood", "1")
    small = open_page(path=f"#/job/{uuid}", viewport=viewport)
    expect(output(small).last).to_be_visible()
    log = small.locator(".log")
    log.scroll_into_view_if_needed()
    assert log.bounding_box()["height"] >= 120
    expect(log).to_be_in_viewport(ratio=0.5)
    download = small.locator(".download-menu summary")
    download.scroll_into_view_if_needed()
    expect(download).to_be_in_viewport()
    beyond = small.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert beyond <= 0
    small.goto(server.url + f"#/run/{COMMANDS['form']}")
    run = small.get_by_role("button", name="Run", exact=True)
    run.scroll_into_view_if_needed()
    expect(run).to_be_in_viewport()


def test_forced_colours_keep_the_marks(server, open_page):
    page = open_page(forced_colors="active")
    for _ in range(2):
        start(page, "colours")
        expect_status(page, "Completed")
    page.get_by_label("Find in the log").fill("colour 1")
    page.keyboard.press("Enter")
    match = page.locator(".match.current")
    expect(match).to_be_visible()
    highlight = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.forcedColorAdjust = 'none';
      probe.style.backgroundColor = 'Highlight';
      const colour = getComputedStyle(probe).backgroundColor;
      probe.remove();
      return colour;
    }""")
    assert match.evaluate("e => getComputedStyle(e).backgroundColor") == highlight
    page.goto(server.url + f"#/run/{COMMANDS['colours']}")
    bar = page.locator(".sparkline-box rect").first
    expect(bar).to_be_visible()
    current = page.locator(".command-groups a[aria-current]")
    assert current.evaluate("e => getComputedStyle(e).outlineStyle") != "none"


def test_print_has_the_whole_log_without_the_side_bar(page):
    start(page, "lines", "3000")
    expect_status(page, "Completed")
    page.reload()
    expect(output(page).first).to_be_visible()
    page.evaluate("window.print = () => { window.printed = document.querySelectorAll('.log-line').length; }")
    page.locator(".log").focus()
    page.keyboard.press("Control+p")
    page.wait_for_function("window.printed !== undefined")
    assert page.evaluate("window.printed") == 3000
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".commands")).to_be_hidden()
    expect(page.locator(".log-toolbar")).to_be_hidden()
    height = page.locator(".log").evaluate("e => e.getBoundingClientRect().height")
    assert height > 3000 * 15
    assert page.evaluate("document.documentElement.scrollHeight") > 3000 * 15
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.wait_for_function("document.querySelectorAll('.log-line').length < 300")


def test_megabytes_of_progress_in_one_row_do_not_block_the_page(open_page):
    page = open_page(init=LONG_TASKS)
    start(page, "meter")
    expect_status(page, "Completed")
    page.reload()
    expect(page.locator(".log")).to_contain_text("100 % done")
    page.get_by_role("button", name="Go to start").click()
    expect(page.locator(".log")).to_contain_text("100 % done")
    longest = max(page.evaluate("longTasks"), default=0)
    print(f"\n7 MB of progress: longest task {longest} ms")
    assert longest < 500


def test_chinese_characters_are_exactly_two_cells_wide(page):
    start(page, "quick", "漢字かな한글！|")
    expect_status(page, "Completed")
    start_x, bar_x, cell = page.evaluate("""() => {
      const line = [...document.querySelectorAll('.log-line')].find((each) => each.textContent.includes('漢'));
      const range = document.createRange();
      const positions = {};
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const sign of ['漢', '|']) {
          const index = node.data.indexOf(sign);
          if (index < 0) continue;
          range.setStart(node, index);
          range.setEnd(node, index + 1);
          const box = range.getBoundingClientRect();
          const wide = node.parentElement.closest('.wide');
          positions[sign] = wide ? wide.getBoundingClientRect().left : box.left;
        }
      }
      return [positions['漢'], positions['|'], document.querySelector('.log-ruler').getBoundingClientRect().width / 100];
    }""")
    assert abs((bar_x - start_x) / cell - 14) < 0.05


def test_no_field_is_small_enough_for_ios_to_zoom_into_it(server, open_page):
    page = open_page(has_touch=True, is_mobile=True, viewport=LANDSCAPE)
    start(page, "quick")
    expect_status(page, "Completed")
    for address in ("#/history", f"#/run/{COMMANDS['form']}", None):
        if address:
            page.goto(server.url + address)
        else:
            page.go_back()
            page.go_back()
        page.wait_for_load_state("networkidle")
        small = page.evaluate("""() => [...document.querySelectorAll('input, select, textarea')]
          .filter((field) => field.checkVisibility() && !['checkbox', 'file'].includes(field.type)
            && parseFloat(getComputedStyle(field).fontSize) < 16).map((field) => field.outerHTML)""")
        assert small == []
