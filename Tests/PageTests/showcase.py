"""The commands and executions of the screenshots: those of a shop, as a team would have them."""

import time

from sample_commands import COMMANDS, NONE, entry, option


def category(name, order, icon, colour):
    return {"name": name, "order": order, "icon": icon, "colour": colour}


DEPLOYMENT = category("Deployment", 0, "truck", "blue")
CUSTOMERS = category("Customers", 1, "people", "green")
DATA = category("Data", 2, "database", "purple")
UPKEEP = category("Upkeep", 3, "wrench", None)


def shop(name, description, in_category, definition=None, **more):
    return entry(name, description, definition or NONE, name, category=in_category, **more)


def commands():
    """The commands, by name. Some are also used by the tests."""
    order = {"order": {"description": "Number of the order", "default": None, "is_required": True, "is_array": False}}
    month = {"month": {"description": "Month, such as 2026-11", "default": None, "is_required": True, "is_array": False}}
    made = [
        shop("app:deploy", "Bring a release to the servers", DEPLOYMENT,
             {"args": {"release": {"description": "The release", "default": None, "is_required": True, "is_array": False}},
              "ops": {"migrate": option("Run the migrations, too")}}),
        shop("app:rollback", "Go back to the release before", DEPLOYMENT, confirm="Roll back production?"),
        shop("order:refund", "Refund an order", CUSTOMERS, {"args": order, "ops": {"partial": option("Amount", True)}}),
        shop("order:resend", "Send the confirmation again", CUSTOMERS, {"args": order, "ops": []}),
        shop("report:monthly", "Sales of a month as a file", DATA, {"args": month, "ops": {"format": option("csv or pdf", True)}}),
        shop("search:reindex", "Build the search index anew", DATA),
    ]
    known = {"user:invite": CUSTOMERS, "migrate": DEPLOYMENT, "migrate:status": DEPLOYMENT, "cache:clear": UPKEEP,
             "queue:restart": UPKEEP, "disk-usage": UPKEEP}
    made += [{**COMMANDS[name], "category": where} for name, where in known.items()]
    return {command["name"]: command for command in made}


DEPLOY = (
    "\x1b[1mDeploying release 2026.11.4\x1b[0m\n\n"
    "  \x1b[32m✔\x1b[0m Fetching sources \x1b[90m0.8 s\x1b[0m\n"
    "  \x1b[32m✔\x1b[0m Installing 84 packages \x1b[90m12.4 s\x1b[0m\n"
    "  \x1b[32m✔\x1b[0m Building assets \x1b[90m6.1 s\x1b[0m\n\n"
    "\x1b[33mNothing to do for config:cache, it is fresh.\x1b[0m\n\n"
    "\x1b[1mMigrating\x1b[0m\n"
    "  2026_11_19_092311_add_invited_by_to_users \x1b[90m............\x1b[0m \x1b[32mDONE\x1b[0m 41 ms\n"
    "  2026_11_20_141502_create_audit_entries    \x1b[90m............\x1b[0m \x1b[32mDONE\x1b[0m 118 ms\n"
    "  2026_11_23_081045_backfill_audit_entries  \x1b[90m............\x1b[0m \x1b[33mRUNNING\x1b[0m\n"
    "    \x1b[36m━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\x1b[90m━━━━━━━━━━━━━━\x1b[0m 71 %  1,420,000 of 2,000,000 rows\n\n"
    "See https://status.example.org/deploys/2026.11.4 for the checks.\n"
)

# Command, parameters, status, exit code, seconds.
PAST = [
    ("order:refund", "48213 --partial=19.90", 2, 0, 2), ("cache:clear", "--tags=views", 2, 0, 1),
    ("report:monthly", "2026-10 --format=csv", 2, 0, 74), ("order:resend", "48190", 2, 0, 1),
    ("user:invite", "--days=14 kim@example.org editor", 2, 0, 3), ("app:deploy", "2026.11.3 --migrate", 3, 1, 48),
    ("search:reindex", "", 2, 0, 412), ("order:refund", "48177", 2, 0, 2), ("app:deploy", "2026.11.3 --migrate", 2, 0, 64),
    ("disk-usage", "", 2, 0, 1), ("user:invite", "--silent lee@example.org", 2, 0, 2), ("queue:restart", "", 2, 0, 2),
    ("search:reindex", "", 4, None, 131), ("app:deploy", "2026.11.2 --migrate", 2, 0, 66),
]
PEOPLE = ["ann@lab", "carol@lab", "kim@lab", "ann@lab", "carol@lab"]


def rows():
    """The executions, oldest first. The last one is a deployment that is running."""
    now = int(time.time())
    made = []
    for number in range(6 * len(PAST), 0, -1):
        command, parameters, status, code, took = PAST[number % len(PAST)]
        # Working hours have more runs than nights.
        began = now - 900 - number * 2700 - number // 9 * 36000
        made.append({
            "command": command, "parameters": parameters, "process_status": status, "exit_code": code,
            "signal": "TERM" if status == 4 else None, "executed_at": began,
            "finished_at": began + took + (number * 7 % 5 if took > 9 else 0), "user_identifier": PEOPLE[number % 5],
        })
    for command, parameters, status, ago, user in (
        ("search:reindex", "", 1, 187, "kim@lab"), ("app:deploy", "2026.11.5", 5, 21, "ann@lab"),
    ):
        made.append({
            "command": command, "parameters": parameters, "process_status": status, "exit_code": None,
            "executed_at": now - ago, "finished_at": None, "user_identifier": user, "log": "",
        })
    made.append({
        "command": "app:deploy", "parameters": "2026.11.4 --migrate", "process_status": 1, "exit_code": None,
        "executed_at": now - 41, "finished_at": None, "user_identifier": "carol@lab", "log": DEPLOY,
    })
    return made
