"""The commands of the tests, for the real product and for the mock server, as a console would define them."""

import sys

ANY_WORDS = {
    "args": {"params": {"description": "Arguments of the program", "default": [], "is_required": False, "is_array": True}},
    "ops": [],
}


def option(description, value=False, default=None, array=False):
    return {
        "description": description,
        "accept_Value": value,
        "default": default,
        "is_required": False,
        "is_array": array,
    }


def entry(name, description, definition=None, usage=None, help_text="", **more):
    return {
        "name": name,
        "definition": definition or ANY_WORDS,
        "help": help_text,
        "description": description,
        "usageManual": usage or f"{name} [<params>...]",
        **more,
    }


def python(code):
    return [sys.executable, "-u", "-c", code]


NONE = {"args": [], "ops": []}
SLOW = "import time,sys\nn=int((sys.argv[1:] or ['10'])[0])\nfor i in range(n):\n print(f'line {i+1} of {n}');time.sleep(1)"
COLOURS = r"""
import time
for i in range(8): print(f'\x1b[3{i}mcolour {i}\x1b[0m \x1b[9{i}mbright {i}\x1b[0m \x1b[1;4{i}m back {i} \x1b[0m')
print('\x1b[1mbold\x1b[0m \x1b[3mitalic\x1b[0m \x1b[4munderline\x1b[0m \x1b[9mstruck\x1b[0m \x1b[2mfaint\x1b[0m \x1b[7minverse\x1b[0m')
print(''.join(f'\x1b[48;5;{16+i*6}m  ' for i in range(36))+'\x1b[0m')
print(''.join(f'\x1b[38;2;{255-i*3};{i*3};128m█' for i in range(80))+'\x1b[0m')
for i in range(41):
    print(f'\r\x1b[32m{"━"*i}\x1b[90m{"━"*(40-i)}\x1b[0m {i*100//40:3d} %', end='', flush=True); time.sleep(0.05)
print('\n\x1b[32m✔\x1b[0m done, 漢字 and é and 👍 too')
"""
STUBBORN = """
import os, signal, time
for name in ('SIGQUIT', 'SIGINT', 'SIGTERM', 'SIGHUP'): signal.signal(getattr(signal, name), signal.SIG_IGN)
print('I ignore QUIT, INT, TERM and HUP; pid', os.getpid())
while True: time.sleep(1)
"""
HOSTILE = r"""
import sys
w = sys.stdout.write
w('<script>window.hacked=1</script><img src=x onerror="window.hacked=1">\n')
w('\x1b]8;;javascript:window.hacked=1\x07click me\x1b]8;;\x07 \x1b]8;;https://example.org/safe\x07safe link\x1b]8;;\x07\n')
w('\x1b]52;c;aGFja2Vk\x07clipboard\n\x1b]0;hacked title\x07title\n\x1b]2;hacked\x1b\\title two\n')
w('bidi \u202egnp.exe\u202c and \u2066isolate\u2069 end\n')
w('visit https://example.org/a?b=c). javascript:alert(1) data:text/html,x\n')
w('long ' + 'x' * 1048576 + ' end of the long line\n')
w('nul \x00 bell \x07 del \x7f c1 \x9b31m\n')
w('\x1b[99999999;99999999H\x1b[99999999L\x1b[99999999@\x1b[2147483648C here\n')
w('last line\n')
"""
FLOOD = (
    "import sys\nn=int((sys.argv[1:] or ['20'])[0])\nb=b''.join(b'%07d the quick brown fox jumps over the lazy dog\\n'%i for i in range(20000))\n"
    "for i in range(n): sys.stdout.buffer.write(b[:1048576-64]+b'\\n'); sys.stdout.buffer.flush()"
)

COMMANDS = {
    e["name"]: e
    for e in [
        entry("demo:quick", "Print a greeting", NONE, "demo:quick"),
        entry(
            "demo:slow",
            "One line a second",
            {
                "args": {
                    "seconds": {
                        "description": "How many lines",
                        "default": "10",
                        "is_required": False,
                        "is_array": False,
                    }
                },
                "ops": [],
            },
            "demo:slow [<seconds>]",
        ),
        entry("demo:colours", "Colours, styles and a progress bar", NONE, "demo:colours"),
        entry("demo:flood", "Many megabytes at once", usage="demo:flood [<mebibytes>]"),
        entry("demo:fail", "Write to stderr and fail", NONE, "demo:fail"),
        entry("demo:stubborn", "Ignore every signal that can be ignored", NONE, "demo:stubborn"),
        entry("demo:hostile", "Print hostile output", NONE, "demo:hostile"),
        entry("demo:missing", "A program that does not exist", NONE, "demo:missing"),
        entry(
            "cache:clear",
            "Flush the application cache",
            {
                "args": {
                    "store": {
                        "description": "The name of the store",
                        "default": None,
                        "is_required": False,
                        "is_array": False,
                    }
                },
                "ops": {"tags": option("The cache tags", True)},
            },
            "cache:clear [--tags [TAGS]] [--] [<store>]",
        ),
        entry(
            "migrate",
            "Run the database migrations",
            {
                "args": [],
                "ops": {
                    "database": option("The database connection to use", True),
                    "force": option("Force the operation in production"),
                    "path": option("The path(s) to the migrations files to be executed", True, [], True),
                    "pretend": option("Dump the SQL queries that would be run"),
                    "seed": option("Run the seeders afterwards"),
                    "step": option("Force the migrations to be run so they can be rolled back one by one"),
                },
            },
            "migrate [--database [DATABASE]] [--force] [--path [PATH]] [--pretend] [--seed] [--step]",
            "The migrate command brings the schema up to date.\n\nIn production it asks for --force.",
            confirm="Run the migrations in production?",
            timeout=600,
            _role="devops",
        ),
        entry(
            "migrate:status",
            "Show the status of each migration",
            {
                "args": [],
                "ops": {
                    "database": option("The database connection to use", True),
                    "path": option("The path(s) to use", True, [], True),
                    "realpath": option("The paths are absolute"),
                },
            },
            "migrate:status [--database [DATABASE]] [--path [PATH]] [--realpath]",
        ),
        entry(
            "queue:restart",
            "Restart queue worker daemons after their current job",
            NONE,
            "queue:restart",
            _role="devops",
        ),
        entry(
            "user:invite",
            "Invite a new user",
            {
                "args": {
                    "email": {
                        "description": "Address of the new user",
                        "default": None,
                        "is_required": True,
                        "is_array": False,
                    },
                    "role": {
                        "description": "What the new user may do",
                        "default": "reader",
                        "is_required": False,
                        "is_array": False,
                        "choices": ["reader", "editor", "admin"],
                    },
                    "teams": {"description": "Teams to join", "default": [], "is_required": False, "is_array": True},
                },
                "ops": {"silent": option("Send no mail"), "days": option("Days until the invitation expires", True, "7")},
            },
            "user:invite [--silent] [--days [DAYS]] [--] <email> [<role>] [<teams>...]",
        ),
        entry(
            "note:add",
            "Store a note",
            {
                "args": {
                    "text": {
                        "description": "Text of the note",
                        "default": None,
                        "is_required": True,
                        "is_array": False,
                        "multiline": True,
                    }
                },
                "ops": [],
            },
            "note:add <text>",
        ),
        entry("disk-usage", "Free space on every file system", timeout=60),
    ]
}

_PROGRAMS = {
    "demo:quick": lambda words: ["echo", "Hello", *words],
    "demo:slow": lambda words: [*python(SLOW), *words],
    "demo:colours": lambda words: python(COLOURS),
    "demo:flood": lambda words: [*python(FLOOD), *words],
    "demo:fail": lambda words: ["sh", "-c", "echo working; echo 'something went wrong' >&2; exit 3"],
    "demo:stubborn": lambda words: python(STUBBORN),
    "demo:hostile": lambda words: python(HOSTILE),
    "demo:missing": lambda words: ["/no/such/program"],
    "disk-usage": lambda words: ["df", "-h", *words],
}


def argv_for(name, words):
    make = _PROGRAMS.get(name, lambda given: [*python("import sys,json;print(json.dumps(sys.argv[1:]))"), *given])
    return make(words)
