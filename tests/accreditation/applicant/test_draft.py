"""Saving steps of the form, through the service."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from accreditation.models import Studio
from accreditation.queries.documents import document_of
from accreditation.services.draft import Content, save_step
from accreditation.services.evidence import NewFile
from accreditation.states import State
from accreditation.uploads import recognise
from tests import factories
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState

pytestmark = pytest.mark.django_db


def save(application, step, content, by=None, edits=None, **files):
    return save_step(
        application,
        step,
        content,
        by=by or application.created_by,
        at=factories.AT + timedelta(hours=2),
        expected_edits=application.edits if edits is None else edits,
        **files,
    )


def pdf(kind="honour", content=b"1"):
    return NewFile(kind, recognise(ContentFile(factories.PDF + content, "a.pdf")))


def test_fields_and_rows_are_written_together_and_counted():
    draft = factories.draft()
    content = Content(
        {"staff": Decimal(2000), "staff_qualifier": "余", "industry": "电力", "nature": "state"}, {}
    )
    saved = save(draft, "enterprise", content)
    again = factories.fresh(draft)
    assert document_of(again)["enterprise"]["staff"] == {"number": "2000", "qualifier": "余"}
    assert (saved.edits, again.edits, again.edited_by) == (1, 1, draft.created_by)
    assert again.edited_at == factories.AT + timedelta(hours=2)


def test_the_rows_of_a_table_are_replaced_and_keep_their_order():
    draft = factories.draft()
    draft = save(draft, "mechanism", Content({}, {"rules": [{"title": "甲"}, {"title": "乙"}]}))
    draft = save(draft, "mechanism", Content({}, {"rules": [{"title": "丙"}, {"title": "甲"}]}))
    assert [rule["title"] for rule in document_of(factories.fresh(draft))["mechanism"]["rules"]] == [
        "丙",
        "甲",
    ]


def test_a_table_that_is_not_given_stays():
    draft = save(factories.draft(), "team", Content({}, {"members": [{"name": "李朝阳"}]}))
    draft = save(
        draft, "team", Content({"not_one_crew": True}, {"pairs": [{"master": "甲", "apprentice": "乙"}]})
    )
    assert [member.name for member in draft.members.all()] == ["李朝阳"]


def test_saving_on_an_old_page_is_refused_and_says_who_saved():
    draft = factories.draft()
    colleague = factories.member(draft.enterprise, "apply", username="colleague", name="王倩")
    save(draft, "contact", Content({"contact_name": "王倩"}), by=colleague)
    with pytest.raises(Stale) as stale:
        save(draft, "contact", Content({"contact_name": "刘洋"}), edits=0)
    assert (stale.value.by, stale.value.at) == (colleague, factories.AT + timedelta(hours=2))
    assert factories.fresh(draft).contact_name == "王倩"


def test_a_submitted_form_does_not_change():
    application = factories.application_in(State.ENTERPRISE_REVIEW)
    with pytest.raises(WrongState):
        save(application, "contact", Content({"contact_name": "刘洋"}))


def test_a_returned_form_may_change_and_its_revision_stays_as_it_was():
    application = factories.application_in(State.RETURNED_BY_DISTRICT)
    frozen = application.revisions.get().document
    save(application, "studio", Content({"founded": "2014"}))
    assert factories.fresh(application).founded == "2014"
    assert application.revisions.get().document == frozen


def test_only_the_enterprises_own_applicants_may_save():
    draft = factories.draft()
    strangers = [factories.cast().union_decider, factories.cast("other").applicant]
    for stranger in strangers:
        with pytest.raises(NotPermitted):
            save(draft, "contact", Content({"contact_name": "刘洋"}), by=stranger)


def test_a_step_holds_only_its_own_columns():
    with pytest.raises(ValueError, match="contact"):
        save(factories.draft(), "contact", Content({"state": "named"}))
    with pytest.raises(ValueError, match="leader_name"):
        save(factories.draft(leader_name="张毅"), "contact", Content({}, {}, "王金山"))


def test_another_leaders_name_is_another_studio_and_an_unused_one_is_forgotten():
    draft = factories.draft(leader_name="王金三")
    saved = save(draft, "leader", Content({"post": "技师"}, {}, "王金山"))
    assert factories.fresh(saved).studio.name == "王金山劳模创新工作室"
    assert list(Studio.objects.values_list("leader_name", flat=True)) == ["王金山"]


def test_a_studio_applied_for_before_is_kept_when_the_leader_changes():
    earlier = factories.application_in(State.WITHDRAWN, leader_name="王金三")
    draft = factories.draft(leader_name="王金三")
    save(draft, "leader", Content({}, {}, "王金山"))
    assert factories.fresh(earlier).studio.leader_name == "王金三"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "填写领军人物姓名。"),
        ("张毅", "张毅劳模创新工作室本批次已有一份申报。"),
        ("张\U00030edd", "证书字库没有“\U00030edd”字，无法制证，请与市总工会联系。"),
    ],
)
def test_a_leaders_name_that_cannot_stand_is_refused_and_nothing_is_saved(name, message):
    factories.draft(leader_name="张毅")
    draft = factories.draft(leader_name="王金山")
    with pytest.raises(NotReady) as refused:
        save(draft, "leader", Content({"post": "技师"}, {}, name))
    assert [(problem.message, problem.field) for problem in refused.value.problems] == [
        (message, "leader_name")
    ]
    assert (factories.fresh(draft).post, factories.fresh(draft).edits) == ("", 0)


def test_files_alone_overwrite_nobody_and_are_not_refused_on_an_old_page():
    draft = save(factories.draft(), "contact", Content({"contact_name": "王倩"}))
    save(draft, "leader", None, edits=0, files=[pdf()])
    assert (draft.evidence.count(), factories.fresh(draft).edits) == (1, 1)


def test_the_same_file_twice_is_one():
    draft = factories.draft()
    save(draft, "leader", None, files=[pdf(), pdf()])
    save(draft, "leader", None, files=[pdf()])
    assert draft.evidence.count() == 1


def test_the_same_content_in_two_applications_is_stored_once():
    first, second = factories.draft(), factories.draft(leader_name="张毅")
    save(first, "leader", None, files=[pdf()])
    save(second, "leader", None, files=[pdf("in_service")])
    (one,), (other,) = first.evidence.all(), second.evidence.all()
    assert one.stored == other.stored
    assert one.stored.file.name == f"evidence/{one.stored.sha256[:2]}/{one.stored.sha256}"
    assert one.stored.file.read() == factories.PDF + b"1"


def test_a_removed_file_is_no_longer_in_the_document_and_stays_as_a_row():
    draft = factories.draft()
    save(draft, "leader", None, files=[pdf()])
    item = draft.evidence.get()
    save(draft, "leader", None, removed=[item.public_id])
    item.refresh_from_db()
    assert (document_of(draft)["evidence"], item.removed_at) == ([], factories.AT + timedelta(hours=2))


def test_a_file_of_another_application_is_not_removed():
    draft, other = factories.draft(), factories.draft(leader_name="张毅")
    save(other, "leader", None, files=[pdf()])
    save(draft, "leader", None, removed=[other.evidence.get().public_id])
    assert other.evidence.get().removed_at is None
