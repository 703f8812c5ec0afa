"""What every test shares: which tests suit this database, and how the database is emptied between tests."""

import gc
import sqlite3
import warnings
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.utils import translation

from tests.append_only import triggers_lifted
from tests.settings import ON_POSTGRES

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}

gc.set_threshold(
    100_000, 20, 20
)  # pages make much short-lived garbage: looking for cycles less often saves a seventh

# Times on a busy machine say nothing; the number of examples is the default of a quick run.
hypothesis.settings.register_profile("wuhao", deadline=None, print_blob=True)
hypothesis.settings.load_profile("wuhao")


def pytest_report_header() -> str:
    return f"database: {'PostgreSQL' if ON_POSTGRES else 'SQLite'}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, without calling them skipped, the tests that mean nothing on this database; keep files together."""
    left_out = [item for item in items if _means_nothing_here(item)]
    items[:] = [item for item in items if not _means_nothing_here(item)]
    config.hook.pytest_deselected(items=left_out)
    for item in items:
        if _starts_from_what_its_file_shares(item):
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


def _means_nothing_here(item: pytest.Item) -> bool:
    """On SQLite, a race; on PostgreSQL, what asks no database and so was seen to hold on SQLite."""
    if ON_POSTGRES:
        fixtures = {*getattr(item, "fixturenames", ())}
        return not (item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures)
    return item.get_closest_marker("postgres") is not None


def _starts_from_what_its_file_shares(item: pytest.Item) -> bool:
    """A fixture of the whole file is made once only if one worker runs all the tests that ask for it."""
    fixtures = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009
    return any(found[-1].scope == "module" for found in fixtures)


@pytest.fixture(autouse=True)
def _begins_in_chinese() -> Iterator[None]:
    """A page read in English leaves its language to the thread, and so to the next test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_can_be_emptied() -> Iterator[None]:
    """A test with real transactions ends by emptying every table, those that only grow included."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifted_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with triggers_lifted(self.connection):
            flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", lifted_flush)
        yield


@pytest.fixture(autouse=True, scope="session")
def _what_waits_to_be_collected_holds_up_no_test() -> Iterator[None]:
    """SQLite has one writer: a connection that a test let go in a transaction stays it until it is collected.

    Cycles are looked for seldom here (see above), so they are when a transaction cannot begin; and it is told.
    """
    begin = SQLite._start_transaction_under_autocommit

    def begin_or_collect(self: SQLite) -> None:
        try:
            begin(self)
        except OperationalError:
            open_ones = [one for one in gc.get_objects() if isinstance(one, sqlite3.Connection)]
            told = ", ".join(f"{'in' if one.in_transaction else 'no'} transaction" for one in open_ones)
            del open_ones
            gc.collect()
            begin(self)
            warnings.warn(f"a transaction was left open by a test before: {told}", stacklevel=2)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLite, "_start_transaction_under_autocommit", begin_or_collect)
        yield
