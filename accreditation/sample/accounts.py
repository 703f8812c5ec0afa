"""The sample's accounts and their passwords: random, in a file of its own that only its owner can read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from accreditation.sample.tree import BODIES
from accreditation.services.accounts import first_password


@dataclass(frozen=True)
class Account:
    """How to sign in as somebody of the sample, and what they do."""

    username: str
    password: str
    name: str
    office: str
    grants: list[str]


def path() -> Path:
    """Return where the accounts of this installation's sample are kept."""
    return Path(settings.VAR_DIR) / "sample-accounts.json"


def make() -> list[Account]:
    """Return an account with a new password for everybody in the sample, and keep them."""
    accounts = [
        Account(person.username, first_password(), person.name, body.name, list(person.grants))
        for body in BODIES
        for person in body.people
    ]
    path().parent.mkdir(parents=True, exist_ok=True)
    path().unlink(missing_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=1)
    return accounts


def kept() -> list[Account]:
    """Return the accounts of the sample; none where no sample was loaded."""
    try:
        return [Account(**account) for account in json.loads(path().read_text())]
    except FileNotFoundError:
        return []
