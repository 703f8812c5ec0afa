"""The public pages, and the download."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import forms
from certificates.downloads import FileNotReady, certificate_response
from certificates.proofs import Fault, as_text
from certificates.wording import OF_FAULT


def heading(response) -> str:
    """The first word of the page: the answer."""
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


def upload(client, content: bytes, name: str = "证书.pdf"):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(reverse("verify"), {"file": file, "by_file": "1"})


def ask(client, number: str, check_code: str):
    return client.post(reverse("verify"), {"number": number, "check_code": check_code})


@pytest.mark.django_db
def test_the_form_is_open_to_everybody(client):
    assert heading(client.get("/verify/")) == "证书查验"


@pytest.mark.parametrize("typed", ["lower", "as printed"])
def test_number_and_check_code_lead_to_the_page_of_the_certificate(client, made, typed):
    certificate = made()
    code = certificate.check_code.lower() if typed == "lower" else certificate.check_code_groups
    response = ask(client, certificate.number, code)

    assert (response.status_code, response["Location"]) == (302, f"/verify/c/{certificate.check_code}/")


def test_the_page_of_a_valid_certificate_says_so_and_shows_what_is_archived(client, made):
    certificate = made()
    response = client.get(certificate.get_absolute_url())
    shown = re.findall(r"<dd[^>]*>(.*?)</dd>", response.content.decode(), re.DOTALL)

    assert heading(response) == "有效"
    assert [re.sub(r"<[^>]*>", "", value) for value in shown[:4]] == [
        "米钰林劳模创新工作室",
        "中国石化集团四川维尼纶厂",
        "重庆市劳模创新工作室",
        "渝劳模创〔2026〕第0001号",
    ]


def test_the_page_is_kept_by_no_cache_and_no_search_engine(client, made):
    response = client.get(made().get_absolute_url())

    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex", True)


def proof_line(response) -> str:
    """What the page says under 存证."""
    said = re.search(r"<dt>存证</dt><dd>(.*?)</dd>", response.content.decode(), re.DOTALL)
    shown = said[1].partition("<details")[0]
    return " ".join(re.sub(r"<[^>]*>", "", shown).split())


def test_the_page_says_where_the_log_has_the_certificate_and_that_it_bears_it_out(client, made):
    response = client.get(made().get_absolute_url())

    assert proof_line(response) == "证明成立 记录序号41检查点58根 7f87 6c77 e676"
    assert '<a href="/ledger/checkpoints/58">' in response.content.decode()


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("way", ["code", "file"])
def test_a_proof_that_does_not_hold_is_said_and_why(client, made, log, fault, way):
    certificate = made()
    log.fault = fault
    content = certificate.file.open("rb").read()
    response = client.get(certificate.get_absolute_url()) if way == "code" else upload(client, content)

    assert (response.status_code, heading(response)) == (200, "存证不成立")
    assert str(OF_FAULT[fault]) in proof_line(response)
    assert "证明成立" not in response.content.decode()


def test_a_proof_that_cannot_be_checked_is_neither(client, made, log):
    certificate = made()
    log.is_unknown = True
    response = client.get(certificate.get_absolute_url())

    assert (response.status_code, heading(response)) == (503, "暂时查不到证书状态")


def test_the_proof_can_be_had_as_it_stands_in_the_file(client, made):
    certificate = made()
    address = reverse("verify-proof", args=[certificate.check_code])
    response = client.get(address)

    assert address in client.get(certificate.get_absolute_url()).content.decode()
    assert response.content.decode() == as_text(certificate.log_proof)
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "application/json",
        'attachment; filename="log-proof.json"',
    )


def test_there_is_no_proof_of_what_is_unknown_or_in_the_making(client, registered):
    codes = [registered().check_code, "7K2M9QXD4TBNW8RJ"]

    assert [client.get(reverse("verify-proof", args=[code])).status_code for code in codes] == [404, 404]


@pytest.mark.django_db
def test_an_unknown_code_in_the_address_is_not_found_in_words(client):
    response = client.get("/verify/c/7K2M9QXD4TBNW8RJ/")

    assert (response.status_code, heading(response)) == (404, "查无此号")


def test_a_certificate_in_the_making_says_so(client, registered):
    assert heading(client.get(registered().get_absolute_url())) == "证书制作中"


def test_a_damaged_archive_is_neither_valid_nor_invalid(client, made):
    certificate = made()
    certificate.file.storage.delete(certificate.file.name)
    response = client.get(certificate.get_absolute_url())

    assert (response.status_code, heading(response)) == (503, "暂时查不到证书状态")


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(client, made):
    differing = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|\d\d:\d\d|第\d{4}号')
    given, never_given = (
        differing.sub("", ask(client, number, "7K2M9QXD4TBNW8RJ").content.decode())
        for number in (made().number, "渝劳模创〔2026〕第0777号")
    )

    assert given == never_given


def test_the_issued_file_is_valid(client, made):
    certificate = made()

    assert heading(upload(client, certificate.file.open("rb").read())) == "有效"


def test_an_altered_file_is_told_from_the_archive_and_leads_to_it(client, made):
    certificate = made()
    response = upload(client, certificate.file.open("rb").read() + b" ")

    assert heading(response) == "文件与存档不符"
    assert certificate.get_absolute_url() in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"%PDF-1.7", b""])
def test_a_file_that_is_not_ours_is_unknown(client, content):
    assert heading(upload(client, content)) == "查无此件"


@pytest.mark.django_db
def test_the_name_of_an_uploaded_file_is_text(client):
    page = upload(client, b"%PDF-1.7", name="<script>alert(1)</script>.pdf").content.decode()

    assert "<script>alert" not in page


@pytest.mark.django_db
def test_a_file_that_is_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr(forms, "LARGEST_FILE", 10)
    response = upload(client, b"x" * 11)

    assert response.context["file_form"].errors == {"file": ["选择20MB以内的文件"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "form", "errors"),
    [
        ({}, "number_form", {"number": ["填写证书上方的证书编号"], "check_code": ["填写二维码右侧的校验码"]}),
        ({"number": "1"}, "number_form", {"check_code": ["填写二维码右侧的校验码"]}),
        ({"by_file": "1"}, "file_form", {"file": ["选择要查验的证书文件"]}),
    ],
)
def test_what_is_missing_is_said_beside_the_field(client, sent, form, errors):
    response = client.post(reverse("verify"), sent)

    assert response.context[form].errors == errors


def test_a_verification_asks_the_database_once_and_once_for_the_name_above_it(
    client, made, django_assert_num_queries
):
    address = made().get_absolute_url()
    with django_assert_num_queries(2):
        client.get(address)


def test_the_download_is_named_by_number_and_studio(made):
    certificate = made()
    response = certificate_response(certificate)

    assert b"".join(response.streaming_content) == certificate.file.open("rb").read()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%B8%9D%E5%8A%B3%E6%A8%A1%E5%88%9B%E3%80%942026%E3%80%95%E7%AC%AC0001"
        "%E5%8F%B7-%E7%B1%B3%E9%92%B0%E6%9E%97%E5%8A%B3%E6%A8%A1%E5%88%9B%E6%96%B0%E5%B7%A5%E4%BD%9C%E5%AE%A4.pdf"
    )


def test_there_is_no_download_before_the_file_is_made(registered):
    with pytest.raises(FileNotReady):
        certificate_response(registered())
