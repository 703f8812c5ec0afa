"""疑点 from the journals: erased reasons, wrong passwords before a decision, many exports in a day."""

from datetime import timedelta

import pytest

from accreditation.queries.findings.journals import MANY, WRONG
from accreditation.services import review
from accreditation.services.journals import exported
from accreditation.services.sign_ins import sign_in_failed
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.looking import found_by, words
from workflows.actors import SYSTEM
from workflows.erasing import erase
from workflows.models import Event

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def recommend(application, by, at):
    review.recommend(application, by=by, at=at, expected_version=application.version, reason="同意推荐。")


def test_an_erased_reason_is_found_and_an_erased_name_is_not():
    application = make.application_in(State.CITY_INTAKE)
    who, at = make.cast(), application.state_since + HOUR
    first, second = Event.objects.filter(stream=application.stream, action="recommend").order_by("sequence")
    erase(
        application.stream,
        {first.sequence: ["actor"], second.sequence: ["actor", "reason"]},
        by=SYSTEM, at=at, order="渝工信〔2026〕3号", office=who.city,
    )  # fmt: skip
    [finding] = found_by("erased_reason")
    assert (finding.event, finding.office, finding.application) == (second, who.city, application)
    assert (finding.person, finding.happened_at) == (who.district_decider, at)
    assert words(finding).reason == (
        "姓名district_decider于2026年9月1日13:00办理“推荐”时写的理由于2026年9月1日14:00删除，原文不可恢复。"
        "依据：渝工信〔2026〕3号。"
    )


def test_a_decision_after_many_wrong_passwords_is_found_once_and_after_a_few_or_long_ago_it_is_not():
    who = make.cast()
    ones = [make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}") for number in range(3)]
    at = ones[0].state_since + 30 * HOUR
    for number in range(WRONG):
        sign_in_failed(name="district_decider", at=at - HOUR + number * timedelta(minutes=1), address="")
        sign_in_failed(name="district_reviewer", at=at - 3 * HOUR, address="")
    for _number in range(WRONG - 1):
        sign_in_failed(name="union_decider", at=at - timedelta(minutes=1), address="")
    recommend(ones[0], who.district_decider, at)
    recommend(ones[1], who.district_decider, at)
    review.send_back(
        ones[2], by=who.district_reviewer, at=at, expected_version=ones[2].version, reason="缺批复。"
    )
    recommend(make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅"), who.union_decider, at)
    [finding] = found_by("wrong_passwords")
    assert (finding.application, finding.person) == (ones[0], who.district_decider)
    assert words(finding).headline == "登录失败5次后作出决定"


def test_many_exports_in_a_day_are_found_once_and_as_many_over_two_days_are_not():
    who = make.cast()
    many, few = (make.member(who.district, "audit", username=name) for name in ("many", "few"))
    midnight = make.AT.replace(hour=0) + timedelta(days=1)
    for number in range(MANY + 2):
        exported(by=many, at=make.AT, what="case_file", count=1, office=who.district)
        exported(by=few, at=midnight + (number - MANY // 2) * timedelta(minutes=1), what="events", count=5)
    [finding] = found_by("many_exports")
    assert (finding.person, finding.office, finding.application) == (many, who.district, None)
    assert words(finding).reason == "姓名many在2026年9月1日导出了20次，共20条记录。"
