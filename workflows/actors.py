"""Who acts when no user does."""

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Machine:
    """An actor without an account: `code` stands in the ledger in a user's place."""

    code: str
    pk: None = None


SYSTEM = Machine("system")
"""Work that fell due by itself."""
PUBLIC = Machine("public")
"""A visitor without an account."""

Actor: TypeAlias = Any
"""A user of AUTH_USER_MODEL (with `public_id` and `name`) or a Machine."""


def actor_code(actor: Actor) -> str:
    """Return what stands for the actor in an event's body."""
    return actor.code if isinstance(actor, Machine) else f"user/{actor.public_id}"
