"""The rows that have a stream, of whatever model, and how they stand."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, QuerySet, Value

from workflows.ledger.verification.broken import Place
from workflows.models import Journal, Stream, Subject

Streams = Sequence[str]
BATCH = 500
"""Streams that are looked at together."""


class Standing(NamedTuple):
    """A row that has a stream. `state` is None where it has no state."""

    stream: str
    table: str
    sequence: int
    head: str
    state: str | None

    @property
    def place(self) -> Place:
        """Return which row it is."""
        return Place(self.table, self.stream.partition("/")[2], self.stream, self.sequence)


def models() -> list[type[Stream]]:
    """Return every model whose rows have a stream."""
    return [model for model in apps.get_models() if issubclass(model, Stream)]


def model_of(stream: str) -> type[Stream]:
    """Return the model whose row has this stream; what no other has belongs to a journal."""
    kind = stream.partition("/")[0]
    return next((one for one in models() if getattr(one, "stream_kind", None) == kind), Journal)


def all_of(model: type[Stream]) -> Iterator[Standing]:
    """Yield every row of a model."""
    return _read(model, model._default_manager.order_by("pk"))


def of_streams(streams: Streams) -> Iterator[Standing]:
    """Yield the rows of these streams that are there. One query for each model."""
    wanted = set(streams)
    for model, rows in _rows_of(streams):
        yield from (row for row in _read(model, rows) if row.stream in wanted)


def known(streams: Streams) -> set[str]:
    """Return those of the streams that have their rows. One query for each model."""
    return {
        f"{kind}/{code}"
        for model, rows in _rows_of(streams)
        for kind, code in rows.values_list(*_named(model)).iterator(chunk_size=BATCH)
    }


def _rows_of(streams: Streams) -> Iterator[tuple[type[Stream], QuerySet[Stream]]]:
    """Yield the rows of these streams by model, and of journals perhaps a few besides."""
    by_model: dict[type[Stream], list[tuple[str, str]]] = {}
    for stream in streams:
        kind, _slash, code = stream.partition("/")
        by_model.setdefault(model_of(stream), []).append((kind, code))
    for model, codes in by_model.items():
        rows: QuerySet[Any] = model._default_manager.order_by("pk")
        if model is Journal:
            rows = rows.filter(
                kind__in={kind for kind, _code in codes}, code__in=[code for _kind, code in codes]
            )
        else:
            rows = rows.filter(public_id__in=[code for _kind, code in codes if _is_uuid(code)])
        yield model, rows


def _read(model: type[Stream], rows: QuerySet[Stream]) -> Iterator[Standing]:
    state = "state" if issubclass(model, Subject) else Value(None, output_field=CharField())
    table = model._meta.db_table
    found = rows.values_list(*_named(model), "sequence", "head", state)
    for kind, code, sequence, head, state_ in found.iterator(chunk_size=BATCH):
        yield Standing(f"{kind}/{code}", table, sequence, head, state_)


def _named(model: type[Stream]) -> tuple[Any, Any]:
    """Return what gives the two parts of a stream's key."""
    return ("kind", "code") if model is Journal else (Value(model.stream_kind), "public_id")


def _is_uuid(code: str) -> bool:
    try:
        return str(UUID(code)) == code
    except ValueError:
        return False
