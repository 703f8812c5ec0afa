"""The record of an application against a checkpoint: each event by its own proof, and what is wrong with which."""

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.queries.proof import check
from accreditation.services import offices, panel, tasks
from accreditation.services.journals import evidence_read
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.append_only import tampering
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.ledger import checkpoints, keys, log
from workflows.ledger.chain import canonical, digest
from workflows.ledger.standing import Trouble, newest_seal
from workflows.ledger.verification.broken import Fault
from workflows.models import Checkpoint, Event, EventPayload, Journal, Leaf, Node

pytestmark = pytest.mark.django_db


def auditor(place=None):
    return make.member(place or make.city(), "audit", username="auditor")


def signed(at=NOW):
    """Number everything and sign a checkpoint of it."""
    log.number_events(at)
    return checkpoints.make(at)


@pytest.fixture
def sealed():
    """Return an application that a checkpoint holds, with two events that came later."""
    application = make.application_in(State.CITY_DECISION)
    signed()
    tasks.claim(application, by=make.user("city_decider"), at=NOW)
    tasks.release(make.fresh(application), by=make.user("city_decider"), at=NOW)
    return make.fresh(application)


def faults(application):
    """Return what is wrong with which event, and which of them cannot be proved for that."""
    proof = check(application)
    wrong = {number: mark.fault for number, mark in proof.faults.items() if mark.fault}
    return wrong, [number for number, mark in proof.faults.items() if mark.is_doubtful]


def event(application, number):
    return Event.objects.get(stream=application.stream, sequence=number)


def rewrite(application, number, **facts):
    """Rewrite the chain from one event on, with correct hashes: what an attacker with full rights would do."""
    previous = event(application, number).previous
    for one in Event.objects.filter(stream=application.stream, sequence__gte=number).order_by("sequence"):
        body = one.said | {"previous": previous}
        if one.sequence == number:
            body["facts"] = body["facts"] | facts
        text = canonical(body)
        Event.objects.filter(pk=one.pk).update(body=text, previous=previous, hash=digest(text))
        previous = digest(text)
    type(application).objects.filter(pk=application.pk).update(head=previous)


def page_of(client, application, query=""):
    return parse(client.get(f"{reverse('timeline', args=[application.public_id])}{query}"))


def test_every_event_that_the_checkpoint_holds_is_proved_and_newer_ones_are_said_to_be_newer(
    signed_in, sealed
):
    proof = check(sealed)
    assert (proof.holds, proof.fresh, proof.count) == (True, 2, 11)
    page = page_of(signed_in(auditor()), sealed)
    assert [mark.words for mark in page.all(".w-time .w-proof")] == ["证明成立"] * 9
    assert page.one("#e10 .w-state").words == "还没有编入检查点"
    said = page.one(".w-note.is-pass").words
    checkpoint = checkpoints.latest()
    assert "11条事件全部核验成立" in said
    assert f"含{checkpoint.size}条记录" in said
    assert "最近2条还没有编入检查点" in said
    assert checkpoint.root[:4] in said


CHANGES = [
    ({"body": "{}"}, Fault.HASH),
    ({"hash": "0" * 64}, Fault.HASH),
    ({"at": NOW}, Fault.COLUMN),
    ({"role": "manage"}, Fault.COLUMN),
    ({"office": None}, Fault.COLUMN),
    ({"actor": None}, Fault.COLUMN),
    ({"previous": "0" * 64}, Fault.COLUMN),
]


def test_one_event_that_was_changed_is_named_and_those_after_it_stand_by_their_own_proofs(sealed):
    rows = Event.objects.filter(stream=sealed.stream, sequence=4)
    for change, fault in CHANGES:
        before = rows.values(*change).get()
        with tampering():
            rows.update(**change)
        assert (change, faults(sealed)) == (change, ({4: fault}, [10, 11]))
        with tampering():
            rows.update(**before)
    assert check(sealed).holds


def test_a_chain_rewritten_with_correct_hashes_is_not_in_the_checkpoint(sealed):
    with tampering():
        rewrite(sealed, 4, revision=7)
    assert faults(make.fresh(sealed)) == (dict.fromkeys(range(4, 10), Fault.LEAF), [10, 11])


def test_what_came_after_the_checkpoint_stands_by_the_chain(sealed):
    with tampering():
        Event.objects.filter(stream=sealed.stream, sequence=10).update(previous="0" * 64)
    assert faults(sealed) == ({10: Fault.COLUMN}, [11])


def test_a_name_that_was_changed_is_found(sealed):
    payload = event(sealed, 3).payload
    with tampering():
        content = payload.content.replace("姓名union_decider", "姓名somebody_else")
        EventPayload.objects.filter(pk=payload.pk).update(content=content)
    assert faults(sealed)[0] == {3: Fault.PERSONAL}


def test_an_event_that_is_gone_is_missing_and_the_others_stand(signed_in, sealed):
    gone = event(sealed, 5)
    with tampering():
        EventPayload.objects.filter(event=gone).delete()
        Leaf.objects.filter(event=gone).delete()
        Event.objects.filter(pk=gone.pk).delete()
    proof = check(sealed)
    assert (list(proof.examined.missing), proof.broken, faults(sealed)) == ([5], 5, ({}, []))
    said = page_of(signed_in(auditor()), sealed).one(".w-note.is-alert").words
    assert "第5条对不上" in said
    assert "第5条不见了。" in said


def test_an_event_whose_place_in_the_log_was_moved_or_taken_is_found(sealed):
    moved, taken = event(sealed, 4).leaf, event(sealed, 6).leaf
    with tampering():
        other = Leaf.objects.exclude(event__stream=sealed.stream).first()
        index = other.index
        Leaf.objects.filter(pk__in=[moved.pk, taken.pk, other.pk]).delete()
        Leaf.objects.create(index=index, event_id=moved.event_id)
    assert faults(sealed)[0] == {4: Fault.LEAF, 6: Fault.LEAF}


def test_a_tree_that_was_tampered_with_proves_nothing(sealed):
    for tamper in (lambda nodes: nodes.update(hash="0" * 64), lambda nodes: nodes.delete()):
        with tampering():
            tamper(Node.objects.all())
        assert set(faults(sealed)[0].values()) == {Fault.LEAF}


def test_a_forged_checkpoint_is_not_believed(signed_in, sealed):
    client = signed_in(auditor())
    for change, trouble, words in (
        ({"root": "0" * 64}, Trouble.COLUMNS, "各栏与所签的内容不符"),
        ({"note": "nonsense"}, Trouble.SIGNATURE, "没有所知公钥的有效签名"),
    ):
        with tampering():
            Checkpoint.objects.update(**change)
        assert newest_seal().trouble == trouble
        said = page_of(client, sealed).one(".w-note.is-alert").words
        assert "检查点的签名对不上" in said
        assert words in said


def test_without_a_checkpoint_or_a_key_the_chain_alone_is_checked_and_the_page_says_so(signed_in, settings):
    application, client = make.application_in(State.CITY_INTAKE), signed_in(auditor())
    assert "还没有检查点，暂时只按事件链核验。" in page_of(client, application).one(".w-note.is-pass").words
    signed()
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE, settings.LEDGER_KEYS_FILE = "", "nowhere", "nowhere"
    assert "没有公钥" in page_of(client, application).one(".w-note.is-pass").words


def test_the_readings_are_a_chain_of_their_own(signed_in, sealed):
    reader = make.user("district_decider")
    for number in range(3):
        evidence_read(
            sealed,
            by=reader,
            at=NOW + timedelta(hours=number),
            sha256=f"{number}" * 64,
            kind="site",
            revision=1,
        )
    signed(NOW + timedelta(hours=4))
    client, stream = signed_in(auditor()), f"reading/{sealed.public_id}"
    assert "3次查阅" in page_of(client, sealed).one(".w-note.is-pass").words
    with tampering():
        Event.objects.filter(stream=stream, sequence=2).update(role="manage")
    page = page_of(client, sealed)
    assert "查阅记录有对不上的。" in page.one(".w-note.is-alert").words
    assert page.one("#r2 .w-state").words == "对不上：正文与旁边的各栏不符"
    with tampering():
        Journal.objects.filter(kind="reading").update(sequence=4)
    assert "查阅记录有对不上的。" in page_of(client, sealed).one(".w-note.is-alert").words


def test_a_long_record_is_proved_whole_though_its_page_shows_a_part(signed_in, monkeypatch):
    monkeypatch.setattr("accreditation.views.timeline.LINES", 4)
    application = make.application_in(State.NAMED)
    signed()
    client = signed_in(auditor())
    pages = [page_of(client, application, f"?page={number}") for number in (1, 2, 3, 4)]
    assert [[line["id"] for line in page.all(".w-time > li")] for page in pages] == [
        ["e1", "e2", "e3", "e4"], ["e5", "e6", "e7", "e8"], ["e9", "e10", "e11", "e12"], ["e13"],
    ]  # fmt: skip
    assert all("13条事件全部核验成立" in page.one(".w-note").words for page in pages)
    with tampering():
        rewrite(application, 11, notice="another")
    first = page_of(client, application)
    assert "第11条对不上" in first.one(".w-note").words
    assert len(first.all(".w-proof")) == 4


def test_the_page_costs_the_same_for_1_and_for_30_events_of_each_kind(signed_in):
    client, who = signed_in(auditor()), make.cast()

    def grown(leader, count):
        application = make.application_in(State.DISTRICT_REVIEW, leader_name=leader)
        for number in range(count):
            at = NOW + timedelta(hours=number)
            tasks.claim(make.fresh(application), by=who.district_decider, at=at)
            tasks.release(make.fresh(application), by=who.district_decider, at=at)
            evidence_read(
                application, by=who.district_decider, at=at, sha256=f"{number:064}", kind="site", revision=1
            )
        return application

    few, many = grown("王金山", 1), grown("张毅", 30)
    signed()

    def cost(application):
        address = reverse("timeline", args=[application.public_id])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    assert cost(few) == cost(many) < 45


def verified(content, tmp_path):
    """Return what the standalone verifier says of a file: its exit code."""
    (tmp_path / "one.jsonl").write_bytes(content)
    (tmp_path / "keys.txt").write_text("".join(f"{one}\n" for one in keys.verifiers()))
    command = [
        sys.executable,
        str(configured.BASE_DIR / "verify/verify.py"),
        "events",
        str(tmp_path / "one.jsonl"),
    ]
    return subprocess.run(
        [*command, "--keys", str(tmp_path / "keys.txt")], capture_output=True, check=False
    ).returncode


def test_one_event_is_taken_along_with_its_proof_and_checked_without_the_system(signed_in, sealed, tmp_path):
    client = signed_in(auditor())
    evidence_read(sealed, by=make.user("district_decider"), at=NOW, sha256="1" * 64, kind="site", revision=1)
    for code in ("4", "11", "r1"):
        answer = client.get(reverse("event-proof", args=[sealed.public_id, code]))
        assert (answer.status_code, verified(answer.content, tmp_path)) == (200, 0), code
    assert answer["Content-Disposition"] == f'attachment; filename="{sealed.number}-r1.jsonl"'
    head, record = map(json.loads, answer.content.decode().splitlines())
    assert (head["format"], json.loads(record["body"])["action"]) == ("wuhao-events/1", "read")
    forged = answer.content.replace(b"district_decider", b"somebody_else__")
    assert verified(forged, tmp_path) == 1
    noted = Event.objects.filter(action="export").order_by("pk")
    assert [(one.facts["what"], one.facts["count"], one.facts["sequence"]) for one in noted] == [
        ("events", 1, 4), ("events", 1, 11), ("events", 1, 1),
    ]  # fmt: skip


def test_only_auditors_of_the_branch_take_proofs_along(signed_in, sealed):
    address = reverse("event-proof", args=[sealed.public_id, "4"])
    others = ("district_decider", "city_decider", "expert1", "applicant", "union_reviewer")
    stranger = make.member(make.cast("other").district, "audit", username="stranger")
    readers = [make.user(name) for name in others] + [stranger]
    assert [signed_in(one).get(address).status_code for one in readers] == [404] * 6
    assert not Event.objects.filter(action="export").exists()
    client = signed_in(auditor())
    for code in ("99", "r1", "x", "0", "c1", "1" * 40, "-1"):
        assert client.get(f"/audit/{sealed.public_id}/events/{code}/proof/").status_code == 404, code


def test_without_a_key_a_new_event_has_no_proof_and_nothing_is_noted(signed_in, sealed, settings):
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", "nowhere"
    answer = signed_in(auditor()).get(reverse("event-proof", args=[sealed.public_id, "11"]))
    assert (answer.status_code, "这一条现在取不出证明" in answer.content.decode()) == (409, True)
    assert not Event.objects.filter(action="export").exists()


def test_an_auditor_who_has_a_card_to_give_takes_nothing_along_that_the_timeline_keeps_from_them(
    signed_in, settings
):
    settings.DISCUSS_TOTAL, who = 1, make.cast()
    application = make.application_in(State.PANEL_SCORING)
    low = dict.fromkeys(make.full_marks(), Decimal(0))
    expert, second, third = who.experts
    fourth = make.expert(username="fourth")
    panel.convene(
        application, by=who.city_decider, at=NOW, expected_version=application.version, experts=[fourth]
    )
    for one, marks in ((expert, make.full_marks()), (second, make.full_marks()), (third, low)):
        panel.score(
            make.fresh(application), by=one, at=NOW, expected_version=make.fresh(application).version,
            judged=marks, comments=dict.fromkeys(marks, "不足。"),
        )  # fmt: skip
    panel.discuss(
        make.fresh(application), by=who.city_decider, at=NOW,
        expected_version=make.fresh(application).version, finding="维持。",
        cards={card.public_id for card in application.scorecards.all()},
    )  # fmt: skip
    note = Event.objects.get(stream=application.stream, action="discuss")
    offices.set_grants(who.city, fourth, {"review", "audit"}, by=SYSTEM, at=NOW)
    address = reverse("event-proof", args=[application.public_id, note.sequence])
    assert [signed_in(one).get(address).status_code for one in (auditor(), fourth)] == [200, 404]
    stood = signed_in(fourth).get(reverse("as-it-stood", args=[application.public_id]))
    assert "最近一条" not in stood.content.decode()
    assert [line.words for line in parse(stood).all("[aria-labelledby=panel] td.w-num")] == ["—"] * 4
