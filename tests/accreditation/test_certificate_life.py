"""What becomes of a certificate: revoked, issued anew, renewed; refused; told; proved; and raced over."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from accreditation.case_files.contents import contents_of
from accreditation.models import Application, Declaration, Designation
from accreditation.queries.as_it_stood import as_it_stood
from accreditation.queries.timeline import events_of, told
from accreditation.services import naming
from accreditation.services.certificate_life import reissue, renew, revoke
from accreditation.states import State
from certificates.issuing import render_due
from certificates.models import Certificate, Ending, NumberSequence
from certificates.proofs import Fault
from certificates.registry import Answer, check_file, lookup, newest
from tests import factories
from tests.accreditation.notifications.conftest import told as told_to
from tests.accreditation.test_races import race, refusals
from tests.append_only import tampering
from workflows.ledger.verification.whole import verify
from workflows.models import Event, EventPayload
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState

pytestmark = pytest.mark.django_db
AT = factories.AT + timedelta(days=45)
"""16 October 2026: the certificate is made."""
LATER = AT + timedelta(days=155)
DAY = timedelta(days=1)


def issued(leader: str = "王金山") -> Certificate:
    """Return a certificate that is in force."""
    application = factories.application_in(State.NAMED, leader_name=leader)
    naming.issue_due_certificates(AT)
    assert render_due(AT) == 1
    return Designation.objects.get(application=application).certificate


def of(certificate: Certificate) -> Application:
    return Application.objects.get(public_id=certificate.issued_for)


def decider() -> Any:
    return factories.cast().city_decider


def revoked(certificate: Certificate, **changed: Any) -> Ending:
    chosen = {"by": decider(), "at": LATER, "reason": "工作室停止运行。", "ended_on": LATER.date()} | changed
    return revoke(certificate, **chosen)


def reissued(certificate: Certificate, **corrected: str) -> Certificate:
    names = ("studio_name", "enterprise_name", "title")
    chosen = {name: getattr(certificate, name) for name in names} | corrected
    return reissue(certificate, by=decider(), at=LATER, reason="名称有误。", corrected=chosen)


def renewed(certificate: Certificate, **changed: Any) -> Certificate:
    chosen = {
        "by": decider(),
        "at": LATER,
        "reason": "复评合格。",
        "decision_number": "渝工发〔2027〕3号",
    } | changed
    return renew(certificate, **chosen)


def answers(certificate: Certificate, at: Any = LATER) -> Answer:
    """What is answered by its code and by its file alike."""
    by_code = lookup(certificate.check_code, at=at).answer
    with certificate.file.open("rb") as file:
        assert check_file(file, at=at).answer == by_code
    return by_code


def said(application: Application) -> list[str]:
    """What the timeline says of its certificates."""
    events = [one for one in events_of(application.stream) if "certificate" in one.action]
    return [entry.text for entry in told(application, events, sees_panel=False, cards={})]


def test_a_revoked_certificate_says_when_and_why_and_the_proof_goes_on_holding() -> None:
    certificate = issued()
    ending = revoked(certificate)

    found = lookup(certificate.check_code, at=LATER)
    assert (answers(certificate), found.ending) == (Answer.REVOKED, ending)
    assert (ending.ended_on, ending.reason, ending.successor) == (LATER.date(), "工作室停止运行。", None)
    assert said(of(certificate))[-1] == f"撤销证书{certificate.number}，自2027年3月20日起不再有效。"
    assert Designation.objects.get().certificate == certificate
    assert verify()


def test_a_correction_keeps_the_days_and_leaves_the_old_one_until_the_new_one_is_made() -> None:
    old = issued()
    new = reissued(old, studio_name="王金山劳模和工匠人才创新工作室")

    assert (answers(old), lookup(new.check_code, at=LATER).answer) == (Answer.VALID, Answer.PENDING)
    assert render_due(LATER) == 1
    new.refresh_from_db()
    assert (answers(old), answers(new)) == (Answer.SUPERSEDED, Answer.VALID)
    assert (new.serial, new.number) == (2, "渝劳模创〔2026〕第0002号")
    assert (new.studio_name, new.enterprise_name) == ("王金山劳模和工匠人才创新工作室", old.enterprise_name)
    assert (new.issued_on, new.valid_until, new.decision_number) == (
        old.issued_on, old.valid_until, old.decision_number,
    )  # fmt: skip
    assert lookup(old.check_code, at=LATER).ending.successor == new
    assert Designation.objects.get().certificate == new
    assert said(of(old))[2:] == [
        f"更正工作室名称，以证书{new.number}代替{old.number}。",
        f"颁发证书{new.number}，有效期至2029年9月14日。",
        said(of(old))[4],
    ]
    assert verify()


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (AT + DAY, date(2032, 9, 14)),
        (AT + 2 * timedelta(days=365), date(2032, 9, 14)),
        (AT.replace(year=2030), date(2033, 10, 15)),
    ],
    ids=["at once", "in time", "too late"],
)
def test_a_renewal_adds_a_period_to_the_one_that_runs_or_begins_today(at: Any, until: date) -> None:
    certificate = issued()
    new = renewed(certificate, at=at)

    assert (new.issued_on, new.valid_until) == (at.date(), until)
    assert new.decision_number == "渝工发〔2027〕3号"
    assert Designation.objects.get().valid_until == until


def test_there_is_no_day_without_a_valid_certificate_around_a_renewal() -> None:
    old = issued()
    new = renewed(old)
    before_file = [answers(old, at) for at in (LATER, LATER + 30 * DAY)]
    render_due(LATER + 30 * DAY)
    new.refresh_from_db()

    assert before_file == [Answer.VALID, Answer.VALID]
    assert (answers(old), answers(new)) == (Answer.SUPERSEDED, Answer.VALID)
    assert verify()


def test_one_after_the_other_leads_to_the_newest() -> None:
    first = issued()
    second = reissued(first, title="重庆市劳模和工匠人才创新工作室")
    render_due(LATER)
    third = renewed(Certificate.objects.get(pk=second.pk))
    assert newest(first) == second
    render_due(LATER)

    assert newest(first) == third
    assert lookup(first.check_code, at=LATER).ending.successor == second
    assert [one.serial for one in Certificate.objects.order_by("pk")] == [1, 2, 1]
    assert NumberSequence.objects.get(year=2026).next_serial == 3
    revoked(Certificate.objects.get(pk=third.pk))
    assert [lookup(one.check_code, at=LATER).answer for one in (first, second, third)] == [
        Answer.SUPERSEDED, Answer.SUPERSEDED, Answer.REVOKED,
    ]  # fmt: skip
    assert verify()


ENDINGS: dict[str, Callable[[Certificate], Any]] = {
    "revoke": revoked,
    "reissue": lambda certificate: reissued(certificate, title="别的称号"),
    "renew": renewed,
}


def test_what_has_ended_ends_no_second_time_and_who_comes_late_reads_who_was_first() -> None:
    certificate, other = issued(), issued("张毅")
    revoked(certificate)
    reissued(other, title="别的称号")
    for ended, action in ((certificate, "revoke_certificate"), (other, "reissue_certificate")):
        for end in ENDINGS.values():
            with pytest.raises(Stale) as refusal:
                end(ended)
            assert (refusal.value.action, refusal.value.by, refusal.value.at) == (action, decider(), LATER)
    assert (Ending.objects.count(), Certificate.objects.count()) == (2, 3)


def test_nothing_ends_before_its_file_is_made() -> None:
    application = factories.application_in(State.NAMED)
    naming.issue_due_certificates(AT)
    certificate = Certificate.objects.get(issued_for=application.public_id)
    for end in ENDINGS.values():
        with pytest.raises(WrongState):
            end(certificate)
    assert not Ending.objects.exists()


def test_what_is_missing_is_told_and_nothing_is_done() -> None:
    certificate = issued()

    def missing(call: Callable[[], Any]) -> list[str]:
        with pytest.raises(NotReady) as refusal:
            call()
        return [problem.field for problem in refusal.value.problems]

    assert missing(lambda: revoked(certificate, reason=" ")) == ["reason"]
    assert missing(lambda: revoked(certificate, ended_on=LATER.date() + DAY)) == ["ended_on"]
    assert missing(lambda: revoked(certificate, ended_on=certificate.issued_on - DAY)) == ["ended_on"]
    assert missing(lambda: renewed(certificate, reason="")) == ["reason"]
    assert missing(lambda: reissued(certificate)) == ["studio_name"]
    assert missing(lambda: reissued(certificate, title="")) == ["title"]
    assert missing(lambda: reissued(certificate, title="𪚥工作室")) == [""]
    assert (Ending.objects.count(), NumberSequence.objects.get().next_serial) == (0, 2)


def test_only_who_decides_for_the_city_and_has_no_interest_may() -> None:
    certificate, who = issued(), factories.cast()
    related = factories.member(who.city, "decide", username="related")
    factories.member(who.enterprise, username="related")
    undeclared = factories.member(who.city, "decide", username="undeclared")
    Declaration.objects.filter(user=undeclared).delete()
    auditor = factories.member(who.city, "audit", username="auditor")
    for by in (who.applicant, who.district_decider, who.experts[0], auditor, related, undeclared):
        with pytest.raises(NotPermitted):
            revoked(certificate, by=by)
    assert not Ending.objects.exists()


def test_the_enterprise_and_who_recommended_it_are_told() -> None:
    certificate, who = issued(), factories.cast()
    revoked(certificate)

    for user, why in (
        (who.applicant, "own"),
        (who.union_decider, "earlier"),
        (who.district_decider, "earlier"),
    ):
        assert ("revoke_certificate", why) in told_to(user, LATER + DAY)


def test_as_it_stood_knows_which_certificate_was_in_force_and_the_case_file_has_both() -> None:
    old = issued()
    new = reissued(old, title="别的称号")
    render_due(LATER)
    revoked(Certificate.objects.get(pk=new.pk), at=LATER + DAY, ended_on=(LATER + DAY).date())
    application = of(old)
    events = events_of(application.stream)

    then, after, now = (as_it_stood(application, at, events, []) for at in (AT, LATER, LATER + DAY))
    assert [one.certificate for one in (then, after, now)] == [old, new, new]
    assert contents_of(application).certificates == [old, new]
    assert [one.now.revoked_on for one in (then, after, now)] == [None, None, (LATER + DAY).date()]


# ── Behind the ledger ────────────────────────────────────────────────────────────────────────────────────


def forget(_ending: Ending) -> None:
    Ending.objects.all()._raw_delete(connection.alias)


def excuse(ending: Ending) -> None:
    Ending.objects.filter(pk=ending.pk).update(reason="误登。")


def forget_event(_ending: Ending) -> None:
    event = Event.objects.get(action="revoke_certificate")
    EventPayload.objects.filter(event=event).delete()
    event.delete()


@pytest.mark.parametrize("tamper", [forget, excuse, forget_event])
def test_an_ending_that_is_not_as_recorded_is_never_valid(tamper: Callable[[Ending], None]) -> None:
    certificate = issued()
    ending = revoked(certificate)
    with tampering():
        tamper(ending)

    found = lookup(certificate.check_code, at=LATER)
    assert (found.answer, found.fault) == (Answer.UNPROVEN, Fault.ENDING)


def test_an_ending_that_was_slipped_in_takes_nobodys_certificate() -> None:
    certificate = issued()
    Ending.objects.create(
        certificate=certificate, kind="revoked", ended_on=AT.date(), reason="假的。", recorded_at=AT
    )
    assert lookup(certificate.check_code, at=LATER).fault == Fault.ENDING


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_end_a_certificate_at_once_one_wins_and_numbers_have_no_gaps() -> None:
    certificates = [issued(f"劳模{number}") for number in range(8)]
    for certificate in certificates:
        results = race(
            lambda certificate=certificate: revoked(certificate),
            lambda certificate=certificate: reissued(certificate, title="别的称号"),
            lambda certificate=certificate: renewed(certificate),
        )
        assert refusals(results) == [Stale, Stale]
        assert Ending.objects.filter(certificate=certificate).count() == 1
    for year in (2026, 2027):
        serials = list(
            Certificate.objects.filter(year=year).order_by("serial").values_list("serial", flat=True)
        )
        assert serials == list(range(1, len(serials) + 1))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_have_neither_gaps_nor_doubles_while_some_are_issued_and_others_issued_anew() -> None:
    old = [issued(f"劳模{number}") for number in range(6)]
    for number in range(6):
        factories.application_in(State.NAMED, leader_name=f"新劳模{number}")

    def issue_all() -> int:
        return naming.issue_due_certificates(AT)

    calls = [lambda one=one: reissued(one, title="别的称号") for one in old]
    race(*calls, issue_all, issue_all)
    serials = Certificate.objects.filter(year=2026).values_list("serial", flat=True)
    assert sorted(serials) == list(range(1, 19))
    render_due(LATER)
    assert not Certificate.objects.without_file().exists()
