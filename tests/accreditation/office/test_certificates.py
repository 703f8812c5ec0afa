"""The certificates of a city in its office: found, looked at, ended after a preview; and who does not see them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Designation
from accreditation.services import naming
from accreditation.services.certificate_life import reissue, revoke
from accreditation.states import State
from certificates.archive import sha256_of
from certificates.issuing import render_due
from certificates.models import Certificate, Ending
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.accreditation.public.conftest import name_them
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast, city, member

pytestmark = pytest.mark.django_db
ISSUED = AT + timedelta(days=45)
NOW = AT + timedelta(days=200)
LIST = "/certificates/"


@pytest.fixture(autouse=True)
def _today(clock: Callable[[Any], None]) -> None:
    clock(NOW)


def issued(leader: str = "王金山", mark: str = "") -> Certificate:
    application = application_in(State.NAMED, cast(mark), leader)
    naming.issue_due_certificates(ISSUED)
    assert render_due(ISSUED) == 1
    return Designation.objects.get(application=application).certificate


def page_of(certificate: Certificate, act: str = "") -> str:
    name = f"certificate-{act}" if act else "certificate-record"
    return reverse(name, args=[certificate.public_id])


def listed(client: Client, query: str = "") -> list[tuple[str, str]]:
    rows = client.get(f"{LIST}?{query}").context["rows"]
    return [(row["certificate"].studio_name, row["standing"]) for row in rows]


FORMS: dict[str, dict[str, str]] = {
    "revoke": {"ended_on": "2027-03-01", "reason": "工作室停止运行，渝工办〔2027〕11号。"},
    "reissue": {
        "studio_name": "王金山劳模创新工作室", "enterprise_name": "重庆金山科技集团公司",
        "title": "重庆市劳模创新工作室", "reason": "单位名称有误。",
    },
    "renew": {"decision_number": "渝工发〔2027〕3号", "reason": "复评合格。"},
}  # fmt: skip


def test_every_certificate_is_found_by_number_name_and_state(at_city: Client) -> None:
    one, other = issued(), issued("张毅", "other")
    by = cast().city_decider
    revoke(one, by=by, at=NOW, reason="停止运行。", ended_on=NOW.date())
    names = {"studio_name": "张毅工匠工作室", "enterprise_name": other.enterprise_name, "title": other.title}
    reissue(other, by=by, at=NOW, reason="名称有误。", corrected=names)

    assert listed(at_city) == [
        ("张毅工匠工作室", "pending"),
        ("张毅劳模创新工作室", "valid"),
        ("王金山劳模创新工作室", "revoked"),
    ]
    render_due(NOW)
    assert listed(at_city, "state=superseded") == [("张毅劳模创新工作室", "superseded")]
    assert listed(at_city, "q=张毅&state=valid") == [("张毅工匠工作室", "valid")]
    assert listed(at_city, "q=0001号") == [("王金山劳模创新工作室", "revoked")]
    assert listed(at_city, "q=other重庆金山") == listed(at_city, "q=张毅")
    assert listed(at_city, "q=nothing") == []
    assert len(listed(at_city, "state=never")) == 3


@pytest.mark.parametrize("act", FORMS)
def test_what_will_be_is_shown_before_it_is_signed_and_going_back_keeps_what_was_typed(
    at_city: Client, act: str
) -> None:
    certificate = issued()
    address, form = page_of(certificate, act), FORMS[act]
    first = at_city.get(address)
    preview = at_city.post(address, form | {"act": "preview"})
    back = at_city.post(address, form | {"act": "back"})

    assert (first.status_code, preview.status_code, back.status_code) == (200, 200, 200)
    assert "还没有写入。签署后不能撤回。" in preview.text
    assert form["reason"] in preview.text
    assert {name: back.context["form"][name].value() for name in form} == form
    assert not Ending.objects.exists()

    answer = at_city.post(address, form | {"act": "sign"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(certificate))
    assert Ending.objects.get().certificate == certificate
    shown = at_city.get(page_of(certificate))
    assert form["reason"] in shown.text
    assert address not in shown.text


def test_a_correction_shows_old_and_new_and_a_renewal_the_days(at_city: Client) -> None:
    certificate = issued()
    corrected = at_city.post(page_of(certificate, "reissue"), FORMS["reissue"] | {"act": "preview"})
    renewed = at_city.post(page_of(certificate, "renew"), FORMS["renew"] | {"act": "preview"})

    assert [(row["old"], row["new"]) for row in corrected.context["corrected"]] == [
        ("重庆金山科技公司", "重庆金山科技集团公司")
    ]
    assert renewed.context["renewed"].valid_until.isoformat() == "2032-09-14"


@pytest.mark.parametrize(
    ("act", "changed", "errors"),
    [
        ("revoke", {"reason": " "}, {"reason": ["写明理由"]}),
        ("revoke", {"ended_on": "2099-01-01"}, {"ended_on": ["选择颁发之日到今天之间的一天。"]}),
        ("revoke", {"ended_on": "昨天"}, {"ended_on": ["填写撤销日期，如2027-03-20"]}),
        ("reissue", {"enterprise_name": "重庆金山科技公司"}, {"studio_name": ["改正至少一处；都没有错就不必重发"]}),
        ("reissue", {"title": ""}, {"title": ["填写称号"]}),
        ("renew", {"reason": ""}, {"reason": ["写明理由"]}),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_field(
    at_city: Client, act: str, changed: dict[str, str], errors: dict[str, list[str]]
) -> None:
    answer = at_city.post(page_of(issued(), act), FORMS[act] | changed | {"act": "sign"})
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert not Ending.objects.exists()


def test_what_the_font_cannot_draw_is_refused_before_anything_is_signed(at_city: Client) -> None:
    form = FORMS["reissue"] | {"studio_name": "𪚥劳模创新工作室", "act": "preview"}
    answer = at_city.post(page_of(issued(), "reissue"), form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["studio_name"])


def test_who_comes_second_reads_who_was_first_and_keeps_what_was_written(at_city: Client) -> None:
    certificate = issued()
    other = browser_of(cast().city_decider)
    assert other.post(page_of(certificate, "revoke"), FORMS["revoke"] | {"act": "sign"}).status_code == 302
    answer = at_city.post(page_of(certificate, "renew"), FORMS["renew"] | {"act": "sign"})

    assert answer.status_code == 409
    assert answer.context["title"].startswith("这一件已由姓名city_decider于")
    assert answer.context["title"].endswith("撤销证书")
    assert answer.context["kept"] == "复评合格。"
    assert at_city.get(page_of(certificate, "renew")).status_code == 302


def test_before_its_file_is_made_nothing_can_be_done(at_city: Client) -> None:
    application = application_in(State.NAMED)
    naming.issue_due_certificates(ISSUED)
    certificate = Certificate.objects.get(issued_for=application.public_id)
    assert page_of(certificate, "revoke") not in at_city.get(page_of(certificate)).text
    assert at_city.post(page_of(certificate, "revoke"), FORMS["revoke"] | {"act": "sign"}).status_code == 409


def test_who_has_an_interest_sees_why_they_may_not(at_city: Client, chief: Any) -> None:
    certificate = issued()
    member(cast().enterprise, username=chief.username)
    shown = at_city.get(page_of(certificate))
    answer = at_city.post(page_of(certificate, "revoke"), FORMS["revoke"] | {"act": "sign"})

    assert "不能由您办理" in shown.text
    assert page_of(certificate, "revoke") not in shown.text
    assert (answer.status_code, Ending.objects.count()) == (403, 0)


def test_an_auditor_reads_their_own_branch_and_nobody_else_is_let_in() -> None:
    ours, theirs, who = issued(), issued("张毅", "other"), cast()
    auditor = browser_of(member(who.district, "audit", username="auditor"))
    assert listed(auditor) == [("王金山劳模创新工作室", "valid")]
    assert [auditor.get(page_of(one)).status_code for one in (ours, theirs)] == [200, 404]
    for act, form in FORMS.items():
        assert page_of(ours, act) not in auditor.get(page_of(ours)).text
        assert auditor.get(page_of(ours, act)).status_code == 404
        assert auditor.post(page_of(ours, act), form | {"act": "sign"}).status_code == 404
    manager = member(city(), "manage", username="manager")
    for user in (who.applicant, who.district_decider, who.experts[0], manager):
        client = browser_of(user)
        addresses = [LIST, page_of(ours), *(page_of(ours, act) for act in FORMS)]
        assert {client.get(address).status_code for address in addresses} == {404}
    assert Client().get(LIST).status_code == 302
    assert not Ending.objects.exists()


def test_the_applicant_sees_how_theirs_stands(at_city: Client) -> None:
    certificate, applicant = issued(), browser_of(cast().applicant)
    page = reverse("application", args=[Application.objects.get().public_id])
    at_city.post(page_of(certificate, "reissue"), FORMS["reissue"] | {"act": "sign"})
    waiting = applicant.get(page)
    assert ("新证书制成后才由它代替" in waiting.text, waiting.context["standing"]) == (True, "valid")
    assert "新证书正在制作，制成以前下载的是原证书" in waiting.text
    download = applicant.get(reverse("certificate", args=[Application.objects.get().public_id]))
    certificate.refresh_from_db()
    assert sha256_of(b"".join(download.streaming_content)) == certificate.sha256

    render_due(NOW)
    new = Certificate.objects.get(ending=None)
    at_city.post(page_of(new, "revoke"), FORMS["revoke"] | {"act": "sign"})
    page = applicant.get(page)
    assert (page.context["standing"], page.context["replaced"]) == ("revoked", [certificate])
    assert FORMS["revoke"]["reason"] in page.text


def test_list_and_page_cost_the_same_for_1_and_30(at_city: Client) -> None:
    first = issued()
    few = cost_of(at_city, LIST), cost_of(at_city, page_of(first))
    ended = applications_in(State.NOTICE_ENDED, [f"劳模{number}" for number in range(29)])
    name_them(ended)
    naming.issue_due_certificates(ISSUED)
    for number, one in enumerate(Certificate.objects.exclude(pk=first.pk), start=1):
        Certificate.objects.filter(pk=one.pk).update(
            sha256=f"{number:064}", size=1, file="x", rendered_at=ISSUED, log_proof={}
        )
        Ending.objects.create(
            certificate=one, kind="revoked", ended_on=NOW.date(), reason="停。", recorded_at=NOW
        )
    assert len(listed(at_city)) == 30
    assert (cost_of(at_city, LIST), cost_of(at_city, page_of(first))) == few
