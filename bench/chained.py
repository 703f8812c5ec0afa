"""Many events that hold: each copy of an application has a chain of its own, as its services would have written it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from accreditation.models import Application
from bench.crowd import crowd
from tests.append_only import triggers_lifted
from workflows.ledger.chain import digest
from workflows.models import Event, EventPayload

AT_ONCE = 10_000


@dataclass
class _Copy:
    """An application whose chain is written: its stream, and the hash of its last event so far."""

    pk: int
    stream: str
    head: str = ""


def chained(template: Application, numbers: range, at: datetime) -> int:
    """Copy the application with all that its events explain, once for each number; return how many events there are.

    The events of all copies come in turns, as those of people who work at the same time do.
    """
    before = Application.objects.aggregate(last=Max("pk"))["last"]
    crowd(template, numbers, at, with_events=False)
    rows = Application.objects.filter(pk__gt=before).order_by("pk")
    copies = [_Copy(pk, f"application/{code}") for pk, code in rows.values_list("pk", "public_id")]
    models_ = list(Event.objects.filter(stream=template.stream).order_by("sequence").values())
    kept = dict(EventPayload.objects.filter(event__stream=template.stream).values_list("event", "content"))
    first = (Event.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    with triggers_lifted(connection), transaction.atomic():
        _insert(Event, _events(models_, copies, first))
        contents = (kept[one["id"]] for one in models_ for _copy in copies)
        _insert(EventPayload, ([first + n, "", content] for n, content in enumerate(contents)))
        _settle(copies, len(models_))
    return len(models_) * len(copies)


def _events(templates: Sequence[dict[str, Any]], copies: Sequence[_Copy], key: int) -> Iterator[list[Any]]:
    for template in templates:
        for copy in copies:
            body = template["body"].replace(template["stream"], copy.stream)
            if template["previous"]:
                body = body.replace(template["previous"], copy.head)
            row = template | {"id": key, "stream": copy.stream, "previous": copy.head, "body": body}
            copy.head = row["hash"] = digest(body)
            key += 1
            yield [row[field.attname] for field in Event._meta.local_concrete_fields]


def _insert(model: type[models.Model], rows: Iterable[list[Any]]) -> None:
    """Write rows with their keys, fields in the order of the model."""
    fields = model._meta.local_concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepare: list[Callable[..., Any]] = [field.get_db_prep_save for field in fields]
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"
    with connection.cursor() as cursor:
        for some in _batches(rows):
            ready = [
                [one(value, connection) for one, value in zip(prepare, row, strict=True)] for row in some
            ]
            cursor.executemany(sql, ready)
        if connection.vendor == "postgresql" and model is Event:
            cursor.execute("SELECT setval('workflows_event_id_seq', (SELECT max(id) FROM workflows_event))")


def _settle(copies: Sequence[_Copy], sequence: int) -> None:
    sql = f"UPDATE {Application._meta.db_table} SET sequence = %s, head = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(sequence, copy.head, copy.pk) for copy in copies])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")


def _batches(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    some: list[list[Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some
