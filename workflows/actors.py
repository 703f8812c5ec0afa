"""Who acts: a user, somebody in a user's place, or no person at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Machine:
    """An actor without an account: `code` stands in the ledger in a user's place."""

    code: str
    pk: None = None


SYSTEM = Machine("system")
"""Work that fell due by itself."""
PUBLIC = Machine("public")
"""A visitor without an account."""


@dataclass(frozen=True)
class Substitute:
    """代理: `user` acts, at the moment `at`, for `principal`. Whether they may is asked by each permission."""

    user: Any
    principal: Any
    at: datetime

    @property
    def pk(self) -> int:
        """Return the key of who acts: the event is theirs."""
        return int(self.user.pk)

    @property
    def public_id(self) -> Any:
        """Return what stands for who acts in the ledger."""
        return self.user.public_id

    @property
    def name(self) -> str:
        """Return the name of who acts."""
        return str(self.user.name)


def shown_as(name: str, principal: str) -> str:
    """Return the name of who acted, with that of the principal in whose place, if in anybody's: 王芳（代何秋）."""
    return _("%(name)s（代%(principal)s）") % {"name": name, "principal": principal} if principal else name


Actor: TypeAlias = Any
"""A user of AUTH_USER_MODEL (with `public_id` and `name`), a Substitute or a Machine."""


def actor_code(actor: Actor) -> str:
    """Return what stands for the actor in an event's body."""
    return actor.code if isinstance(actor, Machine) else f"user/{actor.public_id}"


def hands_of(actor: Actor) -> frozenset[int]:
    """Return the keys of the users whose tasks count as the actor's own."""
    if isinstance(actor, Substitute):
        return frozenset({actor.pk, actor.principal.pk})
    return frozenset() if actor.pk is None else frozenset({actor.pk})


def person_of(actor: Actor) -> Actor:
    """Return who acts in person: whose name stands in a row that keeps who made it."""
    return actor.user if isinstance(actor, Substitute) else actor


def holder_of(actor: Actor) -> Actor:
    """Return whose hands a task comes into when the actor takes it: a substitute's go on being the principal's."""
    return actor.principal if isinstance(actor, Substitute) else actor
