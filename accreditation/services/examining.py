"""核查: auditors say what they found when they looked at a finding themselves, and take that back."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Finding, User
from accreditation.permissions import AUDIT
from accreditation.queries.findings.scope import may_examine
from accreditation.services.one_by_one import Attempt, attempt
from workflows.engine import record
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Stale

MOST = 100
"""How many findings are examined with one note."""


def examine(finding: Finding, *, by: User, at: datetime, note: str) -> Event:
    """核查: say what one found when one looked at it. Raises NotPermitted, NotReady; Stale where somebody has."""
    with transaction.atomic():
        locked = _locked_finding(finding, by)
        if locked.examined_at is not None:
            raise Stale(_("这一条已经核查。"), action="examine", by=locked.examined_by, at=locked.examined_at)
        return _said(locked, "examine", "note", note, by=by, at=at, examined_at=at, examined_by=by)


def reopen(finding: Finding, *, by: User, at: datetime, reason: str) -> Event:
    """Take back that it was examined: it waits again. Raises NotPermitted, NotReady; Stale where it waits already."""
    with transaction.atomic():
        locked = _locked_finding(finding, by)
        if locked.examined_at is None:
            raise Stale(_("这一条没有核查，或者已经撤销核查。"))
        return _said(locked, "reopen", "reason", reason, by=by, at=at, examined_at=None, examined_by=None)


def examine_many(findings: Sequence[Finding], *, by: User, at: datetime, note: str) -> list[Attempt]:
    """Examine several with one note, each in its own transaction with its own event; return what came of each.

    Raises NotReady without a note, ValueError for more than `MOST`.
    """
    if len(findings) > MOST:
        raise ValueError(f"more than {MOST} at once")
    _refuse_empty("note", note)
    return [
        attempt(partial(examine, one, by=by, at=at, note=note), f"examine {one.public_id}")
        for one in findings
    ]


def _locked_finding(finding: Finding, by: User) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related("office", "examined_by")
    locked = rows.get(pk=finding.pk)
    verdict = may_examine(locked, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)
    return locked


def _said(
    finding: Finding,
    action: str,
    field: str,
    said: str,
    *,
    by: User,
    at: datetime,
    examined_at: datetime | None,
    examined_by: User | None,
) -> Event:
    _refuse_empty(field, said)
    finding.examined_at, finding.examined_by = examined_at, examined_by
    finding.save(update_fields=["examined_at", "examined_by"])
    return record(
        finding,
        action,
        by=by,
        at=at,
        office=finding.office,
        role=AUDIT,
        reason=said.strip(),
        rule=finding.rule,
    )


def _refuse_empty(field: str, said: str) -> None:
    if not said.strip():
        problem = _("写明核查情况。") if field == "note" else _("写明理由。")
        raise NotReady([Problem(problem, field=field)])
