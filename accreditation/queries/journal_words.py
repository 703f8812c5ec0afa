"""What events of the journals say, in words: files that were opened, data that was taken out, signing in, erasing."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.evidence_kinds import evidence_label
from accreditation.queries.told import Told

EXPORTS: dict[str, Promise] = {
    "events": gettext_lazy("操作记录"),
    "score_summary": gettext_lazy("评分汇总表"),
    "decision_draft": gettext_lazy("命名决定草稿"),
}
"""What can be taken out, by the code that `services.journals.exported` is given."""


def _read(told: Told) -> str:
    kind = told.facts["kind"]
    if kind == "visit":
        return _("打开考察照片。")
    if kind == "certificate":
        return _("下载证书。")
    if kind == "form":
        return _("下载第%(revision)d版的申报表。") % {"revision": told.facts["revision"]}
    said = {"kind": evidence_label(kind), "revision": told.facts.get("revision", 0)}
    if not said["revision"]:
        return _("打开证明材料：%(kind)s。") % said
    return _("打开第%(revision)d版的证明材料：%(kind)s。") % said


def _export(told: Told) -> str:
    count, what = told.facts["count"], told.facts["what"]
    if what == "case_file":
        return _("下载卷宗。")
    said = {"what": EXPORTS.get(what, what), "count": count}
    return ngettext("导出%(what)s，共%(count)d条。", "导出%(what)s，共%(count)d条。", count) % said


def _account(told: Told) -> dict[str, str]:
    return {"account": told.names.get("account") or _("未记名的账号")}


def _locked(told: Told) -> str:
    said = _account(told) | {"minutes": told.facts["seconds"] // 60}
    if told.facts["closed"] == "address":
        return _("同一网络地址试过的账号过多，停止登录%(minutes)d分钟。") % said
    return _("密码连续出错，账号“%(account)s”在同一网络地址停止登录%(minutes)d分钟。") % said


def _erase(told: Told) -> str:
    count = len(told.facts["events"])
    said = {"count": count, "order": told.facts["order"]}
    return (
        ngettext(
            "删除%(count)d条记录中的个人信息，依据%(order)s。",
            "删除%(count)d条记录中的个人信息，依据%(order)s。",
            count,
        )
        % said
    )


SENTENCES: dict[str, Callable[[Any], str]] = {
    "read": _read,
    "export": _export,
    "ask_case_file": lambda told: _("索取卷宗。"),
    "seal_case_file": lambda told: _("制成卷宗并封存。"),
    "sign_in": lambda told: _("登录。"),
    "sign_out": lambda told: _("退出登录。"),
    "sign_in_failed": lambda told: _("账号“%(account)s”登录失败，密码不对。") % _account(told),
    "lock_out": _locked,
    "sign_in_flood": lambda told: _("一小时内登录失败过多，其后的不再逐条记录。"),
    "change_password": lambda told: (
        _("把一次性密码换成自己的密码。") if told.facts["was_first"] else _("更改密码。")
    ),
    "make_account": lambda told: _("开立账号：%(account)s。") % _account(told),
    "choose_mail": lambda told: _("更改邮件设置。"),
    "ask_address": lambda told: _("再发一次新邮箱的确认信。"),
    "confirm_address": lambda told: _("确认新邮箱，从此用新邮箱。"),
    "withdraw_address": lambda told: _("撤回还没有确认的新邮箱。"),
    "load_rubric": lambda told: _("载入评审标准%(version)s。") % told.facts,
    "send_again": lambda told: _("向%(name)s再次推送一条消息。") % told.facts,
    "erase": _erase,
}
