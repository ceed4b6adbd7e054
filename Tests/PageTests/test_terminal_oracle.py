"""Compares the page's terminal with pyte, a terminal emulator, on random output and on recordings of real tools."""

import glob
import json
import os
import random
import subprocess
import unicodedata

import pyte
import pytest
from pyte import graphics, modes

HERE = os.path.dirname(os.path.abspath(__file__))
STREAMS = int(os.environ.get("REMOTISAN_ORACLE_STREAMS", "3000"))


class Model:
    """The page's terminal in a node process."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["node", "--no-warnings", os.path.join(HERE, "terminal_driver.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def lines(self, columns, height, pieces):
        self.process.stdin.write(json.dumps({"columns": columns, "height": height, "pieces": pieces}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@pytest.fixture(scope="module")
def model():
    made = Model()
    yield made
    made.close()


class Oracle(pyte.HistoryScreen):
    """pyte, with two corrections.

    It stores only rows that were written to, and loses the others when it moves rows. And unlike DEC's terminals it
    forgets that a saved cursor was about to wrap (DEC STD 070, DECRC).
    """

    def restore_cursor(self):
        saved = self.savepoints[-1].cursor.x if self.savepoints else None
        super().restore_cursor()
        if saved == self.columns:
            self.cursor.x = saved

    def delete_lines(self, count=None):
        self.fill()
        super().delete_lines(count)

    def insert_lines(self, count=None):
        self.fill()
        super().insert_lines(count)

    def fill(self):
        for y in range(self.lines):
            self.buffer[y]


def oracle_lines(columns, height, pieces):
    """The lines of pyte as (text, styles). There is a style for each UTF-16 unit; for blanks it is None."""
    screen = Oracle(columns, height, history=10**6, ratio=1)
    screen.set_mode(modes.LNM)
    stream = pyte.Stream(screen)
    for piece in pieces:
        stream.feed(piece)
    rows = list(screen.history.top) + [screen.buffer[y] for y in range(height)]
    return trimmed([row_of(row, columns) for row in rows])


def row_of(row, columns):
    text, styles = "", []
    used = max([x for x, cell in row.items() if x < columns], default=-1) + 1
    x = 0
    while x < used:
        cell = row[x]
        data = cell.data
        is_wide = data != "" and pyte.screens.wcwidth(data[0]) == 2
        if data == "" or (is_wide and row[x + 1].data != ""):
            data, is_wide = " ", False
        for unit in range(len(data.encode("utf-16-le")) // 2):
            styles.append(
                None
                if data == " "
                else (cell.fg, cell.bg, cell.bold, cell.italics, cell.underscore, cell.reverse, cell.strikethrough)
            )
        text += data
        x += 2 if is_wide else 1
    return text.rstrip(" "), styles


def model_lines(lines):
    result = []
    for line in lines:
        units = len(line["text"].encode("utf-16-le")) // 2
        styles = [plain_style()] * units
        for span in line["spans"]:
            for at in range(span["start"], span["end"]):
                styles[at] = span["style"]
        # pyte composes combining characters (NFC). Then its units do not correspond to ours, and styles are not compared.
        text = unicodedata.normalize("NFC", line["text"])
        result.append((text.rstrip(" "), styles if text == line["text"] else None))
    return trimmed(result)


def plain_style():
    return {
        "fg": None,
        "bg": None,
        "bold": False,
        "italic": False,
        "underline": False,
        "inverse": False,
        "strike": False,
    }


def trimmed(lines):
    while lines and lines[-1][0] == "":
        lines.pop()
    return lines


def colours(value, names):
    """All values that pyte may have for one of our colours."""
    if value is None:
        return {"default"}
    if isinstance(value, str):
        return {value.lstrip("#")}
    found = {graphics.FG_BG_256[value].lstrip("#")}
    if value < 16:
        found.add(names[value])
    return found


FG = {**{n: graphics.FG_ANSI[30 + n] for n in range(8)}, **{8 + n: graphics.FG_AIXTERM[90 + n] for n in range(8)}}
BG = {**{n: graphics.BG_ANSI[40 + n] for n in range(8)}, **{8 + n: graphics.BG_AIXTERM[100 + n] for n in range(8)}}


def same_style(ours, theirs):
    fg, bg, *flags = theirs
    return (
        fg in colours(ours["fg"], FG)
        and bg in colours(ours["bg"], BG)
        and flags == [ours["bold"], ours["italic"], ours["underline"], ours["inverse"], ours["strike"]]
    )


def compare(ours, theirs, pieces):
    shown = f"stream {pieces!r}"
    assert [text for text, _ in ours] == [text for text, _ in theirs], shown
    for (text, mine), (_, other) in zip(ours, theirs):
        if mine is None:
            continue
        units = text.encode("utf-16-le")
        for at in range(len(units) // 2):
            if other[at] is not None and units[2 * at : 2 * at + 2] != b" \0":
                assert same_style(
                    mine[at], other[at]
                ), f"{shown}\nline {text!r} unit {at}: {mine[at]} is not {other[at]}"


WORDS = [
    "ok",
    "done",
    "Migrating",
    "line",
    "50 %",
    "=====>",
    "-----",
    "é",
    "✔",
    "Ünï",
    "│",
    "█▓░",
    " ",
    "  ",
    "a b c",
    "0123456789",
]
WIDE = ["漢字", "한글", "ひらがな", "👍", "🚀x", "e\u0301", "a\u0308b", "Ｗ"]


def sgr(random):
    kind = random.randrange(8)
    if kind == 0:
        return "\x1b[m"
    if kind == 1:
        return f"\x1b[38;5;{random.randrange(256)}m"
    if kind == 2:
        return f"\x1b[48;2;{random.randrange(256)};{random.randrange(256)};{random.randrange(256)}m"
    codes = (
        [0, 1, 3, 4, 7, 9, 22, 23, 24, 27, 29, 39, 49] + list(range(30, 38)) + list(range(40, 48)) + list(range(90, 98))
    )
    return "\x1b[" + ";".join(str(random.choice(codes)) for _ in range(random.randrange(1, 4))) + "m"


def movement(random, height):
    n = random.choice(["", "1", "2", "3", "7", "60"])
    final = random.choice("ABCDEFGKKJXP@LMdea")
    if final in "KJ":
        n = random.choice(["", "0", "1", "2"])
    # pyte keeps a stack of saved cursors, terminals keep one. They agree on pairs of save and restore.
    saved = f"\x1b7\x1b[{random.randrange(1, height)};1H{random.choice(WORDS)}\x1b8"
    return random.choice(
        [
            f"\x1b[{n}{final}",
            f"\x1b[{random.randrange(1, height + 3)};{random.randrange(1, 90)}H",
            saved,
            "\x1bM",
            "\x1bD",
            "\x1bE",
            "\x1b[H",
            "\x1b[?25l",
            "\x1b[?25h",
            "\x1b]0;title\x07",
            "\x1b]2;t\x1b\\",
        ]
    )


def stream_of(random, kind, height):
    parts = []
    for _ in range(random.randrange(5, 80)):
        roll = random.random()
        if roll < 0.4:
            parts.append(random.choice(WIDE + WORDS if kind == "wide" else WORDS))
        elif roll < 0.6:
            parts.append("\n" if kind == "wide" or random.random() < 0.8 else random.choice(["\r\n", "\x0b", "\x0c"]))
        elif roll < 0.7:
            parts.append(random.choice(["\r", "\b", "\t"] if kind != "wide" else ["\r", "\r\x1b[K", "\x1b[2K\r"]))
        elif roll < 0.85 or kind == "plain":
            parts.append(sgr(random))
        elif kind == "moving":
            parts.append(movement(random, height))
        else:
            parts.append(random.choice(["\x1b[K", "\x1b[2K", "\x1b[A", "\x1b[1K"]))
    return "".join(parts)


def cut(random, text):
    pieces, at = [], 0
    while at < len(text):
        size = random.choice([1, 2, 3, 5, 8, 40, 400])
        pieces.append(text[at : at + size])
        at += size
    return pieces


@pytest.mark.parametrize("kind", ["plain", "moving", "wide"])
def test_agrees_with_pyte_on_random_output(model, kind):
    for seed in range(STREAMS // 3):
        source = random.Random(f"{kind} {seed}")
        columns, height = (80, source.choice([4, 10, 50])) if kind != "wide" else (400, 10)
        pieces = cut(source, stream_of(source, kind, height))
        compare(model_lines(model.lines(columns, height, pieces)), oracle_lines(columns, height, pieces), pieces)


@pytest.mark.parametrize("path", sorted(glob.glob(os.path.join(HERE, "recordings", "*"))), ids=os.path.basename)
def test_agrees_with_pyte_on_recordings_of_real_tools(model, path):
    text = open(path, newline="", encoding="utf-8", errors="replace").read()
    for seed in range(5):
        pieces = cut(random.Random(seed), text)
        compare(model_lines(model.lines(200, 50, pieces)), oracle_lines(200, 50, pieces), path)
