"""The states of an application, and the words for them: pure data that every layer may read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(TextChoices):
    """The levels of review."""

    ENTERPRISE = "enterprise", _("基层工会")
    DISTRICT = "district", _("区县或产业工会")
    CITY = "city", _("市总工会")


class State(TextChoices):
    """Where an application stands."""

    DRAFT = "draft", _("草稿")
    ENTERPRISE_REVIEW = "enterprise_review", _("基层工会审核")
    DISTRICT_REVIEW = "district_review", _("区县或产业工会审核")
    CITY_INTAKE = "city_intake", _("市总工会受理")
    PANEL_SCORING = "panel_scoring", _("专家评分")
    CITY_DECISION = "city_decision", _("市总工会审定")
    LISTED = "listed", _("拟公示")
    PUBLIC_NOTICE = "public_notice", _("公示")
    OBJECTION = "objection", pgettext_lazy("状态", "异议处理")
    NOTICE_ENDED = "notice_ended", _("公示期满")
    NAMED = "named", _("已命名")
    RETURNED_BY_ENTERPRISE = "returned_by_enterprise", _("基层工会退回补正")
    RETURNED_BY_DISTRICT = "returned_by_district", _("区县或产业工会退回补正")
    RETURNED_BY_CITY = "returned_by_city", _("市总工会退回补正")
    REJECTED = "rejected", _("不予推荐")
    WITHDRAWN = "withdrawn", _("已撤回")


RETURNED = frozenset({State.RETURNED_BY_ENTERPRISE, State.RETURNED_BY_DISTRICT, State.RETURNED_BY_CITY})
EDITABLE = RETURNED | {State.DRAFT}
"""The applicant may change the form."""
ENDED = frozenset({State.NAMED, State.REJECTED, State.WITHDRAWN})
"""No action leads out of these, but that a rejection can be taken back by who decided it."""
WITHDRAWABLE = tuple(state for state in State if state not in ENDED)
"""Before the naming decision the applicant may withdraw at any time (domain rule)."""
DECIDED_ON = (
    State.ENTERPRISE_REVIEW,
    State.DISTRICT_REVIEW,
    State.CITY_INTAKE,
    State.CITY_DECISION,
    State.LISTED,
    State.OBJECTION,
    State.NOTICE_ENDED,
)
"""An office has the work of these: it can be claimed, handed on and decided. (Experts score each for themselves.)"""
LEVEL_OF = {
    State.ENTERPRISE_REVIEW: Level.ENTERPRISE,
    State.RETURNED_BY_ENTERPRISE: Level.ENTERPRISE,
    State.DISTRICT_REVIEW: Level.DISTRICT,
    State.RETURNED_BY_DISTRICT: Level.DISTRICT,
    State.CITY_INTAKE: Level.CITY,
    State.PANEL_SCORING: Level.CITY,
    State.CITY_DECISION: Level.CITY,
    State.RETURNED_BY_CITY: Level.CITY,
    State.LISTED: Level.CITY,
    State.PUBLIC_NOTICE: Level.CITY,
    State.OBJECTION: Level.CITY,
    State.NOTICE_ENDED: Level.CITY,
    State.NAMED: Level.CITY,
}
"""The level that has the application, or had it last."""


OFFICE_OF = {"applicant": "enterprise", "enterprise": "union", "district": "district", "city": "city"}
"""The field of an application that holds the office acting at a level, or the applicant's."""
HOLDER = {
    State.ENTERPRISE_REVIEW: "union_id",
    State.DISTRICT_REVIEW: "district_id",
    State.CITY_INTAKE: "city_id",
    State.CITY_DECISION: "city_id",
    State.LISTED: "city_id",
    State.OBJECTION: "city_id",
    State.NOTICE_ENDED: "city_id",
    State.RETURNED_BY_ENTERPRISE: "enterprise_id",
    State.RETURNED_BY_DISTRICT: "enterprise_id",
    State.RETURNED_BY_CITY: "enterprise_id",
}
"""Whose office holds the task of a state. The experts' tasks of panel scoring are opened as they are seated."""


class ActionWord(TextChoices):
    """What each action is called once it is done, in timelines and lists."""

    START = "start", pgettext_lazy("已办", "开始填写")
    SUBMIT = "submit", pgettext_lazy("已办", "提交")
    RESUBMIT = "resubmit", pgettext_lazy("已办", "重新提交")
    RECOMMEND = "recommend", pgettext_lazy("已办", "推荐")
    RETURN_TO_LEVEL = "return_to_level", pgettext_lazy("已办", "退回下级")
    RECALL = "recall", pgettext_lazy("已办", "拿回")
    SEND_BACK = "send_back", pgettext_lazy("已办", "退回补正")
    REJECT = "reject", pgettext_lazy("已办", "不予推荐")
    WITHDRAW = "withdraw", pgettext_lazy("已办", "撤回")
    CONVENE = "convene", pgettext_lazy("已办", "组成专家组")
    SCORE = "score", pgettext_lazy("已办", "交评分卡")
    DISCUSS = "discuss", pgettext_lazy("已办", "合议")
    CONCLUDE = "conclude", pgettext_lazy("已办", "结束评分")
    VISIT = "visit", pgettext_lazy("已办", "考察")
    APPROVE = "approve", pgettext_lazy("已办", "列入拟公示名单")
    RANK = "rank", pgettext_lazy("已办", "推荐排序")
    HOLD_MEETING = "hold_meeting", pgettext_lazy("已办", "召开会议")
    PUBLISH = "publish", pgettext_lazy("已办", "公示")
    FILE_OBJECTION = "file_objection", pgettext_lazy("已办", "提出异议")
    DISMISS_OBJECTION = "dismiss_objection", pgettext_lazy("已办", "异议不成立")
    UPHOLD_OBJECTION = "uphold_objection", pgettext_lazy("已办", "异议成立")
    END_NOTICE = "end_notice", pgettext_lazy("已办", "公示期满")
    NAME_STUDIO = "name_studio", pgettext_lazy("已办", "命名")
    ISSUE_CERTIFICATE = "issue_certificate", pgettext_lazy("已办", "颁发证书")
    FILE_CERTIFICATE = "file_certificate", pgettext_lazy("已办", "制成证书文件")
    REVOKE_CERTIFICATE = "revoke_certificate", pgettext_lazy("已办", "撤销证书")
    REISSUE_CERTIFICATE = "reissue_certificate", pgettext_lazy("已办", "更正重发证书")
    RENEW_CERTIFICATE = "renew_certificate", pgettext_lazy("已办", "续期证书")
    MOVE_VERSION = "move_version", pgettext_lazy("已办", "改用新版本")
    CLAIM = "claim", pgettext_lazy("已办", "认领")
    RELEASE = "release", pgettext_lazy("已办", "放回待办")
    ASSIGN = "assign", pgettext_lazy("已办", "指派")
    UNASSIGN = "unassign", pgettext_lazy("已办", "收回指派")
    TRANSFER = "transfer", pgettext_lazy("已办", "转办")
    TAKE_BACK = "take_back", pgettext_lazy("已办", "收回转办")
    DELEGATE = "delegate", pgettext_lazy("已办", "委派")
    ADVISE = "advise", pgettext_lazy("已办", "提交委派意见")
    WITHDRAW_DELEGATION = "withdraw_delegation", pgettext_lazy("已办", "收回委派")
    REMIND = "remind", pgettext_lazy("已办", "催办")
    COPY = "copy", pgettext_lazy("已办", "抄送")
    WITHDRAW_COPY = "withdraw_copy", pgettext_lazy("已办", "收回抄送")
    ESCALATE = "escalate", pgettext_lazy("已办", "超时升级")
    RECUSE = "recuse", pgettext_lazy("已办", "回避")
    STEP_ASIDE = "step_aside", pgettext_lazy("已办", "因利害关系回避")
    ASK_ABOVE = "ask_above", pgettext_lazy("已办", "请上级指定办理人")
    APPOINT = "appoint", pgettext_lazy("已办", "指定办理人")
    SUBSTITUTE = "substitute", pgettext_lazy("已办", "设置代理")
    END_SUBSTITUTION = "end_substitution", pgettext_lazy("已办", "结束代理")
    DECLARE = "declare", pgettext_lazy("已办", "申明利害关系")
    OPEN_SIGNING = "open_signing", pgettext_lazy("已办", "加签")
    ADD_SIGNER = "add_signer", pgettext_lazy("已办", "增加签署人")
    REMOVE_SIGNER = "remove_signer", pgettext_lazy("已办", "减签")
    CHANGE_SIGNING = "change_signing", pgettext_lazy("已办", "更改通过条件")
    CANCEL_SIGNING = "cancel_signing", pgettext_lazy("已办", "取消加签")
    PROPOSE = "propose", pgettext_lazy("已办", "拟作决定")
    SIGN = "sign", pgettext_lazy("已办", "签署")
    PROPOSAL_LAPSED = "proposal_lapsed", pgettext_lazy("已办", "决定没有生效")
    FOUND = "found", pgettext_lazy("已办", "设立组织")
    JOIN = "join", pgettext_lazy("已办", "列为成员")
    LEAVE = "leave", pgettext_lazy("已办", "结束成员身份")
    GRANT = "grant", pgettext_lazy("已办", "授予权限")
    REVOKE = "revoke", pgettext_lazy("已办", "收回权限")
    REPORT_FIGURES = "report_figures", pgettext_lazy("已办", "填报统计数字")
    SET_ESCALATION = "set_escalation", pgettext_lazy("已办", "指定逾期事项接收人")
    ADD_WEBHOOK = "add_webhook", pgettext_lazy("已办", "添加推送地址")
    CONFIGURE_CERTIFICATES = "configure_certificates", pgettext_lazy("已办", "更改证书设置")
    SAVE_DESIGN = "save_design", pgettext_lazy("已办", "保存证书样式")
    TEST_WEBHOOK = "test_webhook", pgettext_lazy("已办", "测试推送")
    END_WEBHOOK = "end_webhook", pgettext_lazy("已办", "停用推送地址")
    OPEN_CYCLE = "open_cycle", pgettext_lazy("已办", "开设批次")
    CHANGE_CYCLE = "change_cycle", pgettext_lazy("已办", "更改批次设置")
    CHOOSE_VERSIONS = "choose_versions", pgettext_lazy("已办", "选用版本")
    SET_QUOTA = "set_quota", pgettext_lazy("已办", "分配名额")
    SET_EXPERTS = "set_experts", pgettext_lazy("已办", "选定专家")
    READ = "read", pgettext_lazy("已办", "打开材料")
    EXPORT = "export", pgettext_lazy("已办", "导出")
    ASK_CASE_FILE = "ask_case_file", pgettext_lazy("已办", "索取卷宗")
    SEAL_CASE_FILE = "seal_case_file", pgettext_lazy("已办", "封存卷宗")
    SIGN_IN = "sign_in", pgettext_lazy("已办", "登录")
    SIGN_OUT = "sign_out", pgettext_lazy("已办", "退出登录")
    SIGN_IN_FAILED = "sign_in_failed", pgettext_lazy("已办", "登录失败")
    LOCK_OUT = "lock_out", pgettext_lazy("已办", "暂停登录")
    SIGN_IN_FLOOD = "sign_in_flood", pgettext_lazy("已办", "登录失败过多")
    CHANGE_PASSWORD = "change_password", pgettext_lazy("已办", "更改密码")
    MAKE_ACCOUNT = "make_account", pgettext_lazy("已办", "开立账号")
    CHOOSE_MAIL = "choose_mail", pgettext_lazy("已办", "更改邮件设置")
    ASK_ADDRESS = "ask_address", pgettext_lazy("已办", "再发确认信")
    CONFIRM_ADDRESS = "confirm_address", pgettext_lazy("已办", "确认新邮箱")
    WITHDRAW_ADDRESS = "withdraw_address", pgettext_lazy("已办", "撤回新邮箱")
    LOAD_RUBRIC = "load_rubric", pgettext_lazy("已办", "载入评审标准")
    SEND_AGAIN = "send_again", pgettext_lazy("已办", "再次推送")
    SET_LOG_KEY = "set_log_key", pgettext_lazy("已办", "更换签名密钥")
    ASK_CHECKPOINTS = "ask_checkpoints", pgettext_lazy("已办", "订阅检查点")
    END_CHECKPOINTS = "end_checkpoints", pgettext_lazy("已办", "停寄检查点")
    ERASE = "erase", pgettext_lazy("已办", "删除个人信息")
    FIND = "find", pgettext_lazy("已办", "发现疑点")
    EXAMINE = "examine", pgettext_lazy("已办", "核查")
    REOPEN = "reopen", pgettext_lazy("已办", "撤销核查")
