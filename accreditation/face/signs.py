"""The words and signs of codes: what a state, good or grant is called, and which shape stands before it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.states import ActionWord, State


@dataclass(frozen=True)
class Sign:
    """How a state looks: tone (colour of the shape only), shape (an icon's name) and word."""

    tone: str
    icon: str
    word: str | Promise


STATES: dict[str, tuple[str, str]] = {
    State.DRAFT: ("wait", "pen"),
    State.ENTERPRISE_REVIEW: ("wait", "wait"),
    State.DISTRICT_REVIEW: ("wait", "wait"),
    State.CITY_INTAKE: ("wait", "wait"),
    State.PANEL_SCORING: ("wait", "wait"),
    State.CITY_DECISION: ("wait", "wait"),
    State.LISTED: ("pass", "ok"),
    State.PUBLIC_NOTICE: ("seal", "horn"),
    State.OBJECTION: ("alert", "alert"),
    State.NOTICE_ENDED: ("pass", "ok"),
    State.NAMED: ("gold", "named"),
    State.RETURNED_BY_ENTERPRISE: ("alert", "back"),
    State.RETURNED_BY_DISTRICT: ("alert", "back"),
    State.RETURNED_BY_CITY: ("alert", "back"),
    State.REJECTED: ("wait", "no"),
    State.WITHDRAWN: ("wait", "no"),
}
ACTIONS: dict[str, tuple[str, str]] = {
    ActionWord.SUBMIT: ("", "up"),
    ActionWord.RESUBMIT: ("", "up"),
    ActionWord.RECOMMEND: ("pass", "ok"),
    ActionWord.SEND_BACK: ("alert", "back"),
    ActionWord.REJECT: ("alert", "no"),
    ActionWord.WITHDRAW: ("alert", "no"),
    ActionWord.CONVENE: ("", "user"),
    ActionWord.SCORE: ("", "pen"),
    ActionWord.DISCUSS: ("", "user"),
    ActionWord.CONCLUDE: ("", "ok"),
    ActionWord.VISIT: ("", "search"),
    ActionWord.APPROVE: ("pass", "ok"),
    ActionWord.PUBLISH: ("seal", "horn"),
    ActionWord.FILE_OBJECTION: ("alert", "alert"),
    ActionWord.DISMISS_OBJECTION: ("pass", "ok"),
    ActionWord.UPHOLD_OBJECTION: ("alert", "alert"),
    ActionWord.END_NOTICE: ("pass", "ok"),
    ActionWord.NAME_STUDIO: ("gold", "named"),
    ActionWord.REVOKE_CERTIFICATE: ("alert", "no"),
    ActionWord.RETURN_TO_LEVEL: ("alert", "back"),
    ActionWord.RECALL: ("", "back"),
    ActionWord.MOVE_VERSION: ("", "down"),
    ActionWord.PROPOSE: ("", "pen"),
    ActionWord.SIGN: ("", "pen"),
    ActionWord.PROPOSAL_LAPSED: ("alert", "alert"),
    ActionWord.ERASE: ("alert", "no"),
}
TASKS: dict[str, Sign] = {
    "done": Sign("pass", "ok", _("已完成")),
    "part": Sign("part", "half", _("填了一部分")),
    "todo": Sign("wait", "ring", _("未开始")),
    "blocked": Sign("wait", "ring", _("暂不能开始")),
}
GOOD_CHARACTERS = {
    "leader": "人",  # untranslated: a sign
    "team": "队",  # untranslated: a sign
    "functions": "职",  # untranslated: a sign
    "topics": "题",  # untranslated: a sign
    "mechanism": "制",  # untranslated: a sign
}
GOOD_TITLES: dict[str, str | Promise] = {
    "leader": _("选好领军人物"),
    "team": _("配好创新团队"),
    "functions": _("设好工作职能"),
    "topics": _("定好创新课题"),
    "mechanism": _("建好工作机制"),
}
GOOD_NAMES: dict[str, str | Promise] = {
    "leader": _("领军人物"),
    "team": _("创新团队"),
    "functions": _("工作职能"),
    "topics": _("创新课题"),
    "mechanism": _("工作机制"),
}
GRANTS: dict[str, str | Promise] = {
    "apply": pgettext_lazy("权限", "申报"),
    "review": pgettext_lazy("权限", "审核"),
    "decide": pgettext_lazy("权限", "决定"),
    "manage": pgettext_lazy("权限", "管理"),
    "audit": pgettext_lazy("权限", "审计"),
}


def code_of(value: Any) -> str:
    """Return the code of a good, state or level: itself, its `.code`, or the value of a member of an enum."""
    return str(getattr(value, "code", None) or getattr(value, "value", value))


def state_sign(state: Any) -> Sign:
    """Return the sign of a process state; an unknown code is shown as it stands."""
    code = code_of(state)
    tone, icon = STATES.get(code, ("wait", "ring"))
    return Sign(tone, icon, State(code).label if code in State.values else code)


def action_sign(action: Any) -> Sign:
    """Return the sign of an action of the process, or of any other event that the record knows."""
    code = code_of(action)
    tone, icon = ACTIONS.get(code, ("", ""))
    return Sign(tone, icon, ActionWord(code).label if code in ActionWord.values else code)


def picture_of(media_type: str) -> str:
    """Return the drawing that stands for the first page of a file."""
    if media_type.startswith("image/"):
        return "photo"
    return "table" if "spreadsheet" in media_type else "doc"
