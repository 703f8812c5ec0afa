"""What each event says, as a sentence whose subject (who, of which office) stands before it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.completeness import step_title
from accreditation.figures import plain
from accreditation.models import Application
from accreditation.states import ActionWord, State
from workflows.models import Event


@dataclass(frozen=True)
class Telling:
    """An event that is being put into words for one kind of reader."""

    application: Application
    event: Event
    facts: Mapping[str, Any]
    sees_panel: bool

    @property
    def revision(self) -> dict[str, Any]:
        """The revision that was made or judged, for the sentences."""
        return {"revision": self.facts.get("revision", 0)}


def sentence(application: Application, event: Event, facts: Mapping[str, Any], *, sees_panel: bool) -> str:
    """Return the sentence; an event without one of its own is told by the word of its action.

    So is one whose facts do not fit its action: a record that was tampered with must still be shown.
    """
    telling = Telling(application, event, facts, sees_panel)
    if event.action in SENTENCES:
        with suppress(LookupError, TypeError, ValueError, ArithmeticError):
            return SENTENCES[event.action](telling)
    word = ActionWord(event.action).label if event.action in ActionWord.values else event.action
    return _("%(action)s。") % {"action": word}


def _submit(telling: Telling) -> str:
    return _("提交申报，成为第%(revision)d版。") % telling.revision


def _resubmit(telling: Telling) -> str:
    said = telling.revision | {"office": _holder(telling)}
    return _("补正后重新提交，成为第%(revision)d版，直接回到%(office)s。") % said


def _holder(telling: Telling) -> str:
    application = telling.application
    offices = {
        State.ENTERPRISE_REVIEW: application.union,
        State.DISTRICT_REVIEW: application.district,
        State.CITY_INTAKE: application.city,
    }
    return offices[State(telling.event.to_state)].name


def _recommend(telling: Telling) -> str:
    return _("推荐，依据第%(revision)d版。") % telling.revision


def _send_back(telling: Telling) -> str:
    steps = [step_title(step) for step in telling.facts.get("steps", ())]
    if not steps:
        return _("退回补正，依据第%(revision)d版。") % telling.revision
    said = {"count": len(steps), "steps": _("、").join(steps), **telling.revision}
    return (
        ngettext(
            "退回补正，依据第%(revision)d版，标明%(count)d处：%(steps)s。",
            "退回补正，依据第%(revision)d版，标明%(count)d处：%(steps)s。",
            len(steps),
        )
        % said
    )


def _reject(telling: Telling) -> str:
    return _("不予推荐，依据第%(revision)d版。") % telling.revision


def _convene(telling: Telling) -> str:
    count = len(telling.facts.get("experts", ()))
    adds = telling.event.from_state == State.PANEL_SCORING
    if not telling.sees_panel:
        return _("增补专家。") if adds else _("受理，交专家组评分。")
    said = {"count": count, **telling.revision}
    if adds:
        return ngettext("增补专家%(count)d人。", "增补专家%(count)d人。", count) % said
    return (
        ngettext(
            "组成专家组%(count)d人，评第%(revision)d版。",
            "组成专家组%(count)d人，评第%(revision)d版。",
            count,
        )
        % said
    )


def _score(telling: Telling) -> str:
    return _("交评分卡，依据第%(revision)d版。") % telling.revision


def _conclude(telling: Telling) -> str:
    if not telling.sees_panel:
        return _("专家评分结束。")
    count = len(telling.facts.get("scorecards", ()))
    said = {"count": count, "total": plain(Decimal(telling.facts["total"]))}
    if telling.facts.get("trimmed"):
        return (
            ngettext(
                "结束评分，共%(count)d张评分卡，去掉最高和最低各一张，平均%(total)s分。",
                "结束评分，共%(count)d张评分卡，去掉最高和最低各一张，平均%(total)s分。",
                count,
            )
            % said
        )
    return (
        ngettext(
            "结束评分，共%(count)d张评分卡，平均%(total)s分。",
            "结束评分，共%(count)d张评分卡，平均%(total)s分。",
            count,
        )
        % said
    )


def _approve(telling: Telling) -> str:
    return _("列入拟公示名单，依据第%(revision)d版。") % telling.revision


def _publish(telling: Telling) -> str:
    return _("公示，至%(day)s。") % {"day": _day(telling.facts.get("ends_on", ""))}


def _file_objection(telling: Telling) -> str:
    if telling.event.from_state == State.OBJECTION:
        return _("又收到一份异议。")
    return _("收到异议，公示暂停。")


def _dismiss(telling: Telling) -> str:
    return _("异议不成立，公示继续，至%(day)s。") % {"day": _day(telling.facts.get("ends_on", ""))}


def _name(telling: Telling) -> str:
    return _("命名，文号%(number)s。") % {"number": telling.facts.get("decision", "")}


def _day(written: str) -> str:
    return date_format(date.fromisoformat(written), "DATE_FORMAT") if written else ""


SENTENCES: dict[str, Callable[[Telling], str]] = {
    "start": lambda telling: _("开始填写申报。"),
    "claim": lambda telling: _("认领。"),
    "release": lambda telling: _("放回待办。"),
    "submit": _submit,
    "resubmit": _resubmit,
    "recommend": _recommend,
    "send_back": _send_back,
    "reject": _reject,
    "withdraw": lambda telling: _("撤回申报。"),
    "convene": _convene,
    "score": _score,
    "conclude": _conclude,
    "approve": _approve,
    "publish": _publish,
    "file_objection": _file_objection,
    "dismiss_objection": _dismiss,
    "uphold_objection": lambda telling: _("异议成立，重新审定。"),
    "end_notice": lambda telling: _("公示期满，没有未处理的异议。"),
    "name_studio": _name,
}
