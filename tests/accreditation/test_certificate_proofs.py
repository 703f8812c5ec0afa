"""What the log proves of a certificate, from its registration to the verification years later."""

import copy
import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accreditation.models import Application, Designation
from accreditation.services import naming
from accreditation.services.certificate_proofs import fault_by_itself, fault_of, recorded_of
from accreditation.states import State
from certificates.archive import sha256_of
from certificates.issuing import render_due
from certificates.models import STATUS_LIST_LENGTH, Certificate
from certificates.proofs import Fault, NotChecked, as_text, place_of
from certificates.registry import Answer, check_file, lookup
from tests import factories
from tests.append_only import tampering
from workflows.ledger import checkpoints, log, tree
from workflows.ledger.chain import digest
from workflows.ledger.notes import Signer, open_checkpoint, read_verifier
from workflows.models import Checkpoint, Event, Leaf, Node

pytestmark = pytest.mark.django_db
AT = factories.AT + timedelta(days=45)
OTHER = Signer("ledger.test/wuhao", b"\7" * 32)
"""A key that goes by the name of ours."""


def registered(leader: str = "王金山") -> Application:
    """Return an application whose certificate is registered and not yet drawn."""
    application = factories.application_in(State.NAMED, leader_name=leader)
    naming.issue_due_certificates(AT)
    return application


@pytest.fixture
def certificate() -> Certificate:
    """A certificate with its file."""
    application = registered()
    assert render_due(AT) == 1
    return Designation.objects.get(application=application).certificate


def records(application: Application) -> list[Event]:
    return list(Event.objects.filter(stream=application.stream, action__contains="cert").order_by("sequence"))


def verified(certificate: Certificate) -> Answer:
    """What the page of the certificate answers, by its code and by its file alike."""
    by_code = lookup(certificate.check_code, at=AT).answer
    with certificate.file.open("rb") as file:
        assert check_file(file, at=AT).answer == by_code
    return by_code


def test_the_log_has_all_that_is_printed_and_the_check_code_in_none_of_its_events(certificate) -> None:
    application = Application.objects.get()
    issued, made = records(application)

    assert (issued.action, issued.actor, issued.office, issued.from_state, issued.to_state) == (
        "issue_certificate", None, application.city, "named", "named",
    )  # fmt: skip
    assert issued.facts == {
        "certificate": str(certificate.public_id),
        "number": "渝劳模创〔2026〕第0001号",
        "studio": "王金山劳模创新工作室",
        "enterprise": "重庆金山科技公司",
        "title": "重庆市劳模创新工作室",
        "issuer": "重庆市总工会",
        "decision": Designation.objects.get().decision.number,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "check_code_sha256": digest(certificate.check_code),
        "status": [certificate.status_list, certificate.status_index],
        "serial": 1,
        "layout": None,
    }
    assert (made.action, made.facts) == (
        "file_certificate",
        {
            "certificate": str(certificate.public_id),
            "sha256": certificate.sha256,
            "size": certificate.size,
        },
    )
    assert not Event.objects.filter(body__contains=certificate.check_code).exists()


def test_whoever_has_the_file_and_the_key_can_prove_what_it_says(certificate, tmp_path: Path) -> None:
    attached = tmp_path / "log-proof.json"
    command = ["pdfdetach", "-savefile", "log-proof.json", "-o", attached, certificate.file.path]
    subprocess.run(command, check=True)
    proof = json.loads(attached.read_text())
    signed = open_checkpoint(proof["checkpoint"], [read_verifier(one) for one in proof["keys"]])
    hashes = [b64decode(one) for one in proof["proof"]]

    assert attached.read_text() == as_text(certificate.log_proof)
    tree.check_inclusion(
        proof["leaf"], signed.size, tree.leaf_hash(proof["body"].encode()), hashes, signed.root
    )
    facts = json.loads(proof["body"])["facts"]
    assert facts == recorded_of(certificate, facts) | {"serial": 1, "layout": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("leaf", "1"), ("leaf", None), ("leaf", -1), ("leaf", 10**30), ("body", 5), ("body", "[" * 100_000),
        ("body", '{"action":"issue_certificate","facts":[]}'), ("checkpoint", None), ("checkpoint", "x"),
        ("proof", 5), ("proof", [5]), ("proof", ["!"]), ("keys", [5]), ("keys", [None]), ("keys", "x"),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_a_proof_that_is_none_is_told_so_and_breaks_nothing(certificate, field: str, value: object) -> None:
    certificate.log_proof |= {field: value}
    assert isinstance(fault_of(certificate), Fault)
    assert isinstance(fault_by_itself(certificate), Fault)


def test_what_is_printed_is_the_place_in_the_log(certificate) -> None:
    issued = records(Application.objects.get())[0]
    place = place_of(certificate.log_proof)
    read = subprocess.run(
        ["pdftotext", certificate.file.path, "-"], capture_output=True, text=True, check=True
    )

    assert (place.leaf, place.size, place.root) == (
        issued.leaf.index, Checkpoint.objects.get().size, Checkpoint.objects.get().root,
    )  # fmt: skip
    assert f"存证：记录序号{place.leaf}，检查点{place.size}，根{place.short_root}" in read.stdout


def test_without_a_key_the_certificate_waits_and_with_one_it_is_made(settings, caplog) -> None:
    registered()
    key, settings.LEDGER_KEY = settings.LEDGER_KEY, ""

    assert render_due(AT) == 0
    assert [record.getMessage() for record in caplog.records] == [
        "certificates that wait: 1 (there is no key to sign checkpoints with: "
        f"manage.py ledger_key makes {settings.LEDGER_KEY_FILE})"
    ]
    settings.LEDGER_KEY = key
    assert render_due(AT) == 1


def test_certificates_of_one_decision_share_a_checkpoint() -> None:
    registered(), registered("张毅"), registered("李敏")

    assert render_due(AT) == 3
    assert Checkpoint.objects.count() == 1


def test_the_proof_holds_while_the_log_grows(certificate, django_assert_num_queries) -> None:
    factories.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    log.number_events(AT)
    checkpoints.make(AT)

    assert Checkpoint.objects.count() == 2
    assert verified(certificate) == Answer.VALID
    known = Certificate.objects.select_related("ending__successor").get()
    with django_assert_num_queries(4):
        assert fault_of(known) is None


def test_an_earlier_key_still_proves_and_a_forgotten_one_no_more(certificate, settings, tmp_path) -> None:
    earlier, settings.LEDGER_KEY = certificate.log_proof["keys"][0], OTHER.secret()
    settings.LEDGER_KEYS_FILE = str(tmp_path / "ledger.keys")
    Path(settings.LEDGER_KEYS_FILE).write_text(f"{earlier}\n")
    assert fault_of(certificate) is None

    Path(settings.LEDGER_KEYS_FILE).unlink()
    assert fault_of(certificate) == Fault.SIGNATURE


def test_without_any_key_the_answer_is_neither_yes_nor_no(certificate, settings) -> None:
    settings.LEDGER_KEY = ""

    with pytest.raises(NotChecked):
        fault_of(certificate)
    assert verified(certificate) == Answer.UNAVAILABLE


# ── Somebody with full rights on the database ────────────────────────────────────────────────────────────


def in_proof(**changes: Any) -> Callable[[Certificate], None]:
    def tamper(certificate: Certificate) -> None:
        Certificate.objects.update(log_proof=certificate.log_proof | changes)

    return tamper


def in_row(**changes: Any) -> Callable[[Certificate], None]:
    return lambda _certificate: [Certificate.objects.update(**changes)]


def another_body(certificate: Certificate) -> None:
    """Name somebody else: in the row, in the record, and in the proof alike."""
    Certificate.objects.update(studio_name="赵某劳模创新工作室")
    event = records(Application.objects.get())[0]
    body = event.body.replace("王金山劳模", "赵某劳模")
    Event.objects.filter(pk=event.pk).update(body=body, hash=digest(body))
    in_proof(body=body)(certificate)


def signed_anew(certificate: Certificate) -> None:
    """Sign the checkpoint by a key of one's own that goes by our name."""
    text = certificate.log_proof["checkpoint"].partition("\n\n")[0] + "\n"
    in_proof(checkpoint=f"{text}\n{OTHER.sign(text)}", keys=[str(OTHER.verifier())])(certificate)


def another_root(certificate: Certificate) -> None:
    root = b64encode(bytes.fromhex(Checkpoint.objects.get().root)).decode()
    in_proof(checkpoint=certificate.log_proof["checkpoint"].replace(root, "A" * 43 + "="))(certificate)


def tree_rewritten(_certificate: Certificate) -> None:
    Node.objects.update(hash="0" * 64)


def log_rolled_back(certificate: Certificate) -> None:
    """Put an old copy of the log in place: it ends before the certificate."""
    events = records(Application.objects.get())
    first = certificate.log_proof["leaf"]
    Checkpoint.objects.all().delete()
    Leaf.objects.filter(index__gte=first).delete()
    Node.objects.filter(position__gte=tree.stored(first)).delete()
    for event in reversed(events):
        event.payload.delete()
        event.delete()
    checkpoints.make(AT)


def record_changed(_certificate: Certificate) -> None:
    event = records(Application.objects.get())[0]
    Event.objects.filter(pk=event.pk).update(body=event.body.replace("named", "naned"))


def file_forgotten(_certificate: Certificate) -> None:
    event = records(Application.objects.get())[1]
    event.payload.delete()
    event.delete()


def file_swapped(certificate: Certificate) -> None:
    """Put another file into the archive and its hash into row and record, after a checkpoint held the record."""
    log.number_events(AT)
    checkpoints.make(AT)
    event = records(Application.objects.get())[1]
    body = event.body.replace(certificate.sha256, "ab" * 32)
    Event.objects.filter(pk=event.pk).update(body=body, hash=digest(body))
    Certificate.objects.update(sha256="ab" * 32)


TAMPERED: dict[str, tuple[Callable[[Certificate], Any], Fault]] = {
    "no proof": (in_row(log_proof=None), Fault.MISSING),
    "a list": (in_row(log_proof=[]), Fault.MISSING),
    "nothing in it": (in_row(log_proof={}), Fault.MISSING),
    "no leaf": (in_proof(leaf=None), Fault.MISSING),
    "no base64": (in_proof(proof=["ä"]), Fault.MISSING),
    "no list": (in_proof(proof=7), Fault.MISSING),
    "no key": (in_proof(keys=["x"]), Fault.MISSING),
    "another studio": (in_row(studio_name="赵某劳模创新工作室"), Fault.CONTENT),
    "a longer validity": (in_row(valid_until="2099-01-01"), Fault.CONTENT),
    "another check code": (in_row(check_code="0" * 16), Fault.CONTENT),
    "another bit of the status list": (in_row(status_index=STATUS_LIST_LENGTH), Fault.CONTENT),
    "somebody beside the issuer": (in_row(joint_issuers=["别的工会"]), Fault.CONTENT),
    "another record": (in_proof(body="[]"), Fault.CONTENT),
    "another studio everywhere": (another_body, Fault.INCLUSION),
    "another leaf": (in_proof(leaf=0), Fault.INCLUSION),
    "a leaf below all": (in_proof(leaf=-1), Fault.INCLUSION),
    "no hashes": (in_proof(proof=[]), Fault.INCLUSION),
    "no note": (in_proof(checkpoint=""), Fault.SIGNATURE),
    "no keys": (in_proof(keys=[]), Fault.SIGNATURE),
    "another root": (another_root, Fault.SIGNATURE),
    "another's key": (signed_anew, Fault.SIGNATURE),
    "another tree": (tree_rewritten, Fault.CHECKPOINT),
    "an old copy": (log_rolled_back, Fault.CHECKPOINT),
    "another event": (record_changed, Fault.RECORD),
    "no event of the file": (file_forgotten, Fault.FILE),
    "another file everywhere": (file_swapped, Fault.FILE),
    "another file": (in_row(sha256="ab" * 32), Fault.FILE),
    "a file of another size": (in_row(size=1), Fault.FILE),
}


def test_what_was_tampered_with_is_never_valid(certificate) -> None:
    def found(tamper: Callable[[Certificate], Any]) -> Fault | None:
        with transaction.atomic():
            with tampering():
                tamper(Certificate.objects.get())
            fault = fault_of(Certificate.objects.get())
            transaction.set_rollback(True)
        return fault

    assert {name: found(tamper) for name, (tamper, _fault) in TAMPERED.items()} == {
        name: fault for name, (_tamper, fault) in TAMPERED.items()
    }
    assert fault_of(Certificate.objects.get()) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_no_change_of_a_proof_goes_unseen(certificate, data) -> None:
    text = as_text(certificate.log_proof)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(min_codepoint=32)) + text[place + 1 :]
    try:
        proof = json.loads(changed)
    except ValueError:
        return
    forged = copy.copy(certificate)
    forged.log_proof = proof

    assert (fault_of(forged) is None) == (proof == certificate.log_proof)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_issue_and_draw_each_certificate_once() -> None:
    for leader in ("王金山", "张毅", "李敏", "赵敏"):
        factories.application_in(State.NAMED, leader_name=leader)

    def work(_worker: int) -> int:
        try:
            naming.issue_due_certificates(AT)
            log.number_events(AT)
            return render_due(AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        made = sum(pool.map(work, range(3)))
    made += work(0)  # who was numbering while the others drew
    assert (made, Certificate.objects.count()) == (4, 4)
    for application in Application.objects.all():
        assert [event.action for event in records(application)] == ["issue_certificate", "file_certificate"]
    assert [fault_of(one) for one in Certificate.objects.all()] == [None] * 4


def test_the_page_of_a_certificate_that_was_slipped_in_says_that_it_is_not_proved(certificate) -> None:
    certificate.refresh_from_db()
    forged = copy.copy(certificate)
    forged.pk, forged.number, forged.serial, forged.check_code = None, "渝劳模创〔2026〕第0002号", 2, "0" * 16
    forged.public_id, forged.sha256 = Certificate().public_id, "ab" * 32
    forged.status_index = (certificate.status_index + 1) % STATUS_LIST_LENGTH
    forged.save()

    page = Client().get(forged.get_absolute_url())
    assert page.status_code == 503  # its file is not that of its hash
    with tampering():
        content = Path(certificate.file.path).read_bytes() + b" "
        Path(certificate.file.path).with_name("forged.pdf").write_bytes(content)
        Certificate.objects.filter(pk=forged.pk).update(
            sha256=sha256_of(content),
            file=certificate.file.name.rpartition("/")[0] + "/forged.pdf",
        )
    page = Client().get(forged.get_absolute_url()).content.decode()
    assert "<h1>存证不成立</h1>" in page
    assert "存证所记的内容与登记的证书不同" in page
