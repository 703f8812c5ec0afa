"""The pages of case files: asking, watching, downloading; whose they are, and what is out of scope."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse

from accreditation.case_files import documents
from accreditation.models import CaseFile
from accreditation.queries.timeline import events_of
from accreditation.services.case_files import ask, remove_old
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import NOW, cost_of
from tests.accreditation.audit.test_timeline import auditor
from tests.packages import built
from tests.page import parse

pytestmark = pytest.mark.django_db
LIST = "/audit/case-files/"


@pytest.fixture(autouse=True)
def paper(monkeypatch):
    """Nothing is drawn here."""
    monkeypatch.setattr(documents, "document_pdf", lambda page, identifier: b"%PDF-1.7")


def submitted(**changes):
    return make.application_in(State.ENTERPRISE_REVIEW, **changes)


def page_of(case_file, name="case-file"):
    return reverse(name, args=[case_file.public_id])


def downloads(user):
    return [event.facts["what"] for event in events_of(f"export/{user.public_id}")]


def test_an_auditor_asks_on_the_timeline_watches_and_downloads(signed_in):
    application, by = submitted(), auditor()
    browser = signed_in(by)
    timeline = reverse("timeline", args=[application.public_id])
    form = parse(browser.get(timeline)).one('form[action$="/case-file/"]')
    answer = browser.post(form["action"])
    case_file = CaseFile.objects.get()
    assert answer["Location"] == page_of(case_file)
    page = parse(browser.get(page_of(case_file)))
    assert (page.one("#how-far").words, page.one("noscript").words) == ("等待制作", "")
    built(application, by, NOW)
    page = parse(browser.get(page_of(case_file)))
    assert page.one("#package").words == "已经制成"
    response = browser.get(page.one("a.btn-ink")["href"])
    content = b"".join(response.streaming_content)
    case_file = CaseFile.objects.get()
    assert (len(content), response["Content-Type"]) == (case_file.size, "application/zip")
    assert "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-cache"
    assert downloads(by) == ["case_file"]


def test_while_it_is_built_the_page_asks_again_by_itself(signed_in):
    by = auditor()
    case_file = ask(submitted(), by=by, at=NOW)
    CaseFile.objects.update(done=3, total=12)
    browser = signed_in(by)
    page = parse(browser.get(page_of(case_file)))
    progress = page.one("progress")
    assert (progress["value"], progress["max"]) == ("3", "12")
    assert page.one("#standing")["hx-get"] == page_of(case_file)
    part = browser.get(page_of(case_file), headers={"HX-Request": "true"})
    assert parse(part).one("#standing").words.startswith("正在制作 共12步，已完成3步。")
    assert "<html" not in part.content.decode()
    CaseFile.objects.update(failed="missing 证书.pdf")
    done = browser.get(page_of(case_file), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"


def test_what_failed_says_why_and_is_tried_again(signed_in):
    by = auditor()
    case_file = ask(submitted(), by=by, at=NOW)
    CaseFile.objects.update(failed="missing 证书.pdf")
    browser = signed_in(by)
    page = parse(browser.get(page_of(case_file)))
    assert "“证书.pdf”的文件找不到" in page.one(".w-note").words
    answer = browser.post(page.one('form[action$="/again/"]')["action"], follow=True)
    assert parse(answer).one("#how-far").words == "等待制作"
    again = browser.post(page_of(case_file, "case-file-again"))
    assert (again.status_code, parse(again).one("h1").words) == (409, "现在不能办理")


def test_what_was_removed_can_be_asked_for_again(signed_in):
    application, by = submitted(), auditor()
    case_file = built(application, by, NOW)
    remove_old(NOW + timedelta(days=settings.CASE_FILE_DAYS + 1))
    browser = signed_in(by)
    page = parse(browser.get(page_of(case_file)))
    assert "已经清理" in page.one(".w-note").words
    assert browser.get(page_of(case_file, "case-file-download")).status_code == 404
    browser.post(page.one('form[action$="/case-file/"]')["action"])
    assert CaseFile.objects.count() == 2


def test_a_package_that_is_gone_from_the_storage_is_not_there_and_no_event_says_it_was_taken(signed_in):
    by = auditor()
    case_file = built(submitted(), by, NOW)
    default_storage.delete(case_file.file.name)
    assert signed_in(by).get(page_of(case_file, "case-file-download")).status_code == 404
    assert downloads(by) == []


def test_a_download_that_cannot_be_recorded_is_not_given(signed_in, monkeypatch):
    by = auditor()
    case_file = built(submitted(), by, NOW)
    monkeypatch.setattr("accreditation.services.case_files.exported", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        signed_in(by).get(page_of(case_file, "case-file-download"))


ADDRESSES = ("case-file", "case-file-download", "case-file-again")


@pytest.mark.parametrize(
    "who", ["applicant", "union_decider", "district_decider", "city_decider", "expert1", "colleague", "other"]
)
def test_it_is_not_there_for_anybody_else(signed_in, who):
    application = submitted()
    case_file = built(application, auditor(), NOW)
    make.member(make.city(), "audit", username="colleague")
    make.member(make.cast("other").district, "audit", username="other")
    browser = signed_in(make.user(who))
    answers = [
        (browser.post if name.endswith("again") else browser.get)(page_of(case_file, name)).status_code
        for name in ADDRESSES
    ]
    assert answers == [404, 404, 404]
    if who != "colleague":
        asked = browser.post(reverse("case-file-ask", args=[application.public_id]))
        assert (asked.status_code, CaseFile.objects.count()) == (404, 1)
    assert browser.get(LIST).status_code == (200 if who in {"colleague", "other"} else 404)
    assert downloads(make.user(who)) == []


def test_it_goes_with_the_scope(signed_in):
    by = auditor(make.cast().district)
    case_file = built(submitted(), by, NOW)
    browser = signed_in(by)
    assert browser.get(page_of(case_file, "case-file-download")).status_code == 200
    make.offices.set_grants(make.cast().district, by, set(), by=make.SYSTEM, at=NOW)
    make.member(make.cast("other").district, "audit", username="auditor")
    assert [browser.get(page_of(case_file, name)).status_code for name in ADDRESSES[:2]] == [404, 404]
    assert "还没有索取过卷宗" in parse(browser.get(LIST)).words


def test_a_visitor_signs_in_first(client):
    case_file = ask(submitted(), by=auditor(), at=NOW)
    assert client.get(page_of(case_file, "case-file-download"))["Location"].startswith("/login/")


def test_the_list_is_the_same_in_cost_for_one_and_for_many(signed_in):
    application, by = submitted(), auditor()
    row = ask(application, by=by, at=NOW)
    browser = signed_in(by)
    one = cost_of(browser, LIST)
    CaseFile.objects.bulk_create(
        CaseFile(application=application, asked_by=by, asked_at=NOW, finished_at=NOW) for _ in range(34)
    )
    assert cost_of(browser, LIST) == one
    page = parse(browser.get(LIST))
    assert (len(page.all("tbody tr")), len(page.all("nav.w-pages"))) == (30, 1)
    assert "显示第1至30份，共35份" in page.one("caption").words
    assert page_of(row) in [link["href"] for link in parse(browser.get(f"{LIST}?page=2")).all("a.name")]
