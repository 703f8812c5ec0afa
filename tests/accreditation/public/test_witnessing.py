"""Witnesses: a log that only grows is cosigned, one that was changed or taken back is not, and it is said loudly."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import AT, SYSTEM
from tests.other_log import OtherLog, other_log
from workflows.journals import note_down
from workflows.ledger import keys, log
from workflows.ledger.checkpoints import make
from workflows.ledger.notes import COSIGNATURE, Signer, open_checkpoint, read_note
from workflows.ledger.witnesses import Conflict, cosign
from workflows.models import Checkpoint, Cosignature, Witnessed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THEIRS = Signer("other.example/ledger", bytes(range(32)))
WITNESS = Signer("witness.example/ledger", bytes(range(1, 33)))


@pytest.fixture(autouse=True)
def theirs(settings: Any) -> Iterator[OtherLog]:
    cache.clear()
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_SCHEMES = ["127.0.0.0/8"], ("http", "https")
    settings.LEDGER_KEY = WITNESS.secret()
    with other_log(THEIRS) as served:
        settings.LEDGER_WITNESSED_LOGS = served.setting
        yield served


def cosign_log(*arguments: Any) -> tuple[str, str]:
    """Run the command; return what it printed, and what it refused with."""
    out, errors = StringIO(), StringIO()
    try:
        call_command("cosign_log", *map(str, arguments), stdout=out, stderr=errors)
    except CommandError as refusal:
        return errors.getvalue(), str(refusal)
    return out.getvalue(), ""


def sent(client: Client, text: str) -> tuple[int, str]:
    answer = client.post(reverse("ledger-add-checkpoint"), text, content_type="text/plain")
    return answer.status_code, answer.text


def is_cosigned(text: str, note: str) -> bool:
    """Whether the text holds our cosignature under the checkpoint."""
    ours = keys.signer().verifier(COSIGNATURE)
    return read_note(f"{read_note(note).text}\n{text}").signed_by([ours]) == [ours]


# ── manage.py cosign_log ─────────────────────────────────────────────────────────────────────────────────


def test_a_log_that_grows_is_cosigned_each_time(theirs: OtherLog) -> None:
    assert cosign_log(theirs.url)[0].startswith("other.example/ledger: cosigned 3 leaves, root ")
    theirs.leaves += [b"3", b"4"]
    for address in (theirs.url, theirs.url.removesuffix("ledger/"), theirs.url.rstrip("/")):
        assert cosign_log(address)[1] == ""
    assert cosign_log()[1] == ""
    assert len(theirs.posted) == 5
    for posted, size in zip(theirs.posted, (3, 5, 5, 5, 5), strict=True):
        text, _blank, line = posted.rpartition("\n\n")
        assert f"{text}\n" == read_note(theirs.checkpoint(size)).text
        assert is_cosigned(line, theirs.checkpoint(size))
    row = Witnessed.objects.get()
    assert (row.origin, row.size, row.note) == (THEIRS.name, 5, theirs.checkpoint())


def forked(theirs: OtherLog) -> None:
    theirs.leaves[1] = b"changed"
    theirs.leaves.append(b"3")


def forked_at_its_size(theirs: OtherLog) -> None:
    theirs.leaves[1] = b"changed"


def taken_back(theirs: OtherLog) -> None:
    theirs.leaves.pop()


def without_proof(theirs: OtherLog) -> None:
    theirs.leaves.append(b"3")
    theirs.answers["consistency"] = (200, theirs.checkpoint())


def with_a_wrong_proof(theirs: OtherLog) -> None:
    theirs.leaves.append(b"3")
    theirs.answers["consistency"] = (200, theirs.submission(1).text())


@pytest.mark.parametrize(
    "change", [forked, forked_at_its_size, taken_back, without_proof, with_a_wrong_proof]
)
def test_a_log_that_was_changed_or_taken_back_is_refused_with_the_evidence(
    theirs: OtherLog, change: Any
) -> None:
    cosign_log()
    before, count = theirs.checkpoint(), len(theirs.posted)
    change(theirs)
    printed, refusal = cosign_log(theirs.url)
    assert refusal == f"not cosigned: {theirs.url}"
    assert "THE LOG WAS CHANGED OR TAKEN BACK" in printed
    assert theirs.checkpoint() in printed
    assert before in printed or change is without_proof
    assert (Witnessed.objects.get().note, len(theirs.posted)) == (before, count)


def test_a_checkpoint_that_somebody_kept_binds_the_log_before_it_was_ever_cosigned(
    theirs: OtherLog, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(theirs.checkpoint(2))
    assert cosign_log(theirs.url, "--as-of", kept)[1] == ""
    Witnessed.objects.all().delete()
    theirs.leaves[0] = b"changed"
    printed, refusal = cosign_log(theirs.url, "--as-of", kept)
    assert (kept.read_text() in printed, refusal) == (True, f"not cosigned: {theirs.url}")
    theirs.leaves = theirs.leaves[:1]
    assert "it had 2 leaves, and shows 1 now" in cosign_log(theirs.url, "--as-of", kept)[0]
    kept.write_text("nonsense")
    assert "this is not a signed note" in cosign_log(theirs.url, "--as-of", kept)[0]
    assert "holds no checkpoint" in cosign_log(theirs.url, "--as-of", tmp_path / "none")[1]
    assert not Witnessed.objects.exists()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, ""), "checkpoint answers 404"),
        ((302, ""), "checkpoint answers 302"),
        ((200, "<html>"), "this is not a signed note"),
        ((200, "x" * 70_000), "does not answer: long"),
        ((200, OtherLog(Signer(THEIRS.name, bytes(32))).checkpoint()), "not signed by a known key"),
        ((200, OtherLog(WITNESS).checkpoint()), "not signed by a known key"),
    ],
)
def test_what_is_no_checkpoint_of_the_log_is_refused(theirs: OtherLog, answer: Any, said: str) -> None:
    theirs.answers["checkpoint"] = answer
    printed, refusal = cosign_log(theirs.url)
    assert (said in printed, refusal) == (True, f"not cosigned: {theirs.url}")
    assert (Witnessed.objects.count(), theirs.posted) == (0, [])


def test_a_log_that_does_not_take_it_is_told_and_asked_again(theirs: OtherLog) -> None:
    theirs.answers["cosignatures"] = (403, "who are you\n")
    printed, refusal = cosign_log(theirs.url)
    assert ("cosigned, but not taken: 403 who are you" in printed, bool(refusal)) == (True, True)
    del theirs.answers["cosignatures"]
    assert cosign_log(theirs.url)[1] == ""


def test_only_logs_that_the_settings_name_are_asked_and_one_bad_one_stops_no_other(
    theirs: OtherLog, settings: Any
) -> None:
    assert (
        "WUHAO_WITNESSED_LOGS has no line that ends in this address" in cosign_log("https://example.org/")[0]
    )
    dead = Signer("dead.example/ledger", bytes(32)).verifier()
    settings.LEDGER_WITNESSED_LOGS = f"{dead} http://127.0.0.1:9/ledger/, {theirs.setting}"
    printed, refusal = cosign_log()
    assert ("does not answer: refused" in printed, refusal) == (
        True,
        "not cosigned: http://127.0.0.1:9/ledger/",
    )
    assert len(theirs.posted) == 1
    settings.WEBHOOK_NETWORKS = []
    assert "allow its network by WUHAO_WEBHOOK_NETWORKS" in cosign_log(theirs.url)[0]
    settings.LEDGER_WITNESSED_LOGS = "nonsense"
    assert cosign_log()[1].startswith("WUHAO_WITNESSED_LOGS: ")
    settings.LEDGER_WITNESSED_LOGS = ""
    assert cosign_log()[1] == "WUHAO_WITNESSED_LOGS names no log"


def test_a_log_that_changed_its_key_is_known_by_both(theirs: OtherLog, settings: Any) -> None:
    cosign_log()
    new = Signer(THEIRS.name, bytes(32))
    settings.LEDGER_WITNESSED_LOGS = f"{theirs.setting},{new.verifier()} {theirs.url}"
    theirs.signer = new
    theirs.leaves.append(b"3")
    assert (cosign_log(), Witnessed.objects.get().size) == ((cosign_log()[0], ""), 4)


# ── C2SP add-checkpoint ──────────────────────────────────────────────────────────────────────────────────


def test_a_log_may_ask_for_a_cosignature_itself(theirs: OtherLog) -> None:
    client = Client(enforce_csrf_checks=True)
    status, line = sent(client, theirs.submission(0).text())
    assert (status, is_cosigned(line, theirs.checkpoint())) == (200, True)
    theirs.leaves += [b"3", b"4"]
    status, line = sent(client, theirs.submission(3).text())
    assert (status, is_cosigned(line, theirs.checkpoint())) == (200, True)
    assert sent(client, theirs.submission(5).text())[0] == 200
    assert Witnessed.objects.get().size == 5


def test_what_does_not_go_on_from_the_last_is_answered_as_the_protocol_says(
    client: Client, theirs: OtherLog
) -> None:
    theirs.leaves += [b"3", b"4"]
    assert sent(client, theirs.submission(0).text())[0] == 200
    theirs.leaves.append(b"5")
    for old in (0, 3, 6):
        assert sent(client, theirs.submission(old).text()) == (409, "5\n")
    answer = client.post(
        reverse("ledger-add-checkpoint"), theirs.submission(0).text(), content_type="text/plain"
    )
    assert answer["Content-Type"] == "text/x.tlog.size"
    assert sent(client, theirs.submission(0).text().replace("old 0", "old 7"))[0] == 400
    assert sent(client, theirs.submission(3).text().replace("old 3", "old 5"))[0] == 422
    theirs.leaves[0] = b"changed"
    assert sent(client, theirs.submission(5).text())[0] == 422
    theirs.leaves.pop()
    assert sent(client, theirs.submission(5).text()) == (409, "5\n")
    assert Witnessed.objects.get().size == 5


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda text: "", 400),
        (lambda text: text.replace("old 0", "old 00"), 400),
        (lambda text: text.replace("old 0", "0"), 400),
        (lambda text: text.replace("old 0\n", "old 0\nAAAA\n"), 400),
        (lambda text: text.replace("old 0\n", "old 0\n" + "A" * 43 + "=\n"), 422),
        (lambda text: text.replace("old 0\n", "old 0\n" + ("A" * 43 + "=\n") * 64), 400),
        (lambda text: text.replace("\n\n", "\n", 1), 400),
        (lambda text: text.replace("other.example/ledger\n", "unknown.example/ledger\n"), 404),
        (lambda text: text.replace("\n3\n", "\n4\n"), 403),
        (lambda text: text.replace("\n3\n", "\n99999999999999999999999\n"), 400),
        (lambda text: text[: text.rindex("— ")] + WITNESS.sign("x\n"), 403),
    ],
)
def test_what_is_not_in_order_is_refused(client: Client, theirs: OtherLog, change: Any, status: int) -> None:
    assert sent(client, change(theirs.submission(0).text()))[0] == status
    assert not Witnessed.objects.exists()


def test_without_a_key_nothing_is_cosigned(client: Client, theirs: OtherLog, settings: Any) -> None:
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", "/nowhere"
    assert sent(client, theirs.submission(0).text())[0] == 503
    assert "there is no key" in cosign_log()[0]
    assert not Witnessed.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_histories_sent_at_once_one_is_cosigned(theirs: OtherLog) -> None:
    other = OtherLog(THEIRS, leaves=[b"x", b"y", b"z", b"w"])
    barrier = Barrier(2)

    def send(one: OtherLog) -> bool:
        try:
            barrier.wait(20)
            cosign(one.submission(0), AT)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    for _round in range(10):
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(send, (theirs, other)))
        assert sorted(done) == [False, True]
        assert Witnessed.objects.get().size == (3 if done[0] else 4)
        Witnessed.objects.all().delete()


# ── Both ends ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_one_system_witnesses_the_other_over_the_network(live_server: Any, settings: Any) -> None:
    """Both are this one: it signs with the key of the log, then is the witness, by turns."""

    def signs(count: int) -> Checkpoint:
        settings.LEDGER_KEY = THEIRS.secret()
        for _number in range(count):
            note_down("test", "witness", "told", by=SYSTEM, at=AT)
        log.number_events(AT)
        made = make(AT + HOUR * log.size())
        settings.LEDGER_KEY = WITNESS.secret()
        assert made is not None
        return made

    settings.LEDGER_WITNESSED_LOGS = f"{THEIRS.verifier()} {live_server.url}/ledger/"
    settings.LEDGER_WITNESSES = str(WITNESS.verifier(COSIGNATURE))
    first, client = signs(3), Client()
    assert cosign_log(live_server.url)[1] == ""
    second = signs(5)
    assert cosign_log(live_server.url)[1] == ""
    for one in (first, second):
        shown = client.get(reverse("ledger-checkpoint", args=[one.size])).text
        assert open_checkpoint(shown, [THEIRS.verifier()]).size == one.size
        assert read_note(shown).of(WITNESS.verifier(COSIGNATURE)) is not None
    assert [one.checkpoint for one in Cosignature.objects.all()] == [first, second]
    Witnessed.objects.update(root="00" * 32)  # as if the log had been another one
    signs(1)
    assert "THE LOG WAS CHANGED" in cosign_log(live_server.url)[0]
