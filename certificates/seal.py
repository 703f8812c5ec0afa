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
TEXT_RADIUS = 69.0  # where the middles of the characters stand
TEXT_SIZE = 35.0
TEXT_SPAN = 180.0  # degrees, at most, from the first character to the last: the lower half stays free
TEXT_STEP = 36.0  # degrees, at most, from one character to the next
MARK_SIZE = 40.0
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
    gaps = max(len(text) - 1, 1)
    step = min(TEXT_STEP, TEXT_SPAN / gaps)
    size = min(TEXT_SIZE, math.radians(step) * TEXT_RADIUS * 0.92)
    first = -step * (len(text) - 1) / 2
    return [
        _outline(
            character,
            Transform().rotate(math.radians(first + step * place)).translate(0, -TEXT_RADIUS),
            size,
        )
        for place, character in enumerate(text)
    ]


def _across(mark: str) -> list[str]:
    """The outlines of `mark` on one line through the middle."""
    size = min(MARK_SIZE, 2 * (TEXT_RADIUS - TEXT_SIZE / 2) * 0.95 / max(len(mark), 1))
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
