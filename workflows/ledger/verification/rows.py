"""The rows that events explain: each must stand where the last event of its stream left it."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from workflows.ledger.verification import standing
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.ledger.verification.standing import BATCH, Standing, Streams
from workflows.models import Event

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Explained:
    """Rows of the domain that events explain, as `settings.LEDGER_EXPLAINED` names them. All raise Broken.

    `of` checks those that belong to some streams and returns how many they were; `besides` refuses those in the whole
    database that belong to none and should. `sums`, asked when each row holds, checks what the rows of many streams
    come to together, for some streams or (None) for all, and returns how many rows it has looked at anew.
    """

    of: Callable[[Streams], int]
    besides: Callable[[], None]
    sums: Callable[[Streams | None], int]


def check_all(tell: Tell) -> int:
    """Check every row that has a stream, and what the domain explains by it; return how many. Raises Broken."""
    count = explained = 0
    for model in standing.models():
        for rows in _batches(standing.all_of(model)):
            count += _check(rows)
            explained += sum(row.sequence > 0 for row in rows)
            tell(count)
    begun = Event.objects.filter(sequence=1)
    if begun.count() != explained:
        for streams in _batches(begun.values_list("stream", flat=True).iterator(chunk_size=BATCH)):
            _refuse_missing(streams, standing.known(streams))
    for one in _explained():
        one.besides()
    return count + check_sums(None)


def check_sums(streams: Streams | None) -> int:
    """Check what the rows of many streams come to, for these or for all; return how many rows. Raises Broken."""
    return sum(one.sums(streams) for one in _explained())


def check_of(streams: Iterable[str], tell: Tell) -> int:
    """Check the rows of these streams and what the domain explains by them; return how many. Raises Broken."""
    count = 0
    for some in _batches(iter(streams)):
        rows = list(standing.of_streams(some))
        _refuse_missing(some, {row.stream for row in rows})
        count += _check(rows)
        tell(count)
    return count


def touched_from(leaf: int) -> set[str]:
    """Return the streams with an event from this leaf on, or one that is not numbered yet."""
    later = Event.objects.filter(leaf__index__gte=leaf).values_list("stream", flat=True)
    fresh = Event.objects.filter(leaf=None).values_list("stream", flat=True)
    return {*later.distinct().iterator(), *fresh.distinct().iterator()}


def _check(rows: Sequence[Standing]) -> int:
    ended = _last_events([row.stream for row in rows], [row.head for row in rows])
    for row in rows:
        _check_row(row, *ended.get(row.stream, (0, "", "")))
    streams = [row.stream for row in rows if row.sequence]
    return len(rows) + sum(one.of(streams) for one in _explained())


def _check_row(row: Standing, last: int, head: str, state: str) -> None:
    if row.sequence != last:
        said = {"said": row.sequence, "found": last}
        what = _("这一行记着%(said)d条操作记录，实际有%(found)d条") % said
        raise Broken(row.place, Fault.DIFFERS, what)
    if row.head != head:
        raise Broken(row.place, Fault.DIFFERS, _("这一行记着的末条摘要不是最后一条操作记录的"))
    if row.state is None or row.state == state:
        return
    if not last:
        raise Broken(row.place, Fault.STRAY, _("没有操作记录说明这一行从何而来"))
    states = {"said": row.state, "found": state}
    what = _("这一行的状态是%(said)s，最后一条操作记录之后应是%(found)s") % states
    raise Broken(row.place, Fault.DIFFERS, what)


def _last_events(streams: Streams, heads: Sequence[str]) -> dict[str, tuple[int, str, str]]:
    """Return number, hash and state after of the last event by stream; the hash is "" where no row names it."""
    last = Event.objects.filter(stream__in=streams).values("stream").annotate(last=Max("sequence"))
    named = Event.objects.filter(hash__in=heads).values_list("stream", "sequence", "hash", "to_state")
    found = {(stream, sequence): (hash_, state) for stream, sequence, hash_, state in named}
    numbers = last.values_list("stream", "last")
    return {stream: (number, *found.get((stream, number), ("", ""))) for stream, number in numbers}


def _refuse_missing(streams: Streams, found: Set[str]) -> None:
    for stream in streams:
        if stream not in found:
            table, code = standing.model_of(stream)._meta.db_table, stream.partition("/")[2]
            what = _("操作记录还在，它们所说的这一行不见了")
            raise Broken(Place(table, code, stream), Fault.MISSING, what)


def _explained() -> list[Explained]:
    return [import_string(name) for name in settings.LEDGER_EXPLAINED]


def _batches(items: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(items, BATCH)):
        yield some
