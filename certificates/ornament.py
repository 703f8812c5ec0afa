"""The frames and grounds of certificates and plaques: fine lines, computed, so sharp at any size.

Lengths are millimetres.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

GOLD, GOLD_FINE, GOLD_PALE = "#b58f35", "#c9a95b", "#f4ecd6"
GILT, GILT_FINE, GARNET = "#e3c374", "#c79f4b", "#99231d"
STRANDS = 4  # lines in the band, evenly out of step
GOODS = (20, 15, 15, 30, 20)
"""The points of the five goods: the bars that are their sign everywhere."""

Point = tuple[float, float]
Curve = Callable[[float], Point]


@dataclass(frozen=True)
class Frame:
    """A band of interlaced lines between rules, with a small rosette in each corner."""

    width: float
    height: float
    edge: float  # from the paper's edge to the outer line
    band: float  # breadth of the interlaced band
    wave: float  # about one wave of a strand
    swing: float  # how far a strand leaves the middle of the band
    weight: float  # 1 for lines as fine as on A4
    gold: str
    fine: str

    def svg(self) -> str:
        """The band with its corners, and the rules that hold it."""
        inner = self.edge + self.band
        weight = self.weight
        corners = "".join(
            f'<rect x="{x}" y="{y}" width="{self.band}" height="{self.band}" '
            f'stroke="{self.gold}" stroke-width="{0.3 * weight}"/>'
            for x in (self.edge, self.width - inner)
            for y in (self.edge, self.height - inner)
        )
        return (
            f'<path stroke="{self.fine}" stroke-width="{0.2 * weight}" d="{self._band()}"/>'
            f'<path stroke="{self.gold}" stroke-width="{0.2 * weight}" d="{self._corners()}"/>{corners}'
            f"{self._rule(self.edge - 1.2 * weight, 0.9)}{self._rule(self.edge, 0.25)}"
            f"{self._rule(inner, 0.25)}{self._rule(inner + 1.3 * weight, 0.5)}"
        )

    def _band(self) -> str:
        near = self.edge + self.band / 2
        sides = (
            ("x", near, self.width),
            ("x", self.height - near, self.width),
            ("y", near, self.height),
            ("y", self.width - near, self.height),
        )
        return "".join(
            self._strand(along, middle, whole - 2 * (self.edge + self.band), strand / STRANDS)
            for along, middle, whole in sides
            for strand in range(STRANDS)
        )

    def _strand(self, along: str, middle: float, length: float, shift: float) -> str:
        """One strand between two corners: along "x" or "y", whole waves, `shift` of a turn out of step."""
        waves = round(length / self.wave)
        first = self.edge + self.band

        def strand(t: float) -> Point:
            aside = middle + self.swing * math.sin(2 * math.pi * (waves * t + shift))
            onward = first + length * t
            return (onward, aside) if along == "x" else (aside, onward)

        return smooth(strand, 0, 1, waves * 4)

    def _corners(self) -> str:
        near = self.edge + self.band / 2
        return "".join(
            rosette((x, y), self.band / 2 - 0.7 * self.weight, petals=8, turns=2, depth=0.75)
            for x in (near, self.width - near)
            for y in (near, self.height - near)
        )

    def _rule(self, inset: float, stroke: float) -> str:
        return (
            f'<rect x="{inset}" y="{inset}" width="{self.width - 2 * inset}" '
            f'height="{self.height - 2 * inset}" stroke="{self.gold}" stroke-width="{stroke * self.weight}"/>'
        )


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


def _double(centre: Point, radius: float) -> str:
    """A rosette with a smaller one in it."""
    outer = rosette(centre, radius, petals=16, turns=9, depth=0.5)
    return outer + rosette(centre, radius * 0.484, petals=8, turns=9, depth=0.75)


def five_bars(width: float, height: float, gap: float, colour: str) -> str:
    """Five bars in a row, as long as the five goods have points."""
    unit = (width - 4 * gap) / sum(GOODS)
    starts = [unit * sum(GOODS[:place]) + gap * place for place in range(len(GOODS))]
    return "".join(
        f'<rect x="{start:.2f}" y="0" width="{unit * points:.2f}" height="{height}" fill="{colour}"/>'
        for start, points in zip(starts, GOODS, strict=True)
    )


def _drawing(width: float, height: float, parts: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><g fill="none">{parts}</g></svg>'
    )


def _classic() -> str:
    frame = Frame(297.0, 210.0, 8.0, 8.0, 11.0, 2.7, 1, GOLD, GOLD_FINE)
    ground = f'<path stroke="{GOLD_PALE}" stroke-width="0.18" d="{_double((148.5, 105.0), 64)}"/>'
    return _drawing(297.0, 210.0, ground + frame.svg())


def _modern() -> str:
    petals = rosette((297, 92), 92, petals=5, turns=30, depth=0.62)
    return _drawing(297.0, 210.0, f'<path stroke="#efe4c6" stroke-width="0.16" d="{petals}"/>')


def _plaque_classic() -> str:
    frame = Frame(600.0, 400.0, 17.0, 16.0, 22.0, 5.4, 2, GILT, GILT_FINE)
    ground = f'<path stroke="{GARNET}" stroke-width="0.42" d="{_double((300, 200), 132)}"/>'
    return _drawing(600.0, 400.0, ground + frame.svg())


def _plaque_modern() -> str:
    petals = rosette((600, 176), 196, petals=5, turns=30, depth=0.62)
    return _drawing(600.0, 400.0, f'<path stroke="#e4d4a6" stroke-width="0.3" d="{petals}"/>')


def _five(colour: str) -> Callable[[], str]:
    return lambda: _drawing(249.0, 2.0, five_bars(249, 2, 1.4, colour))


ORNAMENTS: dict[str, Callable[[], str]] = {
    "classic": _classic,
    "modern": _modern,
    "plaque-classic": _plaque_classic,
    "plaque-modern": _plaque_modern,
    "five-gold": _five(GOLD),
}
"""What a sheet can load as url("ornament:NAME")."""


@cache
def ornament(name: str) -> str:
    """An ornament as SVG. Raises KeyError for a name that is none."""
    return ORNAMENTS[name]()
