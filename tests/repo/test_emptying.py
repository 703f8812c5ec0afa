"""Between tests the database is emptied, and the triggers that protect it stand again."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.append_only import POSTGRES_TRIGGERS

SQLITE_TRIGGERS = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"


def triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(POSTGRES_TRIGGERS if connection.vendor == "postgresql" else SQLITE_TRIGGERS)
        return sorted(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_the_triggers_stand_again_after_the_tables_are_emptied() -> None:
    before = triggers()
    call_command("flush", interactive=False, verbosity=0)
    assert (triggers(), before != []) == (before, True)
