"""Reading files, taking data out, signing in, configuring: each leaves an event, and none of them a flood."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation import rubric as rubrics
from accreditation.models import User
from accreditation.queries.event_words import sentence
from accreditation.services import cycles, naming, webhooks
from accreditation.services.accounts import add_new_member
from accreditation.services.journals import exported
from accreditation.services.notifications import choose_mail
from accreditation.services.sign_ins import MOST, WINDOW, sign_in_failed
from accreditation.states import State
from certificates.issuing import render_due
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.accreditation.reviewer.test_site_visits import visit
from workflows.ledger.chain import first_broken
from workflows.ledger.checkpoints import keep_log
from workflows.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def events(kind: str) -> list[Event]:
    found = Event.objects.filter(stream__startswith=f"{kind}/").select_related("payload", "office")
    return list(found.order_by("pk"))


def words(event: Event) -> str:
    return sentence(None, event, event.facts, sees_panel=True, names=event.personal)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_s_reading_says_which_file_of_which_revision_was_read_for_which_office(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    item = application.evidence.get(kind="honour")
    address = reverse("evidence", args=[item.public_id])
    readers = {
        "district_reviewer": (application.district, "review"),
        "city_decider": (application.city, "decide"),
        "auditor": (application.city, "audit"),
    }
    make.member(make.city(), "audit", username="auditor")
    for name in readers:
        assert b"".join(signed_in(make.user(name)).get(address).streaming_content)
    assert [(event.actor.username, event.office, event.role) for event in events("reading")] == [
        (name, office, role) for name, (office, role) in readers.items()
    ]
    first = events("reading")[0]
    assert first.stream == f"reading/{application.public_id}"
    assert first.facts == {"file": item.stored.sha256, "kind": "honour", "revision": 1}
    assert words(first) == "打开第1版的证明材料：劳模证书或表彰文件。"
    assert first_broken(events("reading")) is None


def test_the_same_file_again_within_the_hour_is_the_same_reading(signed_in, clock):
    application = make.application_in(State.DISTRICT_REVIEW)
    one, other = (reverse("evidence", args=[item.public_id]) for item in application.evidence.all()[:2])
    client = signed_in(make.user("district_reviewer"))
    client.head(one)
    client.get(one)
    client.get(one, headers={"range": "bytes=0-3"})
    signed_in(make.user("district_reviewer")).get(one)
    assert len(events("reading")) == 1
    client.get(other)
    signed_in(make.user("district_decider")).get(one)
    assert len(events("reading")) == 3
    clock(NOW + timedelta(minutes=61))
    client.get(one)
    assert len(events("reading")) == 4


def test_the_applicant_s_own_people_and_who_may_not_read_leave_no_event(signed_in):
    application, draft = make.application_in(State.DISTRICT_REVIEW), make.complete_draft(leader_name="张毅")
    make.cast("other")
    address = reverse("evidence", args=[application.evidence.first().public_id])
    private = reverse("evidence", args=[draft.evidence.first().public_id])
    assert signed_in(make.user("applicant")).get(address).status_code == 200
    assert signed_in(make.user("applicant")).get(private).status_code == 200
    assert signed_in(make.user("other-district_decider")).get(address).status_code == 404
    assert signed_in(make.user("district_decider")).get(private).status_code == 404
    assert events("reading") == []


def test_a_file_whose_event_cannot_be_written_is_not_served(signed_in, monkeypatch):
    application = make.application_in(State.DISTRICT_REVIEW)
    address = reverse("evidence", args=[application.evidence.first().public_id])

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr("accreditation.services.journals.note_down", broken)
    with pytest.raises(RuntimeError, match="no ledger"):
        signed_in(make.user("district_reviewer")).get(address)


def test_photos_and_certificates_are_read_too(signed_in):
    application = make.application_in(State.NOTICE_ENDED)
    photo = visit(make.fresh(application), at=application.state_since).photos.get()
    decider = signed_in(make.user("city_decider"))
    decider.get(reverse("site-visit-photo", args=[photo.public_id]))
    make._name(make.fresh(application), make.cast(), application.state_since + make.STEP)
    naming.issue_due_certificates(NOW)
    keep_log(NOW)
    render_due(NOW)
    address = reverse("certificate", args=[application.public_id])
    for name in ("applicant", "city_decider"):
        assert signed_in(make.user(name)).get(address).status_code == 200
    certificate = make.fresh(application).designation.certificate
    assert [event.facts for event in events("reading")] == [
        {"file": photo.stored.sha256, "kind": "visit", "about": str(photo.visit.public_id)},
        {"file": certificate.sha256, "kind": "certificate", "about": str(certificate.public_id)},
    ]
    assert [words(event) for event in events("reading")] == ["打开考察照片。", "下载证书。"]


def test_a_reading_costs_the_same_however_much_was_read_before(signed_in):
    application = make.application_in(
        State.DISTRICT_REVIEW, files=("honour", "site", "registration", "rules")
    )
    client = signed_in(make.user("district_reviewer"))
    addresses = [reverse("evidence", args=[item.public_id]) for item in application.evidence.all()]

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            client.get(address)
        return len(statements)

    cost(addresses[0])
    second, third, fourth = (cost(address) for address in addresses[1:])
    assert second == third == fourth
    assert cost(addresses[0]) == cost(addresses[1]) < second


# ── Taking out ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_export_says_what_and_how_much_and_keeps_what_was_typed_apart():
    auditor = make.member(make.city(), "audit", username="auditor")
    exported(
        by=auditor, at=NOW, what="events", count=120, filter={"words": "王芳", "office": "YB", "day": ""},
        office=make.city(), role="audit", checkpoint=34,
    )  # fmt: skip
    exported(by=auditor, at=NOW, what="case_file", count=1)
    first, second = events("export")
    assert first.stream == f"export/{auditor.public_id}"
    assert first.facts == {"what": "events", "count": 120, "filtered": ["office", "words"], "checkpoint": 34}
    assert first.personal["filter"] == '{"office":"YB","words":"王芳"}'
    assert "王芳" not in first.body
    assert (second.facts, "filter" in second.personal) == (
        {"what": "case_file", "count": 1, "filtered": []},
        False,
    )
    assert words(first) == "导出操作记录，共120条。"


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────


def sign_in(client: Client, username: str, password: str = make.PASSWORD, address: str = "203.0.113.9"):
    return client.post(reverse("login"), {"username": username, "password": password}, REMOTE_ADDR=address)


def test_signing_in_and_out_and_a_new_password_stand_in_the_journal_of_the_account(client):
    user = make.member(make.district(), "review", username="luxun")
    sign_in(client, "luxun")
    new = {"new_password1": "jie-fang-bei-9", "new_password2": "jie-fang-bei-9"}
    client.post(reverse("password_change"), {"old_password": "wrong", **new})
    client.post(reverse("password_change"), {"old_password": make.PASSWORD, **new})
    client.post(reverse("logout"))
    client.post(reverse("logout"))
    journal = events("sign_in")
    assert [(event.stream, event.actor, event.action) for event in journal] == [
        (f"sign_in/{user.public_id}", user, action) for action in ("sign_in", "change_password", "sign_out")
    ]
    assert journal[0].personal["address"] == "203.0.113.9"
    assert "203.0.113.9" not in journal[0].body
    assert journal[1].facts == {"was_first": False}
    assert [words(event) for event in journal] == ["登录。", "更改密码。", "退出登录。"]


def test_a_session_is_opened_only_with_its_event(client, monkeypatch):
    make.member(make.district(), "review", username="luxun")

    def broken(**kwargs: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr("accreditation.views.account.signed_in", broken)
    with pytest.raises(RuntimeError, match="no ledger"):
        sign_in(client, "luxun")
    assert "_auth_user_id" not in client.session


def test_a_password_is_changed_only_with_its_event(signed_in, monkeypatch):
    user = make.member(make.district(), "review")

    def broken(**kwargs: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr("accreditation.views.account.password_changed", broken)
    new = {"new_password1": "jie-fang-bei-9", "new_password2": "jie-fang-bei-9"}
    with pytest.raises(RuntimeError, match="no ledger"):
        signed_in(user).post(reverse("password_change"), {"old_password": make.PASSWORD, **new})
    assert User.objects.get(pk=user.pk).check_password(make.PASSWORD)


def test_a_failure_stands_with_the_account_or_with_the_unknown_and_the_tried_name_apart(client):
    user = make.member(make.district(), "review", username="luxun")
    sign_in(client, "luxun", "wrong")
    sign_in(client, "lu-xun", "wrong")
    sign_in(client, "luxun", "")
    sign_in(client, "", "")
    known, unknown = events("sign_in")
    assert (known.stream, known.facts) == (
        f"sign_in/{user.public_id}",
        {"account": f"user/{user.public_id}"},
    )
    assert (unknown.stream, unknown.facts, unknown.actor) == ("sign_in/unknown", {}, None)
    assert [event.personal for event in (known, unknown)] == [
        {"account": "luxun", "address": "203.0.113.9"},
        {"account": "lu-xun", "address": "203.0.113.9"},
    ]
    assert "lu-xun" not in unknown.body
    assert words(unknown) == "账号“lu-xun”登录失败，密码不对。"


def test_a_lockout_is_one_event_and_what_is_refused_after_it_none(client):
    make.member(make.district(), "review", username="luxun")
    assert [sign_in(client, "luxun", "wrong").status_code for _ in range(8)] == [200] * 5 + [429] * 3
    told = events("sign_in")
    assert [event.action for event in told] == ["sign_in_failed"] * 4 + ["lock_out"]
    assert (told[-1].facts["closed"], told[-1].facts["seconds"]) == ("name", 300)
    assert words(told[-1]) == "密码连续出错，账号“luxun”在同一网络地址停止登录5分钟。"


def test_many_names_from_one_address_close_the_address_once(client):
    for number in range(52):
        sign_in(client, f"name{number}", "wrong")
    told = [event.action for event in events("sign_in")]
    assert told == ["sign_in_failed"] * MOST + ["sign_in_flood"]


def test_a_flood_from_many_addresses_is_told_once_an_hour(client):
    account = make.member(make.district(), "review", username="luxun")
    for number in range(MOST + 5):
        sign_in_failed(name="luxun", at=NOW, address=f"203.0.113.{number}")
    later = NOW + WINDOW + timedelta(seconds=1)
    sign_in_failed(name="luxun", at=later, address="203.0.113.1")
    told = events("sign_in")
    assert [event.action for event in told] == ["sign_in_failed"] * MOST + ["sign_in_flood", "sign_in_failed"]
    assert told[MOST].personal == {}
    assert {event.stream for event in told} == {f"sign_in/{account.public_id}"}
    assert words(told[MOST]) == "一小时内登录失败过多，其后的不再逐条记录。"


# ── Accounts and settings ────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_made_by_somebody_and_its_first_password_is_used_up(client):
    manager = make.member(make.district(), "manage", username="manager")
    made = add_new_member(make.district(), username="luoxiu", name="罗秀兰", by=manager, at=NOW)
    sign_in(client, "luoxiu", made.password)
    new = {"new_password1": "jie-fang-bei-9", "new_password2": "jie-fang-bei-9"}
    client.post(reverse("password_change"), {"old_password": made.password, **new})
    told = events("sign_in")
    assert [(event.action, event.actor) for event in told] == [
        ("make_account", manager),
        ("sign_in", made.user),
        ("change_password", made.user),
    ]
    assert told[0].facts == {"account": f"user/{made.user.public_id}"}
    assert words(told[0]) == "开立账号：罗秀兰。"
    assert words(told[2]) == "把一次性密码换成自己的密码。"


def test_another_way_of_mail_is_noted_without_the_address_and_the_same_way_again_is_not():
    user = make.member(make.district(), "review")
    for _twice in range(2):
        choose_mail(by=user, email="luo@example.com", way="at_once", language="en", at=NOW)
        user.refresh_from_db()
    [event] = events("sign_in")
    assert (event.action, event.facts) == (
        "choose_mail",
        {"way": "at_once", "language": "en", "new_address": True},
    )
    assert "luo@example.com" not in event.body + event.payload.content


def test_a_rubric_is_loaded_once_and_told_once(tmp_path):
    file = tmp_path / "rubric.json"
    file.write_text(json.dumps(rubrics.shipped(), ensure_ascii=False))
    for _twice in range(2):
        call_command("load_rubric", file)
    [event] = events("settings")
    assert (event.stream, event.action, event.actor) == ("settings/rubric", "load_rubric", None)
    assert event.facts == {
        "version": "2026-1",
        "sha256": cycles.load_rubric(rubrics.shipped(), at=NOW).sha256,
    }
    assert words(event) == "载入评审标准2026-1。"


def test_sending_a_message_once_more_is_an_event_of_the_office(settings, monkeypatch):
    monkeypatch.setattr(webhooks, "refuse_address", lambda url: None)
    manager = make.member(make.district(), "manage", username="manager")
    hook = webhooks.add_webhook(
        make.district(), name="群", url="https://example.com/x", by=manager, at=NOW
    ).webhook
    delivery = webhooks.try_webhook(hook, by=manager, at=NOW)
    webhooks.send_again(delivery, by=manager, at=NOW)
    event = Event.objects.get(action="send_again")
    assert (event.stream, event.actor) == (make.district().stream, manager)
    assert event.facts["event"] == f"{delivery.event.stream}#{delivery.event.sequence}"
    assert words(event) == "向群再次推送一条消息。"
