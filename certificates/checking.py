"""All that can be checked of a certificate's file: by itself, against lists that were saved, against this register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import credentials, proofs, registry
from certificates.alterations import Alteration, alteration
from certificates.credentials import REFRESH, REVOCATION, certificate_of
from certificates.marks import find_check_code
from certificates.models import Certificate
from certificates.proofs import NotChecked
from certificates.registry import Answer
from certificates.signing import tokens
from certificates.signing.signatures import Flaw, Later, Signed, examine
from certificates.status_lists import StatusList
from certificates.wording import OF_FAULT

Lists = Mapping[tuple[int, str], StatusList]
"""Saved status lists by their number and purpose."""

OF_ALTERATION = {
    Alteration.ADDED: gettext_lazy("存档文件都在，后面又添加了内容"),
    Alteration.CUT: gettext_lazy("存档文件的末尾缺了"),
    Alteration.CHANGED: gettext_lazy("与存档文件不同：内容被改动，或者由其他程序另存过"),
}
"""What was done to the archived file."""
OF_FLAW = {
    Flaw.UNREADABLE: gettext_lazy("不是能读的PDF文件"),
    Flaw.UNSIGNED: gettext_lazy("没有签名，或者不止一个签名"),
    Flaw.CHANGED: gettext_lazy("签名不成立：签名以后内容被改动"),
    Flaw.ADDED: gettext_lazy("签名以后又有改动：%(later)s"),
    Flaw.STRANGER: gettext_lazy("签名人不在信任的证书之内：%(signer)s"),
}
"""What is wrong with a signed file."""
OF_LATER = {
    Later.PAGES: gettext_lazy("页面换过、增减过，或者内容改过"),
    Later.FILES: gettext_lazy("附带的文件换过或者增减过"),
    Later.NOTES: gettext_lazy("加了批注，或者填了表格"),
    Later.STAMPS: gettext_lazy("加了时间戳或者证书资料"),
    Later.BYTES: gettext_lazy("文件末尾之后多了数据"),
    Later.OTHER: gettext_lazy("文件的其他部分改过"),
}
"""What came after the signature."""


class Part(StrEnum):
    """What is checked."""

    SIGNATURE = "signature"  # who signed the file, and whether anything was changed or added since
    CREDENTIAL = "credential"  # the signed data in it
    LOG = "log"  # the proof in it, and that both say the same
    STATUS = "status"  # whether the certificate was ended


@dataclass(frozen=True)
class Finding:
    """What came of one part: it holds, it does not, or (None) it could not be told; and a sentence about it."""

    part: Part
    holds: bool | None
    said: str


@dataclass
class Report:
    """The answer, which certificate it is about as far as that is known, and what came of each part."""

    answer: Answer = Answer.UNAVAILABLE
    certificate: Certificate | None = None
    findings: list[Finding] = field(default_factory=list)

    def find(self, part: Part, holds: bool | None, said: str) -> None:
        self.findings.append(Finding(part, holds, said))

    def has(self, holds: bool | None) -> bool:
        """Return whether a part came out so."""
        return any(one.holds is holds for one in self.findings)


@dataclass(frozen=True)
class Trust:
    """Whose signatures count: certificates of files, keys of tokens."""

    chain: Sequence[x509.Certificate]
    keys: tokens.Keys


def check_offline(content: bytes, trust: Trust, lists: Lists, at: datetime) -> Report:
    """Check a file without asking anybody. It is valid only if every part holds and the lists say so."""
    report = _check_itself(content, trust)
    if report.has(False):
        report.answer = Answer.ALTERED if find_check_code(content) else Answer.UNKNOWN
        return report
    if report.certificate is None:
        return report
    status = _status(report, lists, report.certificate)
    # A certificate that expired is not valid, whatever a list would say; one that was ended should be called so.
    if status in (Answer.VALID, Answer.UNAVAILABLE) and report.certificate.has_expired(at):
        status = Answer.EXPIRED
    report.answer = Answer.UNAVAILABLE if status is Answer.VALID and report.has(None) else status
    return report


def check_online(content: bytes, trust: Trust, at: datetime) -> Report:
    """Check a file against this register, which alone gives the answer, and by itself, which says more of it."""
    report = _check_itself(content, trust)
    found = registry.check_file(ContentFile(content), at=at)
    report.answer, report.certificate = found.answer, found.certificate or report.certificate
    if found.answer is Answer.UNAVAILABLE:
        report.find(Part.STATUS, None, _("登记现在读不出来"))
    elif found.fault:
        report.find(Part.STATUS, False, str(OF_FAULT[found.fault]))
    elif found.certificate is None:
        report.find(Part.STATUS, False, _("没有登记这份文件"))
    elif found.answer is Answer.ALTERED and (altered := alteration(content, found.certificate)):
        report.find(Part.STATUS, False, str(OF_ALTERATION[altered]))
    else:
        report.find(Part.STATUS, found.answer is Answer.VALID, _("登记的存档文件摘要：%(sha256)s") % {
            "sha256": found.certificate.sha256
        })  # fmt: skip
    return report


def _check_itself(content: bytes, trust: Trust) -> Report:
    report = Report()
    signed = examine(content, trust.chain)
    report.find(Part.SIGNATURE, signed.flaw is None, _said_of(signed))
    if signed.flaw is not Flaw.UNREADABLE:
        report.certificate = _check_credential(report, signed, trust.keys)
    if report.certificate is not None:
        _check_log(report, content, report.certificate, signed)
    return report


def _said_of(signed: Signed) -> str:
    said = {
        "signer": signed.signer,
        "time": _when(signed.time) if signed.time else "",
        "later": OF_LATER[signed.later or Later.OTHER],
    }
    if signed.flaw:
        return str(OF_FLAW[signed.flaw]) % said
    if signed.is_stamped:
        return _("签名成立，签名以后没有改动：%(signer)s，时间戳%(time)s") % said
    return _("签名成立，签名以后没有改动：%(signer)s，自称%(time)s") % said


def _check_credential(report: Report, signed: Signed, keys: tokens.Keys) -> Certificate | None:
    text = signed.files.get(credentials.FILE_NAME)
    if text is None:
        report.find(Part.CREDENTIAL, False, _("没有附电子凭证"))
        return None
    try:
        found = certificate_of(tokens.read(text.decode(), keys))
    except (tokens.BadToken, ValueError) as error:
        report.find(Part.CREDENTIAL, False, _("电子凭证不成立：%(why)s") % {"why": error})
        return None
    report.find(Part.CREDENTIAL, True, _("电子凭证的签名成立：%(number)s") % {"number": found.number})
    return found


def _check_log(report: Report, content: bytes, certificate: Certificate, signed: Signed) -> None:
    """The proof must speak of the very certificate of the credential, and so must the file's mark."""
    if find_check_code(content) != certificate.check_code:
        report.find(Part.CREDENTIAL, False, _("电子凭证说的不是这张证书"))
    try:
        certificate.log_proof = proofs.read(signed.files.get(proofs.FILE_NAME, b""))
        fault = proofs.fault_by_itself(certificate)
    except NotChecked as error:
        report.find(Part.LOG, None, _("存证没有核对：%(why)s") % {"why": error})
        return
    if fault:
        report.find(Part.LOG, False, str(OF_FAULT[fault]))
    else:
        leaf = proofs.place_of(certificate.log_proof).leaf
        report.find(Part.LOG, True, _("存证成立，内容与电子凭证一致：记录序号%(leaf)d") % {"leaf": leaf})


def _status(report: Report, lists: Lists, certificate: Certificate) -> Answer:
    """What saved lists say of a certificate; with that of revocation alone, the worse of the two."""
    revocation, refresh = (lists.get((certificate.status_list, purpose)) for purpose in (REVOCATION, REFRESH))
    if revocation is None:
        report.find(Part.STATUS, None, _("没有这张证书所在的状态列表，不能判断有没有撤销"))
        return Answer.UNAVAILABLE
    said = {"time": _when(revocation.made)}
    if not revocation.has(certificate.status_index):
        report.find(Part.STATUS, True, _("状态列表（%(time)s）：没有撤销，没有更换") % said)
        return Answer.VALID
    if refresh and refresh.has(certificate.status_index):
        report.find(Part.STATUS, False, _("状态列表（%(time)s）：已由新的证书代替") % said)
        return Answer.SUPERSEDED
    known = (
        _("状态列表（%(time)s）：已撤销")
        if refresh
        else _("状态列表（%(time)s）：已撤销，或者已由新的证书代替")
    )
    report.find(Part.STATUS, False, known % said)
    return Answer.REVOKED


def lists_of(tokens_read: Iterable[StatusList]) -> Lists:
    """Return lists by what they are; of two of the same, the later one."""
    return {(one.number, one.purpose): one for one in sorted(tokens_read, key=lambda one: one.made)}


def _when(time: datetime) -> str:
    return date_format(timezone.localtime(time), "DATETIME_FORMAT")
