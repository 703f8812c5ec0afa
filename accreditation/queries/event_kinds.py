"""The kinds of streams, and the actions that are looked for, in groups and in words."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.states import ActionWord

Word = ActionWord
KINDS: Mapping[str, Promise] = {
    "application": _("申报"),
    "reading": _("查阅材料"),
    "organisation": _("组织与权限"),
    "cycle": pgettext_lazy("列表", "批次"),
    "finding": _("疑点"),
    "export": _("导出"),
    "sign_in": _("登录与账号"),
    "settings": _("系统设置"),
    "log": _("检查点"),
}
"""What each kind of stream tells of."""
GROUPS: Mapping[Promise, Sequence[ActionWord]] = {
    _("申报与审核"): (
        Word.START, Word.SUBMIT, Word.RESUBMIT, Word.WITHDRAW, Word.RECOMMEND, Word.SEND_BACK,
        Word.RETURN_TO_LEVEL, Word.REJECT, Word.RECALL, Word.MOVE_VERSION,
    ),
    _("评分与审定"): (
        Word.CONVENE, Word.SCORE, Word.DISCUSS, Word.VISIT, Word.CONCLUDE, Word.APPROVE, Word.RANK,
        Word.HOLD_MEETING,
    ),
    _("公示与命名"): (
        Word.PUBLISH, Word.FILE_OBJECTION, Word.DISMISS_OBJECTION, Word.UPHOLD_OBJECTION, Word.END_NOTICE,
        Word.NAME_STUDIO, Word.ISSUE_CERTIFICATE, Word.FILE_CERTIFICATE, Word.REVOKE_CERTIFICATE,
        Word.REISSUE_CERTIFICATE, Word.RENEW_CERTIFICATE,
    ),
    _("待办的流转"): (
        Word.CLAIM, Word.RELEASE, Word.ASSIGN, Word.UNASSIGN, Word.TRANSFER, Word.TAKE_BACK, Word.DELEGATE,
        Word.ADVISE, Word.WITHDRAW_DELEGATION, Word.REMIND, Word.COPY, Word.WITHDRAW_COPY, Word.ESCALATE,
        Word.ASK_ABOVE, Word.APPOINT,
    ),
    _("签署"): (
        Word.OPEN_SIGNING, Word.ADD_SIGNER, Word.REMOVE_SIGNER, Word.CHANGE_SIGNING, Word.CANCEL_SIGNING,
        Word.PROPOSE, Word.SIGN, Word.PROPOSAL_LAPSED,
    ),
    _("回避与利害关系"): (Word.DECLARE, Word.RECUSE, Word.STEP_ASIDE),
    _("组织与权限"): (
        Word.FOUND, Word.JOIN, Word.LEAVE, Word.GRANT, Word.REVOKE, Word.SUBSTITUTE, Word.END_SUBSTITUTION,
        Word.SET_ESCALATION, Word.REPORT_FIGURES, Word.ADD_WEBHOOK, Word.TEST_WEBHOOK, Word.END_WEBHOOK,
        Word.SEND_AGAIN, Word.CONFIGURE_CERTIFICATES, Word.SAVE_DESIGN,
    ),
    pgettext_lazy("列表", "批次"): (
        Word.OPEN_CYCLE, Word.CHANGE_CYCLE, Word.CHOOSE_VERSIONS, Word.SET_QUOTA, Word.SET_EXPERTS,
        Word.LOAD_RUBRIC,
    ),
    _("查阅与审计"): (
        Word.READ, Word.EXPORT, Word.ASK_CASE_FILE, Word.SEAL_CASE_FILE, Word.FIND, Word.EXAMINE, Word.REOPEN,
        Word.ERASE, Word.ASK_CHECKPOINTS, Word.END_CHECKPOINTS, Word.SET_LOG_KEY,
    ),
    _("登录与账号"): (
        Word.SIGN_IN, Word.SIGN_OUT, Word.SIGN_IN_FAILED, Word.LOCK_OUT, Word.SIGN_IN_FLOOD,
        Word.CHANGE_PASSWORD, Word.MAKE_ACCOUNT, Word.CHOOSE_MAIL,
        Word.ASK_ADDRESS, Word.CONFIRM_ADDRESS, Word.WITHDRAW_ADDRESS,
    ),
}  # fmt: skip
"""Every action that any event can be, each in one group."""
