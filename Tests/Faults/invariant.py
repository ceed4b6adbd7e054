"""What must hold of every execution when everything has run undisturbed for a while: the promises of docs/reliability.md."""

import json
import os
import pathlib
import re
import signal
import time

from installation import FLOOD_LINES, SECRET, Violation, wait_for

COMPLETED, FAILED, KILLED = ENDED = 2, 3, 4
SETTLING_SECONDS = 60
NOTE_SECONDS = 5  # within which a gap is noted in a log, when the disk has space again
GAP = re.compile(r"\n\[(\d+) bytes could not be written to this log\.\]\n")
BROKER_LINE = re.compile(r"^(PROCESS KILLED BY|NOT KILLED:|LOST:|The [^\n]* could not be started)[^\n]*\n?", re.MULTILINE)
LOST_SECRETS = re.compile(r"\n\[OUTPUT LOST: the processes that keep secrets out of this log were ended\.[^\n]*\n")


def expected_log(command):
    body = {"masked": "***\n", "flood": "".join(f"{n}\n" for n in range(1, FLOOD_LINES + 1))}.get(command, "")
    return f"begin\n{body}end\n"


def violations(site, asked, may_lose_output=False, is_strict=True):
    """The promises that do not hold.

    - may_lose_output: the disk has failed, so a log may have a gap if it names the gap.
    - is_strict: one process was disturbed, so no output is lost even if the supervisor was killed.
    """
    site.start_responder()
    found, rows, answers = [], {}, {}

    def is_settled():
        site.broker("watch", "--for", "0")
        rows.update(site.rows())
        running = [(one, row) for one in asked for row in rows.get(one.mark, []) if row["process_status"] not in ENDED]
        # Only requested here: the next pass kills them together.
        for one, row in running:
            if one.is_killed:
                answers[row["job_uuid"]] = site.request("POST", f"/remotisan/kill/{row['job_uuid']}")
        return not running

    begun = time.monotonic()
    try:
        wait_for("all executions are settled", is_settled, SETTLING_SECONDS)
    except Violation as violation:
        found.append(f"{violation}; kills were answered {str(answers)[:300]}")
    site.settling_seconds = time.monotonic() - begun
    runs, ends = site.marks("runs"), site.marks("ends")
    for one in asked:
        must_be_whole = is_strict and ends[one.mark] > 0
        of_one = of_execution(site, one, rows.get(one.mark, []), runs[one.mark], must_be_whole, may_lose_output)
        found += of_one if len(asked) == 1 else [f"{one.command} {one.mark}: {text}" for text in of_one]
    return found + left_over(site)


def of_execution(site, one, rows, runs, must_be_whole, may_lose_output):
    found = []
    if len(rows) > 1:
        found.append(f"{len(rows)} rows")
    if runs > 1:
        found.append(f"the command ran {runs} times")
    if one.status == 200 and not rows:
        found.append("answered 200, and no row")
    if one.status == 200 and rows and one.uuid != rows[0]["job_uuid"]:
        found.append("answered with another job")
    if one.status >= 400 and runs > 0:
        found.append(f"answered {one.status}, and the command ran")
    if runs > 0 and not rows:
        found.append("the command ran, and no row")
    for row in rows:
        uuid, status = row["job_uuid"], row["process_status"]
        if status == COMPLETED and runs != 1:
            found.append(f"COMPLETED, and the command ran {runs} times")
        if status == FAILED and row["signal"] in signals_sent(site, uuid):
            found.append("FAILED, and our signal ended it")
        if status == KILLED and not one.is_killed:
            found.append("KILLED without a kill")
        if status == KILLED and not (site.storage / "jobs" / f"{uuid}.kill").exists():
            found.append("KILLED without a kill record")
        code, text = site.request("GET", f"/remotisan/execute/{uuid}")
        if code != 200 or not json.loads(text)["isEnded"]:
            found.append(f"a poll is answered {code} {text[:80]!r}")
        is_complete = status == COMPLETED or must_be_whole
        deadline = time.monotonic() + (NOTE_SECONDS if may_lose_output else 0)
        while (of_this := of_log(site, one, uuid, status, is_complete, may_lose_output)) and time.monotonic() < deadline:
            time.sleep(0.1)
        found += of_this
    return found


def signals_sent(site, uuid):
    """The signals that the kill record of an execution has."""
    try:
        record = (site.storage / "jobs" / f"{uuid}.kill").read_text()
    except FileNotFoundError:
        return []
    return [signal.Signals["SIG" + line.split()[1]] for line in record.splitlines() if line.startswith("step ")]


def of_log(site, one, uuid, status, is_complete, may_lose_output):
    log = site.storage / "logs" / f"{uuid}.log"
    text = log.read_text(errors="replace") if log.exists() else ""
    found = []
    if SECRET in text:
        found.append("the log shows the secret")
    text = BROKER_LINE.sub("", text)
    gaps = GAP.findall(text)
    text = GAP.sub("", text)
    if not is_complete:
        text = LOST_SECRETS.sub("", text)
    expected = expected_log(one.command)
    if gaps and not may_lose_output:
        found.append(f"the log names gaps of {gaps} bytes")
    if text.count("begin\n") > 1:
        found.append("the log begins twice")
    if is_complete and text != expected:
        is_named = gaps and may_lose_output and len(text) + sum(map(int, gaps)) == len(expected)
        if not is_named:
            found.append(f"status {status}, and the log of {len(text)} bytes is not complete: {difference(text, expected)}")
    # A line of the broker begins with a line end if it needs one.
    is_beginning = expected.startswith(text) or expected.startswith(text.removesuffix("\n"))
    if not is_complete and not gaps and not is_beginning:
        found.append(f"status {status}, and the log is no beginning: {difference(text, expected)}")
    return found


def difference(text, expected):
    at = next((i for i, (one, other) in enumerate(zip(text, expected)) if one != other), min(len(text), len(expected)))
    return f"at {at} {text[at : at + 60]!r} instead of {expected[at : at + 60]!r}"


def left_over(site):
    """Files and processes that nobody needs any more, after a pass and a sweep."""
    found = []

    def files():
        return [name for name in os.listdir(site.storage / "jobs") if name.partition(".")[2] not in ("exit", "kill", "start")]

    def are_swept():
        for name in files():
            try:
                os.utime(site.storage / "jobs" / name, (1, 1))  # the sweep removes only what is old
            except FileNotFoundError:
                pass
        if files():
            site.broker("watch", "--for", "0", check=False)
            site.broker("purge", "--older-than", "1000d", check=False)
        return not files()

    try:
        wait_for("no file is left", are_swept, 10)
    except Violation:
        found.append(f"files are left: {sorted(files())}")
    try:
        wait_for("no process is left", lambda: not site.processes(), 10)
    except Violation:
        found.append(f"processes are left: {[description(process) for process in site.processes()]}")
    return found


def description(process):
    """The state of a process, such as T for stopped, and its command line."""
    directory = pathlib.Path(f"/proc/{process}")
    try:
        state = (directory / "stat").read_text().rpartition(")")[2].split()[0]
        return f"{process} {state} {(directory / 'cmdline').read_bytes().replace(bytes(1), b' ')[:120]}"
    except OSError:
        return f"{process} has ended"
