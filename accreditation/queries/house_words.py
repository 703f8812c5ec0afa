"""What the events of organisations and cycles say, in words; and the names of those they speak of.

Such an event has codes alone: `named_in` finds who and what they stand for, as they are called today.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.models import Cycle, Organisation, StudioLevel, User
from accreditation.queries.told import Told
from workflows.models import Event
from workflows.working_days import last_day

STREAMS = (f"{Organisation.stream_kind}/", f"{Cycle.stream_kind}/")
PEOPLE = ("member", "substitute", "experts")
"""The facts of these events that hold identifiers of people."""
SETTINGS: Mapping[str, Promise] = {
    "title": gettext_lazy("名称"),
    "opens_at": gettext_lazy("开始受理"),
    "closes_at": gettext_lazy("截止受理"),
    "quorum": gettext_lazy("法定评分卡数"),
    "review_days": gettext_lazy("每级办理时限（工作日）"),
    "notice_days": gettext_lazy("公示期（工作日）"),
}


def named_in(events: Sequence[Event]) -> dict[int, dict[str, str]]:
    """Return, by the key of each event, the names of whom it speaks by the fact they stand in. Two queries."""
    facts = {event.pk: event.facts for event in events if event.stream.startswith(STREAMS)}
    people = _people(facts.values())
    bodies = _bodies(facts.values())
    return {
        pk: {name: _names(said[name], people) for name in PEOPLE if name in said}
        | ({"organisation": bodies.get(said["organisation"], "")} if "organisation" in said else {})
        for pk, said in facts.items()
    }


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _names(value: Any, people: Mapping[str, str]) -> str:
    return _("、").join(sorted(people[one] for one in _listed(value) if one in people))


def _people(facts: Any) -> dict[str, str]:
    codes = {one for said in facts for name in PEOPLE if name in said for one in _listed(said[name])}
    if not codes:
        return {}
    rows = User.objects.filter(public_id__in=codes)
    return {str(public_id): name for public_id, name in rows.values_list("public_id", "name")}


def _bodies(facts: Any) -> dict[str, str]:
    codes = {str(said["organisation"]) for said in facts if "organisation" in said}
    rows = Organisation.objects.filter(code__in=codes) if codes else Organisation.objects.none()
    return dict(rows.values_list("code", "name"))


def _of(told: Told) -> dict[str, str]:
    """The people of the event; whoever is not to be found is told of as somebody."""
    somebody = _("有关人员")
    return {name: told.names.get(name) or somebody for name in PEOPLE}


def _grant(told: Told) -> dict[str, str]:
    labels = dict(Organisation._meta.permissions)
    return _of(told) | {"grant": str(labels[told.facts["grant"]])}


def _period(told: Told) -> dict[str, str]:
    first, last = (datetime.fromisoformat(told.facts[name]) for name in ("starts_at", "ends_at"))
    days = {"first": localtime(first).date(), "last": last_day(last)}
    return {name: date_format(day, "DATE_FORMAT") for name, day in days.items()}


def _escalation(told: Told) -> str:
    if "member" in told.facts:
        return _("指定%(member)s接收逾期事项。") % _of(told)
    return _("取消逾期事项的接收人。")


def _rank(told: Told) -> str:
    said = {"cycle": told.facts["cycle"], "count": len(told.facts["applications"])}
    return (
        ngettext(
            "保存%(cycle)s批次的推荐排序，共%(count)d件。",
            "保存%(cycle)s批次的推荐排序，共%(count)d件。",
            said["count"],
        )
        % said
    )


def _opened(told: Told) -> str:
    said = {"title": told.facts["title"], "level": StudioLevel(told.facts["level"]).label}
    return _("开设批次“%(title)s”，申报级别%(level)s。") % said


def _changed(told: Told) -> str:
    changed = [str(word) for name, word in SETTINGS.items() if name in told.facts]
    return _("更改批次设置：%(changed)s。") % {"changed": _("、").join(changed)}


def _versions(told: Told) -> str:
    return (
        _(
            "以后提交的申报改用流程%(process_to)s、评审标准%(rubric_to)s，此前是%(process_from)s、%(rubric_from)s。"
        )
        % told.facts
    )


def _quota(told: Told) -> str:
    said = {"office": told.names.get("organisation") or _("一个组织"), "places": told.facts["places"]}
    return ngettext("给%(office)s名额%(places)d。", "给%(office)s名额%(places)d。", said["places"]) % said


def _declare(told: Told) -> str:
    count = len(told.facts["enterprises"])
    if not count:
        return _("申明与申报单位没有利害关系。")
    return ngettext(
        "申明与%(count)d个申报单位有利害关系。", "申明与%(count)d个申报单位有利害关系。", count
    ) % {"count": count}


def _meeting(told: Told) -> str:
    facts = told.facts
    said = {
        "title": facts["title"],
        "day": date_format(date.fromisoformat(facts["held_on"]), "DATE_FORMAT"),
        "count": len(facts["decisions"]),
    }
    return (
        ngettext(
            "录入%(day)s的会议“%(title)s”，决定%(count)d件。",
            "录入%(day)s的会议“%(title)s”，决定%(count)d件。",
            said["count"],
        )
        % said
    )


SENTENCES: dict[str, Callable[[Any], str]] = {
    "found": lambda told: _("设立本组织。"),
    "join": lambda told: _("将%(member)s列为成员。") % _of(told),
    "leave": lambda told: _("结束%(member)s的成员身份。") % _of(told),
    "grant": lambda told: _("授予%(member)s“%(grant)s”权限。") % _grant(told),
    "revoke": lambda told: _("收回%(member)s的“%(grant)s”权限。") % _grant(told),
    "report_figures": lambda told: _("填报%(period)s的统计数字。") % told.facts,
    "rank": _rank,
    "set_escalation": _escalation,
    "substitute": lambda told: (
        _("设置%(substitute)s代%(member)s办理，%(first)s至%(last)s。") % (_of(told) | _period(told))
    ),
    "end_substitution": lambda told: _("结束%(substitute)s代%(member)s办理。") % _of(told),
    "add_webhook": lambda told: _("添加推送地址“%(name)s”（%(host)s）。") % told.facts,
    "test_webhook": lambda told: _("向推送地址“%(name)s”发送测试消息。") % told.facts,
    "end_webhook": lambda told: _("停用推送地址“%(name)s”。") % told.facts,
    "configure_certificates": lambda told: (
        _("更改证书设置，成为第%(layout)d版，改动%(count)d项。")
        % {"layout": told.facts["layout"], "count": len(told.facts["changes"])}
    ),
    "save_design": lambda told: _("保存证书样式“%(name)s”第%(version)d版。") % told.facts,
    "open_cycle": _opened,
    "change_cycle": _changed,
    "set_quota": _quota,
    "set_experts": lambda told: _("选定专家：%(experts)s。") % _of(told),
    "choose_versions": _versions,
    "declare": _declare,
    "hold_meeting": _meeting,
}
