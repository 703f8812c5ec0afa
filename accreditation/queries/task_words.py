"""What events of tasks that went from hand to hand say, in words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accreditation.queries.told import Told


def _escalate(told: Told) -> str:
    if told.facts.get("handed"):
        return _("逾期未办，升级给%(to)s。") % told.person
    if told.facts.get("held"):
        return _("逾期未办，已由负责超时事项的%(to)s持有。") % told.person
    return _("逾期未办，%(to)s不能办理这一件，由管理人指派。") % told.person


def _ask_above(told: Told) -> str:
    said = {"above": told.names.get("above") or _("上级")}
    return _("没有人可以决定，请%(above)s指定办理人。") % said


SENTENCES: dict[str, Callable[[Any], str]] = {
    "claim": lambda told: _("认领。"),
    "release": lambda told: _("放回待办。"),
    "assign": lambda told: _("指派给%(to)s。") % told.person,
    "unassign": lambda told: _("收回给%(to)s的指派，放回待办。") % told.person,
    "transfer": lambda told: _("转办给%(to)s。") % told.person,
    "take_back": lambda told: _("从%(to)s处收回转办。") % told.person,
    "delegate": lambda told: _("委派%(to)s提意见。") % told.person,
    "advise": lambda told: _("向%(to)s提交委派意见。") % told.person,
    "withdraw_delegation": lambda told: _("收回给%(to)s的委派。") % told.person,
    "remind": lambda told: _("催办%(to)s。") % told.person,
    "copy": lambda told: _("抄送%(to)s。") % told.person,
    "withdraw_copy": lambda told: _("收回给%(to)s的抄送。") % told.person,
    "escalate": _escalate,
    "recuse": lambda told: _("回避，不再办理这一件。"),
    "step_aside": lambda told: _("申明与申报单位有利害关系，不再办理这一件。"),
    "ask_above": _ask_above,
    "appoint": lambda told: _("指定%(to)s办理。") % told.person,
}
