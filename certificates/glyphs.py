"""Which characters the certificates' fonts can draw. A name with any other is refused when it is typed."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent / "fonts"
REGULAR = FONTS / "WuhaoSerif-Regular.otf"
BOLD = FONTS / "WuhaoSerif-Bold.otf"
FAMILY = "Wuhao Serif"


class CannotDraw(ValueError):
    """A certificate would show a box or a strange face. `what` names the characters or the font."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the certificates' fonts cannot draw: {what}")
        self.what = what


@cache
def _drawable() -> frozenset[int]:
    """Code points that both weights have."""
    cmaps = (TTFont(font, lazy=True).getBestCmap() for font in (REGULAR, BOLD))
    return frozenset.intersection(*(frozenset(cmap) for cmap in cmaps))


def missing_characters(text: str) -> str:
    """The characters of `text` that our fonts cannot draw, each once, in order of appearance; "" if none."""
    drawable = _drawable()
    return "".join(dict.fromkeys(character for character in text if ord(character) not in drawable))
