"""What each event says, as a sentence whose subject (who, of which office) stands before it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.figures import plain
from accreditation.form_fields import marks
from accreditation.models import Application
from accreditation.queries import (
    certificate_words,
    house_words,
    journal_words,
    log_words,
    signing_words,
    task_words,
)
from accreditation.queries.findings import words as finding_words
from accreditation.states import ActionWord, State
from workflows.models import Event

WORDS: Mapping[str, Any] = dict(ActionWord.choices)


@dataclass(frozen=True)
class Telling:
    """An event that is being put into words for one kind of reader. `subject`: the application, if it has one."""

    subject: Application | None
    event: Event
    facts: Mapping[str, Any]
    sees_panel: bool
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def application(self) -> Application:
        """The application; LookupError where the event belongs to none."""
        if self.subject is None:
            raise LookupError("an event of no application")
        return self.subject

    @property
    def person(self) -> dict[str, str]:
        """The other person (or people) of a task that went from hand to hand; erased names are not told."""
        return {"to": self.names.get("to") or _("有关人员")}

    @property
    def revision(self) -> dict[str, Any]:
        """The revision that was made or judged, for the sentences."""
        return {"revision": self.facts.get("revision", 0)}


def sentence(
    application: Application | None,
    event: Event,
    facts: Mapping[str, Any],
    *,
    sees_panel: bool,
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the sentence; an event without one of its own is told by the word of its action.

    So is one whose facts do not fit its action: a record that was tampered with must still be shown. `names` are
    those of the people that the event speaks of, from what is kept apart from it.
    """
    telling = Telling(application, event, facts, sees_panel, names or {})
    if event.action in SENTENCES:
        with suppress(LookupError, TypeError, ValueError, ArithmeticError):
            return _by_meeting(telling, SENTENCES[event.action](telling))
    return _("%(action)s。") % {"action": action_word(event.action)}


def action_word(action: str) -> str:
    """Return what an action is called once it is done; a word for all that the record should not have."""
    return str(WORDS.get(action, "")) or _("其他操作")


def _by_meeting(telling: Telling, said: str) -> str:
    """Say that a meeting decided so, where one did."""
    decided = telling.subject is not None and telling.facts.get("meeting")
    return _("会议决定：%(sentence)s") % {"sentence": said} if decided else said


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
    return _marked(_("退回补正，依据第%(revision)d版") % telling.revision, telling)


def _marked(said: str, telling: Telling) -> str:
    """Say also what a return marks."""
    labels = [mark.label for mark in marks(telling.facts.get("steps", ()), telling.facts.get("fields", ()))]
    if not labels:
        return _("%(action)s。") % {"action": said}
    facts = {"action": said, "count": len(labels), "marks": _("、").join(labels)}
    return (
        ngettext(
            "%(action)s，标明%(count)d处：%(marks)s。",
            "%(action)s，标明%(count)d处：%(marks)s。",
            len(labels),
        )
        % facts
    )


def _return_to_level(telling: Telling) -> str:
    office = telling.application.office_at(telling.facts["level"])
    said = {"office": getattr(office, "name", ""), **telling.revision}
    return _marked(_("退回%(office)s，依据第%(revision)d版") % said, telling)


def _recall(telling: Telling) -> str:
    action = telling.facts.get("recalled", "")
    word = ActionWord(action).label if action in ActionWord.values else _("决定")
    return _("拿回“%(action)s”，重新办理。") % {"action": word}


def _move_version(telling: Telling) -> str:
    facts = telling.facts
    said = []
    if facts["process_from"] != facts["process_to"]:
        said.append(_("流程%(process_from)s改为%(process_to)s") % facts)
    if facts["rubric_from"] != facts["rubric_to"]:
        said.append(_("评审标准%(rubric_from)s改为%(rubric_to)s") % facts)
    return _("%(changes)s，环节不变。") % {"changes": _("，").join(said)}


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


def _discuss(telling: Telling) -> str:
    count = len(telling.facts.get("scorecards", ()))
    return ngettext("合议%(count)d张待合议的评分卡。", "合议%(count)d张待合议的评分卡。", count) % {
        "count": count
    }


def _visit(telling: Telling) -> str:
    said = {"day": _day(telling.facts["on"]), "count": len(telling.facts.get("photos", ()))}
    if telling.facts.get("corrects"):
        return _("更正考察记录，考察日期%(day)s，照片%(count)d张。") % said
    return _("记录考察，考察日期%(day)s，照片%(count)d张。") % said


SENTENCES: dict[str, Callable[[Telling], str]] = {
    "start": lambda telling: _("开始填写申报。"),
    **task_words.SENTENCES,
    **signing_words.SENTENCES,
    **journal_words.SENTENCES,
    **log_words.SENTENCES,
    **finding_words.SENTENCES,
    **house_words.SENTENCES,
    **certificate_words.SENTENCES,
    "submit": _submit,
    "resubmit": _resubmit,
    "recommend": _recommend,
    "send_back": _send_back,
    "return_to_level": _return_to_level,
    "recall": _recall,
    "move_version": _move_version,
    "reject": _reject,
    "withdraw": lambda telling: _("撤回申报。"),
    "convene": _convene,
    "score": _score,
    "discuss": _discuss,
    "conclude": _conclude,
    "visit": _visit,
    "approve": _approve,
    "publish": _publish,
    "file_objection": _file_objection,
    "dismiss_objection": _dismiss,
    "uphold_objection": lambda telling: _("异议成立，重新审定。"),
    "end_notice": lambda telling: _("公示期满，没有未处理的异议。"),
    "name_studio": _name,
}
