"""推荐排序: a district, industry or group union puts its candidates of a cycle in order."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Organisation, Quota, Rank
from accreditation.permissions import DECIDE, AtLevel, may_decide_at
from accreditation.queries.ranking import DECIDED, candidates_of, in_order, is_fixed, last_change, merged
from accreditation.queries.sight import documents_before
from accreditation.states import Level
from workflows.actors import Actor
from workflows.engine import record
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Stale


def rank(
    cycle: Cycle,
    body: Organisation,
    order: Sequence[UUID],
    *,
    by: Actor,
    at: datetime,
    expected_version: int,
) -> Event | None:
    """Save the order of the candidates that still move; None where it is the saved one already.

    What `order` does not name comes last. `expected_version` is the quota's `ranking_version` that was seen.
    Raises NotPermitted (also for whom one of the candidates is barred), NotReady without a quota, and Stale.
    """
    with transaction.atomic():
        # A recommendation locks its application, then the quota: here the applications come before the quota
        # as well. What only refers to the organisation (every event) does not have to wait for this lock.
        office = Organisation.objects.select_for_update(no_key=True).get(pk=body.pk)
        if not may_decide_at(by, office):
            raise NotPermitted(_("您没有办理这一环节的权限。"))
        current = _locked(cycle, office)
        _refuse_barred(current, by)
        quota = _locked_quota(cycle, office)
        wished = merged(current, order)
        if _is_saved(wished):
            return None
        if quota.ranking_version != expected_version:
            raise _stale(cycle, office)
        placed = _write(wished)
        Quota.objects.filter(pk=quota.pk).update(ranking_version=quota.ranking_version + 1)
        seen = documents_before(wished)
        return record(
            office, "rank", by=by, at=at, office=office, role=DECIDE,
            cycle=cycle.code, applications=[str(one.public_id) for one in wished],
            revisions=[seen[one.pk][0] for one in wished], documents=[seen[one.pk][1] for one in wished],
            unplaced=[str(one.public_id) for one in wished if one.pk not in placed],
        )  # fmt: skip


def _locked(cycle: Cycle, body: Organisation) -> list[Application]:
    """Lock the candidates that still move, always in the same sequence; return all of them in their order."""
    moving = candidates_of(cycle, body).exclude(state__in=DECIDED).order_by("pk")
    list(moving.select_for_update(no_key=True).values_list("pk", flat=True))
    return in_order(candidates_of(cycle, body).select_related("rank", "studio"))


def _locked_quota(cycle: Cycle, body: Organisation) -> Quota:
    quota = Quota.objects.select_for_update().filter(cycle=cycle, organisation=body).first()
    if quota is None:
        raise NotReady([Problem(_("本批次没有给%(office)s分配名额。") % {"office": body.name})])
    return quota


def _refuse_barred(candidates: Sequence[Application], by: Actor) -> None:
    """Whoever must keep out of one candidate does not put it before or behind the others either."""
    may_decide = AtLevel(Level.DISTRICT, (DECIDE,))
    for application in candidates:
        verdict = may_decide(application, by)
        if not is_fixed(application) and not verdict:
            said = {"name": application.studio.name, "reason": verdict.reason}
            raise NotPermitted(
                _("%(name)s在排序之中：%(reason)s由本会其他人排序。") % said, getattr(verdict, "code", "")
            )


def _is_saved(wished: Sequence[Application]) -> bool:
    """Whether every candidate that moves has a place already, and the wish is the order of these places."""
    placed = all(is_fixed(one) or getattr(one, "rank", None) for one in wished)
    return placed and in_order(wished) == list(wished)


def _write(wished: Sequence[Application]) -> set[int]:
    """Write the places; return the keys of those that have one. What was decided before any order has none."""
    ranks = [
        Rank(application=application, position=position)
        for position, application in enumerate(wished, start=1)
        if not is_fixed(application) or getattr(application, "rank", None)
    ]
    Rank.objects.bulk_create(
        ranks, update_conflicts=True, unique_fields=["application"], update_fields=["position"]
    )
    return {one.application_id for one in ranks}


def _stale(cycle: Cycle, body: Organisation) -> Stale:
    last = last_change(cycle, body)
    return Stale(
        _("排序已经改过。"),
        action="rank",
        by=last.actor if last else None,
        at=last.at if last else None,
    )
