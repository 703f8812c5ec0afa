"""Make the key that signs the log's checkpoints, or put a new one in its place."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from workflows.key_changes import note_key
from workflows.ledger import key_files, keys
from workflows.ledger.notes import COSIGNATURE, Signer


class Command(BaseCommand):
    help = "Make the key that signs the log's checkpoints, where there is none; print its public half."
    requires_system_checks = []  # it mends what they may complain of

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--name", metavar="ORIGIN", help="the log's name for ever, like example.org/ledger"
        )
        parser.add_argument(
            "--rotate", action="store_true", help="put a new key in the place of the present one"
        )

    def handle(self, *args: Any, name: str | None, rotate: bool, verbosity: int, **options: Any) -> None:
        try:
            signer = self._keep(name, rotate)
        except (keys.NoKey, key_files.KeyRefused) as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write(f"the log's key: {signer.verifier()}")
            self.stdout.write(f"as a witness: {signer.verifier(COSIGNATURE)}")

    def _keep(self, name: str | None, rotate: bool) -> Signer:
        if rotate:
            self._refuse_another_name(keys.signer(), name)
            old = keys.signer()
            signer = key_files.rotate()
            self.stdout.write(
                f"rotated: {settings.LEDGER_KEY_FILE} is new; what {old.verifier()} signed still verifies"
            )
            self._note()
        elif settings.LEDGER_KEY or key_files.is_there():
            signer = keys.signer()
            self._refuse_another_name(signer, name)
            key_files.remember(signer.verifier())
        else:
            signer = key_files.make(name or _name_of_site())
            self.stdout.write(
                f"made: {settings.LEDGER_KEY_FILE}; keep it secret, and a copy of it apart from the database"
            )
        return signer

    def _refuse_another_name(self, signer: Signer, name: str | None) -> None:
        if name and name != signer.name:
            raise CommandError(
                f"the log is called {signer.name}: its name is for ever, and all its keys have it"
            )

    def _note(self) -> None:
        """Let the log say so at once; without a database the next round of due work does."""
        try:
            note_key(timezone.now())
        except DatabaseError:
            self.stdout.write("the database cannot be written now: due work will note the change in the log")


def _name_of_site() -> str:
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.netloc}{parts.path}/ledger"
