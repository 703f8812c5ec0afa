"""The register taken along: exactly what was found, for spreadsheets and for programs."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.queries import register
from accreditation.queries.register_export import FIELDS
from accreditation.states import State
from accreditation.views.throttle import REGISTER_FILES
from tests.accreditation.public.conftest import SIGNED, name_them, named, named_many, with_files
from tests.factories import application_in, cast, enterprise, member
from tests.page import parse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_downloaded_yet(clock: Callable[..., None]) -> None:
    cache.clear()
    clock(SIGNED)


def body(answer: HttpResponseBase) -> bytes:
    """Return the whole file."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def table(client: Client, query: str = "", language: str = "zh-hans") -> list[list[str]]:
    """Return the rows of the CSV file, the heads first."""
    answer = client.get(f"/register.csv{query}", headers={"Accept-Language": language})
    content = body(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def document(client: Client, query: str = "") -> dict[str, Any]:
    """Return what the JSON file says."""
    return json.loads(body(client.get(f"/register.json{query}")))


def sheet(client: Client, query: str = "") -> Any:
    """Return the sheet of the workbook."""
    package = zipfile.ZipFile(io.BytesIO(body(client.get(f"/register.xlsx{query}"))))
    return parse(package.read("xl/worksheets/sheet1.xml").decode())


def test_each_file_holds_exactly_what_the_page_lists_in_its_order(client: Client) -> None:
    named("米钰林", "周亚平", "张毅")
    named("陈志强", mark="other")
    for query in (
        "",
        "?sort=name",
        "?district=YB&sort=name",
        "?q=周亚",
        "?state=pending&level=city",
        "?year=1999",
    ):
        page = client.get(f"/register/{query}").context["page"]
        listed = [row.studio.name for row in page]
        assert [row[1] for row in table(client, query)[1:]] == listed, query
        assert [row["name"] for row in document(client, query)["studios"]] == listed, query
        rows = sheet(client, query).all("row")[1:]
        assert [row.all("c")[1].words for row in rows] == listed, query


def test_the_json_says_what_it_is_and_names_its_fields_as_documented(client: Client, settings: Any) -> None:
    settings.BASE_URL, settings.REGISTER_LICENSE = "https://example.org", "CC BY 4.0"
    decision = named("米钰林")
    with_files()
    studio = decision.designations.get().studio
    certificate = decision.designations.get().certificate
    assert certificate
    assert document(client, "?district=YB&q=%00&level=none") == {
        "format": "wuhao-register/1",
        "issuer": "重庆市总工会",
        "source": "https://example.org/register/",
        "license": "CC BY 4.0",
        "generated_at": SIGNED.isoformat(timespec="seconds"),
        "filter": {"district": "YB"},
        "count": 1,
        "studios": [
            {
                "id": str(studio.public_id),
                "name": "米钰林劳模创新工作室",
                "leader": "米钰林",
                "enterprise": "重庆金山科技公司",
                "district": "渝北区总工会",
                "district_code": "YB",
                "industry": "制造业",
                "level": "city",
                "named_on": "2026-10-16",
                "decision": decision.number,
                "certificate": certificate.number,
                "valid_until": "2029-10-15",
                "state": "valid",
                "revoked_on": None,
                "url": f"https://example.org/register/{studio.public_id}/",
            }
        ],
    }


def test_what_is_not_known_yet_is_null_and_an_empty_cell(client: Client) -> None:
    named("米钰林")
    (record,) = document(client)["studios"]
    assert (record["state"], record["certificate"], record["revoked_on"]) == ("pending", None, None)
    assert table(client)[1][10:14] == ["", "2029-10-15", "制证中", ""]
    assert document(client)["license"] is None


def test_an_empty_register_is_an_empty_list_and_a_table_of_heads(client: Client) -> None:
    assert (document(client)["count"], document(client)["studios"]) == (0, [])
    assert len(table(client)) == 1
    assert len(sheet(client).all("row")) == 1


def test_the_table_speaks_the_readers_language_and_the_json_none(client: Client) -> None:
    named("米钰林")
    heads, row = table(client)
    assert heads == [str(field.heading) for field in FIELDS]
    assert (row[7], row[12]) == ("市级", "制证中")
    assert table(client, language="en")[1][7] == "City level"
    assert document(client)["studios"][0]["level"] == "city"


def test_nothing_that_people_wrote_is_a_formula(client: Client) -> None:
    who = cast()
    place = enterprise("YB-E2", "=1+1公司", who.union)
    member(place, "apply", username="second")
    named_so = application_in(State.NOTICE_ENDED, who, leader_name="周亚平", industry="@SUM(A1)")
    name_them([named_so], number="渝工发〔2026〕3号")
    type(place).objects.filter(pk=who.enterprise.pk).update(name="=1+1公司")
    _heads, row = table(client)
    assert row[6] == "'@SUM(A1)"
    cells = sheet(client).all("row")[1]
    assert ("@SUM(A1)" in cells.words, cells.all("f")) == (True, [])


def test_days_are_real_days_in_the_workbook(client: Client) -> None:
    named("米钰林")
    cell = sheet(client).all("row")[1].all("c")[8]
    assert (cell.one("v").words, cell.get("t") in (None, "n")) == ("46311", True)


@pytest.mark.parametrize(("kind", "before"), [("csv", 2), ("xlsx", 3), ("json", 3)])
def test_a_file_costs_the_same_for_1_and_30_studios_and_one_more_for_each_further_block(
    client: Client, kind: str, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    named("领军人甲")
    costs = [cost(client, kind)]
    named_many(29)
    costs.append(cost(client, kind))
    monkeypatch.setattr(register, "AT_ONCE", 10)
    costs.append(cost(client, kind))
    assert costs == [before, before, before + 2]


def cost(client: Client, kind: str) -> int:
    """Return how many statements a file takes."""
    with CaptureQueriesContext(
        connection,
    ) as statements:
        body(client.get(f"/register.{kind}"))
    return len(statements)


def test_a_file_may_be_kept_a_while_but_not_where_the_language_changes(client: Client) -> None:
    kept = {kind: client.get(f"/register.{kind}") for kind in ("csv", "xlsx", "json")}
    assert {kind: answer["Cache-Control"] for kind, answer in kept.items()} == {
        "csv": "private, max-age=300",
        "xlsx": "private, max-age=300",
        "json": "public, max-age=300",
    }
    assert "Cookie" in kept["csv"]["Vary"]
    assert ".csv" in kept["csv"]["Content-Disposition"]
    assert not kept["json"].cookies


def test_whoever_downloads_without_end_is_asked_to_wait(client: Client) -> None:
    answers = [client.get("/register.json").status_code for _ in range(REGISTER_FILES.most)]
    assert set(answers) == {200}
    refused = client.get("/register.csv?district=YB")
    assert (refused.status_code, refused["Retry-After"]) == (429, "600")
    assert f"{reverse('register')}?district=YB" in refused.text
    assert client.get("/register/").status_code == 200


@pytest.mark.parametrize("kind", ["xls", "pdf", "html"])
def test_there_is_no_file_of_another_kind(client: Client, kind: str) -> None:
    assert client.get(f"/register.{kind}").status_code == 404
