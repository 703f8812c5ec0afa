"""考察: who records a visit, what is refused and kept, who sees it and its photos, and that it stays."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accreditation.models import SiteVisit, SiteVisitPhoto
from accreditation.queries.part import part_of
from accreditation.queries.site_visits import visits_for
from accreditation.scope import offices_of
from accreditation.services.site_visits import MOST_PHOTOS, Content, add_visit
from accreditation.states import State
from accreditation.uploads import recognise_photo
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_review import acts, page, text
from tests.page import parse
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, WrongState

pytestmark = pytest.mark.django_db
DAY = NOW.date()
FINDINGS = "场地320平方米，设备在用，台账与申报相符。"


def picture(colour="#a31f1c", kind="JPEG"):
    written = BytesIO()
    Image.new("RGB", (64, 48), colour).save(written, kind)
    return written.getvalue()


def sent_photo(name="车间.jpg", colour="#a31f1c"):
    return SimpleUploadedFile(name, picture(colour), "image/jpeg")


def sent(**changes):
    """A visit as the form sends it."""
    return {"visited_on": DAY.isoformat(), "people": "陈丽妍、宋洁", "findings": FINDINGS} | changes


def content(photos=1, **changes):
    uploads = [
        recognise_photo(ContentFile(picture(f"#0000{number:02x}"), f"照片{number}.jpg"))
        for number in range(photos)
    ]
    given = {"visited_on": DAY, "people": "陈丽妍、宋洁", "findings": FINDINGS, "photos": uploads}
    return Content(**(given | changes))


def visit(application, by="city_decider", at=NOW, **changes):
    return add_visit(application, content(**changes), by=make.user(by), at=at)


def seen_by(application, name):
    """The days of the visits that somebody may know of."""
    user = make.user(name)
    part = part_of(application, user, offices_of(user))
    return [one.record.visited_on for one in visits_for(application, part)]


def new(application):
    return page(application, "visits/new/")


def test_a_visit_is_recorded_with_its_photos_and_an_event(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    client = signed_in(make.user("city_decider"))
    answer = client.post(new(application), sent(photos=[sent_photo(), sent_photo("台账.jpg", "#1b4d79")]))
    assert (answer.status_code, answer.url) == (302, page(application, "visits/"))
    record = SiteVisit.objects.get()
    assert (record.visited_on, record.people, record.findings) == (DAY, "陈丽妍、宋洁", FINDINGS)
    assert (record.made_by, record.made_at) == (make.user("city_decider"), NOW)
    photos = list(record.photos.all())
    assert [photo.name for photo in photos] == ["车间.jpg", "台账.jpg"]
    event = Event.objects.get(stream=application.stream, action="visit")
    assert (event.office, event.role) == (application.city, "decide")
    assert f'"visit":"{record.public_id}"' in event.body
    assert all(photo.stored.sha256 in event.body for photo in photos)
    assert FINDINGS not in event.body
    shown = client.get(page(application, "visits/"))
    assert "记录考察，考察日期2026年9月2日，照片2张。" in text(client.get(f"/audit/{application.public_id}/"))
    alts = [image["alt"] for image in parse(shown).all(".w-photos img")]
    assert alts == ["考察照片1：车间.jpg", "考察照片2：台账.jpg"]
    assert FINDINGS in text(client.get(page(application)))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"visited_on": ""}, {"visited_on": ["填写考察日期"]}),
        ({"visited_on": "上周"}, {"visited_on": ["填写考察日期，如2026-09-16"]}),
        ({"visited_on": "2026-09-03"}, {"visited_on": ["考察日期不能晚于今天。"]}),
        ({"visited_on": "2016-09-01"}, {"visited_on": ["考察日期不早于本批次开始受理的2026年7月1日。"]}),
        ({"people": " "}, {"people": ["填写考察人员"]}),
        ({"findings": ""}, {"findings": ["填写考察情况"]}),
        ({"findings": "长" * 4001}, {"findings": ["考察情况不超过4000字，现在4001字"]}),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_at_its_field(signed_in, changes, errors):
    application = make.application_in(State.CITY_INTAKE)
    answer = signed_in(make.user("city_decider")).post(new(application), sent(**changes))
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert SiteVisit.objects.count() == 0
    assert "visit" not in acts(application)


@pytest.mark.parametrize(
    ("name", "bytes_", "words"),
    [
        ("材料.pdf", make.PDF, "“材料.pdf”不是JPEG或PNG照片，转换后再传"),
        ("照片.jpg", make.PDF, "“照片.jpg”不是JPEG或PNG照片，转换后再传"),
        ("断.jpg", picture()[:40], "“断.jpg”打不开，重新导出后再传"),
        ("空.jpg", b"", "“空.jpg”是空文件，重新选择"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_by_its_content_and_nothing_typed_is_lost(
    signed_in, name, bytes_, words
):
    application = make.application_in(State.CITY_INTAKE)
    photos = [sent_photo(), SimpleUploadedFile(name, bytes_, "image/jpeg")]
    answer = signed_in(make.user("city_decider")).post(new(application), sent(photos=photos))
    assert (answer.status_code, answer.context["form"].errors) == (422, {"photos": [words]})
    assert "照片须重新选择" in text(answer)
    shown = parse(answer)
    assert shown.one("#id_findings").words == FINDINGS
    assert (shown.one("#id_visited_on")["value"], shown.one("#id_people")["value"]) == (
        DAY.isoformat(), "陈丽妍、宋洁",
    )  # fmt: skip
    assert (SiteVisit.objects.count(), SiteVisitPhoto.objects.count()) == (0, 0)


def test_a_photo_that_is_too_large_or_one_too_many_is_refused(signed_in, settings):
    application = make.application_in(State.CITY_INTAKE)
    client = signed_in(make.user("city_decider"))
    many = [sent_photo(f"{number}.jpg") for number in range(MOST_PHOTOS + 1)]
    answer = client.post(new(application), sent(photos=many))
    assert answer.context["form"].errors == {"photos": ["一次考察最多20张照片。"]}
    settings.MAX_EVIDENCE_BYTES = 100
    answer = client.post(new(application), sent(photos=[sent_photo()]))
    assert "单个文件不超过" in answer.context["form"].errors["photos"][0]


@pytest.mark.parametrize(
    ("state", "name", "allowed"),
    [
        (State.ENTERPRISE_REVIEW, "city_decider", True),
        (State.ENTERPRISE_REVIEW, "district_decider", False),
        (State.DISTRICT_REVIEW, "district_decider", True),
        (State.DISTRICT_REVIEW, "district_reviewer", False),
        (State.DISTRICT_REVIEW, "union_decider", False),
        (State.RETURNED_BY_DISTRICT, "district_decider", True),
        (State.CITY_INTAKE, "district_decider", False),
        (State.CITY_INTAKE, "expert1", False),
        (State.PANEL_SCORING, "expert1", True),
        (State.CITY_DECISION, "expert1", True),
        (State.LISTED, "city_decider", True),
        (State.NOTICE_ENDED, "city_decider", True),
    ],
)
def test_who_records_a_visit_and_when(signed_in, state, name, allowed):
    application = make.application_in(state)
    client = signed_in(make.user(name))
    answer = client.get(new(application))
    assert answer.status_code == (200 if allowed else 404)
    if allowed:
        assert visit(application, by=name).made_by == make.user(name)
    else:
        with pytest.raises(NotPermitted):
            visit(application, by=name)
        assert client.post(new(application), sent()).status_code == 404


@pytest.mark.parametrize("state", [State.NAMED, State.REJECTED, State.WITHDRAWN])
def test_what_has_ended_is_not_visited_any_more(signed_in, state):
    application = make.application_in(state)
    with pytest.raises(WrongState, match="已经办结"):
        visit(application)
    client = signed_in(make.user("city_decider"))
    assert "记录考察" not in text(client.get(page(application)))
    answer = client.post(new(application), sent())
    assert answer.status_code == 409
    assert FINDINGS in text(answer)


def test_a_draft_is_not_visited():
    application = make.complete_draft()
    with pytest.raises(WrongState):
        visit(application)


def test_nobody_records_a_visit_to_their_own_enterprise(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    make.member(application.enterprise, username="city_decider")
    client = signed_in(make.user("city_decider"))
    for answer in (client.get(new(application)), client.post(new(application), sent())):
        assert answer.status_code == 403
        assert "这是您本单位的申报，须回避。" in text(answer)
    assert SiteVisit.objects.count() == 0


def test_a_visit_is_for_its_own_level_those_above_and_auditors(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    visit(application, by="district_decider", visited_on=date(2026, 8, 3))
    who = make.cast()
    at = NOW
    for state in (State.CITY_INTAKE, State.PANEL_SCORING):
        at += timedelta(hours=1)
        make.BEFORE[state][1](application, who, at)
        application = make.fresh(application)
    visit(application, by="expert1", at=at, visited_on=date(2026, 8, 20))
    make.member(make.city(), "audit", username="auditor")
    make.member(make.city(), "review", username="unseated")
    assert {
        name: [day.month * 100 + day.day for day in seen_by(application, name)]
        for name in (
            "city_decider", "expert1", "expert2", "auditor", "district_decider", "district_reviewer",
            "union_decider", "unseated", "applicant",
        )
    } == {
        "city_decider": [820, 803], "expert1": [820, 803], "expert2": [820, 803], "auditor": [820, 803],
        "district_decider": [803], "district_reviewer": [803],
        "union_decider": [], "unseated": [], "applicant": [],
    }  # fmt: skip
    told = {
        name: text(signed_in(make.user(name)).get(f"/audit/{application.public_id}/")).count("记录考察，")
        for name in ("city_decider", "expert2", "auditor", "district_decider", "union_decider")
    }
    assert told == {"city_decider": 2, "expert2": 2, "auditor": 2, "district_decider": 1, "union_decider": 0}


def test_the_pages_and_photos_are_there_for_nobody_else(signed_in, client):
    make.cast("other")
    application = make.application_in(State.CITY_INTAKE)
    record = visit(application)
    photo = f"/visits/photos/{record.photos.get().public_id}/"
    correction = page(application, f"visits/{record.public_id}/correct/")
    make.member(make.city(), "manage", username="manager")
    superuser = make.member(make.city(), username="superuser")
    superuser.is_superuser = True
    superuser.save(update_fields=["is_superuser"])
    make.expert(username="unseated")
    outside = ("applicant", "union_decider", "other-district_decider", "manager", "superuser", "unseated")
    for name in outside:
        stranger = signed_in(make.user(name))
        for address in (page(application, "visits/"), new(application), correction, photo):
            assert (name, address, stranger.get(address).status_code) == (name, address, 404)
        assert stranger.post(correction, sent()).status_code == 404
    district = signed_in(make.user("district_decider"))
    assert district.get(photo).status_code == 404
    assert FINDINGS not in text(district.get(page(application, "visits/")))
    assert FINDINGS not in text(district.get(page(application)))
    assert FINDINGS not in text(
        signed_in(make.user("applicant")).get(f"/applications/{application.public_id}/")
    )
    assert client.get(photo).url.startswith("/login/")


def test_a_photo_is_served_as_it_was_sent_and_can_do_nothing(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    record = visit(application)
    answer = signed_in(make.user("city_decider")).get(f"/visits/photos/{record.photos.get().public_id}/")
    assert b"".join(answer.streaming_content) == picture("#000000")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_mistake_is_corrected_by_a_further_record_and_the_first_stays(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    record = visit(application, photos=2)
    client = signed_in(make.user("city_decider"))
    correct = page(application, f"visits/{record.public_id}/correct/")
    shown = parse(client.get(correct))
    assert shown.one("#id_findings").words == FINDINGS
    kept = [one["value"] for one in shown.all('[name="kept"]')]
    assert len(kept) == len(shown.all('[name="kept"][checked]')) == 2
    answer = client.post(
        correct, sent(findings="场地230平方米，前次误记。", kept=kept[:1], photos=[sent_photo("新.jpg")])
    )
    assert answer.status_code == 302
    record.refresh_from_db()
    assert record.findings == FINDINGS
    new_one = SiteVisit.objects.exclude(pk=record.pk).get()
    assert [photo.name for photo in new_one.photos.all()] == ["照片0.jpg", "新.jpg"]
    listed = text(client.get(page(application, "visits/")))
    assert "已更正，以更正后的记录为准" in listed
    assert "场地230平方米，前次误记。" in listed
    assert "更正考察记录，考察日期2026年9月2日，照片2张。" in text(
        client.get(f"/audit/{application.public_id}/")
    )
    again = client.post(correct, sent(findings="又改"))
    assert again.status_code == 409
    assert "这次考察已经更正过" in text(again)


def test_another_office_does_not_correct_a_record(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    record = visit(application, by="district_decider")
    with pytest.raises(NotPermitted, match="只能更正本级的考察记录"):
        add_visit(application, content(), by=make.user("city_decider"), at=NOW, corrects=record.public_id)
    client = signed_in(make.user("city_decider"))
    assert "/correct/" not in client.get(page(application, "visits/")).content.decode()
    assert (
        "/correct/"
        in signed_in(make.user("district_decider")).get(page(application, "visits/")).content.decode()
    )


def test_the_same_record_sent_twice_is_kept_once(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    client = signed_in(make.user("city_decider"))
    first, second = (client.post(new(application), sent(photos=[sent_photo()])) for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert "同样的考察记录已经存过。" in text(second)
    assert SiteVisit.objects.count() == 1


def test_a_service_says_all_that_is_missing():
    application = make.application_in(State.CITY_INTAKE)
    with pytest.raises(NotReady) as refused:
        visit(application, visited_on=DAY + timedelta(days=1), people=" ", findings="")
    assert [problem.field for problem in refused.value.problems] == ["visited_on", "people", "findings"]


def test_an_empty_list_says_what_a_visit_is_for(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    answer = signed_in(make.user("city_decider")).get(page(application, "visits/"))
    assert "没有考察记录" in text(answer)
    assert "到工作室看过以后，记下日期、人员、情况和照片。" in text(answer)


def test_the_list_and_the_page_ask_as_often_for_one_visit_as_for_thirty(signed_in):
    counted = []
    for leader, visits in (("王金山", 1), ("张毅", 31)):
        application = make.application_in(State.CITY_INTAKE, leader_name=leader)
        for number in range(visits):
            visit(application, photos=number % 3 + 1, findings=f"第{number}次")
        client = signed_in(make.user("city_decider"))
        for address in (page(application, "visits/"), page(application), f"/audit/{application.public_id}/"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append(len(queries))
    assert counted[:3] == counted[3:]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_keeps_what_was_recorded(change):
    record = visit(make.application_in(State.CITY_INTAKE))
    for rows, field in ((SiteVisit.objects.filter(pk=record.pk), "findings"), (record.photos.all(), "name")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(**{field: "改"}) if change == "update" else rows._raw_delete(rows.db)
