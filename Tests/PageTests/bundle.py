"""Joins the page's modules and style sheets by the same rules as the responder (Sources/Web/Page)."""

import os
import re

IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "(\.[\w./]+)";$')
STYLE_IMPORT = re.compile(r'^@import "([\w./]+\.css)";$')


def read(directory, path):
    with open(os.path.join(directory, path), encoding="utf-8") as file:
        return file.read().split("\n")


def resolve(reference, path):
    """The file that a relative reference in another file names."""
    return os.path.normpath(os.path.join(os.path.dirname(path), reference))


def join_modules(directory, entry="main.js"):
    """The script page.js: each module after the modules that it imports."""
    parts = []
    seen = set()

    def visit(path):
        if path in seen:
            return
        seen.add(path)
        lines = read(directory, path)
        for line in lines:
            if line.startswith("import "):
                visit(resolve(IMPORT.match(line)[1], path))
        kept = [line.removeprefix("export ").lstrip(" ") for line in lines
                if line.strip(" ") and not line.startswith("import ") and not line.lstrip(" ").startswith("//")]
        parts.append("\n".join(kept))

    visit(entry)
    return "\n".join(parts)


def join_styles(directory, entry="page.css"):
    """The style sheet with each import replaced by the imported file."""
    lines = []
    for line in read(directory, entry):
        match = STYLE_IMPORT.match(line)
        lines.append(join_styles(directory, resolve(match[1], entry)) if match else line)
    return "\n".join(lines)
