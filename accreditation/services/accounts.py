"""A new account for a new member of an organisation."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accreditation.models import Organisation, User
from accreditation.services.offices import add_member, create_user
from accreditation.services.sign_ins import account_made
from workflows.actors import Actor

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else when read from a screen
GROUPS, LETTERS = 4, 4


@dataclass(frozen=True)
class NewAccount:
    """An account just made, and its first password: shown once, good for one sign-in, kept as a hash."""

    user: User
    password: str


def first_password() -> str:
    """Return a random password of four groups of four characters (79 bits)."""
    groups = ("".join(secrets.choice(ALPHABET) for _letter in range(LETTERS)) for _group in range(GROUPS))
    return "-".join(groups)


def add_new_member(
    organisation: Organisation, *, username: str, name: str, by: Actor, at: datetime, position: str = ""
) -> NewAccount:
    """Make an account and its owner a member, both or neither. Raises NotPermitted, or NotReady for a name in use."""
    password = first_password()
    with transaction.atomic():
        user = create_user(username=username, name=name, password=password)
        user.has_first_password = True
        user.save(update_fields=["has_first_password"])
        account_made(user, by=by, at=at)
        add_member(organisation, user, by=by, at=at, position=position)
    return NewAccount(user, password)
