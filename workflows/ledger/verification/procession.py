"""The statements that the log must agree with, in the order of their sizes."""

import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from heapq import merge
from typing import Any

from workflows.ledger.notes import Verifier
from workflows.ledger.verification.marks import (
    Mark,
    check_cosignature,
    moment,
    rewritten,
    rolled_back,
    stored,
)
from workflows.models import Checkpoint, Cosignature

NONE_LEFT = sys.maxsize


@dataclass
class Counts:
    """How many signatures hold; those of witnesses whose key is not known are only counted."""

    checkpoints: int = 0
    cosignatures: int = 0
    unknown_witnesses: int = 0


class Procession:
    """The checkpoints of the database from a size on, and what was kept outside it (`kept`).

    `held` is the last that the log agreed with; at first the one that is trusted.
    """

    def __init__(
        self,
        start: int,
        *,
        trusted: Mark | None,
        kept: Mark | None,
        verifiers: Sequence[Verifier],
        witnesses: Sequence[Verifier],
    ) -> None:
        self.counts = Counts()
        self.held = trusted
        outside = [kept] if kept and kept.size >= start else []
        self._rest: Generator[Mark, None, None] = merge(
            outside, _stored(start, verifiers, witnesses, self.counts)
        )
        self._next = next(self._rest, None)

    def close(self) -> None:
        """Let go of the database."""
        self._rest.close()

    @property
    def next_size(self) -> int:
        """Return at which size the next statement is to be held against the log."""
        return self._next.size if self._next else NONE_LEFT

    @property
    def not_before(self) -> str:
        """Return the moment, as in a body, before which nothing may have happened that comes from here on."""
        return moment(self.held.at if self.held else None)

    def hold(self, size: int, root: bytes) -> None:
        """Hold what was stated of this size against the root that was calculated. Raises Broken."""
        while self._next and self._next.size <= size:
            if self._next.root != root:
                raise rewritten(self._next, self.held.size if self.held else 0)
            self.held, self._next = self._next, next(self._rest, None)

    def end(self, size: int) -> None:
        """The log ends here. Raises Broken where more was stated."""
        if self._next:
            raise rolled_back(self._next, size)


def _stored(
    start: int, verifiers: Sequence[Verifier], witnesses: Sequence[Verifier], counts: Counts
) -> Iterator[Mark]:
    """Yield what the checkpoints of the database state, from a size on, with signatures and cosignatures checked."""
    rows = Checkpoint.objects.filter(size__gte=start).order_by("size")
    given = Cosignature.objects.filter(checkpoint__gte=start).order_by("checkpoint_id", "pk")
    checkpoints: Any = rows.iterator()
    cosigned: Any = given.iterator()
    with closing(checkpoints), closing(cosigned):
        waiting = next(cosigned, None)
        for row in checkpoints:
            mark = stored(row, verifiers)
            counts.checkpoints += 1
            while waiting and waiting.checkpoint_id <= row.size:
                is_known = check_cosignature(waiting, row, witnesses)
                counts.cosignatures += is_known
                counts.unknown_witnesses += not is_known
                waiting = next(cosigned, None)
            yield mark
        if waiting:
            check_cosignature(waiting, None, witnesses)
