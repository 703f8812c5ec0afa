"""The naming decision: read before it is signed, signed once."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Designation, NamingDecision
from accreditation.services.naming import issue_due_certificates
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast, cycle, fresh

pytestmark = pytest.mark.django_db

NAMING = "/cycles/2026/naming/"


def naming_form(*applications: Application, **changed: Any) -> dict[str, Any]:
    """Return the form that names these."""
    return {
        "applications": [f"{one.public_id}:{one.version}" for one in applications],
        "number": "渝工发〔2026〕18号",
        "title": "关于命名2026年度重庆市劳模创新工作室的决定",
        "signed_on": "2026-10-16",
        "act": "sign",
    } | changed


def test_the_text_and_the_list_are_read_before_signing(at_city: Client) -> None:
    ours, theirs = (
        application_in(State.NOTICE_ENDED),
        application_in(State.NOTICE_ENDED, cast("other"), "张毅"),
    )
    page = at_city.post(NAMING, naming_form(ours, theirs, act="preview"))
    assert [
        (group.organisation.name, [one.studio.name for one in group.rows]) for group in page.context["groups"]
    ] == [
        ("渝北区总工会", ["王金山劳模创新工作室"]),
        ("other渝北区总工会", ["张毅劳模创新工作室"]),
    ]
    assert "<li>王金山劳模创新工作室（重庆金山科技公司）</li>" in page.text
    assert page.context["valid_until"] == date(2029, 10, 15)
    assert NamingDecision.objects.count() == 0


def test_signing_names_the_chosen_and_leads_to_the_decision(at_city: Client) -> None:
    named, left = application_in(State.NOTICE_ENDED), application_in(State.NOTICE_ENDED, leader_name="张毅")
    answer = at_city.post(NAMING, naming_form(named))
    decision = NamingDecision.objects.get()
    assert answer.headers["Location"] == reverse("decision", args=[decision.public_id])
    assert (decision.number, decision.signed_on, decision.cycle) == (
        "渝工发〔2026〕18号",
        date(2026, 10, 16),
        cycle(),
    )
    assert [fresh(one).state for one in (named, left)] == ["named", "notice_ended"]
    assert Designation.objects.get().application == named


def test_going_back_keeps_what_was_typed(at_city: Client) -> None:
    chosen, left = application_in(State.NOTICE_ENDED), application_in(State.NOTICE_ENDED, leader_name="张毅")
    page = at_city.post(NAMING, naming_form(chosen, act="back"))
    assert page.status_code == 200
    assert [(row["application"].pk, row["picked"]) for row in page.context["rows"]] == [
        (chosen.pk, True),
        (left.pk, False),
    ]
    assert page.context["form"]["number"].value() == "渝工发〔2026〕18号"


def test_a_double_click_signs_once(at_city: Client) -> None:
    application = application_in(State.NOTICE_ENDED)
    sent = naming_form(application)
    assert at_city.post(NAMING, sent).status_code == 302
    again = at_city.post(NAMING, sent)
    assert again.status_code == 422
    assert again.context["form"].errors == {"number": ["文号渝工发〔2026〕18号已经用过，填写新的文号。"]}
    assert Designation.objects.count() == 1


def test_two_who_sign_at_once_one_reads_who_was_first(at_city: Client) -> None:
    application = application_in(State.NOTICE_ENDED)
    other = browser_of(cast().city_decider)
    assert other.post(NAMING, naming_form(application, number="渝工发〔2026〕19号")).status_code == 302
    answer = at_city.post(NAMING, naming_form(application))
    assert answer.status_code == 409
    assert "姓名city_decider" in answer.context["title"]
    assert NamingDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"applications": []}, {"applications": ["选择要命名的工作室"]}),
        ({"number": ""}, {"number": ["填写文号"]}),
        ({"number": "渝工发😀1号"}, {"number": ["证书字库没有“😀”字，改用其他写法"]}),
        ({"signed_on": "十月"}, {"signed_on": ["填写签发日期，如2026-10-16"]}),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    at_city: Client, changed: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    answer = at_city.post(NAMING, naming_form(application_in(State.NOTICE_ENDED), **changed))
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)


def test_the_page_costs_the_same_for_1_and_30(at_city: Client) -> None:
    application_in(State.NOTICE_ENDED)
    few = cost_of(at_city, NAMING)
    applications_in(State.NOTICE_ENDED, [f"期满{number}" for number in range(29)])
    assert cost_of(at_city, NAMING) == few
    assert len(at_city.get(NAMING).context["rows"]) == 30


def test_what_the_notice_has_not_ended_for_cannot_be_named(at_city: Client) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    answer = at_city.post(NAMING, naming_form(application))
    assert (answer.status_code, NamingDecision.objects.count()) == (409, 0)


def test_one_certificate_that_cannot_be_drawn_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    undrawable, other = (
        application_in(State.NAMED),
        application_in(State.NAMED, cast("other"), "张毅"),
    )
    type(undrawable.enterprise).objects.filter(pk=undrawable.enterprise_id).update(name="𪚥公司")
    assert issue_due_certificates(AT) == 1
    assert Designation.objects.get(application=other).certificate
    assert Designation.objects.get(application=undrawable).certificate is None
    assert "cannot be drawn" in caplog.text


@pytest.mark.parametrize("signed_on", ["9999-12-31", "0001-01-01"])
def test_a_date_that_no_certificate_could_end_from_is_refused(at_city: Client, signed_on: str) -> None:
    named = application_in(State.NOTICE_ENDED)
    answer = at_city.post(NAMING, naming_form(named, signed_on=signed_on))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["signed_on"])
