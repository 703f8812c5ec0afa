"""What is taken out of the register: every studio that was found, as fields with names that stay.

`docs/register.md` explains the fields; whoever changes a name or a code there breaks programs of others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.models import StudioLevel
from accreditation.queries.register import STANDINGS, Found, Row
from certificates.standing import Standing

Value = str | date | None


@dataclass(frozen=True)
class Field:
    """A field: its lasting name, the heading of its column with its width in letters, and the words of its codes."""

    name: str
    heading: str | Promise
    width: int
    words: Mapping[str, str | Promise] | None = None


FIELDS = (
    Field("id", _("标识"), 38),
    Field("name", _("工作室"), 32),
    Field("leader", _("领军人物"), 12),
    Field("enterprise", _("单位"), 32),
    Field("district", _("区县、产业或集团"), 24),
    Field("district_code", _("区县、产业或集团的代码"), 12),
    Field("industry", _("行业"), 16),
    Field("level", _("级别"), 12, dict(StudioLevel.choices)),
    Field("named_on", _("命名日期"), 12),
    Field("decision", _("命名决定"), 24),
    Field("certificate", _("证书编号"), 24),
    Field("valid_until", _("有效期至"), 12),
    Field("state", _("证书状态"), 10, STANDINGS),
    Field("revoked_on", _("撤销日期"), 12),
    Field("url", _("网页"), 64),
)
"""The fields, in the order of the columns."""


def values(row: Row) -> dict[str, Value]:
    """Return the fields of a row with their codes; what is not known, or not yet, is None."""
    certificate, is_revoked = row.shown, row.standing == Standing.REVOKED
    return {
        "id": str(row.studio.public_id),
        "name": row.studio_name,
        "leader": row.studio.leader_name,
        "enterprise": row.enterprise_name,
        "district": row.district.name,
        "district_code": row.district.code,
        "industry": row.industry or None,
        "level": row.level,
        "named_on": row.named_on,
        "decision": row.decision.number,
        "certificate": certificate.number if certificate and certificate.is_ready else None,
        "valid_until": row.last_day,
        "state": row.standing,
        "revoked_on": certificate.ending.ended_on if certificate and is_revoked else None,
        "url": f"{settings.BASE_URL}{reverse('studio', args=[row.studio.public_id])}",
    }


def records(found: Found) -> Iterator[dict[str, str | None]]:
    """Yield every row with codes, and days as YYYY-MM-DD: for programs."""
    for row in found.everything():
        yield {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values(row).items()
        }


def table(found: Found) -> Iterator[list[Value]]:
    """Yield every row as cells in the order of `FIELDS`, with words in the reader's language: for people."""
    for row in found.everything():
        known = values(row)
        yield [_word(field, known[field.name]) for field in FIELDS]


def _word(field: Field, value: Value) -> Value:
    return str(field.words[str(value)]) if field.words else value
