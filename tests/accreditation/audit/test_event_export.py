"""Taking the result of a search along: whole, harmless in a spreadsheet, provable, and told in the ledger."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accreditation.models import User
from accreditation.services import event_export
from accreditation.states import State
from tests import factories as make
from tests.page import parse
from workflows.engine import record
from workflows.ledger import keys
from workflows.models import Checkpoint, Event

pytestmark = pytest.mark.django_db
EXPORT = "/audit/search/export/"
VERIFIER = Path(settings.BASE_DIR) / "verify" / "verify.py"


@pytest.fixture
def user() -> User:
    return make.member(make.city(), "audit", username="auditor", name="梁静")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def rows_of_csv(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def test_a_table_has_the_whole_result_and_not_only_the_page(signed_in, user):
    for number in range(5):
        make.application_in(State.CITY_DECISION, leader_name=f"王{number}")
    answer = signed_in(user).post(EXPORT, {"query": "kind=application", "format": "csv"})
    content = body(answer)
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    events = Event.objects.filter(stream__startswith="application/").order_by("-at", "-pk")
    assert content.startswith(b"\xef\xbb\xbf")
    assert head[:5] == ["时间", "种类", "所属", "编号", "操作"]
    assert [row[-1] for row in rows] == [event.hash for event in events]
    assert len(rows) > 30
    assert rows[0][0] == f"{timezone.localtime(events[0].at):%Y-%m-%d %H:%M:%S}"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_that_it_was_taken_along_is_an_event_with_how_much_and_what_was_asked(signed_in, user):
    make.application_in(State.DISTRICT_REVIEW)
    before = Event.objects.count()
    query = "action=recommend&person=%E5%A7%93%E5%90%8Dunion_decider"
    answer = signed_in(user).post(EXPORT, {"query": query, "format": "csv"})
    event = Event.objects.select_related("payload", "office").order_by("-pk")[0]
    assert (Event.objects.count(), event.action, event.actor, event.office) == (
        before + 1,
        "export",
        user,
        make.city(),
    )
    assert event.facts == {"count": 1, "what": "events", "filtered": ["action", "person"]}
    assert json.loads(event.personal["filter"]) == {"action": "recommend", "person": "姓名union_decider"}
    assert len(rows_of_csv(answer)) == 2


def test_nothing_that_people_wrote_is_a_formula_in_a_spreadsheet(signed_in, user):
    application = make.application_in(State.DISTRICT_REVIEW)
    who, at = make.cast(), application.state_since + make.STEP
    wrote = [f"{begin}重点看经费。" for begin in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "1=")]
    for number, reason in enumerate(wrote):
        with transaction.atomic():
            application.refresh_from_db()
            record(application, "remind", by=who.district_decider, at=at + number * make.STEP, reason=reason)
    client, query = signed_in(user), {"query": "action=remind", "format": "csv"}
    rows = rows_of_csv(client.post(EXPORT, query))[1:]
    assert [row[10] for row in reversed(rows)] == [*(f"'{reason}" for reason in wrote[:-1]), wrote[-1]]
    sheet = sheet_of(client.post(EXPORT, query | {"format": "xlsx"}))
    assert (sheet.count("重点看经费"), "<f>" in sheet) == (len(wrote), False)


def sheet_of(response) -> str:
    return zipfile.ZipFile(io.BytesIO(body(response))).read("xl/worksheets/sheet1.xml").decode()


def test_a_workbook_has_real_dates_a_frozen_head_and_widths(signed_in, user):
    make.application_in(State.DISTRICT_REVIEW)
    answer = signed_in(user).post(EXPORT, {"query": "action=recommend", "format": "xlsx"})
    written = sheet_of(answer)
    sheet = parse(written)
    event = Event.objects.get(action="recommend")
    clock = timezone.localtime(event.at).replace(tzinfo=UTC)
    days = (clock - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    moment = sheet.all("row")[1].all("c")[0]
    assert float(moment.one("v").words) == pytest.approx(days, rel=0, abs=1 / 86_400)
    assert moment.get("t") != "str"
    assert sheet.one("pane").get("state") == "frozen"
    assert 'min="6" max="6" width="48.7109375"' in written


def test_a_file_with_proofs_is_accepted_by_the_verifier_alone(signed_in, user, tmp_path):
    application = make.application_in(State.DISTRICT_REVIEW)
    answer = signed_in(user).post(EXPORT, {"query": f"studio={application.number}", "format": "jsonl"})
    lines = body(answer).decode().splitlines()
    head, records = json.loads(lines[0]), [json.loads(line) for line in lines[1:]]
    assert head == {
        "format": "wuhao-events/1",
        "checkpoint": Checkpoint.objects.get().note,
        "keys": [str(key) for key in keys.verifiers()],
    }
    events = Event.objects.filter(stream=application.stream).order_by("-sequence")
    assert [record["body"] for record in records] == [event.body for event in events]
    assert verified(lines, tmp_path) == 0
    lines[1] = lines[1].replace("符合条件", "不合条件")
    assert verified(lines, tmp_path) == 1


def verified(lines: list[str], where: Path) -> int:
    """Return what the verifier ends with, given the file and the keys that the auditor kept."""
    exported, kept = where / "events.jsonl", where / "keys.txt"
    exported.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    kept.write_text("".join(f"{key}\n" for key in keys.verifiers()), encoding="utf-8")
    command = [sys.executable, str(VERIFIER), "events", str(exported), "--keys", str(kept)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_too_much_nothing_and_no_key_are_refused_and_nothing_is_written(
    signed_in, user, monkeypatch, settings
):
    make.application_in(State.DISTRICT_REVIEW)
    client, before = signed_in(user), Event.objects.count()
    monkeypatch.setattr(event_export, "MOST", 2)
    refused = [
        client.post(EXPORT, {"query": "kind=application", "format": "csv"}),
        client.post(EXPORT, {"query": "action=reject", "format": "csv"}),
        client.post(EXPORT, {"query": "since=x", "format": "csv"}),
        client.post(EXPORT, {"query": "action=recommend", "format": "exe"}),
    ]
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE, settings.LEDGER_KEYS_FILE = (
        "",
        "/nowhere/key",
        "/nowhere/keys",
    )
    refused.append(client.post(EXPORT, {"query": "action=recommend", "format": "jsonl"}))
    assert [answer.status_code for answer in refused] == [422, 422, 422, 200, 422]
    said = [parse(answer).all(".w-note p") for answer in refused]
    assert [one[0].words if one else "" for one in said] == [
        "超过2条，缩小范围后分次导出。",
        "没有符合条件的记录，不能导出。",
        "",
        "",
        "现在不能签出检查点，可以导出不带证明的文件，并告知系统管理员。",
    ]
    assert Event.objects.count() == before


def test_an_export_holds_what_the_own_branch_holds(signed_in):
    make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"))
    local = make.member(make.cast().district, "audit", username="local")
    answer = signed_in(local).post(EXPORT, {"query": "action=recommend", "format": "csv"})
    assert answer.status_code == 422
    assert reverse("event-export") == EXPORT
