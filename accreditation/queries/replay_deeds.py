"""An event as it is replayed, and its facts as what they must be for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.models import Event

PERSON = "user/"


@dataclass(frozen=True)
class Deed:
    """An event as it is replayed. `holder` is whose work it was: the principal's, where a substitute acted."""

    action: str
    actor: str
    holder: str
    at: datetime
    from_state: str
    to_state: str
    facts: Mapping[str, Any]

    @property
    def moved(self) -> bool:
        """Whether the application went on to another state."""
        return self.from_state != self.to_state

    def text(self, name: str) -> str:
        """Return a fact that is a text. Raises LookupError, TypeError."""
        value = self.facts[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def texts(self, name: str) -> list[str]:
        """Return a fact that is a list of texts. Raises LookupError, TypeError."""
        value = self.facts[name]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise TypeError(name)
        return list(value)

    def number(self, name: str) -> int:
        """Return a fact that is a whole number from 0. Raises LookupError, TypeError."""
        value = self.facts[name]
        if type(value) is not int or value < 0:
            raise TypeError(name)
        return value


def deed_of(event: Event) -> Deed:
    """Return the event as it is replayed."""
    facts = event.facts
    actor = person(event.said.get("actor"))
    actor = actor if isinstance(actor, str) else ""
    holder = person(facts.get("for"))
    return Deed(
        action=event.action,
        actor=actor,
        holder=holder if holder and isinstance(holder, str) else actor,
        at=event.at,
        from_state=event.from_state,
        to_state=event.to_state,
        facts=facts | {name: person(facts[name]) for name in ("to", "signer") if name in facts},
    )


def person(code: Any) -> Any:
    """Return the public identifier (or several) of whom the ledger names as "user/…"; other codes as they stand."""
    if isinstance(code, list):
        return [person(one) for one in code]
    return code.removeprefix(PERSON) if isinstance(code, str) else code
