"""What search engines are told: every public page with its last change, and no other."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accreditation.views.sitemaps import SECTIONS
from tests.accreditation.public.conftest import SIGNED, named, named_many, with_files
from tests.factories import draft

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def addresses(client: Client, section: str) -> dict[str, str]:
    """Return the addresses of a section with the day of their last change, "" where none is given."""
    text = client.get(f"/sitemap-{section}.xml").text
    found = re.findall(r"<url>.*?<loc>(.*?)</loc>(?:\s*<lastmod>(.*?)</lastmod>)?", text, re.DOTALL)
    return {address.removeprefix(SITE): day for address, day in found}


def test_the_sitemap_names_its_sections_and_they_the_public_pages(
    client: Client, clock: Callable[..., None]
) -> None:
    decision = named("米钰林")
    with_files()
    draft(leader_name="庞宇来")
    clock(SIGNED)
    studio, day = decision.designations.get().studio, "2026-10-16"
    index = client.get("/sitemap.xml")
    assert index["Content-Type"] == "application/xml"
    assert re.findall("<loc>(.*?)</loc>", index.text) == [f"{SITE}/sitemap-{name}.xml" for name in SECTIONS]
    notice = decision.cycle.notices.get()
    assert addresses(client, "pages") == {
        "/": day, "/register/": day, "/districts/": day, "/verify/": "", "/notices/": "2026-09-01",
    }  # fmt: skip
    assert addresses(client, "studios") == {f"/register/{studio.public_id}/": day}
    assert addresses(client, "districts") == {"/districts/CQ/": "", "/districts/YB/": day}
    assert addresses(client, "notices") == {f"/notices/{notice.public_id}/": "2026-09-01"}
    assert addresses(client, "decisions") == {f"/decisions/{decision.public_id}/": day}
    for section in SECTIONS:
        for address in addresses(client, section):
            assert client.get(address).status_code == 200, address


def test_an_empty_house_has_a_sitemap_too(client: Client) -> None:
    assert client.get("/sitemap.xml").status_code == 200
    assert addresses(client, "studios") == {}
    assert client.get("/sitemap-people.xml").status_code == 404


def test_a_sitemap_costs_the_same_for_1_and_30_studios(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    named("领军人甲")
    for count in (1, 30):
        with django_assert_num_queries(2):
            assert len(addresses(client, "studios")) == count
        with django_assert_num_queries(10):
            client.get("/sitemap.xml")
        if count == 1:
            named_many(29)


def closed(rules: list[tuple[str, str]], path: str) -> bool:
    """Whether a path is closed: the longest rule that fits it holds, and of two as long the open one (RFC 9309)."""
    fitting = [
        (len(rule), kind == "Allow")
        for kind, rule in rules
        if re.match(re.escape(rule).replace(r"\*", ".*").replace(r"\$", "$"), path)
    ]
    return not max(fitting)[1]


def test_robots_are_led_to_the_sitemap_and_kept_out_of_all_that_is_not_public(client: Client) -> None:
    text = client.get("/robots.txt").text
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", text, re.MULTILINE)
    code = "0" * 16
    shut = [
        reverse("verify-certificate", args=[code]), reverse("verify-proof", args=[code]), "/login/", "/desk/",
        "/audit/", "/applications/", "/account/", "/ledger/", "/register/?q=a", "/register.csv",
        "/districts/YB/?page=2", "/objections/1/", "/notices/1/2/objection/", "/evidence/1/", "/a-page-made-later/",
    ]  # fmt: skip
    open_ = ["/", "/register/", "/register/1/", "/districts/YB/", "/notices/1/", "/decisions/1/", "/verify/"]
    assert [path for path in shut if not closed(rules, path)] == []
    assert [path for path in (*open_, "/sitemap.xml", "/static/a.css") if closed(rules, path)] == []
