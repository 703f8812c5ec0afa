"""The verifier that auditors keep: it accepts what we hand out, and refutes whatever was changed in it."""

import ast
import json
import secrets
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accreditation.queries.timeline import events_of
from accreditation.services import applications, naming
from accreditation.services.case_files import take_out
from accreditation.services.journals import evidence_read
from accreditation.services.site_visits import Content, add_visit
from accreditation.states import State
from accreditation.uploads import recognise_photo
from certificates.issuing import render_due
from tests import factories as make
from tests.browser.acts import picture
from tests.packages import (
    CHECKPOINT,
    CONSISTENCY,
    EVENTS,
    KEYS,
    SEALED,
    VERIFY,
    Files,
    as_lines,
    built,
    forged,
    judged,
    loaded,
    packed,
    records_of,
    run_alone,
    signed,
    spelled,
    unpacked,
    with_list,
    with_manifests,
)
from workflows.erasing import erase
from workflows.ledger import tree
from workflows.ledger.checkpoints import keep_log, latest
from workflows.ledger.keys import signer, verifiers
from workflows.ledger.notes import COSIGNATURE, Signer, read_note, read_tree
from workflows.ledger.proofs import FORMAT, proven
from workflows.models import Checkpoint

pytestmark = pytest.mark.django_db  # for the one package that all of them look at

ORDER = "渝工办〔2026〕1号"
WAY = (
    State.DISTRICT_REVIEW, State.CITY_INTAKE, State.PANEL_SCORING, State.CITY_DECISION, State.LISTED,
    State.PUBLIC_NOTICE, State.NOTICE_ENDED, State.NAMED,
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """What an auditor has: a package, the keys, a checkpoint from before and one from after, an export of events."""

    package: bytes
    files: Files
    keys: str
    older: str
    newer: str
    export: str


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Kept:
    """The case file of a studio that was sent back once, visited and named; a reason was erased by order."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = _told()
        transaction.set_rollback(True)
    return found


def _told() -> Kept:
    application, at = _named()
    older = Checkpoint.objects.order_by("size").first()
    auditor = make.member(make.city(), "audit", username="auditor", name="宋洁")
    case_file = built(application, auditor, at)
    with case_file.file.open("rb") as package:
        content = package.read()
    take_out(case_file, by=auditor, at=at)
    export = _export(application)
    keep_log(at + timedelta(days=40))
    newer = latest()
    assert older
    assert newer
    assert older.size < case_file.log_size < newer.size
    keys = "".join(f"{key}\n" for key in verifiers())
    return Kept(content, unpacked(content), keys, older.note, newer.note, export)


def _named() -> tuple[Any, Any]:
    who = make.cast()
    application = make.application_in(State.RETURNED_BY_ENTERPRISE)
    make.attach(application, "ledger", content=make.PDF + b"more", name="台账：补充?.pdf")
    at = application.state_since + make.STEP
    applications.submit(
        application, by=who.applicant, at=at, expected_version=make.fresh(application).version
    )
    for state in WAY:
        application = make.fresh(application)
        if state == State.CITY_DECISION:
            _visit(application, who)
        make.BEFORE[state][1](application, who, application.state_since + make.STEP)
    application = make.fresh(application)
    at = application.state_since + make.STEP
    keep_log(at)
    naming.issue_due_certificates(at)
    render_due(at)
    stored = application.evidence.first().stored
    evidence_read(application, by=who.experts[0], at=at, sha256=stored.sha256, kind="honour", revision=1)
    [sent_back] = [one for one in events_of(application.stream) if one.action == "send_back"]
    manager = make.member(make.city(), "manage", username="manager")
    erase(application.stream, {sent_back.sequence: ["reason"]}, by=manager, at=at, order=ORDER)
    return make.fresh(application), at


def _visit(application: Any, who: Any) -> None:
    photo = recognise_photo(ContentFile(picture(), "车间.png"))
    day = application.state_since.date()
    what = Content(visited_on=day, people="陈丽妍", findings="场地属实。", photos=[photo])
    add_visit(application, what, by=who.city_decider, at=application.state_since)


def _export(application: Any) -> str:
    checkpoint = latest()
    assert checkpoint
    head = {"format": FORMAT, "checkpoint": checkpoint.note, "keys": [str(key) for key in verifiers()]}
    rows = [head, *proven(reversed(events_of(application.stream)), checkpoint)]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


@pytest.fixture
def files(kept: Kept) -> Files:
    """The files of the package, to be changed."""
    return dict(kept.files)


@pytest.fixture(scope="module")
def verifier() -> Any:
    return loaded()


@pytest.fixture
def verdict(verifier: Any, tmp_path: Path, kept: Kept) -> Callable[..., tuple[str, str]]:
    """Return what is wrong with files once a forger made the manifests anew, and where; by the auditor's keys."""
    keys, package = tmp_path / "keys.txt", tmp_path / "case.zip"
    keys.write_text(kept.keys)

    def answer(files: Files, *, rebag: bool = True, **options: Any) -> tuple[str, str]:
        package.write_bytes(packed(with_manifests(files) if rebag else files))
        return judged(verifier, package, **{"keys": keys} | options)

    return answer


# ── What we hand out is accepted ─────────────────────────────────────────────────────────────────────────


def test_an_auditor_proves_a_case_file_with_nothing_but_what_they_kept(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(kept.package)
    (tmp_path / "keys.txt").write_text(kept.keys)
    (tmp_path / "kept.txt").write_text(kept.older)
    options = ("--keys", "keys.txt", "--checkpoint", "kept.txt")
    code, said = run_alone("case", "case.zip", *options, "--json", folder=tmp_path)
    told = json.loads(said)
    assert (code, [one["code"] for one in told]) == (0, ["proved", "gone", "until"])
    assert told[1]["zh"] == "已依法删除：reason"
    assert " send_back)" in told[1]["where"]
    code, said = run_alone("case", "case.zip", *options, folder=tmp_path)
    assert (code, said.splitlines()[:2]) == (0, ["case.zip：成立", "    PROVED"])


def test_a_folder_is_as_good_as_its_zip(kept: Kept, tmp_path: Path) -> None:
    for name, content in kept.files.items():
        (tmp_path / "case" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "case" / name).write_bytes(content)
    code, said = run_alone("case", "case", "--json", folder=tmp_path)
    assert (code, [one["code"] for one in json.loads(said)]) == (
        0,
        ["proved", "own keys", "none kept", "gone", "until"],
    )


def test_the_program_in_the_package_is_the_one_in_the_repository(kept: Kept) -> None:
    assert kept.files["data/verify/verify.py"] == VERIFY.read_bytes()
    assert kept.files["data/verify/README.md"] == (VERIFY.parent / "README.md").read_bytes()


def test_exported_events_are_proved_and_erased_text_is_told(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text(kept.export)
    (tmp_path / "keys.txt").write_text(kept.keys)
    code, said = run_alone("events", "events.jsonl", "--keys", "keys.txt", "--json", folder=tmp_path)
    told = [one["code"] for one in json.loads(said)]
    assert (code, told) == (0, ["proved", "none kept", "gone", "until", "some"])


@pytest.mark.parametrize("name", ["data/originals/certificate.pdf", "proof.json"])
def test_a_certificate_is_proved_by_the_proof_in_its_file(
    kept: Kept, verifier: Any, tmp_path: Path, name: str
) -> None:
    content = kept.files["data/originals/certificate.pdf"]
    [proof] = verifier.attached(content)
    path = tmp_path / Path(name).name
    path.write_bytes(content if name.endswith(".pdf") else json.dumps(proof).encode())
    (tmp_path / "keys.txt").write_text(kept.keys)
    code, said = run_alone("certificate", path.name, "--keys", "keys.txt", "--json", folder=tmp_path)
    told = {one["code"]: one["zh"] for one in json.loads(said)}
    assert (code, list(told)) == (0, ["proved", "none kept", "until", "print"])
    assert '"studio": "王金山劳模创新工作室"' in told["print"]


def test_a_certificate_is_held_against_a_kept_checkpoint_by_a_history(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "certificate.pdf").write_bytes(kept.files["data/originals/certificate.pdf"])
    (tmp_path / "consistency.jsonl").write_bytes(kept.files[CONSISTENCY])
    (tmp_path / "kept.txt").write_text(kept.older)
    (tmp_path / "fork.txt").write_text(_fork(kept.older))
    certificate = ("certificate", "certificate.pdf", "--checkpoint")
    assert run_alone(*certificate, "kept.txt", folder=tmp_path)[0] == 2
    with_history = (*certificate, "kept.txt", "--consistency", "consistency.jsonl")
    assert run_alone(*with_history, folder=tmp_path)[0] == 0
    code, said = run_alone(*certificate, "fork.txt", "--consistency", "consistency.jsonl", folder=tmp_path)
    assert (code, said.splitlines()[2].partition("：")[0]) == (1, "fork.txt")


# ── The kept checkpoint ──────────────────────────────────────────────────────────────────────────────────


def _fork(note: str) -> str:
    """Return a checkpoint of another history, as whoever has the key can sign it."""
    said = read_tree(read_note(note).text)
    return signed(signer(), type(said)(said.origin, said.size, secrets.token_bytes(32), said.at))


def test_a_kept_checkpoint_of_another_history_refutes(kept: Kept, tmp_path: Path, verdict: Any) -> None:
    path = tmp_path / "kept.txt"
    path.write_text(_fork(kept.older))
    assert verdict(kept.files, rebag=False, checkpoint=[path]) == ("kept", str(path))


def test_a_kept_checkpoint_of_a_size_that_there_never_was_refutes(
    kept: Kept, tmp_path: Path, verdict: Any
) -> None:
    said, path = read_tree(read_note(kept.older).text), tmp_path / "kept.txt"
    path.write_text(signed(signer(), type(said)(said.origin, said.size - 1, said.root, said.at)))
    assert verdict(kept.files, rebag=False, checkpoint=[path]) == ("kept", str(path))


def test_a_kept_checkpoint_with_another_signature_refutes(kept: Kept, tmp_path: Path, verdict: Any) -> None:
    said, path = read_tree(read_note(kept.older).text), tmp_path / "kept.txt"
    path.write_text(signed(Signer(said.origin, bytes(32)), said))
    assert verdict(kept.files, rebag=False, checkpoint=[path]) == ("signature", str(path))


def test_a_newer_checkpoint_cannot_be_compared_and_that_is_said(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(kept.package)
    (tmp_path / "kept.txt").write_text(kept.newer)
    code, said = run_alone("case", "case.zip", "--checkpoint", "kept.txt", "--json", folder=tmp_path)
    assert code == 2
    assert [(one["where"], one["code"]) for one in json.loads(said)][::2] == [
        ("case.zip", "undecided"),
        ("kept.txt", "later"),
        ("case.zip", "until"),
    ]


def test_the_signature_of_a_witness_is_checked_where_its_key_is_known(
    kept: Kept, tmp_path: Path, files: Files, verifier: Any
) -> None:
    witness, keys, package = Signer("witness.test/a", bytes(32)), tmp_path / "keys.txt", tmp_path / "case.zip"
    note = read_note(kept.files[CHECKPOINT].decode())
    line = witness.cosign(note.text, make.AT)
    keys.write_text(kept.keys + f"{witness.verifier(COSIGNATURE)}\n")
    files[CHECKPOINT] += line.encode()
    package.write_bytes(packed(with_manifests(files)))
    assert judged(verifier, package, keys=keys) == ("proved", "")
    files[CHECKPOINT] = kept.files[CHECKPOINT] + witness.cosign(note.text + "x\n", make.AT).encode()
    package.write_bytes(packed(with_manifests(files)))
    assert judged(verifier, package, keys=keys)[0] == "signature"


# ── Whole files ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_was_changed_is_named_by_the_manifest(files: Files, verdict: Any) -> None:
    for name in files:
        wrong = verdict({**files, name: files[name] + b" "}, rebag=False)
        where = "bagit.txt" if name == "bagit.txt" else name
        listed = {"manifest-sha256.txt": "hash", "bagit.txt": "hash", "bag-info.txt": "hash"}
        assert wrong == (listed.get(name, "hash"), where) or name.startswith("tagmanifest"), name
        assert wrong[0] != "proved"


def test_a_file_that_is_gone_or_added_is_named_by_the_manifest(files: Files, verdict: Any) -> None:
    for name in files:
        rest = {other: content for other, content in files.items() if other != name}
        assert verdict(rest, rebag=False) == ("missing", name)
    for name in ("data/more.txt", "more.txt", "fetch.txt", "manifest-md5.txt"):
        assert verdict({**files, name: b"x"}, rebag=False) == ("extra", name)


SEALED_FILES = ("data/papers/", "data/originals/", "data/verify/", "data/INDEX.txt", KEYS)


def test_manifests_made_anew_hide_no_change(files: Files, verdict: Any) -> None:
    for name in files:
        if name.startswith(SEALED_FILES):
            assert verdict({**files, name: files[name] + b" "}) == ("sealed", name)
            rest = {other: content for other, content in files.items() if other != name}
            assert verdict(rest) == ("missing", name)
    assert verdict({**files, "data/papers/more.pdf": b"x"}) == ("extra", "data/papers/more.pdf")
    assert verdict({**files, "more.txt": b"x"}) == ("extra", "more.txt")


def test_what_the_package_says_of_itself_is_sealed(files: Files, verdict: Any) -> None:
    info = files["bag-info.txt"]
    for line in info.decode().splitlines():
        if not line.startswith("Payload-Oxum"):
            changed = info.replace(line.encode(), line.encode() + b"!")
            assert verdict({**files, "bag-info.txt": changed}) == ("sealed", "bag-info.txt"), line
    assert verdict({**files, "bag-info.txt": info + b"Note: x\n"}) == ("sealed", "bag-info.txt")
    assert verdict({**files, "bagit.txt": files["bagit.txt"].replace(b"0.97", b"1.0")}) == (
        "sealed",
        "bagit.txt",
    )


def test_a_list_made_anew_is_not_the_one_that_was_sealed(files: Files, verdict: Any) -> None:
    for name in ("data/papers/timeline.pdf", "data/originals/revisions/1.json", "data/INDEX.txt"):
        assert verdict(with_list({**files, name: files[name] + b" "})) == ("sealed", SEALED)


def test_two_files_that_change_places_are_named(files: Files, verdict: Any) -> None:
    one, two = "data/originals/revisions/1.json", "data/originals/revisions/2.json"
    assert verdict({**files, one: files[two], two: files[one]}) == ("sealed", one)


@pytest.mark.parametrize("name", ["data/../x", "/x", "data//x", "data/./x", "data\\x"])
def test_unsafe_names_are_refuted(files: Files, verdict: Any, name: str) -> None:
    assert verdict({**files, name: b"x"}, rebag=False) == ("unreadable", name)


def test_what_is_no_package_is_refuted_in_words(tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(b"PK no")
    (tmp_path / "empty").mkdir()
    for path in ("case.zip", "empty"):
        code, said = run_alone("case", path, folder=tmp_path)
        assert (code, said.splitlines()[0]) == (1, f"{path}：不成立")


def test_a_file_that_is_not_there_is_a_mistake_and_no_verdict(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(kept.package)
    for arguments in (
        ("case", "nothing.zip"),
        ("case", "case.zip", "--keys", "nothing"),
        ("case", "case.zip", "--checkpoint", "nothing"),
    ):
        code, said = run_alone(*arguments, folder=tmp_path, complains=True)
        assert (code, "没有这个文件 | there is no such file" in said) == (2, True)


def test_kept_files_may_come_from_another_system(kept: Kept, tmp_path: Path) -> None:
    """An editor of Windows, a comment, a line feed that was lost on the way."""
    (tmp_path / "case.zip").write_bytes(kept.package)
    keys = "\ufeff# 2026年9月1日当面核对\r\n\r\n" + kept.keys.strip().replace("\n", "\r\n")
    (tmp_path / "keys.txt").write_bytes(keys.encode())
    (tmp_path / "kept.txt").write_bytes(("\ufeff" + kept.older.strip().replace("\n", "\r\n")).encode())
    code, said = run_alone(
        "case", "case.zip", "--keys", "keys.txt", "--checkpoint", "kept.txt", folder=tmp_path
    )
    assert (code, said.count("\n    ")) == (0, 3)


# ── Events ───────────────────────────────────────────────────────────────────────────────────────────────


def _place(files: Files, index: int) -> str:
    body = json.loads(records_of(files)[index]["body"])
    return f"{EVENTS}:{index + 1} ({body['stream']} #{body['sequence']} {body['action']})"


def test_an_event_that_is_left_out_is_missed_at_the_next(files: Files, verdict: Any) -> None:
    records = records_of(files)
    streams = [json.loads(one["body"])["stream"] for one in records]
    for index in range(len(records)):
        rest = {**files, EVENTS: as_lines(records[:index] + records[index + 1 :])}
        ends = index + 1 == len(records) or streams[index + 1] != streams[index]
        before = _place(files, index - 1)
        if _place(files, index).endswith("erase)"):
            wrong, where = verdict(rest)
            assert (wrong, where.endswith("send_back)")) == ("erased", True)
        elif ends:
            assert verdict(rest) == ("end", before)
        else:
            wrong, where = verdict(rest)
            assert (wrong, where.partition(" ")[2]) == ("order", _place(files, index + 1).partition(" ")[2])


def test_events_that_change_places_or_come_twice_are_named(files: Files, verdict: Any) -> None:
    records = records_of(files)
    for index in range(len(records) - 1):
        swapped = list(records)
        swapped[index : index + 2] = records[index + 1], records[index]
        assert verdict({**files, EVENTS: as_lines(swapped)})[0] == "order"
        twice = [*records[: index + 1], *records[index:]]
        assert verdict({**files, EVENTS: as_lines(twice)})[0] == "order"


def test_every_field_of_every_body_is_proved(files: Files, verdict: Any) -> None:
    records = records_of(files)
    for index, record in enumerate(records):
        body = json.loads(record["body"])
        for name in body:
            changed = {**body, name: {"x": 1} if isinstance(body[name], dict) else "x"}
            lines = as_lines([*records[:index], record | {"body": spelled(changed)}, *records[index + 1 :]])
            wrong, where = verdict({**files, EVENTS: lines})
            assert (wrong, where.partition(" ")[0]) in {
                ("leaf", f"{EVENTS}:{index + 1}"),
                ("unreadable", f"{EVENTS}:{index + 1}"),
            }, (index, name)


def test_every_other_field_of_a_record_is_proved(files: Files, verdict: Any) -> None:
    records = records_of(files)
    for index, record in enumerate(records):
        changes: list[tuple[dict[str, Any], str]] = [
            (record | {"leaf": record["leaf"] + 1}, "leaf"),
            (record | {"leaf": str(record["leaf"])}, "unreadable"),
            (record | {"proof": record["proof"][1:]}, "unreadable"),
            (record | {"proof": record["proof"][::-1]}, "leaf"),
            (record | {"proof": [*record["proof"], record["proof"][0]]}, "unreadable"),
            (record | {"more": 1}, "unreadable"),
            ({name: value for name, value in record.items() if name != "personal"}, "unreadable"),
        ]
        for changed, wrong in changes:
            lines = as_lines([*records[:index], changed, *records[index + 1 :]])
            found, where = verdict({**files, EVENTS: lines})
            assert found in {wrong, "leaf", "unreadable"}
            assert where.partition(" ")[0] == f"{EVENTS}:{index + 1}"


def test_every_personal_text_is_proved(files: Files, verdict: Any) -> None:
    records = records_of(files)
    for index, record in enumerate(records):
        for name, (salt, text) in record["personal"].items():
            others = {other: pair for other, pair in record["personal"].items() if other != name}
            for changed, wrong in (
                (others | {name: [salt, text + "。"]}, "personal"),
                (others | {name: ["0" * 32, text]}, "personal"),
                (
                    others | {name: [salt + text[:1], text[1:]]},
                    "proved",
                ),  # the hash cannot tell; nor can a reader
                (others | {name: [salt, text], "more": ["", "x"]}, "personal"),
                (others, "erased"),
            ):
                if wrong == "proved":
                    continue
                lines = as_lines([*records[:index], record | {"personal": changed}, *records[index + 1 :]])
                assert verdict({**files, EVENTS: lines}) == (wrong, _place(files, index)), name


def test_another_spelling_is_a_change(files: Files, verdict: Any) -> None:
    lines = files[EVENTS].splitlines(True)
    for changed in (
        lines[0].replace(b'{"body"', b'{ "body"'),
        lines[0].replace(b"\n", b" \n"),
        lines[0] + b"\n",
        lines[0].replace(b"\n", b"\r\n"),
    ):
        assert verdict({**files, EVENTS: changed + b"".join(lines[1:])})[0] == "unreadable"
    assert verdict({**files, EVENTS: files[EVENTS][:-1]})[0] == "unreadable"


# ── The checkpoint, the history, the keys ────────────────────────────────────────────────────────────────


def test_every_line_of_the_checkpoint_is_signed(files: Files, verdict: Any) -> None:
    lines = files[CHECKPOINT].decode().splitlines(True)
    for index, line in enumerate(lines):
        for changed in (line.replace(line[0], "9" if line[0] != "9" else "8", 1), "", line + line):
            note = "".join([*lines[:index], changed, *lines[index + 1 :]])
            if (
                note.strip("\n") == files[CHECKPOINT].decode().strip("\n")
                or changed == line + line == lines[-1] * 2
            ):
                continue
            wrong, where = verdict({**files, CHECKPOINT: note.encode()})
            assert (wrong in {"signature", "unreadable"}, where.partition(":")[0]) == (True, CHECKPOINT), note


def test_every_line_of_the_history_is_proved(files: Files, verdict: Any) -> None:
    lines = [json.loads(line) for line in files[CONSISTENCY].decode().splitlines()]
    assert len(lines) > 2
    for index, line in enumerate(lines):
        left_out = as_lines([*lines[:index], *lines[index + 1 :]])
        wrong, where = verdict({**files, CONSISTENCY: left_out})
        is_last = index + 1 == len(lines)
        assert (wrong, where) == (("unreadable", f"{CONSISTENCY}:1") if is_last else ("short", CONSISTENCY))
        for changed in (
            line | {"size": line["size"] + 1},
            line | {"root": lines[index - 1]["root"]},
            line | {"proof": [*line["proof"], line["root"]]},
            line | {"proof": line["proof"][::-1]} if len(line["proof"]) > 1 else line | {"more": 1},
        ):
            history = as_lines([*lines[:index], changed, *lines[index + 1 :]])
            assert verdict({**files, CONSISTENCY: history})[0] in {"kept", "unreadable", "order"}, changed
    for one, two in pairwise(range(len(lines))):
        swapped = list(lines)
        swapped[one], swapped[two] = lines[two], lines[one]
        assert verdict({**files, CONSISTENCY: as_lines(swapped)})[0] in {"order", "unreadable"}


def test_a_history_made_anew_needs_the_key(kept: Kept, verdict: Any, tmp_path: Path) -> None:
    def change(bodies: list[dict[str, Any]]) -> None:
        bodies[1]["at"] = "2026-01-01T00:00:00.000000+00:00"

    own = Signer(signer().name, secrets.token_bytes(32)).secret()
    files = forged(kept.files, change, own)
    assert verdict(files, keys=None) == ("proved", "")  # and says loudly that no keys were given
    assert verdict(files) == ("signature", CHECKPOINT)
    path = tmp_path / "kept.txt"
    path.write_text(kept.older)
    assert verdict(files, keys=None, checkpoint=[path]) == ("signature", str(path))


def test_a_history_made_anew_with_the_key_itself_is_refuted_by_the_kept_checkpoint(
    kept: Kept, verdict: Any, tmp_path: Path
) -> None:
    def change(bodies: list[dict[str, Any]]) -> None:
        bodies[2]["facts"] = {"revision": 2}

    path, key = tmp_path / "kept.txt", signer().secret()
    path.write_text(kept.older)
    files = forged(kept.files, change, key, padding=500)
    assert verdict(files) == ("proved", "")
    assert verdict(files, checkpoint=[path]) == ("kept", str(path))
    shorter = forged(kept.files, change, key)
    assert verdict(shorter, checkpoint=[path]) == (
        "later",
        str(path),
    )  # not proved: another one must be shown


def test_keys_that_are_damaged_are_said_to_be(kept: Kept, tmp_path: Path, verdict: Any) -> None:
    keys = tmp_path / "own.txt"
    for text in (kept.keys.replace("+", "+0", 1), kept.keys[:-5] + "\n", "x\n"):
        keys.write_text(text)
        wrong, where = verdict(kept.files, rebag=False, keys=keys)
        assert (wrong, where.partition(":")[0]) == ("unreadable", str(keys))
    keys.write_text("# none\n")
    assert verdict(kept.files, rebag=False, keys=keys) == ("signature", CHECKPOINT)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_of_bytes_goes_unseen(kept: Kept, verdict: Any, data: st.DataObject) -> None:
    files = dict(kept.files)
    name = data.draw(st.sampled_from(sorted(set(files) - {"manifest-sha256.txt", "tagmanifest-sha256.txt"})))
    content = files[name]
    at = data.draw(st.integers(0, len(content) - 1))
    cut = data.draw(st.integers(0, min(40, len(content) - at)))
    new = data.draw(st.binary(max_size=4)) if cut else data.draw(st.binary(min_size=1, max_size=4))
    changed = content[:at] + new + content[at + cut :]
    if changed == content or (
        name == "bag-info.txt" and b"Payload-Oxum" in content[max(0, at - 30) : at + cut + 14]
    ):
        return
    files[name] = changed
    assert verdict(files)[0] != "proved"


# ── What it is made of ───────────────────────────────────────────────────────────────────────────────────


def test_it_is_short_and_needs_one_library() -> None:
    source = VERIFY.read_text()
    assert len(source.splitlines()) < 300
    assert max(map(len, source.splitlines())) <= 120
    names = {
        (alias.name if isinstance(node, ast.Import) else str(node.module)).partition(".")[0]
        for node in ast.walk(ast.parse(source, feature_version=(3, 9)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}
    assert names & {"os", "socket", "subprocess", "urllib", "http", "shutil", "sqlite3", "ctypes"} == set()


def test_it_writes_nothing() -> None:
    calls = [
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(VERIFY.read_text()))
        if isinstance(node, ast.Call)
    ]
    assert {
        "write_text",
        "write_bytes",
        "mkdir",
        "unlink",
        "extract",
        "extractall",
        "eval",
        "exec",
        "open",
    } & set(calls) == set()


def test_its_tree_is_that_of_the_vectors(verifier: Any) -> None:
    vectors = json.loads((Path(__file__).parents[1] / "workflows" / "vectors" / "tlog.json").read_text())
    for one in vectors["vec"]:
        keys = verifier.keys_of(f"{vectors['vkey']}\n", "vkey")
        said = verifier.tree_of(one["note"], keys, "note")
        leaf = tree.leaf_hash(b64decode(one["data"]))
        assert verifier.included(one["i"], one["n"], leaf, list(map(b64decode, one["proof"]))) == said.root
    for one in vectors["cons"]:
        roots = b64decode(one["rm"]), b64decode(one["rn"])
        assert verifier.grown(one["m"], one["n"], roots[0], list(map(b64decode, one["proof"]))) == roots


def test_its_proofs_are_ours(verifier: Any) -> None:
    leaves = [tree.leaf_hash(b"%d" % number) for number in range(40)]
    hashes: dict[int, bytes] = {}
    edge: list[bytes] = []
    for number, leaf in enumerate(leaves):
        hashes.update(enumerate(tree.grow(number, edge, leaf), start=tree.stored(number)))
    roots = [tree.root_of((0, size), hashes) for size in range(41)]
    for size in range(1, 41):
        for index in range(size):
            proof = [tree.root_of(one, hashes) for one in tree.inclusion(index, size)]
            assert verifier.included(index, size, leaves[index], proof) == roots[size]
        for old in range(1, size + 1):
            proof = [tree.root_of(one, hashes) for one in tree.consistency(old, size)]
            assert verifier.grown(old, size, roots[old], proof) == (roots[old], roots[size])
