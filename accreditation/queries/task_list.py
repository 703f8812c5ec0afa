"""Tasks of several offices as one list, that costs the same however many there are."""

import heapq
from collections.abc import Sequence

from django.db.models import QuerySet

from workflows.models import Task

CAP = 1000
"""Beyond this many a count says "1000+": nobody works by such a number, and counting on would cost."""
ORDERS = {"": ("due_at", "pk"), "arrival": ("opened_at", "pk")}
"""The orders that a list can have, each that of an index: by due date, by arrival."""


class TaskList:
    """Tasks of several offices as one sequence, for a paginator: counted up to `CAP`, read by slices."""

    def __init__(self, parts: Sequence[QuerySet[Task]], order: str = "") -> None:
        self.order = ORDERS[order]
        self.parts = [part.order_by(*self.order) for part in parts]

    def count(self) -> int:
        """Return how many there are, at most `CAP`."""
        return min(CAP, sum(part.order_by()[:CAP].count() for part in self.parts))

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Task]:
        if len(self.parts) == 1:
            return list(self.parts[0][wanted])
        first, key = self.order
        merged = heapq.merge(
            *(part[: wanted.stop] for part in self.parts),
            key=lambda task: (getattr(task, first), getattr(task, key)),
        )
        return list(merged)[wanted]
