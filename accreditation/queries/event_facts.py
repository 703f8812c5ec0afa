"""Facts of events as what they should be; a record that was tampered with may say anything, and is still shown."""

import re
from typing import Any

UNFIT = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading a record raises that does not say what was written there."""
POINTS = re.compile(r"\d{1,3}(\.\d+)?", re.ASCII)
MOST = 2**15
"""More than any revision's number."""


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; nothing where a fact is none, as after tampering."""
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def number(value: Any) -> int | None:
    """Return the number of a revision, None where a fact is none."""
    return value if type(value) is int and 0 < value < MOST else None


def points(value: Any) -> str:
    """Return points as they are written, "" where a fact is none."""
    return value if isinstance(value, str) and POINTS.fullmatch(value) else ""
