"""Do the work that has fallen due, once or for as long as the process lives."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from workflows.due import run_due

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do every duty that is due: end public notices, issue certificates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--every", type=float, default=2.0, metavar="SECONDS", help="pause between two rounds"
        )

    def handle(self, *args: Any, watch: bool, every: float, **options: Any) -> None:
        if not watch:
            self._report(run_due(timezone.now()))
            return
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            self._round()
            stop.wait(every)

    def _round(self) -> None:
        """One round; a duty that fails is logged and tried again, so that one bad row does not end the runner."""
        try:
            self._report(run_due(timezone.now()))
        except Exception:
            logger.exception("due work failed; it is tried again in the next round")

    def _report(self, done: dict[str, int]) -> None:
        for duty, count in done.items():
            if count:
                self.stdout.write(f"{duty}: {count}")
