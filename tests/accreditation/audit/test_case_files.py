"""卷宗: who may have one, what is in it, what happens when it cannot be built, and how it goes again."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation

from accreditation.case_files import building, documents, items
from accreditation.case_files.building import LEASE, build_due
from accreditation.case_files.contents import contents_of
from accreditation.case_files.names import safe_name
from accreditation.models import CaseFile, Revision, Scorecard
from accreditation.queries.case_files import failure, row_of
from accreditation.queries.timeline import entries, events_of
from accreditation.services.case_files import ask, remove_old, take_out, try_again
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.accreditation.audit.test_timeline import auditor, tampering
from tests.accreditation.notifications.conftest import messages, told
from tests.packages import built, run_alone, unpacked
from workflows.models import Event
from workflows.refusals import NotPermitted, WrongState

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def paper(request, monkeypatch):
    """Nothing is drawn but where a test is about that; the pages that would be, in the order of drawing."""
    pages = []

    def blank(page, identifier):
        pages.append(page)
        return b"%PDF-1.7\n" + page.encode()

    if not request.node.get_closest_marker("drawn"):
        monkeypatch.setattr(documents, "document_pdf", blank)
    return pages


def submitted(**changes):
    return make.application_in(State.ENTERPRISE_REVIEW, **changes)


def content_of(case_file):
    with case_file.file.open("rb") as package:
        return package.read()


def readings(application):
    return [(event.action, event.facts) for event in events_of(f"reading/{application.public_id}")]


def stands(case_file):
    return row_of(CaseFile.objects.get(pk=case_file.pk)).standing


# ── Who may ask ──────────────────────────────────────────────────────────────────────────────────────────


def test_asking_is_an_event_in_the_journal_of_readings():
    application, by = submitted(), auditor()
    asked = ask(application, by=by, at=NOW)
    [event] = events_of(f"reading/{application.public_id}")
    assert (event.action, event.actor, event.office, event.role) == (
        "ask_case_file",
        by,
        make.city(),
        "audit",
    )
    assert event.facts == {"case_file": str(asked.public_id)}
    assert (stands(asked), asked.asked_by) == ("waiting", by)


def test_asking_twice_gives_the_one_that_waits_and_another_once_it_is_done():
    application, by = submitted(), auditor()
    asked = ask(application, by=by, at=NOW)
    assert ask(application, by=by, at=NOW) == asked
    assert len(readings(application)) == 1
    colleague = make.member(make.city(), "audit", username="colleague")
    assert ask(application, by=colleague, at=NOW) != asked
    CaseFile.objects.update(finished_at=NOW)
    assert ask(application, by=by, at=NOW) != asked


@pytest.mark.parametrize(
    "who", ["applicant", "union_decider", "district_decider", "city_decider", "expert1", "other auditor"]
)
def test_nobody_but_an_auditor_above_the_enterprise_may_have_one(who):
    application = submitted()
    make.cast("other")
    by = auditor(make.cast("other").district) if who == "other auditor" else make.user(who)
    with pytest.raises(NotPermitted):
        ask(application, by=by, at=NOW)
    assert (CaseFile.objects.count(), readings(application)) == (0, [])


def test_an_auditor_of_the_district_may():
    assert ask(submitted(), by=auditor(make.cast().district), at=NOW)


def test_there_is_none_of_a_draft():
    with pytest.raises(NotPermitted):
        ask(make.complete_draft(), by=auditor(), at=NOW)


def test_who_scores_it_does_not_read_the_others_cards_that_way():
    application = make.application_in(State.PANEL_SCORING)
    one, two, _three = make.cast().experts
    make.score_by_all(application, [one], NOW)
    make.member(make.city(), "audit", "review", username="expert2")
    with pytest.raises(NotPermitted, match="评分还在进行"):
        ask(application, by=two, at=NOW)
    asked = ask(application, by=auditor(), at=NOW)
    assert stands(asked) == "waiting"


# ── What is in it ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scored():
    """An application whose scoring has ended."""
    return make.application_in(State.CITY_DECISION)


@pytest.mark.drawn
def test_everything_is_in_it_and_both_tools_accept_it(scored, tmp_path):
    by = auditor()
    case_file = built(scored, by, NOW)
    content = content_of(case_file)
    files = unpacked(content)
    assert sorted(name.removeprefix("data/") for name in files) == sorted(
        [
            "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "INDEX.txt",
            "originals/revisions/1.json", "papers/form-1.pdf",
            *(f"originals/evidence/revision-1/{name}.pdf" for name in
              ("01-site", "02-honour", "03-rules", "04-registration")),
            *(f"originals/scorecards/{number}.json" for number in (1, 2, 3)),
            *(f"papers/scorecard-{number}.pdf" for number in (1, 2, 3)),
            "papers/timeline.json", "papers/timeline.pdf", "verify/README.md", "verify/verify.py",
            *(f"proof/{name}" for name in (
                "checkpoint.txt", "consistency.jsonl", "events.jsonl", "keys.txt", "sealed.txt")),
        ]
    )  # fmt: skip
    (tmp_path / "case.zip").write_bytes(content)
    with ZipFile(BytesIO(content)) as package:
        package.extractall(tmp_path)
        [top] = {name.partition("/")[0] for name in package.namelist()}
    assert top == f"case-{scored.number}"
    assert run_alone("case", "case.zip", folder=tmp_path)[0] == 0
    assert run_alone("case", top, folder=tmp_path)[0] == 0
    validated = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", "--quiet", top], cwd=tmp_path, check=False
    )
    assert validated.returncode == 0


def test_the_package_says_whose_it_is_and_of_what(scored):
    by = auditor()
    case_file = built(scored, by, NOW)
    files = unpacked(content_of(case_file))
    said = dict(line.split(": ", 1) for line in files["bag-info.txt"].decode().splitlines())
    assert said["Source-Organization"] == "重庆市总工会"
    assert said["Contact-Name"] == by.name
    assert said["External-Identifier"] == f"{scored.number} {scored.public_id}"
    assert said["Bagging-Date"] == "2026-09-02"
    index = files["data/INDEX.txt"].decode()
    named = [
        line for line in index.splitlines() if re.match(r"(papers|originals|verify|proof)/\S+\.\w+$", line)
    ]
    assert sorted(named) == sorted(
        name.removeprefix("data/") for name in files if name.startswith("data/") and "INDEX" not in name
    )


def test_its_timeline_is_that_of_the_auditor(scored):
    by = auditor()
    expected = [(entry.sequence, entry.text, entry.hash) for entry in entries(scored, by)]
    files = unpacked(content_of(built(scored, by, NOW)))
    rows = json.loads(files["data/papers/timeline.json"])
    own = [row for row in rows if row["stream"] == scored.stream]
    assert [(row["sequence"], row["text"], row["hash"]) for row in own] == expected
    assert [row["text"] for row in rows if row["stream"] != scored.stream] == ["索取卷宗。"]


def test_its_documents_speak_chinese_whatever_the_language_of_the_worker(scored, paper):
    with translation.override("en"):
        built(scored, auditor(), NOW)
    assert len(paper) == 5
    for page in paper:
        text = re.sub(r"<style.*?</style>|<[^>]+>|SHA-256|[0-9a-f]{64}|originals/\S+|\w+\.pdf", " ", page)
        assert re.findall(r"[A-Za-z]{3,}", re.sub(r"姓名\w+|expert\d|user\d+|city_decider", "", text)) == []


def test_a_file_of_two_revisions_is_there_once():
    who, application = make.cast(), make.application_in(State.RETURNED_BY_ENTERPRISE)
    make.attach(application, "ledger")
    at = application.state_since + make.STEP
    make.applications.submit(
        application, by=who.applicant, at=at, expected_version=make.fresh(application).version
    )
    contents = contents_of(make.fresh(application))
    assert [len(contents.evidence[number]) for number in (1, 2)] == [4, 5]
    assert [piece.path.partition("evidence/")[2] for piece in contents.pieces] == [
        "revision-1/01-site.pdf",
        "revision-1/02-honour.pdf",
        "revision-1/03-rules.pdf",
        "revision-1/04-registration.pdf",
        "revision-2/04-ledger.pdf",
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("荣誉证书.PDF", "03-荣誉证书.pdf"),
        ("../../etc/passwd", "03-etc_passwd"),
        ("a\x00b\nc.png", "03-a_b_c.png"),
        ("CON", "03-CON"),
        ("  ..  ", "03-file"),
        ("a\u202egpj.exe", "03-a_gpj.exe"),
        ("é.jpg", "03-é.jpg"),
        ("字" * 200 + ".pdf", "03-" + "字" * 40 + ".pdf"),
        ("50%:?*.pdf", "03-50____.pdf"),
        ("无", "03-无"),
    ],
)
def test_names_of_files_are_made_safe(given, kept):
    assert safe_name(given, 3) == kept


# ── Building ─────────────────────────────────────────────────────────────────────────────────────────────


def test_progress_is_counted_to_its_end():
    case_file = built(submitted(), auditor(), NOW)
    row = CaseFile.objects.get(pk=case_file.pk)
    assert (row.done, row.total) == (row.total, 14)
    assert (row.size, row.failed) == (len(content_of(row)), "")
    assert row.file.name == f"case_files/{row.sha256[:2]}/{row.sha256}.zip"
    assert build_due(NOW) == 0


def test_one_is_built_a_round_the_first_asked_for_first():
    application = submitted()
    first = ask(application, by=auditor(), at=NOW)
    second = ask(application, by=make.member(make.city(), "audit", username="colleague"), at=NOW)
    assert build_due(NOW) == 1
    assert (stands(first), stands(second)) == ("ready", "waiting")


def stored_file(application):
    return application.evidence.order_by("pk").first().stored


def test_a_missing_file_is_said_in_words_and_it_is_tried_again_on_demand():
    application, by = submitted(), auditor()
    stored = stored_file(application)
    with stored.file.open("rb") as kept:
        content = kept.read()
    default_storage.delete(stored.file.name)
    asked = ask(application, by=by, at=NOW)
    assert build_due(NOW) == 0
    failed = CaseFile.objects.get(pk=asked.pk)
    assert (row_of(failed).standing, failure(failed)) == (
        "failed",
        "“honour.pdf”的文件找不到。与管理系统的人员联系，找回文件后再试一次。",
    )
    assert build_due(LATER) == 0
    default_storage.save(stored.file.name, ContentFile(content))
    try_again(failed, by=by, at=NOW)
    assert build_due(NOW) == 1
    assert stands(asked) == "ready"
    assert [action for action, _facts in readings(application)] == [
        "ask_case_file",
        "ask_case_file",
        "seal_case_file",
    ]
    with pytest.raises(WrongState):
        try_again(CaseFile.objects.get(pk=asked.pk), by=by, at=NOW)


def test_what_was_changed_behind_the_ledger_is_named(scored):
    def failed():
        asked = ask(scored, by=auditor(), at=NOW)
        build_due(NOW)
        said = CaseFile.objects.get(pk=asked.pk).failed
        CaseFile.objects.all().delete()
        return said

    stored = stored_file(scored)
    default_storage.delete(stored.file.name)
    default_storage.save(stored.file.name, ContentFile(b"other"))
    assert failed() == "altered honour.pdf"
    with tampering():
        Scorecard.objects.filter(pk=scored.scorecards.first().pk).update(document="{}")
    assert failed() == f"altered {scored.scorecards.first().expert.name}的评分卡"
    with tampering():
        Revision.objects.filter(application=scored).update(document="{}")
    assert failed() == "altered 第1版"


def test_without_a_key_it_says_so(settings, tmp_path):
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", str(tmp_path / "none")
    settings.LEDGER_KEYS_FILE = str(tmp_path / "none")
    asked = ask(submitted(), by=auditor(), at=NOW)
    assert build_due(NOW) == 0
    assert CaseFile.objects.get(pk=asked.pk).failed == "unsigned"


def test_an_error_of_ours_ends_nobody_elses_work(monkeypatch):
    asked = ask(submitted(), by=auditor(), at=NOW)
    monkeypatch.setattr(building, "items_of", lambda *_: 1 / 0)
    assert build_due(NOW) == 0
    assert failure(CaseFile.objects.get(pk=asked.pk)) == "制作时出错，没有完成。可以再试一次。"


def killed(monkeypatch, module, name):
    """Let the builder be killed where it calls this function."""

    def kill(*_arguments, **_options):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(module, name, kill)
        patch.setattr(building.shutil, "rmtree", lambda *_a, **_k: None)
        with pytest.raises(SystemExit):
            build_due(NOW)


@pytest.mark.parametrize(
    "where", [(items, "_own"), (building.proof, "write_proof"), (building, "write_whole")]
)
def test_a_killed_builder_is_followed_by_another_and_one_package_is_left(monkeypatch, where, tmp_path):
    monkeypatch.setattr(building, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(building, "mkdtemp", lambda prefix: str(_folder(tmp_path, prefix)))
    application, by = submitted(), auditor()
    asked = ask(application, by=by, at=NOW)
    killed(monkeypatch, *where)
    assert len(list(tmp_path.iterdir())) == 1
    assert build_due(NOW + LEASE / 2) == 0
    assert stands(asked) == "building"
    assert build_due(NOW + 2 * LEASE) == 1
    assert list(tmp_path.iterdir()) == []
    row = CaseFile.objects.get(pk=asked.pk)
    assert (stands(row), default_storage.exists(row.file.name)) == ("ready", True)
    (tmp_path / "case.zip").write_bytes(content_of(row))
    assert run_alone("case", "case.zip", folder=tmp_path)[0] == 0


def _folder(tmp_path, prefix):
    folder = tmp_path / f"{prefix}{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("taken", ["by another builder", "by an erasure"])
def test_a_builder_that_was_taken_over_leaves_nothing(monkeypatch, taken):
    asked = ask(submitted(), by=auditor(), at=NOW)
    kept = []

    def keep(file, name):
        kept.append(name)
        default_storage.save(name, file)
        if taken == "by an erasure":
            CaseFile.objects.all().delete()
        else:
            CaseFile.objects.update(builder=None)

    monkeypatch.setattr(building, "write_whole", keep)
    assert build_due(NOW) == 0
    assert [default_storage.exists(name) for name in kept] == [False]
    assert CaseFile.objects.filter(pk=asked.pk, finished_at__isnull=False).count() == 0


def test_what_happens_while_it_is_built_is_not_in_it(monkeypatch, tmp_path):
    application, by = make.application_in(State.PANEL_SCORING), auditor()
    write = building._write_items

    def slow(*arguments):
        write(*arguments)
        make.score_by_all(application, make.cast().experts[:1], NOW)

    monkeypatch.setattr(building, "_write_items", slow)
    case_file = built(application, by, NOW)
    (tmp_path / "case.zip").write_bytes(content_of(case_file))
    code, _said = run_alone("case", "case.zip", folder=tmp_path)
    assert (code, Event.objects.filter(stream=application.stream, action="score").count()) == (0, 1)
    assert "score" not in {
        json.loads(json.loads(line)["body"])["action"]
        for line in unpacked(content_of(case_file))["data/proof/events.jsonl"].decode().splitlines()
    }


# ── Taking it out, and its end ───────────────────────────────────────────────────────────────────────────


def test_each_download_is_an_event_of_the_person():
    application, by = submitted(), auditor()
    case_file = built(application, by, NOW)
    for _time in range(2):
        take_out(case_file, by=by, at=NOW)
    events = events_of(f"export/{by.public_id}")
    assert [event.facts for event in events] == 2 * [
        {
            "what": "case_file",
            "count": 1,
            "filtered": [],
            "application": str(application.public_id),
            "case_file": str(case_file.public_id),
            "sha256": case_file.sha256,
        }
    ]


def test_an_old_package_goes_and_its_row_stays():
    case_file = built(submitted(), auditor(), NOW)
    days = timedelta(days=settings.CASE_FILE_DAYS)
    assert remove_old(NOW + days) == 0
    assert remove_old(NOW + days + timedelta(hours=1)) == 1
    assert remove_old(NOW + days + timedelta(hours=1)) == 0
    row = CaseFile.objects.get(pk=case_file.pk)
    assert (row_of(row).standing, default_storage.exists(case_file.file.name)) == ("removed", False)
    assert row.sha256 == case_file.sha256
    with pytest.raises(WrongState):
        take_out(row, by=row.asked_by, at=NOW)


@pytest.mark.drawn
def test_a_form_that_was_hardly_filled_in_can_be_drawn(scored):
    contents = contents_of(scored)
    document = json.loads(contents.revisions[0].document)
    document["narrative"] = "表情😀<script>alert(1)</script>\u202e倒\x00"
    contents.revisions[0].document = json.dumps(document)
    drawn = documents.form_pdf(contents, contents.revisions[0])
    assert drawn.startswith(b"%PDF")


# ── Who is told ──────────────────────────────────────────────────────────────────────────────────────────


def test_who_asked_is_told_that_it_is_made_and_nobody_else(signed_in):
    application, by, other = submitted(), auditor(), make.member(make.city(), "audit")
    asked = ask(application, by=by, at=NOW)
    assert told(by) == []
    build_due(NOW)
    [message] = messages(by)
    assert (message.title, message.text, message.why) == (
        application.studio.name,
        "卷宗已经制成，可以下载。",
        "您索取的卷宗",
    )
    assert told(other) == []
    page = signed_in(by).get(f"/notifications/{message.notification.public_id}/")
    assert page.headers["Location"] == f"/audit/case-files/{asked.public_id}/"
    make.member(make.city(), username=by.username)
    assert messages(by) == []


def test_of_a_case_file_that_could_not_be_built_nobody_is_told(monkeypatch):
    by = auditor()
    ask(submitted(), by=by, at=NOW)

    def fails(*_args):
        raise building.CannotBuild("broken")

    monkeypatch.setattr(building.proof, "write_proof", fails)
    build_due(NOW)
    assert told(by) == []
