"""What the domain answers when it is asked who is to be told, and what."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Addressee:
    """Somebody who is told of an event: why (a code of the domain), and whose substitute they are told as."""

    user_id: int
    reason: str
    principal_id: int | None = None


@dataclass(frozen=True)
class Audience:
    """Who is told of one event: people, each once, and offices, whose webhooks get it.

    `subject` is the row by which is asked later whether they may still see it; None where it concerns them alone.
    """

    people: Sequence[Addressee] = ()
    offices: frozenset[int] = frozenset()
    subject: tuple[int, int] | None = None  # the keys of its content type and of itself


@dataclass(frozen=True)
class Letter:
    """A mail to one person: plain text, and the same as HTML."""

    subject: str
    text: str
    html: str
