"""How certificates look: chosen in a page with a preview, kept as versions, recorded, checked; operators' designs."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accreditation.models import Designation, User
from accreditation.queries.event_words import sentence
from accreditation.queries.office import sentences
from accreditation.services import naming
from accreditation.services.certificate_looks import configure_certificates, save_design
from accreditation.states import State
from accreditation.views import throttle
from certificates.configuration import Configuration, configuration
from certificates.designs import source_of
from certificates.issuing import render_due
from certificates.models import Design, Layout
from tests import factories as make
from tests.accreditation.at_work import browser_of, cost_of
from tests.accreditation.test_races import race, refusals
from tests.append_only import tampering
from workflows.ledger.verification.broken import Broken
from workflows.ledger.verification.whole import verify
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Stale

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
AT = make.AT
CLASSIC = source_of("classic")
HTMX = {"HTTP_HX_REQUEST": "true"}
LOOK, DESIGNS = "/certificate-look/", "/certificate-look/designs/"


def decider() -> User:
    return make.cast().city_decider


def choices(**changed: Any) -> dict[str, Any]:
    """What the form sends."""
    told = vars(configuration()) | {"version": 0, "sample": "short"} | changed
    return {name: "\n".join(value) if isinstance(value, tuple) else value for name, value in told.items()}


def chosen(**changed: Any) -> Layout | None:
    return configure_certificates(
        make.city(), Configuration(**changed), expected_version=Layout.objects.count(), by=decider(), at=AT
    )


def saved(name: str = "素", **changed: Any) -> Design:
    told = {"name": name, "purpose": Design.Purpose.CERTIFICATE, "based_on": "classic"} | changed
    return save_design(make.city(), CLASSIC, by=decider(), at=AT, **told)


def test_what_is_chosen_is_a_new_version_with_its_event_and_old_certificates_stay() -> None:
    client = browser_of(decider())
    before = make.application_in(State.NAMED)
    naming.issue_due_certificates(AT + timedelta(days=45))
    sent = choices(
        title="重庆市示范工作室", number_format="渝示〔{year}〕{serial}号", design="modern", language="zh-en",
        joint_issuers="重庆市科学技术局\n\n重庆市教育委员会 ", joint_issuers_en="Science Bureau\nEducation Commission",
    )  # fmt: skip
    answer = client.post(LOOK, sent)
    layout = Layout.objects.get()
    event = Event.objects.get(action="configure_certificates")
    facts = json.loads(event.body)["facts"]

    assert (answer.status_code, layout.version, event.stream) == (302, 1, make.city().stream)
    assert configuration().joint_issuers == ("重庆市科学技术局", "重庆市教育委员会")
    assert (facts["layout"], facts["changes"]["title"]) == (
        1,
        {"from": "重庆市劳模创新工作室", "to": "重庆市示范工作室"},
    )
    assert len(facts["changes"]) == 6
    assert sentence(None, event, facts, sees_panel=False) == "更改证书设置，成为第1版，改动6项。"
    assert sentences([event])[0].sentence == f"{decider().name}更改证书设置，成为第1版"
    later = make.application_in(State.NAMED, leader_name="张毅")
    naming.issue_due_certificates(AT + timedelta(days=45))
    old, new = (Designation.objects.get(application=one).certificate for one in (before, later))
    assert (old.layout, old.joint_issuers, old.number) == (None, [], "渝劳模创〔2026〕第0001号")
    assert (new.layout, new.title, new.number) == (layout, "重庆市示范工作室", "渝示〔2026〕2号")
    assert new.joint_issuers == ["重庆市科学技术局", "重庆市教育委员会"]
    assert render_due(AT + timedelta(days=45)) == 2
    verify()


def test_saving_the_same_again_changes_nothing() -> None:
    answer = browser_of(decider()).post(LOOK, choices())

    assert (answer.status_code, Layout.objects.count()) == (302, 0)


def test_who_saw_an_older_version_is_told() -> None:
    chosen(heading="证书")
    answer = browser_of(decider()).post(LOOK, choices(heading="命名证", version=0))

    assert (answer.status_code, configuration().heading) == (409, "证书")
    with pytest.raises(Stale):
        configure_certificates(make.city(), Configuration(), expected_version=0, by=decider(), at=AT)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"number_format": "渝〔{year}〕号"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year}{serial}{serial}"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year.__class__}{serial}"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year!r}{serial}"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year}{serial:{year}}"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year}{serial:>999999999}"}, "写入{year}和{serial}各一次"),
        ({"number_format": "{year}{serial"}, "写入{year}和{serial}各一次"),
        ({"title": "甲𠀀室"}, "证书字库里没有“𠀀”"),
        ({"joint_issuers": "𠀀局"}, "证书字库里没有“𠀀”"),
        ({"joint_issuers": "甲\n乙\n丙\n丁"}, "最多3个联合颁发单位"),
        ({"joint_issuers": "重庆市总工会"}, "每个单位只写一次"),
        ({"language": "zh-en", "joint_issuers": "甲局"}, "每个单位写一行英文名称"),
        ({"language": "zh-en", "title_en": ""}, "填写这一项"),
        ({"after": "特发此证。"}, "写入{title}"),
        ({"valid_years": "0"}, ""),
        ({"design": "plaque-classic"}, "选择列出的一项"),
        ({"design": "../paper"}, "选择列出的一项"),
        ({"before": "经评审公示" * 12, "title": "重庆劳模工作室" * 8, "language": "zh-en"}, "重叠"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
    wrong: dict[str, str], reason: str
) -> None:
    client = browser_of(decider())
    answer = client.post(LOOK, choices(heading="写了一半", **wrong))
    page = answer.content.decode()

    assert (answer.status_code, reason in page, "写了一半" in page) == (422, True, True)
    assert Layout.objects.count() == 0


def test_the_service_asks_by_itself() -> None:
    with pytest.raises(NotReady) as refusal:
        chosen(number_format="{year.__class__}")
    assert [problem.field for problem in refusal.value.problems] == ["number_format"]
    with pytest.raises(NotReady):
        chosen(design="11111111-1111-4111-8111-111111111111")


def test_the_preview_draws_what_is_typed_and_keeps_nothing() -> None:
    client = browser_of(decider())
    part = client.post(f"{LOOK}preview/", choices(heading="试一试"), **HTMX).content.decode()
    whole = client.post(f"{LOOK}preview/", choices(sample="long")).content.decode()
    wrong = client.post(f"{LOOK}preview/", choices(number_format="x"), **HTMX).content.decode()

    assert (part.count("data:image/png;base64,"), "<form" in part) == (2, False)
    assert (whole.count("data:image/png;base64,"), "<form" in whole) == (2, True)
    assert ("data:image/png" in wrong, "编号格式：写入{year}" in wrong) == (False, True)
    assert (Layout.objects.count(), Event.objects.filter(action="configure_certificates").count()) == (0, 0)


def test_who_has_too_many_samples_drawn_waits_and_reads_why_and_others_go_on(monkeypatch) -> None:
    cache.clear()
    for limit in (throttle.PREVIEWS, throttle.PRINTING):
        monkeypatch.setitem(vars(limit), "most", 1)
    typing, other = browser_of(decider()), browser_of(make.member(make.city(), "manage", username="manager"))
    assert typing.post(f"{DESIGNS}classic/preview/", {"name": ""}).status_code == 200
    part = typing.post(f"{LOOK}preview/", choices(), **HTMX)
    whole = typing.post(f"{LOOK}sample/", choices())
    assert ("预览太频繁，过几分钟再看。" in part.content.decode(), part["Retry-After"]) == (True, "600")
    assert (whole.status_code, "预览太频繁" in whole.content.decode()) == (429, True)
    assert other.post(f"{LOOK}preview/", choices(), **HTMX).content.count(b"data:image/png") == 2
    application = make.application_in(State.NAMED)
    address = reverse("plaque", args=[application.public_id])
    assert [typing.get(address).status_code for _ in range(2)] == [404, 429]


@pytest.mark.parametrize("of", ["certificate", "plaque"])
def test_the_sample_is_a_pdf(of: str) -> None:
    client = browser_of(decider())
    answer = client.post(f"{LOOK}sample/", choices(of=of))

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.post(f"{LOOK}sample/", choices(number_format="x")).status_code == 422


def test_a_copy_is_saved_as_versions_and_chosen() -> None:
    client = browser_of(decider())
    sent = {"name": "素", "template": CLASSIC.template, "sheet": CLASSIC.sheet + "h1 { color: #222; }\r\n"}
    assert "自己的样式" in client.get(DESIGNS).content.decode()
    assert client.post(f"{DESIGNS}classic/", sent).status_code == 302
    first = Design.objects.get()
    assert client.post(f"{DESIGNS}{first.public_id}/", sent | {"sheet": CLASSIC.sheet}).status_code == 302
    second = Design.objects.get(version=2)
    event = Event.objects.filter(action="save_design").order_by("sequence").last()
    client.get(DESIGNS)  # says what was saved
    listed = client.get(LOOK).content.decode()

    assert (first.sheet[-2:], second.based_on, second.purpose) == ("}\n", "classic", "certificate")
    assert event is not None
    assert (
        sentence(None, event, json.loads(event.body)["facts"], sees_panel=False) == "保存证书样式“素”第2版。"
    )
    assert ("素（第2版）" in listed, "素（第1版）" in listed) == (True, False)
    assert (
        client.post(LOOK, choices(design=str(first.public_id))).status_code == 422
    )  # it is not offered any more
    assert client.post(LOOK, choices(design=str(second.public_id))).status_code == 302
    saved("素")
    assert "素（第2版）" in client.get(LOOK).content.decode()  # the one in force, though there is a third
    preview = client.post(
        f"{DESIGNS}{second.public_id}/preview/", sent | {"name": ""}, **HTMX
    ).content.decode()
    assert preview.count("data:image/png;base64,") == 2


def test_a_broken_design_is_refused_when_saved_and_nothing_is_lost() -> None:
    client = browser_of(decider())
    sent = {"name": "坏的", "template": CLASSIC.template + "{{ nonsense }}", "sheet": CLASSIC.sheet}
    answer = client.post(f"{DESIGNS}classic/", sent)
    page = answer.content.decode()
    preview = client.post(f"{DESIGNS}classic/preview/", sent).content.decode()

    assert (answer.status_code, Design.objects.count()) == (422, 0)
    assert ("没有变量“nonsense”。" in page, "{{ nonsense }}" in page) == (True, True)
    assert "没有变量“nonsense”。" in preview


def test_only_who_manages_or_decides_at_the_city_comes_here() -> None:
    who = make.cast()
    manager = make.member(make.city(), "manage", username="manager")
    others = [who.applicant, who.district_decider, who.experts[0], make.member(make.district(), "manage")]
    assert [browser_of(one).get(LOOK).status_code for one in (manager, who.city_decider)] == [200, 200]
    for somebody in others:
        client = browser_of(somebody)
        for address in (LOOK, DESIGNS, f"{DESIGNS}classic/"):
            assert client.get(address).status_code == 404
        for address in (LOOK, f"{LOOK}preview/", f"{LOOK}sample/", f"{DESIGNS}classic/preview/"):
            assert client.post(address, choices()).status_code == 404
    assert Client().get(LOOK).status_code == 302
    assert browser_of(manager).get(f"{DESIGNS}nonsense/").status_code == 404
    for by, city in ((who.district_decider, make.city()), (who.district_decider, make.district())):
        with pytest.raises(NotPermitted):
            configure_certificates(city, Configuration(), expected_version=0, by=by, at=AT)
        with pytest.raises(NotPermitted):
            save_design(
                city, CLASSIC, name="素", purpose=Design.Purpose.CERTIFICATE, based_on="classic", by=by, at=AT
            )


def test_the_lists_cost_as_much_with_thirty_designs() -> None:
    client = browser_of(decider())
    saved("样1")
    cost = {address: cost_of(client, address) for address in (LOOK, DESIGNS)}
    for number in range(2, 31):
        row = {"name": f"样{number}", "purpose": "certificate", "based_on": "classic", "saved_at": AT}
        Design.objects.create(**row, template="甲", sheet="乙")

    assert {address: cost_of(client, address) for address in (LOOK, DESIGNS)} == cost


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Layout.objects.update(document=vars(Configuration(title="别的称号"))),
        lambda: Layout.objects.all().delete(),
        lambda: Layout.objects.create(version=9, document={}, chosen_at=AT),
        lambda: Design.objects.update(sheet="h1 { color: red; }"),
        lambda: Design.objects.update(name="别的"),
        lambda: Design.objects.all().delete(),
        lambda: Design.objects.create(name="私", purpose="plaque", based_on="x", saved_at=AT),
    ],
)
def test_what_was_changed_behind_the_ledger_is_found(tamper: Callable[[], Any]) -> None:
    chosen(heading="证书")
    saved()
    verify()
    with tampering():
        tamper()
    with pytest.raises(Broken):
        verify()


@pytest.mark.parametrize(("name", "file"), [("plaque", "牌匾"), ("certificate-print", "印刷用稿")])
def test_what_a_printing_shop_gets_is_drawn_for_who_may_see_the_application(name: str, file: str) -> None:
    application = make.application_in(State.NAMED)
    address = reverse(name, args=[application.public_id])
    client = browser_of(make.cast().applicant)
    assert client.get(address).status_code == 404
    naming.issue_due_certificates(AT + timedelta(days=45))
    assert client.get(address).status_code == 409
    render_due(AT + timedelta(days=45))
    answer = client.get(address)

    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    assert quote(f"-{file}.pdf") in answer["Content-Disposition"]
    assert browser_of(make.cast("other").applicant).get(address).status_code == 404
    assert browser_of(decider()).get(address).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_at_once_one_is_told_and_designs_get_their_own_versions() -> None:
    by, city = decider(), make.city()

    def choose(heading: str) -> Layout | None:
        return configure_certificates(city, Configuration(heading=heading), expected_version=0, by=by, at=AT)

    results = race(lambda: choose("证书"), lambda: choose("命名证"))
    race(saved, saved)

    assert refusals(results) == [Stale]
    assert Layout.objects.count() == 1
    assert sorted(Design.objects.values_list("version", flat=True)) == [1, 2]
