"""The kinds of evidence that each good asks for (domain rule: 劳模证书, 制度文本, 场地照片, 立项书 …)."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

EVIDENCE_KINDS: dict[str, dict[str, Promise]] = {
    "leader": {
        "honour": pgettext_lazy("附件", "劳模证书或表彰文件"),
        "qualification": pgettext_lazy("附件", "领军人物职称、技能等级、学历证书"),
        "in_service": pgettext_lazy("附件", "在职证明"),
    },
    "team": {
        "roster": pgettext_lazy("附件", "成员名单"),
        "member_certificates": pgettext_lazy("附件", "成员职称、技能等级、学历证书"),
        "pairing": pgettext_lazy("附件", "师徒协议"),
    },
    "functions": {
        "site": pgettext_lazy("附件", "场地照片"),
        "statement": pgettext_lazy("附件", "工作职能文件"),
        "founding": pgettext_lazy("附件", "成立文件"),
        "naming": pgettext_lazy("附件", "历次命名文件"),
        "training": pgettext_lazy("附件", "培训、交流记录"),
    },
    "topics": {
        "registration": pgettext_lazy("附件", "立项书"),
        "patent": pgettext_lazy("附件", "专利证书"),
        "award": pgettext_lazy("附件", "获奖证书"),
        "conversion": pgettext_lazy("附件", "成果转化证明"),
        "benefit": pgettext_lazy("附件", "效益证明（财务盖章）"),
    },
    "mechanism": {
        "rules": pgettext_lazy("附件", "制度文本"),
        "ledger": pgettext_lazy("附件", "台账、活动记录"),
        "plan": pgettext_lazy("附件", "年度计划与总结"),
        "funds": pgettext_lazy("附件", "经费证明"),
        "internal_notice": pgettext_lazy("附件", "内部公示证明"),
    },
}


def evidence_label(kind: str) -> str:
    """The name of a kind of evidence in the reader's language. Raises KeyError if there is no such kind."""
    return str({code: label for kinds in EVIDENCE_KINDS.values() for code, label in kinds.items()}[kind])
