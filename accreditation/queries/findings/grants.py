"""Grants given and taken on one day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accreditation.models import Organisation, User
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.rule import Found, Rule, Telling
from workflows.models import Event
from workflows.working_days import SHANGHAI

A_DAY = timedelta(days=1)


def look(batch: Batch) -> Iterator[Found]:
    """Yield each grant that was taken on the day on which it was given."""
    taken = batch.of("revoke")
    if not taken:
        return
    given = _given(taken)
    members = {one.facts.get("member", "") for one in taken}
    users = {str(user.public_id): user for user in User.objects.filter(public_id__in=members)}
    for one in taken:
        before = [other for other in given if _is_the_same(other, one)]
        if not before or one.facts["member"] not in users:
            continue
        first, member = before[-1], users[one.facts["member"]]
        acts = Event.objects.filter(actor=member, office=one.office_id, at__gte=first.at, at__lte=one.at)
        yield Found(
            key=f"{one.stream}#{one.sequence}",
            event=one,
            office=one.office_id or 0,
            person=member.pk,
            people=_others(first, one),
            others=[first],
            facts={
                "grant": one.facts["grant"],
                "given_at": first.at.isoformat(),
                "taken_at": one.at.isoformat(),
                "acts": acts.count(),
            },
        )


def _given(taken: Sequence[Event]) -> list[Event]:
    """Return what was given in these organisations on the days of these events, the first one first. One query."""
    earliest, latest = min(one.at for one in taken), max(one.at for one in taken)
    rows = Event.objects.filter(
        stream__in={one.stream for one in taken}, action="grant", at__gt=earliest - A_DAY, at__lte=latest
    )
    return list(rows.select_related("actor").order_by("stream", "sequence"))


def _is_the_same(given: Event, taken: Event) -> bool:
    """Return whether a grant is the one that was taken, and was given earlier on the same day of the calendar."""
    says = ("member", "grant")
    return (
        given.stream == taken.stream
        and given.sequence < taken.sequence
        and given.at.astimezone(SHANGHAI).date() == taken.at.astimezone(SHANGHAI).date()
        and all(given.facts.get(name) == taken.facts.get(name) for name in says)
    )


def _others(given: Event, taken: Event) -> list[str]:
    """Return who gave it, and who took it."""
    return sorted({str(one.actor.public_id) for one in (given, taken) if one.actor is not None})


def _reason(telling: Telling) -> str:
    facts = telling.facts
    labels = dict(Organisation._meta.permissions)
    said = {
        "person": telling.person,
        "office": telling.finding.office.name,
        "grant": labels.get(facts["grant"], facts["grant"]),
        "given": telling.moment("given_at"),
        "taken": telling.moment("taken_at"),
        "people": _("、").join(telling.name(one) for one in facts["people"]),
    }
    text = _("%(person)s在%(office)s的“%(grant)s”权限于%(given)s授予，%(taken)s收回。") % said
    if said["people"]:
        text += _("由%(people)s办理。") % said
    if not facts["acts"]:
        return text + _("其间没有办理过事项。")
    return text + ngettext("其间办理了%(acts)d项。", "其间办理了%(acts)d项。", facts["acts"]) % facts


ONE_DAY = Rule(
    code="grant_one_day",
    name=gettext_lazy("权限当天授予、当天收回"),
    actions=frozenset({"revoke"}),
    look=look,
    looks_for=lambda: _("一项权限在同一天授予又收回，并说明其间用它办理了几项。"),
    harmless=gettext_lazy("可能是选错了人或者权限，随即改正；其间没有办理过事项的多属此类。"),
    headline=lambda telling: _("权限当天授予、当天收回"),
    reason=_reason,
)
