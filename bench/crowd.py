"""Many applications, laid straight into the tables: their number matters, not how they came.

Each is a copy of one that people walked to its state, with a studio, revisions, tasks and events of its own.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import connection, models
from django.db.models import Max

from accreditation.models import Application, Revision, Studio
from accreditation.process import HOLDER
from accreditation.states import State
from tests.append_only import triggers_lifted
from workflows.models import Event, Task

NUMBER = "CAST(substr(s.leader_name, 2) AS integer)"
"""The number of a copy, read from its leader's name."""
UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
STREAM = {
    "sqlite": "'application/' || substr(s.public_id, 1, 8) || '-' || substr(s.public_id, 9, 4) || '-' || "
    "substr(s.public_id, 13, 4) || '-' || substr(s.public_id, 17, 4) || '-' || substr(s.public_id, 21)",
    "postgresql": "'application/' || s.public_id",
}
"""A uuid stands in SQLite without its dashes."""
HASH = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "replace(gen_random_uuid()::text || gen_random_uuid(), '-', '')",
}
DAYS_LATER = {
    "sqlite": "datetime('{at}', ({days}) || ' days')",
    "postgresql": "timestamptz '{at}+00' + ({days}) * interval '1 day'",
}


def crowd(template: Application, numbers: range, at: datetime, district: str = "t.district_id") -> None:
    """Copy the application once for each number; the open tasks fall due from ten days before `at` to ten after.

    `district` is SQL for the key of the district that a copy goes to: a choice by `NUMBER`.
    """
    vendor = connection.vendor
    last = Application.objects.aggregate(last=Max("pk"))["last"]
    first, end = numbers.start, numbers.stop
    series = f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end}) SELECT i FROM n)"
    studios = "(SELECT * FROM accreditation_studio WHERE leader_name LIKE '众%' AND id > {last})"
    copies = f"(SELECT * FROM accreditation_application WHERE id > {last})"
    utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    due = DAYS_LATER[vendor].format(at=utc, days="s.id % 21 - 10")
    named = {"leader_name": "'众' || s.i", "name": "'众' || s.i || '工作室'", "public_id": UUID[vendor]}
    placed = {"studio_id": "s.id", "number": "s.leader_name", "public_id": UUID[vendor], "district_id": district}
    last_studio = Studio.objects.aggregate(last=Max("pk"))["last"]
    with triggers_lifted(connection):
        _copy(Studio, template.studio_id, series, named)
        _copy(Application, template.pk, studios.format(last=last_studio), placed)
        for revision in template.revisions.all():
            _copy(Revision, revision.pk, copies, {"application_id": "s.id"})
        for event in Event.objects.filter(stream=template.stream):
            _copy(Event, event.pk, copies, {"stream": STREAM[vendor], "hash": HASH[vendor]})
        for task in template.tasks.all():
            held = {} if task.closed_at else {"office_id": f"s.{HOLDER[State(template.state)]}", "due_at": due}
            _copy(Task, task.pk, copies, {"object_id": "s.id", **held})
    if vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _copy(model: type[models.Model], pk: int, source: str, changes: Mapping[str, str]) -> None:
    """Copy row `pk` of the model for each row of `source`, which `changes` (SQL by column) calls `s`."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {source} AS s WHERE t.id = {pk}"
        )
