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
    task: str


def path() -> Path:
    """Return where the accounts of this installation's sample are kept."""
    return Path(settings.VAR_DIR) / "sample-accounts.json"


def new() -> list[Account]:
    """Return an account with a new password for everybody in the sample."""
    return [
        Account(person.username, first_password(), person.name, body.name, list(person.grants), person.task)
        for body in BODIES
        for person in body.people
    ]


def keep(accounts: list[Account]) -> None:
    """Keep the accounts in place of those kept before."""
    path().parent.mkdir(parents=True, exist_ok=True)
    path().unlink(missing_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=1)


def kept() -> list[Account]:
    """Return the accounts of the sample; none where no sample was loaded."""
    try:
        return [Account(**account) for account in json.loads(path().read_text())]
    except FileNotFoundError:
        return []


def sample_is_here() -> bool:
    """Return whether this installation holds the sample, so that every page says so at its foot."""
    return path().exists()
