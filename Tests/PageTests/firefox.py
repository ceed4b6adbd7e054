"""A small client for Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), for the tasks of test_firefox.py.

Playwright drives only its own build of Firefox, and this is the one that people have.
"""

import contextlib
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time

from websockets.sync.client import connect

KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Home": "\ue011", "End": "\ue010", "Control": "\ue009", "Shift": "\ue008"}


class Firefox:
    """One Firefox with one tab, logged in with HTTP authentication."""

    def __init__(self, user, password):
        self.profile = tempfile.mkdtemp(prefix="firefox-")
        self.process = subprocess.Popen(
            [shutil.which("firefox-esr") or "firefox", "--headless", "--no-remote", "--profile", self.profile,
             "--remote-debugging-port", "0", "--width", "1280", "--height", "800"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "HOME": self.profile})
        address = next(match[1] for line in self.process.stderr
                       if (match := re.search(r"WebDriver BiDi listening on (ws://\S+)", line)))
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.stack = contextlib.ExitStack()
        self.socket = self.stack.enter_context(connect(address + "/session", max_size=None))
        self.answers = queue.Queue()
        self.numbers = iter(range(1, 1 << 30))
        self.credentials = {"type": "password", "username": user, "password": password}
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["network.authRequired"])
        self.call("network.addIntercept", phases=["authRequired"])
        self.tab = self.call("browsingContext.create", type="tab")["context"]

    def end(self):
        try:
            self.call("browser.close")
        finally:
            self.stack.close()
            self.process.wait(20)
            shutil.rmtree(self.profile, ignore_errors=True)

    def read(self):
        """Passes answers on, and logs in where a server asks for it."""
        for text in self.socket:
            message = json.loads(text)
            if message.get("method") == "network.authRequired":
                self.send("network.continueWithAuth", request=message["params"]["request"]["request"],
                          action="provideCredentials", credentials=self.credentials)
            elif message.get("id") in self.waiting:
                self.answers.put(message)

    waiting = frozenset()

    def send(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def call(self, method, **params):
        number = next(self.numbers)
        self.waiting = frozenset([number])
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        answer = self.answers.get(timeout=60)
        assert answer["type"] == "success", answer
        return answer["result"]

    def open(self, url):
        self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def evaluate(self, expression):
        """The value of a JavaScript expression, as JSON can hold it."""
        result = self.call(
            "script.evaluate", target={"context": self.tab}, awaitPromise=True,
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()")
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def until(self, expression, timeout=30):
        """Waits until a JavaScript expression is true. Returns its value."""
        end = time.monotonic() + timeout
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, (expression, self.evaluate("document.body.innerText.slice(0, 2000)"))
            time.sleep(0.05)
        return value

    def keys(self, *names):
        """Presses keys one after another; "Control+a" holds the first one."""
        actions = []
        for name in names:
            parts = [KEYS.get(part, part) for part in (name.split("+") if len(name) > 1 else [name])]
            actions += [{"type": "keyDown", "value": part} for part in parts]
            actions += [{"type": "keyUp", "value": part} for part in reversed(parts)]
        self.call("input.performActions", context=self.tab, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def type(self, text):
        self.keys(*text)

    def click(self, selector):
        """Clicks the first visible element of a selector."""
        x, y = self.until(
            f"""(() => {{ const element = [...document.querySelectorAll({json.dumps(selector)})]
              .find((each) => each.checkVisibility()); if (!element) return null;
              element.scrollIntoView({{ block: 'nearest' }}); const box = element.getBoundingClientRect();
              return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)]; }})()""")
        pointer = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0},
                   {"type": "pointerUp", "button": 0}]
        self.call("input.performActions", context=self.tab,
                  actions=[{"type": "pointer", "id": "mouse", "actions": pointer}])
