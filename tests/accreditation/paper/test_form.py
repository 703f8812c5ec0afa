"""申报表: the opinion of each level on a revision, or a cell to be stamped; who may have it, and that it is noted."""

import pytest
from django.urls import reverse
from django.utils import translation

from accreditation.models import Evidence
from accreditation.services import applications, review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import browser_of
from tests.accreditation.paper.reading import assert_archivable, content_of, pages_of, text_of
from workflows.models import Event

pytestmark = pytest.mark.django_db
RARE = "㛃𬭎䶮"


def address(application, number=1):
    return reverse("application-form", args=[application.public_id, number])


def asked(application, username="applicant", number=1):
    return browser_of(make.user(username)).get(address(application, number))


@pytest.mark.drawn
def test_it_holds_the_form_the_opinions_and_empty_cells_ready_to_be_stamped(tmp_path):
    application = make.application_in(
        State.DISTRICT_REVIEW, leader_name=f"王{RARE}", budget_sources=f"列支{RARE}"
    )
    answer = asked(application)
    content = content_of(answer)
    assert_archivable(content, tmp_path)
    text, revision = text_of(content), application.revisions.get()
    for said in (
        f"王{RARE}劳模创新工作室，编号{application.number}，第1版", "重庆金山科技公司", f"列支{RARE}", "成员9",
        "基层工会意见", "金山科技工会", "区县或产业工会意见", "市总工会意见", "符合条件。",
        f"摘要 SHA-256 {revision.sha256}",
    ):  # fmt: skip
        assert said in text
    last = "".join(pages_of(content))
    assert last.count("（盖章）") == 3
    assert "（盖章）姓名union_decider2026年9月1日" in last
    assert last.count("（盖章）年月日") == 2
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


@pytest.mark.drawn
def test_asked_again_it_is_the_same_and_drawn_no_more(monkeypatch):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    first = content_of(asked(application))

    def drawn_again(*_what, **_how):
        raise AssertionError("it was drawn again")

    monkeypatch.setattr("accreditation.documents.sheets.document_pdf", drawn_again)
    assert content_of(asked(application)) == first
    assert content_of(asked(application, "union_decider")) == first
    review.recommend(
        application,
        by=make.user("union_decider"),
        at=make.AT,
        expected_version=application.version,
        reason="同意。",
    )
    with pytest.raises(AssertionError, match="drawn again"):
        asked(application)


def test_a_later_revision_has_the_opinions_on_the_earlier_ones_marked_so(blank):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    applications.submit(
        application, by=make.user("applicant"), at=make.AT, expected_version=application.version
    )
    content_of(asked(application, number=1))
    content_of(asked(application, number=2))
    first, second = blank
    assert "退回补正</p>" in first
    assert "推荐（依据第1版）" in second
    assert "退回补正（依据第1版）" in second


def test_an_opinion_that_was_taken_back_stands_nowhere(blank):
    application = make.application_in(State.DISTRICT_REVIEW)
    review.recall(
        application, by=make.user("union_decider"), at=make.AT, expected_version=application.version
    )
    content_of(asked(application))
    assert "符合条件。" not in blank[0]


def test_it_speaks_chinese_whatever_the_reader_reads(blank):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    browser = browser_of(make.user("applicant"))
    browser.cookies["django_language"] = "en"
    content_of(browser.get(address(application)))
    with translation.override("en"):
        content_of(asked(application))
    assert len(set(blank)) == 1
    assert "基层工会意见" in blank[0]


# ── Who may have it ──────────────────────────────────────────────────────────────────────────────────────


def test_who_may_see_the_application_has_it_and_nobody_else(blank, client):
    application = make.application_in(State.DISTRICT_REVIEW)
    make.cast("other")
    make.member(make.district(), "audit", username="auditor")
    for username in ("applicant", "union_reviewer", "district_decider", "city_decider", "auditor"):
        assert asked(application, username).status_code == 200
    for username in ("other-applicant", "other-union_decider", "other-district_decider", "expert1"):
        assert asked(application, username).status_code == 404
    assert client.get(address(application)).status_code == 302


def test_there_is_none_of_a_draft_nor_of_a_revision_that_is_not(blank):
    assert asked(make.complete_draft()).status_code == 404
    application = make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅")
    for number in (0, 2, 10**30):
        assert browser_of(make.user("applicant")).get(
            f"/revisions/{application.public_id}/{number}/form.pdf"
        ).status_code == 404  # fmt: skip


def test_that_a_reviewer_took_it_is_noted_once_an_hour_and_the_applicants_own_is_not(blank):
    application = make.application_in(State.DISTRICT_REVIEW)
    for username in ("applicant", "district_decider", "district_decider"):
        content_of(asked(application, username))
    [noted] = Event.objects.filter(stream=f"reading/{application.public_id}")
    revision = application.revisions.get()
    assert noted.facts == {"file": revision.sha256, "kind": "form", "revision": 1}
    assert (noted.actor, noted.office) == (make.user("district_decider"), make.district())
    assert not Evidence.objects.filter(stored__sha256=revision.sha256).exists()
    told = browser_of(make.member(make.city(), "audit")).get(
        f"{reverse('timeline', args=[application.public_id])}?kind=readings"
    )
    assert "下载第1版的申报表。" in told.text


def test_the_pages_of_an_application_lead_to_it():
    application = make.application_in(State.ENTERPRISE_REVIEW)
    pages = [
        (make.user("applicant"), reverse("application", args=[application.public_id])),
        (make.user("applicant"), reverse("revision", args=[application.public_id, 1])),
        (make.user("union_decider"), reverse("review", args=[application.public_id])),
        (make.member(make.city(), "audit"), reverse("timeline", args=[application.public_id])),
    ]
    for user, page in pages:
        assert address(application) in browser_of(user).get(page).text
