"""The sample in the database of a browser test: loaded once in a run, then copied in."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application, User
from accreditation.sample import accounts
from accreditation.sample.load import load_sample


@dataclass(frozen=True)
class Sample:
    """What a test asks of the sample: people by user name, applications by leader, addresses."""

    passwords: Mapping[str, str] = field(repr=False)

    def user(self, username: str) -> User:
        """Return somebody of the sample (tree.py tells who they are)."""
        return User.objects.get(username=username)

    def application(self, leader: str) -> Application:
        """Return the only application of a leader, as the database has it."""
        return Application.objects.get(studio__leader_name=leader)

    def address(self, name: str, leader: str, *more: Any) -> str:
        """Return the address of a page of an application."""
        return reverse(name, args=[self.application(leader).public_id, *more])


@dataclass
class Copies:
    """Keeps the sample of this run. On SQLite the second test gets a copy of the first one's."""

    kept: sqlite3.Connection | None = None
    made: list[accounts.Account] = field(default_factory=list, repr=False)

    def load(self) -> Sample:
        """Fill the empty database."""
        if self.kept is None:
            load_sample(timezone.now(), tell=lambda _line: None)
            self.made = accounts.kept()
            self._keep()
        else:
            connection.ensure_connection()
            self.kept.backup(connection.connection)
            ContentType.objects.clear_cache()
        accounts.keep(self.made)
        return Sample({account.username: account.password for account in self.made})

    def _keep(self) -> None:
        if connection.vendor == "sqlite":
            self.kept = sqlite3.connect(":memory:", check_same_thread=False)
            connection.connection.backup(self.kept)
