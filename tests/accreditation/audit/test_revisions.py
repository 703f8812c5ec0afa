"""The page of a frozen revision: the same for everybody who may see the application."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Application
from accreditation.services import review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.append_only import tampering
from tests.page import parse

pytestmark = pytest.mark.django_db


def address(application, number=1):
    return reverse("revision", args=[application.public_id, number])


@pytest.fixture
def corrected():
    """Return an application that was returned, corrected with another address, and submitted again."""
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    Application.objects.filter(pk=application.pk).update(address="渝北区新街2号")
    make._submit(make.fresh(application), make.cast(), NOW)
    return make.fresh(application)


def test_whoever_sees_the_application_reads_its_frozen_revisions(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    stranger = make.cast("other").district_decider
    assert signed_in(make.user("applicant")).get(address(application)).status_code == 200
    assert signed_in(make.user("union_reviewer")).get(address(application)).status_code == 200
    assert signed_in(stranger).get(address(application)).status_code == 404
    assert signed_in(make.user("applicant")).get(address(application, 2)).status_code == 404


@pytest.mark.parametrize(
    ("username", "name"),
    [("applicant", "application"), ("district_decider", "review"), ("auditor", "timeline")],
)
def test_it_leads_back_to_where_its_reader_belongs(signed_in, username, name):
    application = make.application_in(State.DISTRICT_REVIEW)
    make.member(make.city(), "audit", username="auditor")
    page = signed_in(make.user(username)).get(address(application)).content.decode()
    back = re.search(r'class="w-back" href="([^"]*)"', page)[1]
    assert back == reverse(name, args=[application.public_id])


def test_it_shows_what_was_submitted_with_its_files_its_hash_and_what_was_changed(signed_in, corrected):
    client = signed_in(make.user("applicant"))
    first, second = (client.get(address(corrected, number)) for number in (1, 2))
    assert first.context["comparison"] is None
    (step,) = second.context["comparison"].steps
    assert [(one.label, one.removed, one.added) for one in step.changes] == [
        ("地址", ["渝北区回兴街道1号"], ["渝北区新街2号"])
    ]
    page = second.content.decode()
    assert corrected.revisions.get(number=2).sha256 in page
    for item in corrected.evidence.filter(removed_at=None):
        assert reverse("evidence", args=[item.public_id]) in page
    assert address(corrected, 2) in first.content.decode()


def test_it_costs_the_same_for_the_first_and_the_second(signed_in, corrected):
    client = signed_in(make.user("applicant"))

    def cost(number):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(corrected, number))
        return len(queries)

    cost(1)
    assert cost(1) == cost(2) < 25


def test_a_number_larger_than_any_revision_is_not_there(signed_in):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    assert signed_in(make.user("applicant")).get(address(application, 10**20)).status_code == 404


def test_two_revisions_are_chosen_and_compared_word_by_word_and_file_by_file(signed_in, corrected, clock):
    clock(NOW + 2 * make.STEP)
    application = corrected
    Application.objects.filter(pk=application.pk).update(
        address="渝北区新街2号", statement="攻关、带徒、交流、推广。"
    )
    site = application.evidence.get(kind="site")
    review.send_back(
        application, by=make.user("district_decider"), at=NOW + make.STEP,
        expected_version=application.version, reason="换场地照片。",
    )  # fmt: skip
    application.evidence.filter(kind="site").update(removed_at=NOW + make.STEP)
    (new,) = make.attach(make.fresh(application), "site", content=make.PDF + b"new")
    make.attach(make.fresh(application), "rules", content=make.PDF + b"more", name="细则.pdf")
    make._submit(make.fresh(application), make.cast(), NOW + 2 * make.STEP)
    client = signed_in(make.user("applicant"))
    base = f"/revisions/{application.public_id}"
    page = parse(client.get(f"{base}/changes/", {"before": "3", "after": "1"}, follow=True))
    rows = {row.one("th").words: row for row in page.all(".w-diff tbody tr:not(.is-step)")}
    address, statement, photo, rules = (
        next(row for title, row in rows.items() if title.startswith(word))
        for word in ("地址", "工作职能", "场地照片", "制度文本")
    )
    assert [address.one(tag).words for tag in ("th", "del", "ins")] == ["地址 修改", "回兴街道1", "新街2"]
    assert [one.words for one in statement.all("ins")] == ["、推广"]
    assert (statement.all("del"), photo.one("th").words) == ([], "场地照片 换了文件")
    assert [link["href"] for link in photo.all("a")] == [
        reverse("evidence", args=[one.public_id]) for one in (site, new)
    ]
    assert new.stored.sha256[:12] in photo.words
    assert rules.one("th").words == "制度文本 新增"
    assert rules.one("ins a").words == "细则.pdf"


def test_a_choice_that_makes_no_sense_is_refused_and_kept(signed_in, corrected):
    client, base = signed_in(make.user("applicant")), f"/revisions/{corrected.public_id}"
    page = parse(client.get(f"{base}/changes/", {"before": "2", "after": "2"}))
    assert page.one(".w-errors li").words == "选择两个不同的版本"
    assert [one["value"] for one in page.all("option[selected]")] == ["2", "2"]
    wrong = parse(client.get(f"{base}/changes/", {"before": "9", "after": "x"}))
    assert [one.words for one in wrong.all(".w-errors li")] == ["选择一个版本"] * 2
    assert [one["value"] for one in parse(client.get(f"{base}/changes/")).all("option[selected]")] == [
        "1",
        "2",
    ]


def test_who_may_not_see_the_application_compares_nothing(signed_in, corrected):
    stranger = signed_in(make.cast("other").district_decider)
    for address in ("changes/", "2/changes/", "changes/?before=1&after=2"):
        assert stranger.get(f"/revisions/{corrected.public_id}/{address}").status_code == 404
    single = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    client = signed_in(make.user("district_decider"))
    assert client.get(f"/revisions/{single.public_id}/changes/").status_code == 404


def test_a_revision_that_was_tampered_with_is_said_to_be_so(signed_in, corrected):
    client, base = signed_in(make.user("applicant")), f"/revisions/{corrected.public_id}"
    for document in ("nonsense", "[]", '{"studio": 5}', '{"evidence": [{}]}'):
        with tampering():
            corrected.revisions.filter(number=2).update(document=document)
        whole, changes = (client.get(f"{base}/{address}") for address in ("2/", "2/changes/"))
        assert (whole.status_code, "这一版读不出来" in whole.content.decode()) == (409, True)
        assert changes.status_code in {200, 409}
