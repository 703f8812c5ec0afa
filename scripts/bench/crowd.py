"""Many applications on one desk, laid straight into the tables: their number matters, not how they came."""

from typing import Any

from django.db import connection, models

from accreditation.models import Application, Revision, Studio
from tests.append_only import triggers_lifted
from workflows.models import Task

UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def crowd(template: Application, total: int) -> None:
    """Copy the application, with a studio, a revision and an open task each, until there are `total`."""
    uuid = UUID[connection.vendor]
    count = Application.objects.count()
    series = f"n(i) AS (SELECT {count + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {total})"
    numbers = f"(WITH RECURSIVE {series} SELECT i FROM n)"
    with triggers_lifted(connection), connection.cursor() as cursor:
        changes = {"leader_name": "'众' || s.i", "name": "'众' || s.i || '工作室'", "public_id": uuid}
        cursor.execute(_copies(Studio, template.studio_id, numbers, changes))
        changes = {"studio_id": "s.id", "number": "'众' || s.id", "public_id": uuid}
        cursor.execute(_copies(Application, template.pk, _without(Application, "studio_id", Studio), changes))
        revision = template.revisions.get()
        rest = _without(Revision, "application_id", Application)
        cursor.execute(_copies(Revision, revision.pk, rest, {"application_id": "s.id"}))
        task = template.tasks.get(closed_at=None)
        cursor.execute(
            _copies(Task, task.pk, _without(Task, "object_id", Application), {"object_id": "s.id"})
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _copies(model: type[models.Model], pk: Any, source: str, changes: dict[str, str]) -> str:
    """Return SQL that copies row `pk` of the model for each row of `source`, called `s` in `changes`."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {source} AS s WHERE t.id = {pk}"


def _without(model: type[models.Model], column: str, of: type[models.Model]) -> str:
    """Return SQL for the ids of `of` that no row of the model names in `column`."""
    named = f"SELECT {column} FROM {model._meta.db_table}"
    return f"(SELECT id FROM {of._meta.db_table} WHERE id NOT IN ({named}))"
