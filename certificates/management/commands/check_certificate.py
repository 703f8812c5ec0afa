"""Check a certificate's file: its signature, its data, its proof, and how it stands."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.checking import Report, Trust, check_offline, check_online, lists_of
from certificates.registry import Answer
from certificates.signing import chain, tokens
from certificates.signing.files import NoKey
from certificates.status_lists import BadList, StatusList
from certificates.wording import OF_FILE

NOT_VALID, UNKNOWN = 1, 2
UNDECIDED = (Answer.UNAVAILABLE, Answer.PENDING)
SIGNS = {True: "+", False: "-", None: "?"}


class Command(BaseCommand):
    help = (
        "Check a certificate's file. Ends with 0 only if it is valid; with 1 if it is altered, unknown, revoked, "
        "superseded or expired; with 2 where that cannot be told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--offline", action="store_true", help="do not ask the register of this installation"
        )
        parser.add_argument(
            "--status-list", type=Path, action="append", default=[], metavar="FILE",
            help="a status list that was saved, instead of the register; once for each purpose",
        )  # fmt: skip
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help="the issuer's public keys, as a JWK Set"
        )
        parser.add_argument("--chain", type=Path, metavar="FILE", help="certificates of who may sign, as PEM")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the result as JSON")

    def handle(self, *args: Any, file: Path, as_json: bool, **options: Any) -> None:
        with translation.override(_language()):
            report, problems = self._checked(file, timezone.now(), options)
            said = _document(report, problems) if as_json else _told(report, problems)
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) if as_json else "\n".join(said))
        if report.answer is not Answer.VALID:
            sys.exit(UNKNOWN if report.answer in UNDECIDED else NOT_VALID)

    def _checked(self, file: Path, at: datetime, options: dict[str, Any]) -> tuple[Report, list[str]]:
        try:
            content = file.read_bytes()
            trust = Trust(
                chain.known(options["chain"] or Path(settings.SIGNING_CHAIN_FILE)),
                tokens.known(options["keys"] or Path(settings.CREDENTIAL_KEYS_FILE)),
            )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except NoKey as error:
            return Report(), [str(error)]
        saved = options["status_list"]
        if not (options["offline"] or saved):
            return check_online(content, trust, at), []
        lists, problems = _lists(saved, trust.keys, at)
        return check_offline(content, trust, lists_of(lists), at), problems


def _lists(files: Sequence[Path], keys: tokens.Keys, at: datetime) -> tuple[list[StatusList], list[str]]:
    """Read saved lists. One that says nothing any more is left out, with the reason."""
    lists, problems = [], []
    for file in files:
        try:
            lists.append(StatusList.read(file.read_text("ascii"), keys, at))
        except (BadList, OSError, UnicodeDecodeError) as error:
            problems.append(_("状态列表%(file)s不能用：%(why)s") % {"file": file, "why": error})
    return lists, problems


def _told(report: Report, problems: Sequence[str]) -> list[str]:
    certificate = report.certificate
    lines = [f"{OF_FILE[report.answer].heading} ({report.answer})"]
    if certificate is not None:
        lines.append(f"{certificate.number}  {certificate.studio_name}")
        lines.append(_("有效期至%(day)s") % {"day": certificate.valid_until.isoformat()})
    return [
        *lines,
        *(f"{SIGNS[one.holds]} {one.said}" for one in report.findings),
        *(f"? {one}" for one in problems),
    ]


def _document(report: Report, problems: Sequence[str]) -> dict[str, Any]:
    certificate = report.certificate
    return {
        "answer": report.answer,
        "number": certificate and certificate.number,
        "studio": certificate and certificate.studio_name,
        "valid_until": certificate and certificate.valid_until.isoformat(),
        "findings": [{"part": one.part, "holds": one.holds, "said": one.said} for one in report.findings],
        "problems": list(problems),
    }


def _language() -> str:
    """Return the language of the terminal, where it is one of ours; else the one that is active."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    try:
        return translation.get_supported_language_variant(named.partition(".")[0].replace("_", "-").lower())
    except LookupError:
        return translation.get_language()
