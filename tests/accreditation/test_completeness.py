"""What keeps an application from being submitted, each with its field, and how far each step has come."""

import pytest
from django.utils.translation import override

from accreditation.completeness import EVIDENCE_KINDS, STEPS, evidence_label, missing, progress, step_title
from accreditation.rubric import load, shipped
from tests.accreditation.documents import changed, complete, draft, members

RUBRIC = load(shipped("2026-1"))


@pytest.fixture(autouse=True)
def _chinese():
    with override("zh-hans"):
        yield


def lacks(document) -> list[tuple[str, str, str]]:
    return [(entry.step, entry.field, entry.detail) for entry in missing(RUBRIC, document)]


def test_a_complete_application_lacks_nothing():
    assert lacks(complete()) == []


def test_an_empty_draft_is_told_everything_in_the_order_of_the_steps():
    assert [(entry.field, entry.message) for entry in missing(RUBRIC, draft())] == [
        ("id_nature", "申报单位：选择单位性质"),
        ("id_industry", "申报单位：填写所属行业"),
        ("id_staff", "申报单位：填写职工人数"),
        ("id_union", "申报单位：填写所属工会"),
        ("id_name", "工作室概况：填写工作室名称"),
        ("id_founded", "工作室概况：填写成立时间，如2010-05"),
        ("id_address", "工作室概况：填写地址"),
        ("id_area", "工作室概况：填写使用面积"),
        ("id_equipment", "工作室概况：填写主要设备"),
        ("id_budget", "工作室概况：填写年度经费"),
        ("id_budget_sources", "工作室概况：填写经费来源"),
        ("id_name", "选好领军人物：填写领军人物姓名"),
        ("id_post", "选好领军人物：填写领军人物岗位"),
        ("id_results", "选好领军人物：填写本人成果"),
        ("id_skill_grade", "选好领军人物：填写职称或技能等级"),
        ("id_in_service", "选好领军人物：选择是否在职"),
        ("honours", "选好领军人物：没有填写荣誉"),
        ("id_narrative", "选好领军人物：填写事迹"),
        ("evidence-honour", "选好领军人物：没有劳模证书或表彰文件"),
        ("members", "配好创新团队：除领军人物外至少3名成员，现有0名"),
        ("id_statement", "设好工作职能：填写工作职能"),
        ("trainings", "设好工作职能：没有填写培训或交流"),
        ("evidence-site", "设好工作职能：没有场地照片"),
        ("topics", "定好创新课题：没有填写课题"),
        ("evidence-registration", "定好创新课题：没有立项书"),
        ("id_ledger", "建好工作机制：填写活动怎样记台账"),
        ("id_plan", "建好工作机制：填写年度计划与总结"),
        ("rules", "建好工作机制：没有填写制度"),
        ("evidence-rules", "建好工作机制：没有制度文本"),
        ("id_name", "联系人：填写联系人姓名"),
        ("id_phone", "联系人：填写联系电话"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("enterprise.nature", " ", ("enterprise", "id_nature", "选择单位性质")),
        ("enterprise.staff", None, ("enterprise", "id_staff", "填写职工人数")),
        ("studio.founded", "", ("studio", "id_founded", "填写成立时间，如2010-05")),
        ("studio.name", "张毅工作室", ("studio", "id_name", "名称由领军人物姓名加“劳模创新工作室”组成")),
        (
            "studio.name",
            "李毅劳模创新工作室",
            ("studio", "id_name", "名称由领军人物姓名加“劳模创新工作室”组成"),
        ),
        ("leader.in_service", None, ("leader", "id_in_service", "选择是否在职")),
        ("leader.skill_grade", "", ("leader", "id_skill_grade", "填写职称或技能等级")),
        ("leader.honours", [{"level": "", "title": ""}], ("leader", "honours", "没有填写荣誉")),
        ("narrative", "", ("leader", "id_narrative", "填写事迹")),
        ("team.members", members(1), ("team", "members", "除领军人物外至少3名成员，现有1名")),
        ("functions.trainings", [], ("functions", "trainings", "没有填写培训或交流")),
        ("topics.topics", [], ("topics", "topics", "没有填写课题")),
        ("mechanism.rules", [], ("mechanism", "rules", "没有填写制度")),
        ("contact.phone", "", ("contact", "id_phone", "填写联系电话")),
    ],
)
def test_each_missing_thing_is_named_with_its_field(path, value, expected):
    assert lacks(changed(path, value)) == [expected]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("studio.name", "张毅劳模和工匠人才创新工作室"),
        ("studio.investment", None),
        ("leader.in_service", False),
        ("leader", {**complete()["leader"], "title": "高级工程师", "skill_grade": ""}),
        ("team.not_one_crew", False),
        ("namings", []),
        ("contact.email", ""),
        ("topics.awards", []),
    ],
)
def test_what_is_optional_or_only_a_gate_does_not_stop_an_application(path, value):
    assert lacks(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "row", "expected"),
    [
        ("team.members", {"name": ""}, ("team", "id_members-3-name", "第4名成员：填写姓名")),
        ("team.members", {"trade": ""}, ("team", "id_members-3-trade", "第4名成员：填写工种或专业")),
        ("team.members", {"education": ""}, ("team", "id_members-3-education", "第4名成员：选择学历")),
        (
            "team.members",
            {"birth_year": None},
            ("team", "id_members-3-birth_year", "第4名成员：填写出生年份，如1986"),
        ),
    ],
)
def test_a_member_begun_must_be_finished(path, row, expected):
    rows = members(4)
    rows[3].update(row)
    assert lacks(changed(path, rows)) == [expected]


@pytest.mark.parametrize(
    ("path", "row", "expected"),
    [
        ("leader.honours", {"level": ""}, ("leader", "id_honours-0-level", "第1项荣誉：选择级别")),
        (
            "functions.trainings",
            {"name": ""},
            ("functions", "id_trainings-0-name", "第1项培训或交流：填写名称"),
        ),
        ("topics.topics", {"title": ""}, ("topics", "id_topics-0-title", "第1项课题：填写课题名称")),
        ("topics.topics", {"category": ""}, ("topics", "id_topics-0-category", "第1项课题：选择类别")),
        (
            "topics.topics",
            {"registered": ""},
            ("topics", "id_topics-0-registered", "第1项课题：填写立项时间，如2025-03"),
        ),
        ("mechanism.rules", {"title": ""}, ("mechanism", "id_rules-0-title", "第1项制度：填写制度名称")),
    ],
)
def test_any_row_begun_must_be_finished(path, row, expected):
    document = complete()
    part, key = path.split(".")
    document[part][key][0].update(row)
    assert lacks(document) == [expected]


def test_an_empty_row_is_no_row():
    blank = {"name": "", "trade": "", "title": "", "education": "", "birth_year": None, "role": ""}
    assert lacks(changed("team.members", [*members(3), blank])) == []


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        ("leader", ("leader", "evidence-honour", "没有劳模证书或表彰文件")),
        ("functions", ("functions", "evidence-site", "没有场地照片")),
        ("topics", ("topics", "evidence-registration", "没有立项书")),
        ("mechanism", ("mechanism", "evidence-rules", "没有制度文本")),
    ],
)
def test_each_good_needs_its_evidence(good, expected):
    document = complete()
    document["evidence"] = [row for row in document["evidence"] if row["good"] != good]
    assert lacks(document) == [expected]


def test_evidence_of_several_kinds_may_serve():
    document = shipped("2026-1")
    document["requirements"]["evidence"] = [{"good": "topics", "any_of": ["patent", "award"]}]
    rubric = load(document)
    assert [entry.detail for entry in missing(rubric, complete())] == ["没有专利证书或获奖证书"]
    application = changed("evidence", [{"good": "topics", "kind": "award", "name": "获奖证书.pdf"}])
    assert missing(rubric, application) == []


def test_the_rubric_says_how_many_are_needed():
    document = shipped("2026-1")
    document["requirements"].update(topics=2, rules=3)
    assert [entry.detail for entry in missing(load(document), complete())] == [
        "至少2项课题，现有1项",
        "至少3项制度，现有1项",
    ]


def test_every_kind_of_evidence_has_a_name_of_its_own():
    kinds = [kind for kinds in EVIDENCE_KINDS.values() for kind in kinds]
    assert (len(set(kinds)), len({evidence_label(kind) for kind in kinds})) == (len(kinds), len(kinds))


def test_a_draft_is_all_to_do_but_the_enterprise():
    assert [(p.step, p.status, p.summary) for p in progress(RUBRIC, draft()).values()] == [
        ("enterprise", "todo", "性质、行业、职工人数、所属工会"),
        ("studio", "todo", "成立时间、地址、面积、投入、历次命名"),
        ("leader", "todo", "荣誉、成果、事迹"),
        ("team", "todo", "成员、师带徒"),
        ("functions", "todo", "职能、场地、培训与交流"),
        ("topics", "todo", "课题、成果、专利、效益"),
        ("mechanism", "todo", "制度、经费、台账、计划"),
        ("contact", "todo", "姓名、电话、电子邮箱"),
    ]


def test_a_complete_application_is_done_at_every_step_and_says_what_it_holds():
    assert [(p.step, p.status, p.summary) for p in progress(RUBRIC, complete()).values()] == [
        ("enterprise", "done", "性质、行业、职工人数、所属工会"),
        ("studio", "done", "成立时间、地址、面积、投入、历次命名"),
        ("leader", "done", "荣誉2项，附件1件"),
        ("team", "done", "成员5人"),
        ("functions", "done", "培训与交流4次，附件1件"),
        ("topics", "done", "课题1项，附件1件"),
        ("mechanism", "done", "制度1项，附件1件"),
        ("contact", "done", "姓名、电话、电子邮箱"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "step", "status", "summary"),
    [
        ("team.members", members(1), "team", "part", "成员1人，至少3人"),
        ("topics.topics", [], "topics", "part", "课题0项，附件1件"),
        ("narrative", "", "leader", "part", "荣誉2项，附件1件"),
        (
            "contact",
            {"name": "", "phone": "", "email": "a@example.cn"},
            "contact",
            "part",
            "姓名、电话、电子邮箱",
        ),
    ],
)
def test_a_step_begun_but_not_finished_is_in_part(path, value, step, status, summary):
    found = progress(RUBRIC, changed(path, value))[step]
    assert (found.status, found.summary) == (status, summary)


def test_evidence_alone_begins_a_step():
    document = draft()
    document["evidence"] = [{"good": "topics", "kind": "registration", "name": "立项书.pdf"}]
    assert progress(RUBRIC, document)["topics"].status == "part"


def test_the_steps_have_titles():
    assert [step_title(step) for step in STEPS] == [
        "申报单位",
        "工作室概况",
        "选好领军人物",
        "配好创新团队",
        "设好工作职能",
        "定好创新课题",
        "建好工作机制",
        "联系人",
    ]
