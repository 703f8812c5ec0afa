"""The log: every committed event gets one place, whatever is late, killed, rolled back or run twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from threading import Event as Signal
from time import sleep
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accreditation.models import Organisation
from tests import factories
from tests.append_only import triggers_lifted
from tests.factories import AT
from workflows.engine import record
from workflows.event_queue import EventQueue
from workflows.ledger import log, tree
from workflows.ledger.checkpoints import covering, keep_log, make
from workflows.ledger.keys import NoKey, verifiers
from workflows.ledger.log import number_events
from workflows.ledger.notes import open_checkpoint
from workflows.models import Checkpoint, Event, Leaf, Node, ReadThrough

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SIZE = 16


class Killed(BaseException):
    """The worker is gone: nothing may catch this."""


@pytest.fixture(autouse=True)
def _nothing_was_complained_of() -> None:
    cache.clear()


def happen(count: int = 1, code: str = "CQ") -> list[Event]:
    """Append events to the stream of the city, or of another body, in one transaction."""
    factories.district()
    with transaction.atomic():
        body = Organisation.objects.select_for_update(of=("self",)).get(code=code)
        return [record(body, "told", by=factories.SYSTEM, at=AT, office=body) for _number in range(count)]


def numbered() -> list[int]:
    """Return the events in the order of their places, after looking that these have no gaps."""
    places = list(Leaf.objects.order_by("index").values_list("index", "event"))
    assert [index for index, _event in places] == list(range(len(places)))
    return [event for _index, event in places]


def whole_tree_is_right() -> bool:
    """Calculate every hash anew from the bodies, and compare."""
    bodies, edge = dict(Event.objects.values_list("pk", "body")), []
    leaves = [tree.leaf_hash(bodies[pk].encode()) for pk in numbered()]
    expected = [new.hex() for number, leaf in enumerate(leaves) for new in tree.grow(number, edge, leaf)]
    stored = list(Node.objects.order_by("position").values_list("position", "hash"))
    return stored == list(enumerate(expected))


def mark_after_others(newest: int) -> bool:
    """Number until the mark has reached an event: it waits for whatever transactions the server still runs."""
    for _round in range(300):
        number_events(AT)
        if ReadThrough.objects.get(reader="numbered").event_id == newest:
            return True
        sleep(0.1)
    return False


def test_every_event_gets_one_place_in_the_order_in_which_it_was_written() -> None:
    first = happen(3)
    assert number_events(AT) == Event.objects.count()
    assert number_events(AT) == 0
    later = happen(2)
    assert number_events(AT) == 2
    assert numbered()[-5:] == [event.pk for event in [*first, *later]]
    assert len(numbered()) == Event.objects.count()
    assert whole_tree_is_right()


def test_many_batches_are_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BATCH", 3)
    happen(14)
    assert number_events(AT) == Event.objects.count()
    assert len(numbered()) == Event.objects.count()
    assert whole_tree_is_right()


def test_what_was_rolled_back_is_never_numbered() -> None:
    happen(1)
    number_events(AT)

    @transaction.atomic
    def happen_and_die() -> None:
        happen(2)
        raise Killed

    with pytest.raises(Killed):
        happen_and_die()
    assert number_events(AT) == 0
    after = happen(1)
    number_events(AT)
    assert numbered()[-1] == after[0].pk
    assert whole_tree_is_right()


@pytest.mark.parametrize(
    ("owner", "place"), [(log, "_append"), (EventQueue, "move"), (type(Node.objects.all()), "bulk_create")]
)
def test_a_runner_killed_in_the_middle_leaves_nothing_half(
    owner: Any, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(5)
    number_events(AT)
    count, nodes = len(numbered()), Node.objects.count()
    happen(3)
    whole = getattr(owner, place)

    def killed(*args: Any, **named: Any) -> None:
        whole(*args, **named)
        raise Killed

    monkeypatch.setattr(owner, place, killed)
    with pytest.raises(Killed):
        number_events(AT)
    monkeypatch.undo()
    assert (len(numbered()), Node.objects.count()) == (count, nodes)
    assert number_events(AT) == 3
    assert whole_tree_is_right()


def test_a_round_without_news_costs_three_queries_for_ever() -> None:
    def quiet() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert keep_log(AT) == 0
        return len(caught)

    assert mark_after_others(happen(3)[-1].pk)
    keep_log(AT)
    first = quiet()
    assert mark_after_others(happen(60)[-1].pk)
    keep_log(AT)
    assert (first, quiet()) == (3, 3)


def test_a_round_costs_the_same_however_many_were_numbered_before() -> None:
    def cost() -> int:
        happen(1)
        with CaptureQueriesContext(connection) as caught:
            assert number_events(AT) == 1
        return len(caught)

    assert mark_after_others(happen(3)[-1].pk)
    first = cost()
    assert mark_after_others(happen(40)[-1].pk)
    assert cost() == first


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_numbered_after_those_that_overtook_it() -> None:
    """Its key is lower than theirs. It is not passed over, however long its transaction takes."""
    factories.city(), factories.district()
    written, may_commit = Signal(), Signal()

    def slow() -> int:
        try:
            with transaction.atomic():
                pk = happen(1, "YB")[0].pk
                written.set()
                assert may_commit.wait(20)
            return pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert written.wait(20)
        later = [event.pk for event in happen(3)]
        for _round in range(4):
            number_events(AT)
        before = numbered()
        may_commit.set()
        late = running.result()
    assert (late < later[0], before[-3:]) == (True, later)
    assert number_events(AT) == 1
    assert numbered() == [*before, late]
    assert whole_tree_is_right()
    assert mark_after_others(later[-1])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_runners_and_writers_at_once_number_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BATCH", 2)
    factories.city(), factories.district()

    def at_once(work: list[Any]) -> list[Any]:
        barrier = Barrier(len(work))

        def run(one: Any) -> Any:
            try:
                barrier.wait(20)
                return one()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(work)) as pool:
            return [done.result() for done in [pool.submit(run, one) for one in work]]

    for _round in range(12):
        keep = [lambda: keep_log(AT + HOUR * Event.objects.count())] * 3
        at_once([*keep, lambda: happen(4), lambda: happen(3, "YB")])
    while number_events(AT):
        continue
    assert sorted(numbered()) == sorted(Event.objects.values_list("pk", flat=True))
    assert whole_tree_is_right()
    for one in Checkpoint.objects.all():
        assert log.root(one.size).hex() == one.root


# ── Checkpoints ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_checkpoint_is_signed_when_the_log_has_grown_and_an_hour_has_passed() -> None:
    happen(2)
    keep_log(AT)
    first = Checkpoint.objects.get()
    happen(1)
    keep_log(AT + HOUR / 2)
    assert Checkpoint.objects.count() == 1
    keep_log(AT + HOUR)
    keep_log(AT + HOUR * 5)
    newest, oldest = Checkpoint.objects.all()
    assert (oldest, newest.size, newest.at) == (first, first.size + 1, AT + HOUR)
    said = open_checkpoint(newest.note, verifiers())
    assert (said.origin, said.size, said.root.hex(), said.at) == (
        "ledger.test/wuhao",
        newest.size,
        newest.root,
        newest.at,
    )
    tree.check_consistency(
        oldest.size,
        bytes.fromhex(oldest.root),
        newest.size,
        said.root,
        log.consistency_proof(oldest.size, newest.size),
    )


def test_a_checkpoint_that_covers_an_event_is_made_at_once_and_used_again() -> None:
    first, second = happen(2)
    made = covering(first, AT)
    assert made is not None
    assert (covering(second, AT), make(AT + HOUR)) == (made, made)
    third = happen(1)[0]
    later = covering(third, AT)
    assert later is not None
    assert (later.size, covering(first, AT)) == (made.size + 1, made)
    tree.check_inclusion(
        third.leaf.index if hasattr(third, "leaf") else Leaf.objects.get(event=third).index,
        later.size,
        tree.leaf_hash(third.body.encode()),
        log.inclusion_proof(later.size - 1, later.size),
        bytes.fromhex(later.root),
    )


def test_an_empty_log_has_no_checkpoint() -> None:
    assert (make(AT), keep_log(AT), log.size()) == (None, 0, 0)


def test_without_a_key_events_are_numbered_and_it_is_said_once(
    settings: Any, tmp_path: Any, caplog: Any
) -> None:
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", str(tmp_path / "none")
    happen(2)
    assert keep_log(AT) == Event.objects.count()
    keep_log(AT + HOUR)
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == [
        f"the log of events: no checkpoint is signed: there is no key to sign checkpoints with: "
        f"manage.py ledger_key makes {tmp_path}/none"
    ]
    assert "Traceback" not in caplog.text
    with pytest.raises(NoKey):
        make(AT)
    settings.LEDGER_KEY = settings.LEDGER_KEY or "PRIVATE+KEY+nonsense"
    keep_log(AT)
    assert "WUHAO_LEDGER_KEY: this is not a private key of a log" in caplog.text
    assert "nonsense" not in caplog.text


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda last: Leaf.objects.filter(index__gte=last - 2).delete(), "its tree is damaged"),
        (lambda last: Node.objects.filter(position=top(last)).delete(), "its tree is damaged"),
        (lambda last: Node.objects.filter(position=top(last)).update(hash="00" * 32), "does not go on from"),
        (lambda last: Checkpoint.objects.update(root="00" * 32), "does not go on from"),
        (lambda last: Checkpoint.objects.update(root="none"), "does not go on from"),
        (lambda last: Checkpoint.objects.update(size=last + 99), f"its last checkpoint says {SIZE + 99}"),
    ],
)
def test_a_log_that_does_not_go_on_from_its_checkpoint_is_not_signed(
    damage: Any, said: str, caplog: Any
) -> None:
    factories.district()
    happen(SIZE - Event.objects.count())
    keep_log(AT)
    assert Checkpoint.objects.get().size == SIZE
    connection.check_constraints()  # PostgreSQL alters no table that has checks to make
    with triggers_lifted(connection):
        damage(SIZE)
        connection.check_constraints()
    happen(1)
    for hours in (1, 2):
        keep_log(AT + HOUR * hours)
    assert Checkpoint.objects.count() == 1
    errors = [one.message for one in caplog.records if one.levelname == "ERROR"]
    assert (len(errors), said in errors[0]) == (1, True), errors


def top(size: int) -> int:
    """Return the position of the root of a tree whose size is a power of two."""
    return tree.position(size.bit_length() - 1, 0)
