"""The register: who is found, what a page costs, and what it never shows."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.accreditation.public.conftest import SIGNED, named, with_files
from tests.factories import cast, draft

pytestmark = pytest.mark.django_db


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
    assert state_of_certificate(client) == "制证中"
    with_files()
    assert state_of_certificate(client) == "有效"
    clock(SIGNED + timedelta(days=3 * 366))
    assert state_of_certificate(client) == "已到期"


def state_of_certificate(client: Client) -> str:
    """Return the word in the certificate's column of the only row."""
    cell = re.search(r'data-l="证书">(.*?)</td>', client.get(reverse("register")).text, re.DOTALL)
    assert cell
    return re.sub(r"<[^>]+>", "", cell[1]).strip()


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
    large = named(*[f"领军人{number}" for number in range(29)])
    for address, cost in COST.items():
        with django_assert_num_queries(cost):
            assert client.get(address).status_code == 200
    with django_assert_num_queries(2):
        client.get(pages[-1])
    with django_assert_num_queries(2):
        assert client.get(reverse("decision", args=[large.public_id])).context["count"] == 29


COST = {"/register/": 5, "/districts/": 3, "/districts/YB/": 4, "/": 3}
"""SQL statements of each page."""


def test_a_studio_shows_its_five_goods_in_brief(client: Client) -> None:
    decision = named("米钰林")
    studio = decision.designations.get().studio
    answer = client.get(reverse("studio", args=[studio.public_id]))
    profile = answer.context["profile"]
    assert profile["leader"]["honours"] == [{"level": "national", "title": "全国劳动模范", "year": 2015}]
    assert profile["team"] == {"size": 10, "trades": ["钳工"], "pairs": 1}
    assert profile["topics"]["patents"].display("项") == "28项"
    assert profile["topics"]["benefit"].display("万元") == "上千万元"
    assert profile["mechanism"]["rules"] == ["工作室管理办法"]


def test_an_undesignated_studio_has_no_public_page(client: Client) -> None:
    application = draft()
    assert client.get(reverse("studio", args=[application.studio.public_id])).status_code == 404


@pytest.mark.parametrize("address", ["/register/?q=%00", "/register/?district=%00", "/applications/?q=%00"])
def test_a_search_for_what_no_text_holds_is_answered(client: Client, address: str) -> None:
    client.force_login(cast().applicant)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/districts/%00/", "/office/%00/", "/office/%00/members/new/"])
def test_an_address_that_no_code_could_have_is_not_there(client: Client, address: str) -> None:
    client.force_login(cast().applicant)
    assert client.get(address).status_code == 404
