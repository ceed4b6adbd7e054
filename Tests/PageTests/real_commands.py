"""The configuration of the real product, with commands that a test controls and commands that produce load."""

import os
import sys

from sample_commands import COMMANDS, argv_for, python

# Prints what is written into the FIFO it is given, and ends when the FIFO is closed. So the test controls its timing.
SCRIPTED = """
import os, sys
with open(sys.argv[1], 'rb', 0) as script:
    while data := script.read(65536): os.write(1, data)
"""
BYTES = """
import sys
sys.stdout.buffer.write(b'start\\n' + bytes(range(256)) * 2000 + b'\\nend of the bytes\\n')
"""
RAINBOW = r"""
import sys
rainbow = b''.join(b'\x1b[38;5;%dmX' % (i % 256) for i in range(60000))
for part in range(40): sys.stdout.buffer.write(b'line %d ' % part + rainbow[:40000] + b'\x1b[0m\n')
sys.stdout.buffer.write(rainbow)
"""
GIGABYTE = r"""
import os
block = b''.join(b'%07d \x1b[32mok\x1b[0m the quick brown fox jumps over the lazy dog\n' % i for i in range(20000))
written = 0
while written < 1 << 30: written += os.write(1, block)
"""
# Prints the bytes of its argument in hexadecimal digits, and then lines with an umlaut in one byte. Their number is an argument.
LEGACY = r"""
import os, sys
os.write(1, bytes.fromhex(sys.argv[1]) + b'\n')
for i in range(int(sys.argv[2])): os.write(1, b'%d \xfc' % i + b'.' * 90 + b'\n')
"""
# Prints a number for each byte that it reads from a FIFO, and its time. It does not flush its output.
NUMBERS = """
import sys, time
steps = open(sys.argv[1], 'rb', 0)
number = 0
while steps.read(1):
    print('number', number, time.time())
    number += 1
"""
# Overwrites one row with 7 MB of progress.
METER = r"""
import sys
for i in range(100001): sys.stdout.write('\r%3d %% done, %d of 100000 rows, and some more text here' % (i // 1000, i))
"""
# Writes 50 MB/s.
TORRENT = r"""
import os, sys, time
plain, coloured = b'%07d the quick brown fox jumps over the lazy dog\n', b'\x1b[3%dm%07d\x1b[0m \x1b[1mquick\x1b[0m fox\n'
is_plain = sys.argv[1] == 'plain'
block = b''.join(plain % i if is_plain else coloured % (i % 8, i) for i in range(40000))
began, written = time.monotonic(), 0
while written < 800 << 20:
    written += os.write(1, block)
    time.sleep(max(0, began + written / 50e6 - time.monotonic()))
"""

# Prints its arguments and its secrets.
LOGIN = "import json, os, sys; print(json.dumps(sys.argv[1:]), os.environ['DB_PASSWORD'], sys.stdin.read().strip())"

DECLARED = {
    "user:invite": {
        "end_of_options": True,
        "parameters": [
            {"name": "email", "type": "email", "required": True, "description": "Address of the new user"},
            {"name": "role", "type": "choice", "choices": ["reader", "editor", "admin"], "default": "reader"},
            {"name": "teams", "repeated": True, "description": "Teams to join"},
            {"name": "silent", "type": "flag", "option": "--silent", "description": "Send no mail"},
            {"name": "days", "type": "integer", "min": 1, "max": 365, "option": "--days"},
        ],
    },
    "note:add": {"parameters": [{"name": "text", "multiline": True, "required": True}]},
}


def configuration(storage, assets, unstartable):
    """The configuration of the product. `unstartable` is a program that exists but cannot be executed."""
    allowed = {}
    for name, entry in COMMANDS.items():
        allowed[name] = {
            "roles": ["DEV_OPS"] if "_role" in entry else ["*"],
            "run": [unstartable] if name == "demo:missing" else argv_for(name, []),
            "description": entry["description"],
            "kill": {"grace": "500ms"},
            "parameters": "any",
        }
        if name in DECLARED:
            allowed[name] |= DECLARED[name]
        if entry.get("confirm"):
            allowed[name]["confirm"] = entry["confirm"]
    loads = {
        "scripted": SCRIPTED,
        "estimated": SCRIPTED,
        "bytes": BYTES,
        "rainbow": RAINBOW,
        "gigabyte": GIGABYTE,
        "torrent": TORRENT,
        "lines": "import sys; [print('line', i, 'of the output') for i in range(int(sys.argv[1]))]",
        "wide": "print('x' * 3000 + ' needle ' + 'y' * 500)",
        "meter": METER,
    }
    for name, code in loads.items():
        allowed["load:" + name] = {"roles": ["DEV_OPS"], "run": python(code), "parameters": "any"}
    for name in ("iso-8859-1", "windows-1252"):
        allowed["print:" + name] = {
            "roles": ["DEV_OPS"], "run": python(LEGACY), "parameters": "any", "encoding": name}
    allowed["print:numbers"] = {
        "roles": ["DEV_OPS"], "run": [sys.executable, "-c", NUMBERS], "parameters": "any"}
    numbers = os.path.join(os.path.dirname(storage), "numbers")
    allowed["print:terminal"] = {"roles": ["DEV_OPS"], "run": [numbers], "parameters": "any", "terminal": True}
    allowed["load:limited"] = {
        "roles": ["DEV_OPS"], "run": python(SCRIPTED), "parameters": "any", "max_running": 1}
    allowed["batch:run"] = {
        "roles": ["DEV_OPS"],
        "run": ["echo"],
        "confirm": "Run this batch?",
        "parameters": [
            {"name": "batch", "pattern": "b-[0-9]{3}", "required": True,
             "description": "The letter b, a dash and three digits"},
        ],
    }
    queue = {"max_running": 1, "when_full": "queue"}
    allowed["queue:scripted"] = {"roles": ["DEV_OPS"], "run": python(SCRIPTED), "parameters": "any"} | queue
    allowed["db:login"] = {
        "roles": ["DEV_OPS"],
        "run": python(LOGIN),
        "parameters": [
            {"name": "user", "required": True},
            {"name": "password", "type": "secret", "pass": "environment", "variable": "DB_PASSWORD", "required": True},
            {"name": "key", "type": "secret", "pass": "stdin", "multiline": True},
        ],
    }
    allowed["report:import"] = {
        "roles": ["DEV_OPS"],
        "run": python("import sys; [print(path[-20:], open(path, 'rb').read()) for path in sys.argv[1:]]"),
        "parameters": [
            {"name": "file", "type": "file", "max_bytes": 1000, "suffix": ".csv", "required": True},
            {"name": "more", "type": "file", "max_bytes": 1000, "repeated": True},
        ],
    }
    allowed["report:upload"] = {
        "roles": ["DEV_OPS"], "run": ["wc", "-c"],
        "parameters": [{"name": "file", "type": "file", "max_bytes": 1_000_000, "required": True}],
    }
    branches = os.path.join(os.path.dirname(storage), "branches")
    allowed["branch:deploy"] = {
        "roles": ["DEV_OPS"],
        "run": python(LOGIN),
        "parameters": [
            {"name": "branch", "type": "choice", "choices_from": ["cat", branches], "choices_ttl": "1s", "required": True},
            {"name": "password", "type": "secret", "pass": "environment", "variable": "DB_PASSWORD", "required": True},
        ],
    }
    allowed["shop:deploy"] = {
        "roles": ["DEV_OPS"],
        "run": ["echo"],
        "title": "Deploy the shop",
        "category": "Deployment",
        "description": "Brings a branch to the servers",
        "help": "Takes a **branch**:\n\n- `main`\n- a [feature](https://example.com/)\n\n<b>Not HTML</b>",
        "parameters": [
            {"name": "branch", "type": "choice", "choices": [f"feature-{i:02}" for i in range(40)], "required": True},
            {"name": "note", "multiline": True, "option": "--note"},
            {"name": "password", "type": "secret", "pass": "environment", "variable": "DB_PASSWORD"},
        ],
    }
    allowed["shop:stubborn"] = {
        "roles": ["DEV_OPS"],
        "run": ["sh", "-c", "trap '' TERM INT HUP QUIT; echo ready; sleep 600"],
        "category": "Deployment",
        "parameters": [],
        "kill": {"grace": "10m"},
    }
    return {
        "storage": storage,
        "super_users": ["carol"],
        "page_directory": assets,
        "logger": {"max_bytes": "2GiB"},
        "roles": {"SUPPORT": {"groups": ["support"]}, "DEV_OPS": {"groups": ["devops"]}},
        "commands": {
            "allowed": allowed,
            "categories": [{"name": "Deployment", "icon": "truck", "colour": "green"}],
        },
    }
