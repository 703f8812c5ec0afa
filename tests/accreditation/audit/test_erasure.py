"""Erasing somebody's name by order: what goes, what stays, and that the record holds afterwards."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accreditation.models import CaseFile, Organisation, User
from accreditation.queries.erasure import ERASED_NAME
from accreditation.queries.timeline import entries
from accreditation.services import copies, offices, review, signing, substitutions, tasks
from accreditation.services.certificate_life import CORRECTABLE, reissue, revoke
from accreditation.services.declarations import declare
from accreditation.services.erasure import Order, erase_by_order
from accreditation.services.event_index import index_events
from accreditation.services.journals import exported
from accreditation.services.naming import issue_due_certificates
from accreditation.services.notifications import choose_mail
from accreditation.services.sign_ins import account_made, sign_in_failed, signed_in
from accreditation.states import State
from certificates.issuing import render_due
from certificates.kept import Request, kept, made
from certificates.models import Certificate, Ending
from certificates.proofs import Fault
from certificates.registry import lookup
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from workflows.actors import SYSTEM
from workflows.ledger import log
from workflows.ledger.chain import digest, first_broken
from workflows.ledger.verification.whole import verify
from workflows.models import Event, EventPayload, Notification
from workflows.notifications import checkpoint_mail
from workflows.notifications.fan_out import fan_out
from workflows.refusals import NotPermitted, NotReady
from workflows.signing import Plan, Terms

pytestmark = pytest.mark.django_db
NAME, USERNAME = "罗秀兰", "luoxiulan"
ORDER = "市总办〔2027〕5号"


@pytest.fixture
def manager() -> User:
    return make.member(make.city(), "manage", username="manager", name="何主任")


@pytest.fixture
def person() -> User:
    return make.member(make.cast().district, "review", "decide", username=USERNAME, name=NAME)


def erase(person: User | None, by: User, **order):
    return erase_by_order(Order(ground=ORDER, person=person, **order), by=by, at=NOW + timedelta(days=1))


def lived(person: User) -> str:
    """Let the person leave their name wherever the ledger has names; return the stream of the application."""
    who = make.cast()
    colleague = who.district_decider
    account_made(person, by=make.user("manager"), at=NOW)
    signed_in(by=person, at=NOW, address="203.0.113.7")
    sign_in_failed(name=USERNAME, at=NOW, address="203.0.113.8")
    User.objects.filter(pk=person.pk).update(email="luo@example.com")
    choose_mail(by=person, email="luo.new@example.com", way="at_once", language="", at=NOW)
    person.refresh_from_db()
    checkpoint_mail.begin(person, by=colleague, at=NOW)
    exported(by=person, at=NOW, what="events", count=3, filter={"words": "专利"})
    exported(by=colleague, at=NOW, what="events", count=1, filter={"person": NAME})
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=person, at=NOW)
    tasks.transfer(application, by=person, to=colleague, at=NOW, note=f"{NAME}去出差。")
    tasks.delegate(application, by=colleague, to=person, at=NOW, question="罗工看专利是否有效？")
    tasks.advise(application, by=person, at=NOW, opinion="有效。")
    copies.copy_to(application, by=colleague, people=[person, who.district_reviewer], at=NOW)
    substitutions.substitute(
        who.district, principal=colleague, substitute=person, starts_on=NOW.date(),
        ends_on=NOW.date(), by=colleague, at=NOW, note=f"由{NAME}代理。",
    )  # fmt: skip
    return application.stream


def everything_stored() -> str:
    """Return the text of every row of every table, sessions as they are read."""
    rows = [
        str(row) for model in apps.get_models() for row in model._default_manager.order_by("pk").values_list()
    ]
    return "\n".join([*rows, *(str(session.get_decoded()) for session in Session.objects.all())])


def chains_hold() -> bool:
    streams = Event.objects.order_by().values_list("stream", flat=True).distinct()
    whole = Event.objects.select_related("payload").order_by("sequence")
    return all(first_broken(whole.filter(stream=stream)) is None for stream in streams)


def test_nothing_of_a_name_is_left_in_the_whole_database_and_every_chain_holds(person, manager):
    stream = lived(person)
    for of, text in ((person.pk, "x"), (manager.pk, f"已更改{NAME}的权限")):
        session = SessionStore()
        session["_auth_user_id"], session["told"] = str(of), text
        session.save()
    fan_out(NOW)
    log.number_events(NOW)
    index_events(NOW)
    before = log.root(log.size())
    assert Notification.objects.filter(user=person, mailed_at=None).exists()
    done = erase(person, manager, with_reasons=True)

    stored = everything_stored()
    assert [
        word
        for word in (NAME, USERNAME, "luo@example.com", "luo.new@example.com", "203.0.113.7", "203.0.113.8")
        if word in stored
    ] == []
    assert chains_hold()
    assert log.root(log.size()) == before
    assert verify().size == log.size()
    assert done.streams == len({event.stream for event in Event.objects.filter(action="erase")})
    assert done.events == sum(len(event.facts["events"]) for event in Event.objects.filter(action="erase"))
    assert not Notification.objects.filter(user=person, mailed_at=None).exists()
    assert Session.objects.count() == 0
    erased = Event.objects.get(stream=stream, action="erase")
    assert (erased.facts["order"], erased.actor, erased.role) == (ORDER, manager, "manage")
    assert erased.personal["actor"] == "何主任"


def test_each_erasure_says_which_fields_of_which_events_went(person, manager):
    stream = lived(person)
    kept = {
        event.pk: event.personal for event in Event.objects.filter(stream=stream).select_related("payload")
    }
    erase(person, manager)
    said = dict(Event.objects.get(stream=stream, action="erase").facts["events"])
    actions = {event.sequence: event.action for event in Event.objects.filter(stream=stream)}
    assert [(actions[sequence], fields) for sequence, fields in said.items()] == [
        ("claim", ["actor"]),
        ("transfer", ["actor"]),
        ("delegate", ["to"]),
        ("advise", ["actor"]),
        ("copy", ["to"]),
    ]
    for event in Event.objects.filter(stream=stream).exclude(action="erase").select_related("payload"):
        gone = set(said.get(event.sequence, ()))
        assert event.personal == {name: text for name, text in kept[event.pk].items() if name not in gone}
        assert set(event.erased) == gone


def test_what_somebody_did_stays_theirs_but_is_told_without_a_name(person, manager):
    application = make.application_in(State.DISTRICT_REVIEW)
    review.recommend(
        application, by=person, at=NOW, expected_version=application.version, reason="符合条件。"
    )
    code = f"user/{person.public_id}"
    erase(person, manager)
    known = entries(make.fresh(application), make.member(make.city(), "audit"))
    told = [one for one in known if one.action == "recommend"]
    assert [(one.actor, one.office, one.said, one.erased) for one in told] == [
        ("姓名union_decider", "金山科技工会", "符合条件。", ()),
        ("", "渝北区总工会", "符合条件。", ("actor",)),
    ]
    assert told[-1].erasure.order == ORDER
    event = Event.objects.get(stream=application.stream, action="recommend", actor=person)
    assert event.said["actor"] == code


def test_the_account_is_emptied_and_can_do_nothing_any_more(person, manager):
    make.cast().district.escalates_to = person
    Organisation.objects.filter(pk=make.cast().district.pk).update(escalates_to=person)
    public_id = person.public_id
    erase(person, manager)
    left = User.objects.get(public_id=public_id)
    assert (left.name, left.email, left.is_active, left.has_usable_password(), left.last_login) == (
        ERASED_NAME, "", False, False, None,
    )  # fmt: skip
    assert left.username.startswith("erased-")
    assert not left.memberships.filter(ended_at=None).exists()
    assert not Organisation.objects.filter(grants__user=left).exists()
    done = Event.objects.filter(stream=make.cast().district.stream, actor=manager).order_by("sequence")
    assert [event.action for event in done][:4] == ["set_escalation", "revoke", "revoke", "leave"]
    assert Client().login(username=USERNAME, password=make.PASSWORD) is False


def test_somebody_else_of_the_same_name_keeps_it(person, manager):
    namesake = make.member(make.cast().district, "review", username="other", name=NAME)
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=namesake, at=NOW)
    tasks.release(application, by=namesake, at=NOW)
    tasks.claim(application, by=person, at=NOW)
    tasks.release(application, by=person, at=NOW)
    erase(person, manager)
    rows = Event.objects.filter(stream=application.stream, action="claim").order_by("sequence")
    assert [event.personal.get("actor", "") for event in rows.select_related("payload")] == [NAME, ""]


def test_who_has_open_work_is_not_erased_and_is_told_which(person, manager):
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=person, at=NOW)
    before = everything_stored()
    with pytest.raises(NotReady) as refusal:
        erase(person, manager)
    assert [one.message for one in refusal.value.problems] == [
        f"渝北区总工会 {application.number}：办理还在其手中，先改派或者办结。"
    ]
    assert everything_stored() == before
    tasks.release(application, by=person, at=NOW)
    erase(person, manager)


def test_a_place_in_a_running_round_is_open_work(person, manager):
    application = make.application_in(State.DISTRICT_REVIEW)
    holder = make.cast().district_decider
    first = make.member(make.cast().district, "review", username="first")
    tasks.claim(application, by=holder, at=NOW)
    plan = Plan([first, person], "before", Terms("all"), in_order=True)
    round_ = signing.open_round(make.fresh(application), by=holder, at=NOW, plan=plan)
    with pytest.raises(NotReady, match="还在会签人之中，先减签"):
        erase(person, manager)
    signing.remove_signer(make.fresh(application), round_, by=holder, at=NOW, signer=person)
    erase(person, manager)


@pytest.mark.parametrize("who", ["city_decider", "district_decider", "person"])
def test_only_a_manager_of_the_city_has_it_done(person, manager, who):
    by = person if who == "person" else getattr(make.cast(), who)
    before = everything_stored()
    with pytest.raises(NotPermitted, match="市总工会的管理人"):
        erase(person, by)
    assert everything_stored() == before


def test_nobody_erases_themselves_and_no_order_is_no_order(manager, person):
    with pytest.raises(NotReady, match="不能经手删除自己的"):
        erase(manager, manager)
    with pytest.raises(NotReady, match="写明依据或者文号"):
        erase_by_order(Order(ground="  ", person=person), by=manager, at=NOW)


def test_a_chosen_reason_goes_with_everything_that_repeats_it(manager, django_capture_on_commit_callbacks):
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.claim(application, by=who.district_reviewer, at=NOW)
    tasks.transfer(
        application, by=who.district_reviewer, to=who.district_decider, at=NOW, note="张某曾受处分。"
    )
    log.number_events(NOW)
    index_events(NOW)
    package = default_storage.save("case_files/one.zip", ContentFile(b"PK"))
    asked = {"application": application, "asked_by": manager, "asked_at": NOW}
    built = CaseFile.objects.create(file=package, finished_at=NOW, **asked)
    begun = CaseFile.objects.create(builder=uuid4(), beat_at=NOW, **asked)
    event = Event.objects.get(stream=application.stream, action="transfer")
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(None, manager, chosen=[(event, ["reason"])]).events == 1
    assert "张某曾受处分" not in everything_stored()
    assert (CaseFile.objects.get(pk=built.pk).file.name, default_storage.exists(package)) == ("", False)
    assert CaseFile.objects.get(pk=begun.pk).builder is None
    assert Event.objects.get(pk=event.pk).personal["actor"] == "姓名district_reviewer"
    assert [event.facts["events"] for event in Event.objects.filter(action="erase")] == [
        [[event.sequence, ["reason"]]]
    ]
    with pytest.raises(NotReady, match="没有reason，或者已经删除"):
        erase(None, manager, chosen=[(Event.objects.get(pk=event.pk), ["reason"])])
    assert chains_hold()


def test_the_public_reason_of_a_certificate_that_ended_goes_everywhere_and_the_rest_holds(
    manager, client, django_capture_on_commit_callbacks
):
    application = make.application_in(State.NAMED)
    issue_due_certificates(NOW)
    assert render_due(NOW) == 1
    first, by = Certificate.objects.get(), make.cast().city_decider
    text = "张某冒用他人成果，另行处理。"
    corrected = {name: getattr(first, name) for name in CORRECTABLE} | {"title": "别的称号"}
    second = reissue(first, by=by, at=NOW, reason=text, corrected=corrected)
    assert render_due(NOW) == 1
    revoke(Certificate.objects.get(pk=second.pk), by=by, at=NOW, reason=text, ended_on=NOW.date())
    index_events(NOW)
    document = Request("名册.pdf", "application/pdf", "0" * 64, text.encode)
    made(document)
    studio = reverse("studio", args=[application.studio.public_id])
    pages = [second.get_absolute_url(), studio, reverse("verify-status", args=[second.check_code])]
    assert [text in client.get(page).text for page in pages] == [True] * 3

    event = Event.objects.get(action="revoke_certificate")
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(None, manager, chosen=[(event, ["reason"])]).events == 1
    # the other certificate ended for the same words, and they were not ordered to go
    assert [ending.reason for ending in Ending.objects.order_by("pk")] == [text, ""]
    assert [text in client.get(page).text for page in pages] == [False] * 3
    assert ["理由已依法删除。" in client.get(page).text for page in pages] == [True, True, False]
    assert client.get(pages[2]).json()["ending"]["reason"] is None
    assert kept(document) is None
    assert [lookup(one.check_code, at=NOW).answer for one in (first, second)] == ["superseded", "revoked"]
    assert verify()

    event = Event.objects.get(action="reissue_certificate")
    erase(None, manager, chosen=[(event, ["reason"])])
    assert "张某" not in everything_stored()
    assert digest(text) not in everything_stored()
    assert [lookup(one.check_code, at=NOW).answer for one in (first, second)] == ["superseded", "revoked"]
    assert verify()


@pytest.mark.parametrize(
    "change",
    ["reason = '别的。'", "reason = '', ended_on = '2020-01-01'", "reason = '', certificate_id = 99"],
)
def test_of_an_ending_nothing_but_its_reason_can_be_emptied(change):
    make.application_in(State.NAMED)
    issue_due_certificates(NOW)
    render_due(NOW)
    by = make.cast().city_decider
    revoke(Certificate.objects.get(), by=by, at=NOW, reason="停止运行。", ended_on=NOW.date())
    with pytest.raises(DatabaseError, match="rows of certificates_ending are final"), transaction.atomic():
        connection.cursor().execute(f"UPDATE certificates_ending SET {change}")
    Ending.objects.update(reason="")
    assert lookup(Certificate.objects.get().check_code, at=NOW).fault == Fault.ENDING


def test_the_reason_of_a_decision_that_waits_for_signatures_stays_until_it_is_taken(manager):
    application = make.application_in(State.DISTRICT_REVIEW)
    who = make.cast()
    tasks.claim(application, by=who.district_decider, at=NOW)
    plan = Plan([who.district_reviewer], "after", Terms("all"))
    round_ = signing.open_round(make.fresh(application), by=who.district_decider, at=NOW, plan=plan)
    review.recommend(
        make.fresh(application),
        by=who.district_decider,
        at=NOW,
        expected_version=application.version,
        reason="甲说过。",
    )
    proposed = Event.objects.get(stream=application.stream, action="propose")
    with pytest.raises(NotReady, match="理由所属的决定还在会签"):
        erase(None, manager, chosen=[(proposed, ["reason"])])
    signing.sign(make.fresh(application), round_, by=who.district_reviewer, at=NOW, verdict="agree")
    done = Event.objects.get(stream=application.stream, action="recommend", office=who.district)
    erase(None, manager, chosen=[(proposed, ["reason"]), (done, ["reason"])])
    assert "甲说过" not in everything_stored()


def test_a_note_of_an_interest_goes_with_its_reason(manager):
    who = make.cast()
    declare(who.cycle, interests={who.enterprise: "姐夫在此任职"}, by=who.experts[0], at=NOW)
    event = Event.objects.get(action="declare")
    erase(None, manager, chosen=[(event, ["reason"])])
    assert "姐夫" not in everything_stored()


def test_given_twice_an_order_finds_nothing_more_and_says_nothing_more(person, manager):
    lived(person)
    public_id = person.public_id
    erase(person, manager)
    count = Event.objects.count()
    assert erase(User.objects.get(public_id=public_id), manager).events == 0
    assert Event.objects.count() == count


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("erase_person", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_first_and_does_nothing_in_a_dry_run(person, manager):
    lived(person)
    before = everything_stored()
    told = run(USERNAME, "--order", ORDER, "--by", "manager", "--reasons", "--dry-run")
    assert f"person: {USERNAME} {NAME}" in told
    assert f"reason: {NAME}去出差。" in told
    assert "nothing was erased" in told
    assert everything_stored() == before


def test_the_command_asks_and_takes_only_the_word(person, manager, monkeypatch):
    lived(person)
    monkeypatch.setattr("builtins.input", lambda: "yes")
    with pytest.raises(CommandError, match="nothing was erased"):
        run(USERNAME, "--order", ORDER, "--by", "manager")
    assert User.objects.filter(username=USERNAME).exists()
    monkeypatch.setattr("builtins.input", lambda: "ERASE")
    assert "erased: text of" in run(str(person.public_id), "--order", ORDER, "--by", "manager")
    assert NAME in everything_stored()  # in the reasons, which nobody ordered
    assert "erased: text of" in run(
        "--event",
        _with_text("去出差"),
        "--event",
        _with_text("代理。"),
        "--order",
        ORDER,
        "--by",
        "manager",
        "--yes",
    )


def _with_text(text: str) -> str:
    event = EventPayload.objects.select_related("event").get(content__contains=text).event
    return f"{event.stream}#{event.sequence}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["system"], "system is a machine"),
        (["nobody"], "there is no account nobody"),
        ([], "name a person, or an event"),
        (["--event", "application/1"], "write an event as STREAM#SEQ"),
        (["--event", "application/1#1"], "there is no event application/1#1"),
    ],
)
def test_the_command_says_what_it_cannot_read(manager, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments, "--order", ORDER, "--by", "manager", "--yes")


def test_the_position_of_a_member_goes_with_the_name(person, manager):
    offices.add_member(make.city(), person, by=SYSTEM, at=NOW, position="首席专家")
    joined = Event.objects.get(stream=make.city().stream, action="join", body__contains=str(person.public_id))
    assert joined.personal["position"] == "首席专家"
    log.number_events(NOW)
    erase(person, manager)
    assert "首席专家" not in everything_stored()
    assert verify().size == log.size()
