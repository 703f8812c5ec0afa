"""Certificates that ended: what the pages and programs are told, in words and as JSON; and what cannot be read."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates import limits, registry
from certificates.limits import CODES, PROGRAMS, QUESTIONS, Limit
from certificates.models import Certificate, Ending
from certificates.proofs import Fault
from certificates.standing import Standing, standing, stands
from tests.certificates.conftest import AT
from tests.certificates.test_views import ask, heading, upload

Made = Callable[..., Certificate]


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


def end(certificate: Certificate, successor: Certificate | None = None) -> Ending:
    return Ending.objects.create(
        certificate=certificate,
        kind="superseded" if successor else "revoked",
        ended_on=date(2026, 10, 16),
        reason="领军人物调离，工作室停止运行。",
        successor=successor,
        recorded_at=AT,
    )


@pytest.fixture
def every(made: Made, registered: Made) -> dict[str, Certificate]:
    """One in each standing, by the answer to it."""
    found = {
        "valid": made(),
        "expired": made(issued_on=date(2020, 1, 1), valid_until=date(2022, 12, 31)),
        "revoked": made(),
        "superseded": made(),
        "pending": registered(),
    }
    end(found["revoked"])
    end(found["superseded"], found["valid"])
    return found


def status(client: Client, certificate: Certificate) -> tuple[int, dict[str, Any]]:
    answer = client.get(reverse("verify-status", args=[certificate.check_code]))
    return answer.status_code, answer.json()


def test_every_standing_has_an_answer_of_its_own_on_the_page_and_as_json(client, every) -> None:
    words = {name: heading(client.get(one.get_absolute_url())) for name, one in every.items()}
    told = {name: status(client, one) for name, one in every.items()}

    assert words == {
        "valid": "有效", "expired": "已到期", "revoked": "已撤销", "superseded": "已被更新", "pending": "证书制作中",
    }  # fmt: skip
    assert {name: (code, said["answer"], said["heading"]) for name, (code, said) in told.items()} == {
        name: (200, name, word) for name, word in words.items()
    }


def test_the_register_finds_them_as_they_stand(every) -> None:
    known = Certificate.objects.select_related("ending__successor")
    assert {name: standing(known.get(pk=one.pk), AT) for name, one in every.items()} == {
        name: Standing(name) for name in every
    }
    for one in Standing:
        assert set(Certificate.objects.filter(stands(one, AT))) == {every[one]}


def test_what_is_replaced_goes_on_until_the_other_is_made(made: Made, registered: Made) -> None:
    old, new = made(), registered()
    end(old, new)

    assert registry.lookup(old.check_code, at=AT).answer == "valid"
    assert Certificate.objects.filter(stands(Standing.VALID, AT)).get() == old


def test_a_revoked_certificate_says_when_and_why(client, every) -> None:
    page = client.get(every["revoked"].get_absolute_url()).content.decode()

    assert "已于2026年10月16日撤销，不再有效。" in page
    assert "<dt>撤销</dt><dd>2026年10月16日</dd>" in page
    assert "领军人物调离，工作室停止运行。" in page
    assert status(client, every["revoked"])[1]["ending"] == {
        "kind": "revoked",
        "ended_on": "2026-10-16",
        "reason": "领军人物调离，工作室停止运行。",
        "successor": None,
    }


def test_a_superseded_certificate_leads_to_its_successor_and_to_the_newest(client, made: Made) -> None:
    first, second, third = made(), made(), made()
    end(first, second), end(second, third)
    page = client.get(first.get_absolute_url()).content.decode()

    assert f'<a class="w-docno" href="{second.get_absolute_url()}">{second.number}</a>' in page
    assert f'<a class="w-docno" href="{third.get_absolute_url()}">{third.number}</a>' in page
    assert status(client, first)[1]["ending"]["successor"] == {
        "number": second.number,
        "page": f"http://testserver{second.get_absolute_url()}",
    }


@pytest.mark.parametrize(
    ("name", "word"),
    [("valid", "有效"), ("expired", "已到期"), ("revoked", "已撤销"), ("superseded", "已被更新")],
)
def test_the_very_file_says_the_same(client, every, name: str, word: str) -> None:
    content = every[name].file.open("rb").read()
    answer = upload(client, content)
    file = SimpleUploadedFile("证书.pdf", content)
    told = client.post(reverse("verify-check"), {"file": file}).json()

    assert (heading(answer), told["answer"], told["file_sha256"]) == (word, name, every[name].sha256)
    assert "您上传的就是重庆市总工会颁发的那一份文件" in answer.content.decode()


def test_the_file_that_is_altered_and_the_one_that_is_not_ours(client, every) -> None:
    content = every["valid"].file.open("rb").read()
    told = [
        client.post(reverse("verify-check"), {"file": SimpleUploadedFile("证书.pdf", one)})
        for one in (content + b" ", b"%PDF-1.7")
    ]

    assert [(one.status_code, one.json()["answer"]) for one in told] == [(200, "altered"), (404, "unknown")]


def test_a_number_with_its_code_and_one_without(client, every) -> None:
    one = every["revoked"]
    address = reverse("verify-check")
    right = client.post(address, {"number": one.number, "check_code": one.check_code.lower()})
    wrong = client.post(address, {"number": one.number, "check_code": "0" * 16})
    nothing = client.post(address, {})

    assert (right.json()["answer"], right.json()["certificate"]["number"]) == ("revoked", one.number)
    assert (wrong.status_code, wrong.json()["answer"], wrong.json()["certificate"]) == (404, "unknown", None)
    assert (nothing.status_code, sorted(nothing.json()["fields"])) == (400, ["check_code", "number"])


def test_programs_need_no_cookie_and_any_page_may_read_the_answer(every) -> None:
    strict = Client(enforce_csrf_checks=True)
    one = every["valid"]
    answer = strict.post(reverse("verify-check"), {"number": one.number, "check_code": one.check_code})

    assert (answer.status_code, answer.cookies.output()) == (200, "")
    assert (answer["Access-Control-Allow-Origin"], answer["X-Robots-Tag"]) == ("*", "noindex")
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)["certificate"]["issuers"] == ["重庆市总工会"]


# ── What cannot be read ──────────────────────────────────────────────────────────────────────────────────


def test_one_that_has_ended_is_called_so_even_without_its_file(every) -> None:
    for name in ("revoked", "superseded", "valid", "expired"):
        Path(every[name].file.path).unlink()
    assert [registry.lookup(every[name].check_code, at=AT).answer for name in every] == [
        "unavailable", "unavailable", "revoked", "superseded", "pending",
    ]  # fmt: skip


def test_what_the_log_does_not_bear_out_is_unproven_whatever_the_rows_say(every, log) -> None:
    log.fault = Fault.ENDING
    assert {registry.lookup(every[name].check_code, at=AT).answer for name in every} == {
        "unproven",
        "pending",
    }


@pytest.mark.parametrize("broken", ["find", "archive.is_intact", "proofs.fault_of", "standing"])
@pytest.mark.parametrize(
    "error",
    [
        OperationalError("gone"),
        InterfaceError("the connection is closed"),
        OSError("gone"),
        SuspiciousFileOperation("../.."),
        AttributeError("a row that is none of ours"),
        RecursionError("so is this"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_where_anything_cannot_be_read_the_answer_is_that_and_never_valid(
    client, made: Made, monkeypatch, broken: str, error: Exception
) -> None:
    one = made()
    content = one.file.open("rb").read()

    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(f"certificates.registry.{broken}", fail)
    page = client.get(one.get_absolute_url())
    code, told = status(client, one)
    by_number = ask(client, one.number, one.check_code)
    assert (page.status_code, heading(page)) == (503, "暂时查不到证书状态")
    assert (code, told["answer"], told["certificate"]) == (503, "unavailable", None)
    assert (by_number.status_code, heading(by_number)) == (503, "暂时查不到证书状态")
    if broken in ("proofs.fault_of", "standing"):
        assert heading(upload(client, content)) == "暂时查不到证书状态"


def test_the_page_comes_up_without_a_database(client, monkeypatch) -> None:
    """No fixture lets this test use one: whatever asked it would fail."""
    monkeypatch.setattr(
        "certificates.registry.find", lambda _code: (_ for _ in ()).throw(OperationalError("gone"))
    )
    page = client.get("/verify/c/7K2M9QXD4TBNW8RJ/")
    assert (page.status_code, heading(page)) == (503, "暂时查不到证书状态")


# ── Limits ───────────────────────────────────────────────────────────────────────────────────────────────


def few(monkeypatch: pytest.MonkeyPatch, limit: Limit) -> None:
    """Let the limit be 2, for the views hold the very object."""
    monkeypatch.setitem(limit.__dict__, "most", 2)


@pytest.mark.django_db
def test_each_way_of_asking_has_a_limit_of_its_own_with_a_page_that_says_so(client, monkeypatch) -> None:
    for limit in (CODES, QUESTIONS, PROGRAMS):
        few(monkeypatch, limit)
    code, check = "/verify/c/7K2M9QXD4TBNW8RJ/", reverse("verify-check")
    asking = {"number": "1", "check_code": "2"}
    ways: list[Callable[[Client], Any]] = [
        lambda one: one.get(code),
        lambda one: one.post("/verify/", asking),
        lambda one: one.get(f"{code}status.json"),
    ]
    answers = [[way(client).status_code for _ in range(3)] for way in ways]
    last = [way(client) for way in ways]

    assert answers == [[404, 404, 429], [200, 200, 429], [404, 404, 429]]
    assert client.post(check, asking).status_code == 429
    assert client.get("/verify/").status_code == 200
    assert [heading(page) for page in last[:2]] == ["查验太频繁"] * 2
    assert last[2].json() == {"error": "too many requests"}
    assert {page["Retry-After"] for page in last} == {"600"}
    assert Client(REMOTE_ADDR="203.0.113.9").get(code).status_code == 404


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "filebased.FileBasedCache"])
def test_a_window_ends_when_it_was_to_end_however_often_is_tried(
    settings, monkeypatch, tmp_path, backend: str
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": str(tmp_path)}
    }
    clock = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    limit = Limit("window", most=3, seconds=3600)

    def tries(minutes: int) -> list[bool]:
        clock[0] = 1_000_000 + minutes * 60
        return [limit.count("10.0.0.1"), limit.is_reached("10.0.0.1")]

    assert [tries(minutes) for minutes in (0, 20, 50)] == [[False, False], [False, False], [True, True]]
    assert [tries(minutes) for minutes in (55, 59)] == [[False, True], [False, True]]
    assert tries(61) == [False, False]
    limit.forget("10.0.0.1")
    assert [limit.count("10.0.0.1") for _ in range(3)] == [False, False, True]
    assert limits.CODES.is_reached("10.0.0.1") is False
