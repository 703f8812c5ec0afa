"""What happened to an application, as its applicant reads it: a sentence an event, an opinion a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accreditation.face import signs
from accreditation.queries.applicant import Entry
from accreditation.templatetags.wuhao_parts import mark


@dataclass(frozen=True)
class Happening:
    """A line of the timeline."""

    at: datetime
    who: str
    does: str
    said: str
    icon: str
    tone: str
    minor: bool


@dataclass(frozen=True)
class Opinion:
    """What an office decided, and why."""

    office: str
    decision: SafeString
    words: str
    who: str
    at: datetime
    revision: int | None


def timeline(entries: Sequence[Entry]) -> list[Happening]:
    """Return the history as sentences, the latest first. Offices act; experts are not named."""
    happenings = []
    for entry in reversed(entries):
        sign = signs.action_sign(entry.action)
        happenings.append(
            Happening(
                at=entry.at,
                who=_who(entry),
                does=_sentences().get(entry.action, str(sign.word)) % {"revision": entry.revision or 1},
                said="" if entry.action == "file_objection" else entry.reason,
                icon=sign.icon,
                tone=sign.tone,
                minor=not sign.icon,
            )
        )
    return happenings


def opinions_in_words(entries: Sequence[Entry]) -> list[Opinion]:
    """Return the offices' opinions as the page shows them."""
    return [
        Opinion(
            office=entry.office.name if entry.office else "",
            decision=_decision(entry),
            words=entry.reason,
            who=entry.person,
            at=entry.at,
            revision=entry.revision,
        )
        for entry in entries
    ]


def _who(entry: Entry) -> str:
    if entry.action == "file_objection":
        return _("有人")
    if entry.action == "end_notice":
        return _("系统")
    return entry.office.name if entry.office else ""


def _decision(entry: Entry) -> SafeString:
    sign = signs.action_sign(entry.action)
    return mark(sign.tone, sign.icon, sign.word)


def _sentences() -> dict[str, str]:
    return {
        "start": pgettext("经过", "开始填报"),
        "submit": _("提交申报，成为第%(revision)d版"),
        "resubmit": _("补正后重新提交，成为第%(revision)d版，直接回到退回的一级"),
        "recommend": _("审核通过，推荐到上一级"),
        "send_back": pgettext("经过", "退回补正"),
        "reject": _("作出不予推荐的决定"),
        "withdraw": pgettext("经过", "撤回申报"),
        "convene": _("组成专家组评分"),
        "conclude": _("结束专家评分"),
        "approve": _("审定，列入拟公示名单"),
        "publish": _("公示拟命名名单"),
        "file_objection": _("对这一件提出异议，公示暂停"),
        "dismiss_objection": _("裁定异议不成立，公示继续"),
        "uphold_objection": _("裁定异议成立，重新审定"),
        "end_notice": _("公示期满，没有未处理的异议"),
        "name_studio": _("决定命名"),
    }
