"""Who gets which file, and how; what is too large."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accreditation.services import evidence, naming
from accreditation.services.evidence import NewFile
from accreditation.states import State
from accreditation.uploads import DOCX, Upload, recognise
from certificates.issuing import render_due
from tests import factories
from tests.accreditation.applicant.pages import address, applicant, errors, post, signed_in, stranger, typed
from tests.accreditation.applicant.test_uploads import package

pytestmark = pytest.mark.django_db


def place(item):
    return reverse("evidence", args=[item.public_id])


def get(item, user):
    return signed_in(user).get(place(item))


def test_a_file_is_served_as_it_is_kept_with_nothing_that_could_act_in_our_name():
    draft = factories.draft()
    (item,) = factories.attach(draft, "honour", name="全国 劳模证书.pdf")
    answer = get(item, draft.created_by)
    assert b"".join(answer.streaming_content) == factories.PDF + b"honour"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Disposition"] == (
        "inline; filename*=utf-8''%E5%85%A8%E5%9B%BD%20%E5%8A%B3%E6%A8%A1%E8%AF%81%E4%B9%A6.pdf"
    )


def test_what_a_browser_cannot_show_safely_is_a_download():
    draft = factories.draft()
    upload = recognise(SimpleUploadedFile("台账.docx", package("word/document.xml")))
    (item,) = evidence.attach(draft, [NewFile("ledger", upload)], by=draft.created_by, at=factories.AT)
    answer = get(item, draft.created_by)
    assert (answer["Content-Type"], answer["Content-Disposition"][:11]) == (DOCX, "attachment;")


def test_a_draft_is_seen_by_its_applicants_alone():
    who, draft = factories.cast(), factories.complete_draft()
    item = draft.evidence.first()
    assert get(item, who.applicant).status_code == 200
    for user in (who.union_decider, who.district_decider, who.city_decider, *who.experts):
        assert get(item, user).status_code == 404


def test_a_submitted_file_is_seen_by_those_who_review_it():
    who, application = factories.cast(), factories.application_in(State.PANEL_SCORING)
    item = application.evidence.first()
    for user in (who.applicant, who.union_decider, who.district_reviewer, who.city_decider, *who.experts):
        assert get(item, user).status_code == 200
    assert stranger("other-applicant").get(place(item)).status_code == 404


def test_what_is_attached_after_the_return_is_not_seen_before_it_is_submitted():
    who, application = factories.cast(), factories.application_in(State.RETURNED_BY_DISTRICT)
    (item,) = factories.attach(application, "founding")
    assert (get(item, who.applicant).status_code, get(item, who.district_reviewer).status_code) == (200, 404)


def test_a_file_removed_after_the_return_stays_with_its_revision():
    who, application = factories.cast(), factories.application_in(State.RETURNED_BY_DISTRICT)
    item = application.evidence.get(kind="site")
    evidence.remove(application, [item.public_id], by=who.applicant, at=factories.AT + timedelta(days=1))
    assert [get(item, user).status_code for user in (who.applicant, who.district_reviewer)] == [200, 200]
    page = applicant(application).get(address("revision", application, 1)).content.decode()
    assert place(item) in page


def test_a_file_removed_from_a_draft_is_gone():
    draft = factories.draft()
    (item,) = factories.attach(draft, "honour")
    evidence.remove(draft, [item.public_id], by=draft.created_by, at=factories.AT)
    assert get(item, draft.created_by).status_code == 404


def test_a_file_is_not_for_visitors(client):
    (item,) = factories.attach(factories.draft(), "honour")
    assert client.get(place(item)).url.startswith(reverse("login"))


def test_only_so_many_files_are_kept(monkeypatch):
    monkeypatch.setattr(evidence, "MOST_FILES", 1)
    draft = factories.draft()
    files = [SimpleUploadedFile(f"{n}.pdf", factories.PDF + str(n).encode()) for n in range(2)]
    answer = post(draft, "leader", typed("leader", leader_name="王金山") | {"file-honour": files})
    assert (answer.status_code, draft.evidence.count()) == (422, 0)
    assert "一份申报最多附1件材料，先移除不需要的" in answer.content.decode()


def test_a_file_over_the_limit_is_counted_thrown_away_and_told_and_the_rest_is_kept(settings):
    settings.MAX_EVIDENCE_BYTES = 200_000
    draft = factories.draft()
    large = SimpleUploadedFile("年报.pdf", factories.PDF + bytes(300_000))
    answer = post(
        draft, "leader", typed("leader", leader_name="王金山", post="首席技师") | {"file-honour": large}
    )
    assert errors(answer.content.decode()) == [("id_file-honour", "“年报.pdf”为0.3MB，单个文件不超过0.2MB")]
    assert (draft.evidence.count(), factories.fresh(draft).post) == (0, "首席技师")


def test_a_request_over_the_limit_is_not_even_read(settings):
    settings.MAX_REQUEST_BYTES = 100_000
    draft = factories.draft()
    large = SimpleUploadedFile("年报.pdf", bytes(200_000))
    answer = post(draft, "leader", typed("leader", leader_name="王金山") | {"file-honour": large})
    page = b"".join(answer.streaming_content).decode()
    assert (answer.status_code, "一次最多0.1MB" in page, factories.fresh(draft).edits) == (413, True, 0)
    assert int(answer["Content-Length"]) == len(page.encode())


def test_files_are_kept_only_after_their_content_was_looked_at():
    assert set(NewFile.__annotations__) == {"kind", "upload"}
    assert NewFile.__annotations__["upload"] is Upload


def test_the_certificate_is_handed_to_the_studio_and_its_reviewers():
    who, application = factories.cast(), factories.application_in(State.NAMED)
    download = address("certificate", application)
    assert signed_in(who.applicant).get(download).status_code == 404
    naming.issue_due_certificates(timezone.now())
    assert signed_in(who.applicant).get(download).status_code == 409
    render_due(timezone.now())
    for user in (who.applicant, who.union_decider, who.district_decider, who.city_decider):
        answer = signed_in(user).get(download)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert stranger("other-applicant").get(download).status_code == 404
    assert "下载证书" in signed_in(who.applicant).get(address("application", application)).content.decode()
