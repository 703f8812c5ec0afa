"""The pages of the form: saving, mending, rows and files without JavaScript."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accreditation.completeness import STEPS
from accreditation.queries.documents import document_of
from accreditation.states import State
from tests import factories
from tests.accreditation.applicant.pages import (
    STRANGERS,
    address,
    applicant,
    beside,
    errors,
    post,
    signed_in,
    stranger,
    title,
    typed,
    values,
)

pytestmark = pytest.mark.django_db

MEMBERS = [
    {"name": "李朝阳", "trade": "采气工", "education": "大专", "birth_year": "1984"},
    {"name": "田宇", "trade": "仪表维修工", "birth_year": "1990"},
]


def pdf(name="证书.pdf", more=b""):
    return SimpleUploadedFile(name, factories.PDF + more, content_type="application/octet-stream")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("make", [factories.draft, factories.complete_draft])
def test_every_step_is_shown_with_every_field_that_can_be_missing(step, make):
    application = make()
    client = applicant(application)
    page = client.get(address("application-step", application, step))
    assert page.status_code == 200
    listed = client.get(address("application", application)).content.decode()
    here = address("application-step", application, step)
    for target in [part.split('"')[0] for part in listed.split(f"{here}#")[1:]]:
        assert f'id="{target}"' in page.content.decode()


def test_a_saved_step_leads_to_the_next_and_is_shown_as_it_was_saved():
    draft = factories.draft()
    answer = post(
        draft,
        "enterprise",
        typed("enterprise", nature="state", industry="电力", staff="2000", staff_qualifier="余"),
    )
    assert (answer.status_code, answer.url) == (302, address("application-step", draft, "studio"))
    assert document_of(factories.fresh(draft))["enterprise"]["staff"] == {"number": "2000", "qualifier": "余"}


def test_save_and_back_leads_to_the_task_list_and_the_last_step_to_the_check():
    draft = factories.draft()
    answer = post(draft, "contact", typed("contact", go="back"))
    assert answer.url == address("application", draft)
    assert post(draft, "contact", typed("contact", 1)).url == address("application-check", draft)


def test_a_half_filled_step_is_saved():
    draft = factories.draft()
    rows = {
        "honours": [{"title": "全国劳动模范"}, {}],
    }
    answer = post(draft, "leader", typed("leader", tables=rows, leader_name="王金山", in_service="True"))
    assert answer.status_code == 302
    assert document_of(factories.fresh(draft))["leader"]["honours"] == [
        {"level": "", "title": "全国劳动模范", "year": None, "document_number": ""}
    ]
    assert factories.fresh(draft).in_service is True


@pytest.mark.parametrize(
    ("written", "qualifier", "kept"),
    [
        ("1,995.75", "", {"number": "1995.75", "qualifier": ""}),
        ("３２０", "近", {"number": "320", "qualifier": "近"}),
        ("60余", "", {"number": "60", "qualifier": "余"}),
        ("近3000", "近", {"number": "3000", "qualifier": "近"}),
        ("上千", "", {"number": "1000", "qualifier": "上"}),
        ("", "余", None),
    ],
)
def test_figures_are_read_as_people_write_them(written, qualifier, kept):
    draft = factories.draft()
    post(draft, "studio", typed("studio", area=written, area_qualifier=qualifier))
    assert document_of(factories.fresh(draft))["studio"]["area"] == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2010", "2010"),
        ("2010-5", "2010-05"),
        ("2010年5月", "2010-05"),
        ("2010.05.12", "2010-05-12"),
        ("2010年5月3日", "2010-05-03"),
    ],
)
def test_dates_are_read_as_people_write_them(written, kept):
    draft = factories.draft()
    assert post(draft, "studio", typed("studio", founded=written)).status_code == 302
    assert factories.fresh(draft).founded == kept


@pytest.mark.parametrize(
    ("field", "written", "message"),
    [
        ("founded", "前年", "填写成立时间，如2010-05"),
        ("founded", "2010-13", "填写成立时间，如2010-05"),
        ("founded", "1066", "成立时间应在1900年至今天之间"),
        ("founded", "2999-01", "成立时间应在1900年至今天之间"),
        ("area", "很大", "填写数字，约数写作60余、近3000、超过500、1300多或上千"),
        ("area", "-5", "填写数字，约数写作60余、近3000、超过500、1300多或上千"),
        ("area", "1.234", "最多写两位小数"),
        ("area", "9" * 13, "数字过大，核对单位"),
        ("budget", "15万元", None),
        ("address", "长" * 201, "最多200个字，现有201个字"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_the_field_in_the_words_of_the_summary(field, written, message):
    draft = factories.draft()
    answer = post(draft, "studio", typed("studio", **{"equipment": "数控机床", field: written}))
    if message is None:
        assert answer.status_code == 302
        return
    page = answer.content.decode()
    assert (answer.status_code, title(page)) == (422, "有误：工作室概况")
    assert errors(page) == [(f"id_{field}", message)]
    assert beside(page, f"id_{field}") == message
    assert f'value="{written}"' in page
    assert ">\n数控机床</textarea>" in page
    assert factories.fresh(draft).edits == 0


def test_a_number_and_a_list_that_disagree_are_told():
    answer = post(factories.draft(), "studio", typed("studio", area="60余", area_qualifier="近"))
    assert errors(answer.content.decode()) == [("id_area", "数字里写了“余”，旁边选了“近”，只留一个")]


def test_the_message_of_a_row_names_the_row_and_nothing_typed_is_lost():
    draft = factories.draft()
    rows = [MEMBERS[0], {**MEMBERS[1], "birth_year": "86"}]
    page = post(draft, "team", typed("team", tables={"members": rows})).content.decode()
    assert errors(page) == [("id_members-1-birth_year", "第2名成员：填写出生年份，如1986")]
    assert beside(page, "id_members-1-birth_year") == "填写出生年份，如1986"
    assert values(page, "members") == [
        {"name": "李朝阳", "trade": "采气工", "birth_year": "1984"},
        {"name": "田宇", "trade": "仪表维修工", "birth_year": "86"},
    ]


def test_a_row_more_keeps_everything_typed_and_saves_nothing():
    draft = factories.draft()
    rows = {"members": [{**MEMBERS[0], "birth_year": "八四"}], "pairs": [{"master": "王金山"}]}
    answer = post(draft, "team", typed("team", tables=rows, not_one_crew="on", add="members"))
    page = answer.content.decode()
    assert (answer.status_code, title(page)) == (200, "配好创新团队")
    assert values(page, "members") == [{"name": "李朝阳", "trade": "采气工", "birth_year": "八四"}, {}]
    assert values(page, "pairs") == [{"master": "王金山"}]
    assert re.search(r'<input type="checkbox" name="not_one_crew"[^>]* checked>', page)
    assert factories.fresh(draft).members.count() == 0


def test_a_row_less_keeps_the_others():
    draft = factories.draft()
    rows = {"members": [*MEMBERS, {"name": "张毅"}]}
    answer = post(draft, "team", typed("team", tables=rows, **{"members-1-DELETE": "on"}))
    page = answer.content.decode()
    assert [row["name"] for row in values(page, "members")] == ["李朝阳", "张毅"]
    assert "已移去第2名成员，保存后生效。" in page


def test_enter_in_a_field_saves_and_does_not_remove_a_row():
    draft = factories.complete_draft()
    page = applicant(draft).get(address("application-step", draft, "team")).content.decode()
    buttons = page.split('<form method="post"')[-1].split("<button")
    assert buttons[1].startswith(' hidden name="go" value="next"')


def test_somebody_elses_save_is_not_overwritten_and_what_was_typed_stays():
    draft = factories.draft()
    colleague = factories.member(draft.enterprise, "apply", username="colleague", name="王倩")
    post(draft, "contact", typed("contact", contact_name="王倩"), signed_in(colleague))
    answer = post(draft, "contact", typed("contact", contact_name="刘洋"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "王倩已于" in page
    assert 'value="刘洋"' in page
    assert 'name="edits" value="1"' in page
    assert factories.fresh(draft).contact_name == "王倩"
    assert post(draft, "contact", typed("contact", 1, contact_name="刘洋")).status_code == 302


@pytest.mark.parametrize("edits", ["", "eins", "-1"])
def test_a_page_that_does_not_say_when_it_was_made_counts_as_old(edits):
    assert post(factories.draft(), "contact", typed("contact", edits)).status_code == 409


def test_saving_what_was_submitted_meanwhile_is_refused_and_the_words_are_kept():
    application = factories.application_in(State.ENTERPRISE_REVIEW)
    answer = post(application, "contact", typed("contact", application.edits, contact_name="刘洋"))
    page = answer.content.decode()
    assert (answer.status_code, "联系人：刘洋" in page) == (409, True)
    assert applicant(application).get(address("application-step", application, "contact")).url == address(
        "application", application
    )


def test_a_name_that_a_certificate_cannot_show_is_told_beside_it():
    draft = factories.draft()
    page = post(draft, "leader", typed("leader", leader_name="张\U00030edd")).content.decode()
    message = "证书字库没有“\U00030edd”字，无法制证，请与市总工会联系"
    assert (errors(page), beside(page, "id_leader_name")) == ([("id_name", message)], message)


def test_a_file_is_attached_with_the_step_and_listed():
    draft = factories.draft()
    data = typed("leader", leader_name="王金山") | {"file-honour": [pdf(), pdf("二.pdf", b"2")]}
    assert post(draft, "leader", data).status_code == 302
    assert [(item.kind, item.name) for item in draft.evidence.all()] == [
        ("honour", "证书.pdf"),
        ("honour", "二.pdf"),
    ]
    page = applicant(draft).get(address("application-step", draft, "leader")).content.decode()
    assert reverse("evidence", args=[draft.evidence.first().public_id]) in page


def test_a_file_that_is_not_taken_is_told_and_the_rest_is_saved():
    draft = factories.draft()
    heic = SimpleUploadedFile("合影.heic", b"\x00\x00\x00\x18ftypheic" + bytes(64))
    data = typed("leader", leader_name="王金山", post="首席技师") | {"file-honour": [pdf(), heic]}
    answer = post(draft, "leader", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert errors(page) == [("id_file-honour", "“合影.heic”不能接收，请转为JPEG或PNG后再传")]
    assert ([item.name for item in draft.evidence.all()], factories.fresh(draft).post) == (
        ["证书.pdf"],
        "首席技师",
    )
    assert (
        post(draft, "leader", typed("leader", factories.fresh(draft).edits, leader_name="王金山")).status_code
        == 302
    )


def test_a_good_file_is_kept_when_the_words_must_be_mended():
    draft = factories.draft()
    data = typed("functions", tables={"trainings": [{"name": "讲座", "year": "去年"}]}) | {
        "file-site": pdf("场地.pdf")
    }
    answer = post(draft, "functions", data)
    assert (answer.status_code, draft.evidence.get().name) == (422, "场地.pdf")
    assert "已上传1件文件。" in answer.content.decode()


def test_a_removed_file_is_gone_and_what_was_typed_stays():
    draft = factories.draft()
    (item,) = factories.attach(draft, "honour")
    answer = post(
        draft,
        "leader",
        typed("leader", leader_name="王金山", post="技师长") | {"remove-file": item.public_id},
    )
    page = answer.content.decode()
    item.refresh_from_db()
    assert (answer.status_code, item.removed_at is None, 'value="技师长"' in page) == (200, False, True)


@pytest.mark.parametrize("who", STRANGERS)
def test_another_organisations_form_is_not_there(who):
    draft = factories.draft()
    client = stranger(who)
    assert client.get(address("application-step", draft, "team")).status_code == 404
    assert post(draft, "team", typed("team"), client).status_code == 404


def test_there_is_no_other_step():
    draft = factories.draft()
    assert applicant(draft).get(address("application-step", draft, "everything")).status_code == 404
