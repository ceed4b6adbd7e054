"""Plots as SVG, with logarithmic axes, readable in light and dark."""

import html
import math

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 70, 180, 48, 50
COLOURS = (
    "#0969da", "#cf222e", "#1a7f37", "#8250df", "#bc4c00", "#57606a", "#bf3989", "#0a7ea4", "#9a6700", "#1f2328",
    "#00b88a")


def number(value):
    """A short form: 1000000 is 1 M."""
    for limit, suffix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= limit:
            return f"{value / limit:g}{suffix}"
    return f"{value:g}"


def decades(values):
    """The powers of ten around positive values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def position(value, ticks, start, end):
    share = (math.log10(value) - math.log10(ticks[0])) / (math.log10(ticks[-1]) - math.log10(ticks[0]))
    return start + share * (end - start)


def svg(title, x_name, y_name, series, other=None):
    """`series`: for each name, pairs of positive numbers. `other`: a name, and series of the same names, drawn dashed."""
    dashed = other[1] if other else {}
    points = [point for lines in (series, dashed) for line in lines.values() for point in line]
    x_ticks, y_ticks = decades([x for x, _ in points]), decades([y for _, y in points])
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        '<g font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">',
        f'<text x="{LEFT}" y="18" font-size="14" font-weight="600">{html.escape(title)}</text>',
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{html.escape(x_name)}</text>',
        f'<text x="{LEFT}" y="{TOP - 6}" fill="#57606a">{html.escape(y_name)}</text>',
    ]
    for tick in x_ticks:
        x = position(tick, x_ticks, LEFT, right)
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{number(tick)}</text>')
    for tick in y_ticks:
        y = position(tick, y_ticks, bottom, TOP)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number(tick)}</text>')
    def draw(line, colour, style=""):
        places = [(position(x, x_ticks, LEFT, right), position(y, y_ticks, bottom, TOP)) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>')
        parts.extend(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)

    for index, (name, line) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        draw(line, colour)
        if name in dashed:
            draw(dashed[name], colour, ' stroke-dasharray="5 4"')
        parts.append(f'<text x="{right + 10}" y="{TOP + 12 + 18 * index}" fill="{colour}">{html.escape(name)}</text>')
    if other:
        y = TOP + 12 + 18 * len(series)
        parts.append(f'<text x="{right + 10}" y="{y}" fill="#57606a">dashed: {html.escape(other[0])}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])
