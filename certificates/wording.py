"""The words of each answer. The first word is the answer; only the first of them wears gold."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.proofs import Fault
from certificates.registry import Answer, Verification


@dataclass(frozen=True)
class Words:
    """Heading, one sentence, and the tone of the answer: gold, alert, or "" (ink)."""

    heading: str | Promise
    sentence: str | Promise
    tone: str = ""


OF_ANSWER = {
    Answer.VALID: Words(
        _("有效"), _("这张证书由%(issuer)s颁发，目前有效，存档文件与登记的摘要一致。"), "gold"
    ),
    Answer.EXPIRED: Words(_("已到期"), _("这张证书由%(issuer)s颁发，有效期已过。")),
    Answer.REVOKED: Words(_("已撤销"), _("这张证书曾经颁发，已于%(day)s撤销，不再有效。"), "alert"),
    Answer.SUPERSEDED: Words(_("已被更新"), _("这张证书已于%(day)s由新的证书代替，以新证书为准。")),
    Answer.PENDING: Words(_("证书制作中"), _("命名已经登记，证书文件还没有制作完成，过几分钟再查。")),
    Answer.UNAVAILABLE: Words(
        _("暂时查不到证书状态"), _("存档文件或存证暂时无法核对。这不表示证书有效或无效，过一会儿再查。")
    ),
    Answer.UNPROVEN: Words(
        _("存证不成立"), _("登记的内容与公开的操作记录对不上，不能确认这张证书有效。请勿采信。"), "alert"
    ),
    Answer.UNKNOWN: Words(_("查无此号"), _("没有相符的证书。编号和校验码须同时相符。"), "alert"),
}
OF_FILE = OF_ANSWER | {
    Answer.VALID: Words(_("有效"), _("您上传的就是%(issuer)s颁发的那一份文件，证书目前有效。"), "gold"),
    Answer.REVOKED: Words(
        _("已撤销"),
        _("您上传的就是%(issuer)s颁发的那一份文件，但是证书已于%(day)s撤销，不再有效。"),
        "alert",
    ),
    Answer.SUPERSEDED: Words(
        _("已被更新"),
        _("您上传的就是%(issuer)s颁发的那一份文件，但是证书已于%(day)s由新的证书代替，以新证书为准。"),
    ),
    Answer.EXPIRED: Words(_("已到期"), _("您上传的就是%(issuer)s颁发的那一份文件，但是有效期已过。")),
    Answer.ALTERED: Words(
        _("文件与存档不符"), _("您上传的文件不是我们颁发的那一份，或颁发后被改动过。请勿采信。"), "alert"
    ),
    Answer.UNKNOWN: Words(
        _("查无此件"), _("存档中没有这份文件，文件里也没有我们的校验码。请勿把它当作证书采信。"), "alert"
    ),
}


OF_FAULT = {
    Fault.MISSING: _("没有存证，或存证读不出来"),
    Fault.CONTENT: _("存证所记的内容与登记的证书不同"),
    Fault.SIGNATURE: _("检查点没有已知公钥的签名，或签名不成立"),
    Fault.INCLUSION: _("记录不在检查点所签的操作记录里"),
    Fault.CHECKPOINT: _("现在的操作记录不是接着这个检查点的"),
    Fault.RECORD: _("发证的操作记录已不是原来的样子"),
    Fault.FILE: _("操作记录里登记的不是这份证书文件"),
    Fault.ENDING: _("证书的撤销或者更换与操作记录不符"),
}
"""What does not hold of a proof."""


def sentence_of(words: Words, found: Verification) -> str:
    """The sentence with the issuer and the day of which it speaks."""
    day = date_format(found.ending.ended_on, "DATE_FORMAT") if found.ending else ""
    issuer = found.certificate.issuer if found.certificate else ""
    return str(words.sentence) % {"issuer": issuer, "day": day}


def short_digest(sha256: str) -> str:
    """A SHA-256 that two people can compare: the first twelve digits in fours, and the last four."""
    return f"{sha256[:4]} {sha256[4:8]} {sha256[8:12]} … {sha256[-4:]}" if sha256 else ""
