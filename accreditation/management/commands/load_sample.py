"""Load the sample data into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from accreditation.sample.load import load_sample


class Command(BaseCommand):
    help = "Load the sample data if the database is empty; it tells the way of one application on its way."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            loaded = load_sample(timezone.now(), self._tell)
        if not loaded:
            self.stdout.write("sample: the database has organisations; nothing is loaded")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
