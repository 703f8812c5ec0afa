"""Titles of official documents: those that do not fit one line break in two that say something each."""

import re

LONGEST = 20  # characters of 22 pt on 156 mm
UNBROKEN = re.compile(
    r"劳模创新工作室|[0-9]+年度?|[0-9A-Za-z]+|.",  # untranslated: words of titles
    re.DOTALL,
)
GOOD_END = "度市区县会室关"  # untranslated: characters after which a line may well end
BAD_BEGINNING = "的等及，。、）》〉”"  # untranslated: characters that no line begins with
BAD_END = "（《〈“"
BONUS = 4  # characters by which the halves may differ more for a good end


def title_lines(title: str) -> list[str]:
    """Return a title in one line, or in two of nearly the same length, broken between words where they are known."""
    if _width(title) <= LONGEST:
        return [title]
    words = UNBROKEN.findall(title)
    halves = [("".join(words[:place]), "".join(words[place:])) for place in range(1, len(words))]
    lawful = [(one, two) for one, two in halves if one[-1] not in BAD_END and two[0] not in BAD_BEGINNING]
    return list(min(lawful, key=lambda halves: _unevenness(*halves))) if lawful else [title]


def _unevenness(first: str, second: str) -> float:
    return abs(_width(first) - _width(second)) - (BONUS if first[-1] in GOOD_END else 0)


def _width(text: str) -> float:
    """Return how many characters wide a text is; figures and Latin letters are half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in text)
