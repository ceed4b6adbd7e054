"""What is done while a program is disturbed.

A scenario gets an installation, a mark that no other execution has, and a function that plants the disturbance. It returns
the executions that were asked for.
"""

import dataclasses
import json
import time

from installation import HEALTH, SECRET


@dataclasses.dataclass
class Asked:
    """A start that was asked for, and what was answered."""

    command: str
    mark: str
    status: int
    uuid: str | None
    is_killed: bool = False  # a kill was asked for, or is due at the end


def start(site, command, mark):
    body = {"command": command, "params": mark}
    if command == "masked":
        body = {"command": command, "arguments": {"mark": mark}, "options": {"token": SECRET}}
    status, text = site.request("POST", "/remotisan/execute", body)
    uuid = json.loads(text)["id"] if status == 200 else None
    return Asked(command, mark, status, uuid, is_killed=command == "long" or mark.endswith("-blocker"))


def starting(command):
    def scenario(site, mark, plant):
        plant()
        return [start(site, command, mark)]

    return scenario


def queue(site, mark, plant):
    """A broker starts a queued execution."""
    blocker = start(site, "one", mark + "-blocker")
    asked = start(site, "one", mark)
    plant()
    if blocker.uuid:
        site.broker("kill", blocker.uuid, check=False)
    return [blocker, asked]


def kill(site, mark, plant):
    """A kill by the broker on the command line."""
    asked = start(site, "long", mark)
    plant()
    if asked.uuid:
        site.broker("kill", asked.uuid, through_injector=True, check=False)
    return [asked]


def killed(site, mark, plant):
    """A job is killed while its own programs are disturbed."""
    plant()
    asked = start(site, "long", mark)
    if asked.uuid:
        site.broker("kill", asked.uuid, check=False)
    return [asked]


def kill_request(site, mark, plant):
    """A kill through the responder, by the broker that it starts."""
    asked = start(site, "long", mark)
    plant()
    if asked.uuid:
        site.request("POST", f"/remotisan/kill/{asked.uuid}")
    return [asked]


def broker_pass(site, mark, plant):
    """A broker pass over an execution that ends meanwhile."""
    asked = start(site, "short", mark)
    plant()
    site.broker("watch", "--for", "0", through_injector=True, check=False)
    return [asked]


def in_new_responder(act):
    """Acts with a responder that is disturbed from its beginning."""
    def scenario(site, mark, plant):
        asked = start(site, "long", mark) if act == "kill" else None
        site.stop_responder()
        plant()
        site.spawn_responder()
        deadline = time.monotonic() + 10
        while not site.request("GET", HEALTH)[0]:
            if site.responder.poll() is not None or time.monotonic() > deadline:
                break
            time.sleep(0.01)
        if asked is None:
            asked = start(site, "short", mark)
        elif asked.uuid:
            site.request("POST", f"/remotisan/kill/{asked.uuid}")
        return [asked]

    return scenario


# The name, the program that is disturbed, and what is done.
SCENARIOS = {
    "start": ("remotisan-job", starting("short")),
    "masked": ("remotisan-job", starting("masked")),
    "terminal": ("remotisan-job", starting("terminal")),
    "flood": ("remotisan-job", starting("flood")),
    "queue": ("remotisan-job", queue),
    "killed": ("remotisan-job", killed),
    "settle": ("remotisan-broker", starting("short")),
    "kill": ("remotisan-broker", kill),
    "kill request": ("remotisan-broker", kill_request),
    "pass": ("remotisan-broker", broker_pass),
    "responder": ("remotisan-fcgi", in_new_responder("start")),
    "responder kill": ("remotisan-fcgi", in_new_responder("kill")),
}
