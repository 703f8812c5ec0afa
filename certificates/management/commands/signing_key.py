"""Make the keys that sign certificates and their tokens, for trying, or put new ones in their place."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from certificates.configuration import configuration_of
from certificates.signing import chain, key_files, tokens
from certificates.signing.files import KeyRefused, NoKey


class Command(BaseCommand):
    help = (
        "Make the keys that sign certificates, where there are none: a P-256 key with a certificate for trying, "
        "signed by itself and marked so, and the Ed25519 key of credentials and status lists."
    )
    requires_system_checks = []  # it mends what they may complain of

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--name", help="who signs, in the certificate for trying; the issuer's name by default"
        )
        parser.add_argument(
            "--rotate",
            choices=("signing", "credential", "both"),
            help="put a new key in the place of the present one; what that one signed still verifies",
        )

    def handle(
        self, *args: Any, name: str | None, rotate: str | None, verbosity: int, **options: Any
    ) -> None:
        try:
            self._signing(name or configuration_of(None).issuer, rotate in ("signing", "both"))
            self._credential(rotate in ("credential", "both"))
            certificate, key = chain.holder().certificate, tokens.signer()
        except (KeyRefused, NoKey) as error:
            raise CommandError(str(error)) from None
        if verbosity:
            until = f"until {certificate.not_valid_after_utc:%Y-%m-%d}"
            self.stdout.write(f"files are signed by: {certificate.subject.rfc4514_string()}, {until}")
            self.stdout.write(f"tokens are signed by: {key.thumbprint()}")

    def _signing(self, name: str, rotate: bool) -> None:
        if rotate or not key_files.signing_key_is_there():
            key_files.make_signing_key(name, timezone.now(), rotate=rotate)
            self._tell(settings.SIGNING_KEY_FILE)

    def _credential(self, rotate: bool) -> None:
        if rotate or not key_files.credential_key_is_there():
            key_files.make_credential_key(rotate=rotate)
            self._tell(settings.CREDENTIAL_KEY_FILE)
        else:
            key_files.remember_credential_key()

    def _tell(self, path: str) -> None:
        self.stdout.write(f"made: {path}; keep it secret, and a copy of it apart from the database")
