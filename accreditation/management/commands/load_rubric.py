"""Load a version of the rubric from a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.services.cycles import load_rubric
from workflows.refusals import NotReady


class Command(BaseCommand):
    help = "Load a version of the rubric from a JSON file, after checking all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rubric = load_rubric(json.loads(file.read_text()), at=timezone.now())
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        except NotReady as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"rubric {rubric.version}: {rubric.sha256}")
