"""Opens a job in Chromium: `page_delay.py URL COUNT`. Prints how many milliseconds after their time its numbers appear.

The job prints lines such as `number 3 1795701210477`: a number and a Unix time in milliseconds.
"""

import json
import sys

from playwright.sync_api import sync_playwright

WATCH = r"""
window.delays = {};
new MutationObserver(() => {
  for (const line of document.querySelectorAll('.log-line')) {
    const [, number, time] = /number (\d+) (\d+)/.exec(line.textContent) ?? [];
    if (number !== undefined) window.delays[number] ??= Date.now() - Number(time);
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(sys.argv[1])
    page.wait_for_function("count => Object.keys(window.delays).length >= count", arg=int(sys.argv[2]), timeout=60_000)
    # The first numbers were printed before the page was open.
    print(json.dumps(list(page.evaluate("Object.values(window.delays)"))[3:]))
    browser.close()
