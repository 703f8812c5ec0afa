"""What the events of certificates say, as sentences."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.queries.told import Told
from certificates.wording import short_digest

CORRECTED = {
    "studio_name": gettext_lazy("工作室名称"),
    "enterprise_name": gettext_lazy("单位名称"),
    "title": gettext_lazy("称号"),
}
"""What a correction can change of a certificate, in words."""


def _issue(told: Told) -> str:
    said = {"number": told.facts["number"], "day": _day(told.facts["valid_until"])}
    return _("颁发证书%(number)s，有效期至%(day)s。") % said


def _file(told: Told) -> str:
    return _("证书文件制成，摘要%(digest)s。") % {"digest": short_digest(told.facts["sha256"])}


def _revoke(told: Told) -> str:
    said = {"number": told.facts["number"], "day": _day(told.facts["ended_on"])}
    return _("撤销证书%(number)s，自%(day)s起不再有效。") % said


def _reissue(told: Told) -> str:
    corrected = _("、").join(str(CORRECTED[name]) for name in told.facts["corrected"])
    said = {"corrected": corrected, "old": told.facts["number"], "new": told.facts["new_number"]}
    return _("更正%(corrected)s，以证书%(new)s代替%(old)s。") % said


def _renew(told: Told) -> str:
    facts = told.facts
    said = {"old": facts["number"], "new": facts["new_number"], "day": _day(facts["valid_until"])}
    return _("续期至%(day)s，以证书%(new)s代替%(old)s。") % said


def _day(written: str) -> str:
    return date_format(date.fromisoformat(written), "DATE_FORMAT")


SENTENCES: dict[str, Callable[[Any], str]] = {
    "issue_certificate": _issue,
    "file_certificate": _file,
    "revoke_certificate": _revoke,
    "reissue_certificate": _reissue,
    "renew_certificate": _renew,
}
