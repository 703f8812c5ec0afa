"""Copies of checkpoints outside the database: written once, never written over; one bad place stops no other."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import AT, SYSTEM
from workflows.journals import note_down
from workflows.ledger import copies, log
from workflows.ledger.checkpoints import make
from workflows.ledger.copies import publish_checkpoints
from workflows.models import Checkpoint, CheckpointCopy

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> tuple[Path, Path]:
    """Name a directory that is there, one that is not, and a storage."""
    cache.clear()
    good, missing = tmp_path / "good", tmp_path / "missing"
    good.mkdir()
    options = {"location": tmp_path / "bucket"}
    settings.STORAGES = settings.STORAGES | {
        "bucket": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }
    settings.CHECKPOINT_PLACES = [str(missing), str(good), "bucket"]
    return good, missing


def checkpoint() -> Checkpoint:
    note_down("test", "copies", "told", by=SYSTEM, at=AT)
    log.number_events(AT)
    made = make(AT + HOUR * log.size())
    assert made is not None
    return made


def found(place: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in place.iterdir()}


def rested(place: Path) -> None:
    """The pause after a failure is over."""
    cache.delete(copies._rest(str(place)))


def errors(caplog: Any) -> list[str]:
    return [one.message for one in caplog.records if one.levelname == "ERROR"]


def test_every_checkpoint_goes_to_every_place_once_and_one_that_fails_gets_them_later(
    places: tuple[Path, Path], caplog: Any
) -> None:
    good, missing = places
    made = [checkpoint(), checkpoint()]
    notes = {f"checkpoint-{one.size:012d}.txt": one.note for one in made}
    assert (publish_checkpoints(AT), publish_checkpoints(AT)) == (4, 0)
    assert found(good) == notes
    assert {name: storages["bucket"].open(name).read().decode() for name in notes} == notes
    rested(missing)
    assert publish_checkpoints(AT) == 0
    assert len(errors(caplog)) == 1
    assert f"copies of checkpoints to {missing}" in errors(caplog)[0]
    missing.mkdir()
    assert publish_checkpoints(AT) == 0  # it is left alone for a while
    rested(missing)
    assert publish_checkpoints(AT) == 2
    assert found(missing) == notes
    assert "works again" in caplog.text
    assert CheckpointCopy.objects.count() == 6


def test_what_is_copied_costs_a_query_a_place_and_one_more(places: tuple[Path, Path]) -> None:
    places[1].mkdir()
    for _count in range(5):
        checkpoint()
    publish_checkpoints(AT)
    with CaptureQueriesContext(connection) as caught:
        assert publish_checkpoints(AT) == 0
    assert len(caught) == 4


def test_a_copy_that_is_there_without_its_row_counts_and_another_text_is_told_and_kept(
    places: tuple[Path, Path], settings: Any, caplog: Any
) -> None:
    good, _missing = places
    settings.CHECKPOINT_PLACES = [str(good)]
    first, second, third = checkpoint(), checkpoint(), checkpoint()
    (good / copies.file_name(first)).write_text(first.note)
    (good / copies.file_name(second)).write_text("another text\n")
    assert publish_checkpoints(AT) == 2
    assert set(CheckpointCopy.objects.values_list("checkpoint", flat=True)) == {first.size, third.size}
    assert (good / copies.file_name(second)).read_text() == "another text\n"
    assert [
        f"checkpoint-{second.size:012d}.txt is there with another text" in one for one in errors(caplog)
    ] == [True]


def test_a_writer_killed_in_the_middle_leaves_no_half_of_a_file(
    places: tuple[Path, Path], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(_handle: int) -> None:
        raise Killed

    good, _missing = places
    settings.CHECKPOINT_PLACES = [str(good)]
    made = checkpoint()
    monkeypatch.setattr(copies.os, "fsync", killed)
    with pytest.raises(Killed):
        publish_checkpoints(AT)
    monkeypatch.undo()
    assert (found(good), CheckpointCopy.objects.count()) == ({}, 0)
    assert publish_checkpoints(AT) == 1
    assert found(good) == {copies.file_name(made): made.note}


def test_a_storage_that_raises_holds_up_nobody(
    places: tuple[Path, Path], settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("no route to the bucket")

    good, _missing = places
    settings.CHECKPOINT_PLACES = ["bucket", "unknown", str(good)]
    checkpoint()
    monkeypatch.setattr(storages["bucket"], "save", fail)
    assert publish_checkpoints(AT) == 1
    assert ["no route to the bucket" in errors(caplog)[0], len(errors(caplog))] == [True, 2]


def test_many_are_copied_in_several_rounds(
    places: tuple[Path, Path], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MOST", 2)
    settings.CHECKPOINT_PLACES = [str(places[0])]
    for _count in range(5):
        checkpoint()
    assert [publish_checkpoints(AT) for _round in range(4)] == [2, 2, 1, 0]


def test_nothing_is_copied_while_there_is_nothing() -> None:
    assert publish_checkpoints(AT) == 0
