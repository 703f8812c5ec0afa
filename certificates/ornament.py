"""The frame and the ground of a certificate: fine interlaced lines, computed, so sharp at any size.

Lengths are millimetres on A4 landscape.
"""

import math
from collections.abc import Callable
from functools import cache

WIDTH, HEIGHT = 297.0, 210.0
GOLD, GOLD_FINE, GOLD_PALE = "#b58f35", "#c9a95b", "#f4ecd6"
EDGE = 8.0  # from the paper's edge to the outer line
BAND = 8.0  # breadth of the interlaced band
STRANDS = 4  # lines in the band, evenly out of step
WAVE = 11.0  # about one wave of a strand
SWING = 2.7  # how far a strand leaves the middle of the band
CENTRE = (WIDTH / 2, HEIGHT / 2)
PETALS = 16
TURNS = 9  # curves in the ground's rosette

Point = tuple[float, float]
Curve = Callable[[float], Point]


def smooth(curve: Curve, start: float, end: float, steps: int) -> str:
    """SVG path data of `curve` from `start` to `end`, as cubic pieces with the curve's own slopes."""
    size = (end - start) / steps
    tiny = size / 1000

    def slope(t: float) -> Point:
        (x0, y0), (x1, y1) = curve(t - tiny), curve(t + tiny)
        return (x1 - x0) / (2 * tiny), (y1 - y0) / (2 * tiny)

    x, y = curve(start)
    pieces = [f"M{x:.2f} {y:.2f}"]
    for step in range(steps):
        begin, finish = start + step * size, start + (step + 1) * size
        (x0, y0), (x1, y1) = curve(begin), curve(finish)
        (u0, v0), (u1, v1) = slope(begin), slope(finish)
        pieces.append(
            f"C{x0 + u0 * size / 3:.2f} {y0 + v0 * size / 3:.2f} "
            f"{x1 - u1 * size / 3:.2f} {y1 - v1 * size / 3:.2f} {x1:.2f} {y1:.2f}"
        )
    return "".join(pieces)


def _wave(along: str, middle: float, length: float, shift: float) -> str:
    """One strand between two corners: along "x" or "y", whole waves, `shift` of a turn out of step."""
    waves = round(length / WAVE)
    first = EDGE + BAND

    def strand(t: float) -> Point:
        aside = middle + SWING * math.sin(2 * math.pi * (waves * t + shift))
        onward = first + length * t
        return (onward, aside) if along == "x" else (aside, onward)

    return smooth(strand, 0, 1, waves * 4)


def _band() -> str:
    """The four sides of the band."""
    near = EDGE + BAND / 2
    sides = (
        ("x", near, WIDTH),
        ("x", HEIGHT - near, WIDTH),
        ("y", near, HEIGHT),
        ("y", WIDTH - near, HEIGHT),
    )
    return "".join(
        _wave(along, middle, whole - 2 * (EDGE + BAND), strand / STRANDS)
        for along, middle, whole in sides
        for strand in range(STRANDS)
    )


def rosette(centre: Point, radius: float, *, petals: int, turns: int, depth: float) -> str:
    """`turns` closed curves of `petals` waves each, evenly out of step, that dip by `depth`, 0 to 1."""

    def at(shift: float) -> Curve:
        def point(t: float) -> Point:
            far = radius * (1 - depth / 2 + depth / 2 * math.cos(petals * t + shift))
            return centre[0] + far * math.cos(t), centre[1] + far * math.sin(t)

        return point

    return "".join(
        smooth(at(2 * math.pi * turn / turns), 0, 2 * math.pi, petals * 4) + "Z" for turn in range(turns)
    )


def _corners() -> str:
    """A small rosette in each corner of the band."""
    near = EDGE + BAND / 2
    return "".join(
        rosette((x, y), BAND / 2 - 0.7, petals=8, turns=2, depth=0.75)
        for x in (near, WIDTH - near)
        for y in (near, HEIGHT - near)
    )


def _rectangle(inset: float, stroke: float) -> str:
    return (
        f'<rect x="{inset}" y="{inset}" width="{WIDTH - 2 * inset}" height="{HEIGHT - 2 * inset}" '
        f'stroke="{GOLD}" stroke-width="{stroke}"/>'
    )


@cache
def page_svg() -> str:
    """The whole ground of the page: rosette under the text, band with corners, and the lines that hold it."""
    ground = rosette(CENTRE, 64, petals=PETALS, turns=TURNS, depth=0.5) + rosette(
        CENTRE, 31, petals=PETALS // 2, turns=TURNS, depth=0.75
    )
    corner = "".join(
        f'<rect x="{x}" y="{y}" width="{BAND}" height="{BAND}" stroke="{GOLD}" stroke-width="0.3"/>'
        for x in (EDGE, WIDTH - EDGE - BAND)
        for y in (EDGE, HEIGHT - EDGE - BAND)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}mm" height="{HEIGHT}mm" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><g fill="none">'
        f'<path stroke="{GOLD_PALE}" stroke-width="0.18" d="{ground}"/>'
        f'<path stroke="{GOLD_FINE}" stroke-width="0.2" d="{_band()}"/>'
        f'<path stroke="{GOLD}" stroke-width="0.2" d="{_corners()}"/>{corner}'
        f"{_rectangle(EDGE - 1.2, 0.9)}{_rectangle(EDGE, 0.25)}"
        f"{_rectangle(EDGE + BAND, 0.25)}{_rectangle(EDGE + BAND + 1.3, 0.5)}"
        f"</g></svg>"
    )
