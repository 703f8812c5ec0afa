"""Events taken away, put in, swapped and written anew, by somebody who knows every hash: found with what was kept."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from tests import attacker, factories
from tests.attacker import (
    at_liberty,
    forget_checkpoints,
    overwrite,
    rebuild,
    remove,
    renumber,
    rewrite,
    settle,
    undone,
)
from tests.workflows.kept_log import STREAM, WITNESS_KEY, KeptLog, event, kept_in, made
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.journals import note_down
from workflows.ledger import checkpoints, log, tree
from workflows.ledger.chain import canonical, digest
from workflows.ledger.keys import signer
from workflows.ledger.notes import Tree
from workflows.ledger.verification.broken import Broken, Fault
from workflows.ledger.verification.one_stream import verify_stream
from workflows.ledger.verification.whole import verify
from workflows.models import Checkpoint, Cosignature, Event, EventPayload, Journal, Leaf, Node

pytestmark = pytest.mark.django_db
NOW = factories.AT + timedelta(days=3)


@pytest.fixture(scope="module")
def history(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeptLog]:
    with at_liberty(django_db_blocker):
        yield made(tmp_path_factory.mktemp("kept"))


@pytest.fixture(autouse=True)
def _tampered_with(history: KeptLog, settings: Settings) -> Iterator[None]:
    settings.LEDGER_WITNESSES = WITNESS_KEY
    with undone():
        yield


def found(kept: KeptLog | None = None, **options: object) -> Broken:
    """Verify with what was kept; return what is found."""
    with pytest.raises(Broken) as broken:
        verify(kept=kept.kept if kept else None, **options)
    return broken.value


def journal() -> Journal:
    return Journal.objects.get(kind="settings", code="first")


def numbers() -> list[int]:
    """Return the numbers of the stream's events that are in the log."""
    rows = Event.objects.filter(stream=STREAM, leaf__isnull=False)
    return list(rows.order_by("sequence").values_list("sequence", flat=True))


def test_nothing_is_found_where_nothing_was_done(history: KeptLog) -> None:
    verified = verify(kept=history.kept)
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    assert (verified.size, verified.events, verified.fresh) == (sizes[-1], Event.objects.count(), 1)
    assert (verified.counts.checkpoints, verified.counts.cosignatures) == (2, 1)
    assert verify(kept=history.older).size == verify(since=history.older).size == verified.size


# ── Taken away ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [1, 3, -1], ids=["the first", "a middle one", "the last"])
def test_an_event_that_is_gone_is_missed_by_its_leaf(history: KeptLog, number: int) -> None:
    gone = event(numbers()[number] if number < 0 else number)
    leaf = gone.leaf.index
    with undone():  # the event alone
        Event.objects.filter(pk=gone.pk)._raw_delete(connection.alias)
        error = found(history)
    assert (error.fault, error.place.table, error.place.leaf) == (Fault.MISSING, Leaf._meta.db_table, leaf)

    remove(gone)  # with its leaf and its text
    error = found(history)
    assert (error.fault, error.place.table, error.place.leaf) == (Fault.MISSING, Leaf._meta.db_table, leaf)


def test_the_last_leaf_of_all_is_missed_by_its_node_and_without_it_by_the_checkpoint(
    history: KeptLog,
) -> None:
    last = Leaf.objects.order_by("-index").first()
    remove(last.event)
    error = found(history)
    assert (error.fault, error.place.table, error.place.leaf) == (
        Fault.MISSING,
        Leaf._meta.db_table,
        last.index,
    )

    Node.objects.filter(position__gte=tree.stored(last.index))._raw_delete(connection.alias)
    size = str(last.index + 1)
    error = found()
    assert (error.fault, error.place.table, error.place.key) == (
        Fault.ROLLED_BACK,
        Checkpoint._meta.db_table,
        size,
    )

    forget_checkpoints()
    error = found(history)
    assert (error.fault, error.place.table, error.place.key) == (Fault.ROLLED_BACK, "file", str(history.kept))


def test_an_event_whose_leaf_is_closed_up_is_missed_by_the_one_that_came_after_it(history: KeptLog) -> None:
    remove(event(3))
    renumber()
    error = found()
    assert (error.fault, error.place.stream, error.place.sequence) == (Fault.CHAIN, STREAM, 4)


def test_the_last_event_of_a_stream_is_missed_by_its_row_and_without_it_by_the_checkpoint(
    history: KeptLog,
) -> None:
    last = event(numbers()[-1])
    remove(last)
    renumber()
    forget_checkpoints()
    error = found()
    assert (error.fault, error.place.table, error.place.stream) == (
        Fault.DIFFERS,
        Journal._meta.db_table,
        STREAM,
    )

    settle(journal())
    error = found(history)
    assert (error.fault, error.place.key) == (Fault.ROLLED_BACK, str(history.kept))


def test_a_whole_stream_that_is_gone_with_its_row_is_missed_by_what_was_kept(history: KeptLog) -> None:
    for one in Event.objects.filter(stream=STREAM):
        remove(one)
    renumber()
    forget_checkpoints()
    error = found()
    assert (error.fault, error.place.table, error.place.stream) == (
        Fault.DIFFERS,
        Journal._meta.db_table,
        STREAM,
    )

    Journal.objects.filter(code="first")._raw_delete(connection.alias)
    assert found(history).fault == Fault.ROLLED_BACK


def test_a_row_that_is_gone_is_missed_by_its_events(history: KeptLog) -> None:
    Journal.objects.filter(code="first")._raw_delete(connection.alias)
    error = found(history)
    assert (error.fault, error.place.table, error.place.key) == (
        Fault.MISSING,
        Journal._meta.db_table,
        "first",
    )


# ── Put in ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_that_is_put_at_the_end_with_an_old_date_is_found_before_and_after_it_is_numbered(
    history: KeptLog,
) -> None:
    with_old_date = record(journal(), "told", by=SYSTEM, at=factories.AT)
    error = found(history)
    assert (error.fault, error.place.key, error.place.leaf) == (Fault.BACKDATED, str(with_old_date.pk), None)

    log.number_events(NOW)
    checkpoints.make(NOW)  # the keeper of the log signs what there is
    error = found(history)
    assert (error.fault, error.place.key) == (Fault.BACKDATED, str(with_old_date.pk))
    assert error.place.leaf == Event.objects.get(pk=with_old_date.pk).leaf.index
    with pytest.raises(Broken) as alone:
        verify_stream(STREAM)
    assert alone.value.fault == Fault.BACKDATED


def put_in(number: int) -> Event:
    """Put an event before another, chain everything after it anew with right hashes, and mend the row."""
    later = event(number)
    for one in Event.objects.filter(stream=STREAM, sequence__gte=number).order_by("-sequence"):
        overwrite(one, sequence=one.sequence + 1)
    body = canonical(json.loads(later.body) | {"action": "granted", "personal": {}})
    new = Event.objects.create(
        stream=STREAM, sequence=number, action="granted", actor_id=later.actor_id, office=later.office,
        role=later.role, at=later.at, body=body, previous="", hash=digest(body),
    )  # fmt: skip
    EventPayload.objects.create(event=new, content="{}")
    attacker.rechain(STREAM, number)
    settle(journal())
    return new


def test_an_event_that_is_put_in_the_middle_is_found_by_those_that_are_chained_to_it(
    history: KeptLog,
) -> None:
    next_one = event(3).pk
    put_in(3)
    error = found()
    assert (error.fault, error.place.key, error.place.sequence) == (Fault.LEAF, str(next_one), 4)


def test_an_event_that_is_put_in_the_middle_of_a_log_calculated_anew_is_found_by_checkpoints(
    history: KeptLog,
) -> None:
    new = put_in(3)
    place = event(4).leaf.index
    for leaf in Leaf.objects.filter(index__gte=place).order_by("-index"):
        overwrite(leaf, index=leaf.index + 1)
    Leaf.objects.create(index=place, event=new)
    rebuild()
    error = found()
    assert (error.fault, error.place.table) == (Fault.REWRITTEN, Checkpoint._meta.db_table)

    forget_checkpoints()
    error = found(history)
    assert (error.fault, error.place.key) == (Fault.REWRITTEN, str(history.kept))


# ── Swapped and written anew ─────────────────────────────────────────────────────────────────────────────


def test_two_events_that_change_their_numbers_are_found(history: KeptLog) -> None:
    one, other = event(2), event(3)
    overwrite(one, sequence=99)
    overwrite(other, sequence=2)
    overwrite(one, sequence=3)
    error = found(history)
    assert (error.fault, error.place.key) == (Fault.COLUMN, str(one.pk))


def test_two_leaves_that_change_their_places_are_found(history: KeptLog) -> None:
    one, other = event(2).leaf, event(3).leaf
    overwrite(one, event_id=987_654)
    overwrite(other, event_id=one.event_id)
    overwrite(one, event_id=other.event_id)
    error = found(history)
    assert (error.fault, error.place.leaf) == (Fault.LEAF, one.index)

    rebuild()
    assert found().fault == Fault.REWRITTEN
    forget_checkpoints()
    error = found(history)
    assert (error.fault, error.place.key) == (Fault.REWRITTEN, str(history.kept))


def test_a_chain_that_is_written_anew_is_found_at_its_first_changed_event(history: KeptLog) -> None:
    changed = event(2)
    rewrite(changed, action="granted")
    settle(journal())
    error = found()
    assert (error.fault, error.place.key, error.place.leaf) == (
        Fault.LEAF,
        str(changed.pk),
        changed.leaf.index,
    )


def test_a_chain_and_a_log_that_are_written_anew_are_found_by_the_checkpoint_after_the_change(
    history: KeptLog,
) -> None:
    first, second = Checkpoint.objects.order_by("size")
    rewrite(event(2), action="granted")
    settle(journal())
    rebuild()
    error = found()
    assert (error.fault, error.place.key) == (Fault.REWRITTEN, str(first.size))
    assert f"序号0到{first.size - 1}之间" in error.what

    Checkpoint.objects.filter(size=first.size)._raw_delete(connection.alias)
    assert found().place.key == str(second.size)


def test_what_is_written_anew_after_a_checkpoint_is_found_by_the_next(history: KeptLog) -> None:
    first, second = Checkpoint.objects.order_by("size")
    rewrite(event(5), action="granted")
    settle(journal())
    rebuild()
    error = found()
    assert (error.fault, error.place.key) == (Fault.REWRITTEN, str(second.size))
    assert f"序号{first.size}到{second.size - 1}之间" in error.what
    assert found(since=history.older).place.key == str(second.size)


def test_a_log_that_is_written_anew_and_signed_by_its_own_key_is_found_by_what_was_kept(
    history: KeptLog,
) -> None:
    rewrite(event(2), action="granted")
    settle(journal())
    rebuild()
    sizes = list(Checkpoint.objects.values_list("size", "at"))
    forget_checkpoints()
    for size, at in sizes:
        text = Tree(signer().name, size, log.root(size), at).text()
        Checkpoint.objects.create(
            size=size, root=log.root(size).hex(), at=at, note=f"{text}\n{signer().sign(text)}"
        )
    assert verify().counts.checkpoints == 2  # it is whole by itself: nothing in the house says otherwise
    error = found(history)
    assert (error.fault, error.place.table, error.place.key) == (Fault.REWRITTEN, "file", str(history.kept))
    with pytest.raises(Broken) as alone:
        verify_stream("settings/second", kept=history.kept)
    assert (alone.value.fault, alone.value.place.key) == (Fault.REWRITTEN, str(history.kept))


def test_a_newest_checkpoint_that_was_taken_away_is_missed_by_who_kept_it(history: KeptLog) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    Cosignature.objects.filter(checkpoint=newest)._raw_delete(connection.alias)
    Checkpoint.objects.filter(pk=newest.pk)._raw_delete(connection.alias)
    assert verify().counts.checkpoints == 1  # nothing in the house says that there was another
    for options in ({"kept": history.kept}, {"since": history.kept}):
        with pytest.raises(Broken) as broken:
            verify(**options)
        place = broken.value.place
        assert (broken.value.fault, place.table, place.key) == (
            Fault.MISSING, Checkpoint._meta.db_table, str(newest.size),
        )  # fmt: skip
    with pytest.raises(Broken) as broken:
        verify_stream(STREAM, kept=history.kept)
    assert (broken.value.fault, broken.value.place.key) == (Fault.MISSING, str(newest.size))


def test_an_old_copy_put_in_the_place_of_the_log_is_found_by_what_was_kept(
    history: KeptLog, tmp_path: Path
) -> None:
    with undone():  # what happens until the old copy is put back
        note_down("settings", "first", "told", by=SYSTEM, at=NOW)
        log.number_events(NOW)
        kept = kept_in(tmp_path / "later.txt", checkpoints.make(NOW))
    assert verify().counts.checkpoints == 2
    for options in ({"kept": kept}, {"since": kept}, {"kept": kept, "since": history.older}):
        with pytest.raises(Broken) as broken:
            verify(**options)
        assert (broken.value.fault, broken.value.place.key) == (Fault.ROLLED_BACK, str(kept))
    with pytest.raises(Broken) as broken:
        verify_stream(STREAM, kept=kept)
    assert broken.value.fault == Fault.ROLLED_BACK


# ── Personal text ────────────────────────────────────────────────────────────────────────────────────────


def test_text_that_nobody_ordered_to_erase_is_missed_and_erased_text_is_not(history: KeptLog) -> None:
    assert json.loads(event(2).payload.content).keys() == {"actor", "office"}  # erased by order
    EventPayload.objects.filter(event=event(3))._raw_delete(connection.alias)
    error = found(history)
    assert (error.fault, error.place.table, error.place.sequence) == (
        Fault.PERSONAL,
        EventPayload._meta.db_table,
        3,
    )


def test_more_text_than_was_ordered_to_be_erased_is_missed(history: KeptLog) -> None:
    payload = event(2).payload
    kept = json.loads(payload.content)
    overwrite(payload, content=canonical({"office": kept["office"]}))
    error = found(history)
    assert (error.fault, error.place.sequence) == (Fault.PERSONAL, 2)
    assert "actor" in error.what


def test_erased_text_that_stands_there_again_is_found(history: KeptLog) -> None:
    payload = event(3).payload
    last = Event.objects.filter(stream=STREAM, action="erase").get()
    facts = json.loads(last.body)["facts"]
    rewrite(last, facts=facts | {"events": [*facts["events"], [3, ["reason"]]]})
    settle(journal())
    error = found()
    assert (error.fault, error.place.key) == (Fault.PERSONAL, str(payload.pk))


# ── Signatures ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_checkpoint_signed_by_another_key_is_refused(history: KeptLog, tmp_path: Path) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    other = type(signer())(signer().name, b"\5" * 32)
    text = newest.note.partition("\n\n")[0] + "\n"
    kept = tmp_path / "other.txt"
    kept.write_text(f"{text}\n{other.sign(text)}", encoding="utf-8")
    with pytest.raises(Broken) as broken:
        verify(kept=kept)
    assert (broken.value.fault, broken.value.place.key) == (Fault.SIGNATURE, str(kept))

    overwrite(newest, note=kept.read_text(encoding="utf-8"))
    assert (found().fault, found().place.table) == (Fault.SIGNATURE, Checkpoint._meta.db_table)


def test_a_witness_whose_key_is_not_known_is_counted_and_not_trusted(
    history: KeptLog, settings: Settings
) -> None:
    settings.LEDGER_WITNESSES = ""
    counts = verify(kept=history.kept).counts
    assert (counts.cosignatures, counts.unknown_witnesses) == (0, 1)


def test_a_cosignature_of_a_checkpoint_that_is_gone_is_found(history: KeptLog) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    Checkpoint.objects.filter(size=newest.size)._raw_delete(connection.alias)
    error = found(history)
    assert (error.fault, error.place.table) == (Fault.STRAY, Cosignature._meta.db_table)
