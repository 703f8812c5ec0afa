"""The round seal, as outlines: it looks the same everywhere, and its words do not mix with the text's."""

import math
from functools import cache

from fontTools.misc.transform import Transform
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from certificates.glyphs import BOLD, CannotDraw

RED = "#a31f1c"
RADIUS = 100.0  # the drawing reaches from -100 to 100 both ways
TEXT_EDGE = 86.5  # how far out the characters reach
TEXT_SIZE = 35.0  # at most
TEXT_SPAN = 210.0  # degrees, at most, from the first character to the last: below stands the issuer's name
TEXT_STEP = 36.0  # degrees, at most, from one character to the next
MARK_SIZE = 40.0
MARK_SPAN = 98.0  # between the characters left and right of it
MARK_DOWN = 2.0
GLYPH_MIDDLE = 0.38  # of an em above the baseline: the middle of a 汉字


@cache
def seal_svg(text: str, mark: str, label: str) -> str:
    """An SVG of the seal: `text` round the edge, `mark` across the middle, `label` for who cannot see it."""
    outlines = [*_around(text), *_across(mark)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-100 -100 200 200" class="seal">'
        f"<title>{label}</title>"
        f'<g fill="none" stroke="{RED}"><circle r="{RADIUS - 3.5}" stroke-width="6"/>'
        f'<circle r="{RADIUS - 9.5}" stroke-width="1.2"/></g>'
        f'<path fill="{RED}" d="{"".join(outlines)}"/></svg>'
    )


def _around(text: str) -> list[str]:
    """The outlines of `text` along the upper edge, feet towards the middle."""
    step = min(TEXT_STEP, TEXT_SPAN / max(len(text) - 1, 1))
    size = min(TEXT_SIZE, math.radians(step) * (TEXT_EDGE - TEXT_SIZE / 2) * 0.92)
    radius = TEXT_EDGE - size / 2
    angles = [step * (place - (len(text) - 1) / 2) for place in range(len(text))]
    return [
        _outline(character, Transform().rotate(math.radians(angle)).translate(0, -radius), size)
        for character, angle in zip(text, angles, strict=True)
    ]


def _across(mark: str) -> list[str]:
    """The outlines of `mark` on one line through the middle."""
    size = min(MARK_SIZE, MARK_SPAN / max(len(mark), 1))
    left = -size * (len(mark) - 1) / 2
    return [
        _outline(character, Transform().translate(left + size * place, MARK_DOWN), size)
        for place, character in enumerate(mark)
    ]


def _outline(character: str, place: Transform, size: float) -> str:
    """The outline of one character as SVG path data, its middle on `place`, `size` high."""
    font = _bold()
    name = font.getBestCmap().get(ord(character))
    if name is None:
        raise CannotDraw(character)
    glyph = font.getGlyphSet()[name]
    scale = size / font["head"].unitsPerEm
    # Fonts count upwards from the baseline, SVG downwards from the top.
    turned = place.scale(scale, -scale).translate(-glyph.width / 2, -GLYPH_MIDDLE * font["head"].unitsPerEm)
    pen = SVGPathPen(None, ntos=lambda number: f"{number:.2f}")
    glyph.draw(TransformPen(pen, turned))
    return pen.getCommands()


@cache
def _bold() -> TTFont:
    return TTFont(BOLD, lazy=True)
