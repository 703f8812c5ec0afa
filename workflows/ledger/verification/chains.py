"""The chains of all streams at once: each event must name the one before it in its stream by its hash."""

from django.utils.translation import gettext as _

from workflows.ledger.verification.broken import Broken, Fault
from workflows.ledger.verification.reading import Row
from workflows.models import Event

MOST = 100_000
"""Streams that are remembered; of the others the event before is asked for. So the memory does not grow with them."""


class Chains:
    """Remembers the hash of the last event of each stream."""

    def __init__(self) -> None:
        self._heads: dict[str, str] = {}

    def follow(self, row: Row) -> None:
        """Go on by one event. Raises Broken where it does not name the one before it as that is now."""
        if self._heads.get(row.stream, "") != row.previous or (row.sequence == 1) != (row.previous == ""):
            _look(row)
        if len(self._heads) == MOST:
            self._heads.clear()
        self._heads[row.stream] = row.hash


def _look(row: Row) -> None:
    """Ask for the event before. Raises Broken."""
    before = (
        Event.objects.filter(stream=row.stream, sequence=row.sequence - 1)
        .values_list("hash", flat=True)
        .first()
    )
    if before is None and row.sequence == 1 and not row.previous:
        return
    said = {"event": f"{row.stream}#{row.sequence - 1}"}
    if before is None and row.sequence > 1:
        raise Broken(row.place, Fault.CHAIN, _("它所接的上一条%(event)s不见了") % said)
    if before != row.previous:
        raise Broken(row.place, Fault.CHAIN, _("它接的不是上一条%(event)s现在的摘要") % said)
