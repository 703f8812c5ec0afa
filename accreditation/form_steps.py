"""The steps of the application form: what they are called, what they hold, which fields must be filled in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from accreditation.rubric_types import GOODS

STEPS = ("enterprise", "studio", *GOODS, "contact")
STEP_TITLES: dict[str, Promise] = {
    "enterprise": pgettext_lazy("步骤", "申报单位"),
    "studio": pgettext_lazy("步骤", "工作室概况"),
    "leader": pgettext_lazy("步骤", "选好领军人物"),
    "team": pgettext_lazy("步骤", "配好创新团队"),
    "functions": pgettext_lazy("步骤", "设好工作职能"),
    "topics": pgettext_lazy("步骤", "定好创新课题"),
    "mechanism": pgettext_lazy("步骤", "建好工作机制"),
    "contact": pgettext_lazy("步骤", "联系人"),
}
STEP_CONTENTS: dict[str, Promise] = {
    "enterprise": gettext_lazy("性质、行业、职工人数、所属工会"),
    "studio": gettext_lazy("成立时间、地址、面积、投入、历次命名"),
    "leader": gettext_lazy("荣誉、成果、事迹"),
    "team": gettext_lazy("成员、师带徒"),
    "functions": gettext_lazy("职能、场地、培训与交流"),
    "topics": gettext_lazy("课题、成果、专利、效益"),
    "mechanism": gettext_lazy("制度、经费、台账、计划"),
    "contact": gettext_lazy("姓名、电话、电子邮箱"),
}
# Step → field → what to do if it is empty. The part of the document has the name of the step.
REQUIRED: dict[str, dict[str, Promise]] = {
    "enterprise": {
        "name": gettext_lazy("填写单位名称"),
        "nature": gettext_lazy("选择单位性质"),
        "industry": gettext_lazy("填写所属行业"),
        "staff": gettext_lazy("填写职工人数"),
        "union": gettext_lazy("填写所属工会"),
    },
    "studio": {
        "name": gettext_lazy("填写工作室名称"),
        "founded": gettext_lazy("填写成立时间，如2010-05"),
        "address": gettext_lazy("填写地址"),
        "area": gettext_lazy("填写使用面积"),
        "equipment": gettext_lazy("填写主要设备"),
        "budget": gettext_lazy("填写年度经费"),
        "budget_sources": gettext_lazy("填写经费来源"),
    },
    "leader": {
        "name": gettext_lazy("填写领军人物姓名"),
        "post": gettext_lazy("填写领军人物岗位"),
        "results": gettext_lazy("填写本人成果"),
    },
    "functions": {"statement": gettext_lazy("填写工作职能")},
    "mechanism": {
        "ledger": gettext_lazy("填写活动怎样记台账"),
        "plan": gettext_lazy("填写年度计划与总结"),
    },
    "contact": {"name": gettext_lazy("填写联系人姓名"), "phone": gettext_lazy("填写联系电话")},
}
# Rows that were begun must be finished: step → list → (what one row is called, field → what to do).
ROWS: dict[str, dict[str, tuple[Promise, dict[str, Promise]]]] = {
    "leader": {
        "honours": (
            gettext_lazy("第%(number)d项荣誉：%(detail)s"),
            {"level": gettext_lazy("选择级别"), "title": gettext_lazy("填写荣誉名称")},
        )
    },
    "team": {
        "members": (
            gettext_lazy("第%(number)d名成员：%(detail)s"),
            {
                "name": gettext_lazy("填写姓名"),
                "trade": gettext_lazy("填写工种或专业"),
                "education": gettext_lazy("选择学历"),
                "birth_year": gettext_lazy("填写出生年份，如1986"),
            },
        )
    },
    "functions": {
        "trainings": (
            gettext_lazy("第%(number)d项培训或交流：%(detail)s"),
            {"name": gettext_lazy("填写名称")},
        )
    },
    "topics": {
        "topics": (
            gettext_lazy("第%(number)d项课题：%(detail)s"),
            {
                "title": gettext_lazy("填写课题名称"),
                "category": gettext_lazy("选择类别"),
                "registered": gettext_lazy("填写立项时间，如2025-03"),
            },
        )
    },
    "mechanism": {
        "rules": (gettext_lazy("第%(number)d项制度：%(detail)s"), {"title": gettext_lazy("填写制度名称")})
    },
}


def step_title(step: str) -> str:
    """The title of a step in the reader's language. Raises KeyError if there is no such step."""
    return str(STEP_TITLES[step])
