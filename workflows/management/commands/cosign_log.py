"""Witness the logs of other systems: cosign their newest checkpoints, if the logs only grew."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workflows.ledger.keys import NoKey, text_of
from workflows.ledger.peers import BadSetting, witnessed_logs
from workflows.witnessing import Misbehaved, NotCosigned, cosign_log


class Command(BaseCommand):
    help = "Cosign the newest checkpoint of another system's log, or refuse to, with what proves that it was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", nargs="?", help="one log of WUHAO_WITNESSED_LOGS; all of them without it")
        parser.add_argument(
            "--as-of", metavar="FILE", help="a checkpoint you kept, from which it must go on too"
        )

    def handle(self, *args: Any, url: str | None, as_of: str | None, **options: Any) -> None:
        try:
            urls = [url] if url else list(dict.fromkeys(log.url for log in witnessed_logs()))
            kept = text_of(Path(as_of)) if as_of else ""
        except (BadSetting, NoKey) as error:
            raise CommandError(str(error)) from None
        if not urls:
            raise CommandError("WUHAO_WITNESSED_LOGS names no log")
        if as_of and (not kept or len(urls) != 1):
            raise CommandError(f"--as-of: {as_of} holds no checkpoint, or it is not said of which log")
        failed = [one for one in urls if not self._witness(one, kept)]
        if failed:
            raise CommandError(f"not cosigned: {', '.join(failed)}")

    def _witness(self, url: str, kept: str) -> bool:
        try:
            done = cosign_log(url, timezone.now(), kept)
        except Misbehaved as error:
            self.stderr.write(self.style.ERROR(f"{url}: THE LOG WAS CHANGED OR TAKEN BACK: {error}"))
            self.stderr.write("Keep what follows: its key signed it.")
            for number, note in enumerate(error.evidence, start=1):
                self.stderr.write(
                    f"----- evidence {number} -----\n{note}----- end of evidence {number} -----"
                )
            return False
        except (NotCosigned, BadSetting, NoKey) as error:
            self.stderr.write(self.style.ERROR(f"{url}: {error}"))
            return False
        self.stdout.write(
            f"{done.tree.origin}: cosigned {done.tree.size} leaves, root {done.tree.root.hex()[:12]}"
        )
        return True
