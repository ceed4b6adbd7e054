"""Joins the page's modules into one, by the same rule as the responder: the import graph from main.js, depth first."""

import os
import re

IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./([\w.]+)";$')


def bundle(directory, start="main.js"):
    parts = []
    seen = set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        lines = open(os.path.join(directory, name), encoding="utf-8").read().split("\n")
        for line in lines:
            if line.startswith("import "):
                visit(IMPORT.match(line)[1])
        kept = [line.removeprefix("export ") for line in lines if not line.startswith("import ")]
        parts.append("\n".join(kept))

    visit(start)
    return "\n".join(parts)
