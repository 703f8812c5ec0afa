"""The register: who is found, what a page costs, and what it never shows."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accreditation.models import Designation
from accreditation.queries.yearbook import yearbook
from accreditation.services.certificate_life import reissue
from accreditation.states import State
from certificates.issuing import render_due
from certificates.models import Certificate, Ending
from tests.accreditation.public.conftest import SIGNED, name_them, named, named_many, with_files
from tests.factories import application_in, cast, draft, user

pytestmark = pytest.mark.django_db
REGISTER = "/register/"


def names(client: Client, **wanted: str) -> list[str]:
    """Return the studios that the register lists."""
    page = client.get(reverse("register"), wanted).context["page"]
    return [row.studio.name for row in page]


def test_visitors_find_studios_by_name_leader_and_enterprise(client: Client) -> None:
    named("米钰林", "周亚平")
    named("张毅", mark="other")
    assert names(client, q="周亚") == ["周亚平劳模创新工作室"]
    assert names(client, q="other重庆") == ["张毅劳模创新工作室"]
    assert names(client, q="米钰林 金山") == ["米钰林劳模创新工作室"]
    assert names(client, q="庞宇来") == []


def test_the_list_is_narrowed_by_district_year_and_level(client: Client) -> None:
    named("米钰林")
    named("张毅", mark="other")
    assert names(client, district="other-YB") == ["张毅劳模创新工作室"]
    assert names(client, year="2026", level="city", district="YB") == ["米钰林劳模创新工作室"]
    assert names(client, year="2025") == []
    assert names(client, level="demonstration") == []


def test_the_list_is_narrowed_by_industry_and_found_by_district_and_industry(client: Client) -> None:
    named("米钰林")
    other = cast("other")
    ended = [application_in(State.NOTICE_ENDED, other, leader_name="张毅", industry="供电")]
    name_them(ended, number="渝工发〔2026〕2号")
    assert names(client, industry="供电") == names(client, q="供电") == ["张毅劳模创新工作室"]
    assert names(client, industry="制造业") == ["米钰林劳模创新工作室"]
    assert names(client, q="other渝北") == ["张毅劳模创新工作室"]
    (industry,) = [one for one in client.get(REGISTER).context["choices"] if one["name"] == "industry"]
    assert industry["options"] == [("供电", "供电"), ("制造业", "制造业")]


def test_the_list_is_ordered_by_date_district_or_name(client: Client) -> None:
    named("张毅", mark="a")
    named("周亚平", "米钰林", mark="b")
    cast("a").district.refresh_from_db()
    assert names(client, sort="name") == [f"{one}劳模创新工作室" for one in ("米钰林", "张毅", "周亚平")]
    assert names(client, sort="district") == [f"{one}劳模创新工作室" for one in ("张毅", "周亚平", "米钰林")]
    assert names(client, sort="none") == names(client)


def test_what_is_looked_for_survives_paging_and_is_kept_by_every_form(client: Client) -> None:
    named_many(31)
    answer = client.get(REGISTER, {"q": "领军", "district": "YB", "sort": "name"})
    kept = "q=%E9%A2%86%E5%86%9B&amp;district=YB&amp;sort=name"
    assert f'href="?{kept}&amp;page=2"' in answer.text
    assert f'href="/register.csv?{kept}"' in answer.text
    assert (answer.context["page"].paginator.count, len(answer.context["page"])) == (31, 30)
    assert answer.context["conditions"] == ["“领军”", "渝北区总工会"]
    for hidden in ('type="hidden" name="district" value="YB"', 'type="hidden" name="sort" value="name"'):
        assert hidden in answer.text
    assert '<option value="YB" selected>' in answer.text


def test_a_narrowed_list_is_not_kept_by_search_engines(client: Client) -> None:
    named("米钰林")
    assert "noindex" not in client.get(REGISTER).text
    assert '<meta name="robots" content="noindex, follow">' in client.get(REGISTER, {"year": "2026"}).text


def test_what_cannot_be_read_asks_for_nothing(client: Client) -> None:
    named("米钰林")
    assert names(client, year="abcd", level="none", page="x") == ["米钰林劳模创新工作室"]


def test_a_register_without_studios_leads_to_the_notices(client: Client) -> None:
    answer = client.get(reverse("register"))
    assert "还没有命名的工作室" in answer.text
    assert reverse("notices") in answer.text


def test_a_search_without_result_says_what_was_looked_for(client: Client) -> None:
    named("米钰林")
    assert "没有找到“周亚萍”" in client.get(reverse("register"), {"q": "周亚萍"}).text


def test_the_chart_counts_the_studios_of_each_district(client: Client) -> None:
    named("米钰林", "周亚平")
    named("张毅", mark="other")
    chart = client.get(reverse("register")).context["chart"]
    assert [(row["code"], row["gold"], row["ink"], row["open"], row["count"]) for row in chart] == [
        ("YB", 0, 2, 0, 2),
        ("other-YB", 0, 1, 0, 1),
    ]


def test_the_certificate_is_being_made_then_valid_then_expired(
    client: Client, clock: Callable[..., None]
) -> None:
    named("米钰林")
    clock(SIGNED)
    assert (state_of_certificate(client), in_states(client)) == ("制证中", ["pending"])
    with_files()
    assert (state_of_certificate(client), in_states(client)) == ("有效", ["valid"])
    clock(SIGNED + timedelta(days=3 * 366))
    assert (state_of_certificate(client), in_states(client)) == ("已到期", ["expired"])


def test_a_revoked_certificate_says_so_with_its_day_and_reason(
    client: Client, clock: Callable[..., None]
) -> None:
    designation = named("米钰林").designations.get()
    with_files()
    designation.refresh_from_db()
    day = SIGNED.date() + timedelta(days=30)
    Ending.objects.create(
        certificate=designation.certificate, kind="revoked", ended_on=day, reason="单位已撤销该工作室。",
        recorded_at=SIGNED + timedelta(days=30),
    )  # fmt: skip
    clock(SIGNED + timedelta(days=31))
    assert (state_of_certificate(client), in_states(client)) == ("已撤销", ["revoked"])
    page = client.get(reverse("studio", args=[designation.studio.public_id])).text
    assert "2026年11月15日撤销" in page
    assert "单位已撤销该工作室。" in page
    record = json.loads(b"".join(client.get("/register.json").streaming_content))["studios"][0]  # type: ignore[attr-defined]
    assert (record["state"], record["revoked_on"]) == ("revoked", "2026-11-15")


def test_until_a_new_certificate_is_made_the_old_one_is_shown_everywhere(
    client: Client, clock: Callable[..., None]
) -> None:
    designation = named("米钰林").designations.get()
    with_files()
    old = Certificate.objects.get()
    renewing = SIGNED + timedelta(days=30)
    correct = {"studio_name": "米钰林创新工作室", "enterprise_name": old.enterprise_name, "title": old.title}
    new = reissue(old, by=user("city_decider"), at=renewing, reason="名称有误。", corrected=correct)
    studio = reverse("studio", args=[designation.studio.public_id])

    clock(renewing)
    assert (state_of_certificate(client), in_states(client)) == ("有效", ["valid"])
    page = client.get(studio).text
    assert (old.number in page, old.studio_name in page, new.number in page) == (True, True, False)
    answer = client.get(old.get_absolute_url())
    assert (answer.context["answer"], new.number in answer.text) == ("valid", False)
    assert record_of(client) == (old.studio_name, old.number, "valid", old.valid_until.isoformat())
    assert yearbook(2026, renewing.date()).chapters[0].rows[0].number == old.number
    clock(SIGNED + timedelta(days=3 * 366))
    assert (state_of_certificate(client), in_states(client)) == ("已到期", ["expired"])

    clock(renewing)
    assert render_due(renewing) == 1
    assert (state_of_certificate(client), in_states(client)) == ("有效", ["valid"])
    assert record_of(client) == ("米钰林创新工作室", new.number, "valid", new.valid_until.isoformat())
    page = client.get(studio).text
    assert (old.number in page, new.number in page, "米钰林创新工作室" in page) == (False, True, True)
    answer = client.get(old.get_absolute_url())
    assert (answer.context["answer"], new.get_absolute_url() in answer.text) == ("superseded", True)
    assert client.get(new.get_absolute_url()).context["answer"] == "valid"


def record_of(client: Client) -> tuple[str, ...]:
    """Return what the download says of the only studio."""
    [record] = json.loads(b"".join(client.get("/register.json").streaming_content))["studios"]  # type: ignore[attr-defined]
    return record["name"], record["certificate"], record["state"], record["valid_until"]


def test_a_studio_named_again_is_listed_once_with_its_newest_naming_and_tells_of_the_earlier(
    client: Client, clock: Callable[..., None]
) -> None:
    withdrawn = application_in(State.WITHDRAWN, leader_name="米钰林")
    decision = named("米钰林")
    newest = decision.designations.get()
    Designation.objects.create(
        studio=newest.studio, application=withdrawn, decision=decision, district=newest.district, level="district",
        named_on=date(2021, 5, 4), valid_until=date(2024, 5, 3),
    )  # fmt: skip
    clock(SIGNED)
    assert names(client) == names(client, level="city") == ["米钰林劳模创新工作室"]
    assert names(client, level="district") == names(client, year="2021") == []
    shown = client.get(reverse("studio", args=[newest.studio.public_id]))
    assert [(row.level, row.standing) for row in shown.context["earlier"]] == [("district", "expired")]
    assert "2021年5月4日至2024年5月3日" in shown.text


def in_states(client: Client) -> list[str]:
    """Return the states under which the only studio is found."""
    return [state for state in ("valid", "pending", "expired", "revoked") if names(client, state=state)]


def state_of_certificate(client: Client) -> str:
    """Return the word in the certificate's column of the only row."""
    cell = re.search(r'data-l="证书">(.*?)</td>', client.get(reverse("register")).text, re.DOTALL)
    assert cell
    return re.sub(r"<[^>]+>", "", cell[1]).strip()


def test_the_city_counts_all_its_districts_together(client: Client) -> None:
    named("米钰林", "周亚平")
    named("张毅", mark="other")
    rows = {row["body"].code: row["counted"] for row in client.get("/districts/").context["rows"]}
    assert rows["CQ"] == {"gold": 0, "ink": 3, "open": 0, "count": 3}
    assert (rows["YB"]["count"], rows["other-YB"]["count"]) == (2, 1)


def test_the_lists_cost_the_same_for_1_and_30_studios(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decision = named("领军人甲")
    pages = [*COST, reverse("decision", args=[decision.public_id])]
    for address in COST:
        client.get(address)
    for address, cost in COST.items():
        with django_assert_num_queries(cost):
            client.get(address)
    large = named_many(29)
    for address, cost in COST.items():
        with django_assert_num_queries(cost):
            assert client.get(address).status_code == 200
    with django_assert_num_queries(4):
        client.get(pages[-1])
    with django_assert_num_queries(4):
        assert client.get(reverse("decision", args=[large.public_id])).context["count"] == 29


COST = {"/register/": 8, "/districts/": 4, "/districts/YB/": 5, "/": 4}
"""SQL statements of each page."""


def test_a_studio_shows_its_five_goods_in_brief(client: Client) -> None:
    decision = named("米钰林")
    studio = decision.designations.get().studio
    answer = client.get(reverse("studio", args=[studio.public_id]))
    profile = answer.context["profile"]
    assert profile["leader"]["honours"] == [{"level": "national", "title": "全国劳动模范", "year": 2015}]
    assert profile["team"] == {"size": 10, "trades": ["钳工"], "pairs": 1}
    assert [(str(label), figure.display(unit)) for label, figure, unit in answer.context["results"]] == [
        ("课题", "3项"),
        ("专利", "28项"),
        ("获奖", "1项"),
        ("成果转化", "1项"),
        ("经济效益", "上千万元"),
        ("技能晋升", "2人"),
    ]
    assert profile["mechanism"]["rules"] == ["工作室管理办法"]


def test_an_undesignated_studio_has_no_public_page(client: Client) -> None:
    application = draft()
    assert client.get(reverse("studio", args=[application.studio.public_id])).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/register/?q=%00",
        "/register/?district=%00",
        "/register/?year=0000&page=0",
        "/register.json?year=9999&industry=%00%ff",
        "/applications/?q=%00",
    ],
)
def test_a_search_for_what_no_text_holds_is_answered(client: Client, address: str) -> None:
    client.force_login(cast().applicant)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/districts/%00/", "/office/%00/", "/office/%00/members/new/"])
def test_an_address_that_no_code_could_have_is_not_there(client: Client, address: str) -> None:
    client.force_login(cast().applicant)
    assert client.get(address).status_code == 404
