"""What the words for events need to know of one (see `event_words.Telling`)."""

from collections.abc import Mapping
from typing import Any, Protocol


class Told(Protocol):
    """An event with its facts, and the names of the people it speaks of."""

    facts: Mapping[str, Any]
    names: Mapping[str, str]

    @property
    def person(self) -> dict[str, str]:
        """The names, as `to`."""
