"""The log in public: checkpoints, proofs and keys for everybody, and nothing of what the records say."""

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.states import State
from tests.factories import AT, SYSTEM, application_in
from workflows.journals import note_down
from workflows.ledger import keys, log, tree
from workflows.ledger.checkpoints import make
from workflows.ledger.notes import COSIGNATURE, Signer, open_checkpoint, read_note
from workflows.ledger.witnesses import add_cosignatures, read_submission
from workflows.models import Checkpoint, Cosignature, Event, Leaf

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WITNESS = Signer("witness.example/ledger", bytes(range(32)))
ELSE = Signer("else.example/ledger", bytes(range(1, 33)))


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet(settings: Any) -> None:
    cache.clear()
    settings.LEDGER_WITNESSES = str(WITNESS.verifier(COSIGNATURE))


def grow(count: int = 1) -> Checkpoint:
    for _number in range(count):
        note_down("test", "ledger", "told", by=SYSTEM, at=AT)
    log.number_events(AT)
    made = make(AT + HOUR * log.size())
    assert made is not None
    return made


def text_of(client: Client, name: str, *args: Any, **asked: Any) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert not answer.cookies
    return answer.text


def note_of(one: Checkpoint) -> str:
    return read_note(one.note).text


def cosigned(one: Checkpoint, by: Signer = WITNESS) -> str:
    """Return what a witness hands in."""
    return f"{note_of(one)}\n{by.cosign(note_of(one), AT)}"


def handed_in(client: Client, content: str) -> tuple[int, str]:
    answer = client.post(reverse("ledger-cosignatures"), content, content_type="text/plain")
    return answer.status_code, answer.text


def test_anybody_reads_the_checkpoints_their_proofs_and_the_keys(client: Client) -> None:
    small, large = grow(3), grow(4)
    known = keys.verifiers()
    assert text_of(client, "ledger-keys") == f"{known[0]}\n"
    assert text_of(client, "ledger-latest") == large.note
    assert text_of(client, "ledger-checkpoint", 3) == small.note
    given = read_submission(text_of(client, "ledger-consistency", **{"from": 3}))
    said = open_checkpoint(given.note, known)
    tree.check_consistency(3, bytes.fromhex(small.root), said.size, said.root, given.proof)
    assert (given.old, given.note) == (3, large.note)
    assert (
        read_submission(text_of(client, "ledger-consistency", **{"from": "3", "to": "3"})).note == small.note
    )

    first, index, *rest = text_of(client, "ledger-inclusion", leaf=1).split("\n")
    proof, note = rest[: rest.index("")], "\n".join(rest[rest.index("") + 1 :])
    body = Leaf.objects.get(index=1).event.body.encode()
    assert (first, index, note) == ("c2sp.org/tlog-proof@v1", "index 1", large.note)
    tree.check_inclusion(1, said.size, tree.leaf_hash(body), [b64decode(one) for one in proof], said.root)
    assert text_of(client, "ledger-inclusion", leaf=2, size=3).endswith(small.note)


@pytest.mark.parametrize(
    "address",
    [
        "checkpoints/4",
        "checkpoints/0",
        "checkpoints/99999999999999999999999",
        "consistency",
        "consistency?from=4",
        "consistency?from=-1",
        "consistency?from=1&to=2",
        "consistency?from=1&to=",
        "consistency?from=٣",
        "inclusion",
        "inclusion?leaf=3",
        "inclusion?leaf=1&size=2",
        "inclusion?leaf=99999999999999999999999",
    ],
)
def test_what_no_checkpoint_says_is_not_there(client: Client, address: str) -> None:
    grow(3)
    assert client.get(f"/ledger/{address}").status_code == 404


def test_without_a_checkpoint_there_is_a_page_and_nothing_to_download(client: Client, settings: Any) -> None:
    assert "还没有检查点" in client.get(reverse("ledger")).text
    for address in ("checkpoint", "consistency?from=0", "inclusion?leaf=0"):
        assert client.get(f"/ledger/{address}").status_code == 404
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", "/nowhere"
    assert client.get("/ledger/keys").status_code == 404


def test_nothing_that_the_records_say_stands_on_any_of_it(client: Client) -> None:
    application = application_in(State.DISTRICT_REVIEW)
    log.number_events(AT)
    make(AT)
    shown = client.get(reverse("ledger")).text + "".join(
        text_of(client, f"ledger-{name}", **asked)
        for name, asked in (("latest", {}), ("consistency", {"from": 2}), ("inclusion", {"leaf": 2}))
    )
    for event in Event.objects.select_related("actor", "office", "payload"):
        secrets = [event.stream, event.hash, getattr(event.actor, "name", "") or event.stream]
        assert [one for one in secrets if one in shown] == []
    assert application.studio.name not in shown


def test_the_page_costs_the_same_with_one_and_with_thirty(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("ledger")).status_code == 200
        return len(caught)

    add_cosignatures(cosigned(grow()))
    client.get(reverse("ledger"))
    first = cost()
    for _number in range(32):
        add_cosignatures(cosigned(grow()))
    assert cost() == first
    shown = client.get(reverse("ledger")).context
    assert [row.checkpoint.size for row in shown["rows"]] == list(range(33, 18, -1))
    assert shown["rows"][0].witnesses == ["witness.example/ledger"]
    assert client.get(reverse("ledger"), {"page": 2}).context["page"].number == 2


def test_whoever_asks_too_often_waits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    grow()
    monkeypatch.setattr("accreditation.views.ledger.LEDGER", type("L", (), {
        "seconds": 600, "is_reached": lambda _key: True, "count": lambda _key: None
    }))  # fmt: skip
    answer = client.get(reverse("ledger-latest"))
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "600", "no-store")
    assert handed_in(client, "")[0] == 429
    assert client.get(reverse("ledger")).status_code == 200


# ── Cosignatures under our checkpoints ───────────────────────────────────────────────────────────────────


def test_a_cosignature_is_taken_once_and_stands_under_the_note() -> None:
    client = Client(enforce_csrf_checks=True)
    one, other = grow(), grow()
    line = WITNESS.cosign(note_of(one), AT)
    assert handed_in(client, cosigned(one)) == (200, line)
    later = f"{note_of(one)}\n{WITNESS.cosign(note_of(one), AT + HOUR)}"
    assert handed_in(client, later) == (200, line)
    kept = Cosignature.objects.get()
    assert (kept.checkpoint, kept.line, kept.at) == (one, line, AT)
    assert kept.witness == f"witness.example/ledger+{WITNESS.verifier(COSIGNATURE).key_hash.hex()}"
    assert text_of(client, "ledger-checkpoint", one.size) == one.note + line
    assert text_of(client, "ledger-checkpoint", other.size) == other.note
    with_both = one.note + line + ELSE.cosign(note_of(one), AT)
    assert handed_in(client, with_both) == (200, line)
    known = [WITNESS.verifier(COSIGNATURE), *keys.verifiers()]
    assert read_note(one.note + line).signed_by(known) == known


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (lambda one: "", 400),
        (lambda one: "nonsense", 400),
        (lambda one: one.note, 403),
        (lambda one: cosigned(one, ELSE), 403),
        (lambda one: f"{note_of(one)}\n{WITNESS.sign(note_of(one))}", 403),
        (lambda one: f"{note_of(one)}\n{WITNESS.cosign('another text', AT)}", 403),
        (lambda one: cosigned(one).replace(f"\n{one.size}\n", "\n77\n"), 404),
        (lambda one: cosigned(one).replace("ledger.test", "ledger.test2"), 404),
        (lambda one: cosigned(one) + "— x.example AAAAAAAA\n" * 5000, 413),
    ],
)
def test_what_no_known_witness_signed_is_refused(client: Client, content: Any, status: int) -> None:
    assert handed_in(client, content(grow()))[0] == status
    assert not Cosignature.objects.exists()


def test_a_witness_that_changed_its_key_is_another_one(client: Client, settings: Any) -> None:
    one, second = grow(), Signer(WITNESS.name, bytes(32))
    settings.LEDGER_WITNESSES = f"{WITNESS.verifier(COSIGNATURE)},{second.verifier(COSIGNATURE)}"
    assert [handed_in(client, cosigned(one, by))[0] for by in (WITNESS, second)] == [200, 200]
    assert Cosignature.objects.count() == 2


def test_only_posts_are_taken_and_text_alone(client: Client, settings: Any) -> None:
    for name in ("ledger-cosignatures", "ledger-add-checkpoint"):
        assert client.get(reverse(name)).status_code == 405
        assert client.post(reverse(name), b"\xff", content_type="text/plain").status_code == 400
        assert client.generic("POST", reverse(name), CONTENT_LENGTH="9" * 5000).status_code == 413
    settings.LEDGER_WITNESSES = "nonsense"
    assert handed_in(client, cosigned(grow())) == (503, "not set up to witness\n")


def test_the_foot_of_every_page_leads_there(client: Client) -> None:
    assert f'href="{reverse("ledger")}"' in client.get(reverse("home")).text
