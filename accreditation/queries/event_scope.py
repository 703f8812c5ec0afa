"""Which events an auditor sees: those of the branches that they audit, and none of an application never submitted.

Nothing is shown here that no other page of theirs would show: a draft is the applicant's own, and as long as somebody
sits on a panel with their own card open, what the others discuss, and how far their cards lie apart, is kept from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Func, OuterRef, Q, UUIDField

from accreditation.models import Application, EventTerm, Finding, IndexedThrough, Organisation, User
from accreditation.queries.archive import auditing
from accreditation.queries.event_clauses import there_is
from accreditation.queries.event_terms import home, within
from accreditation.queries.findings.panel import FAR
from accreditation.scope import Office
from accreditation.states import State


class _Identifier(Func):
    """The identifier of an application in the key of its stream; nothing in the key of another kind of stream."""

    output_field = UUIDField()
    template = "CASE WHEN %(expressions)s LIKE 'application/%%%%' THEN {} END"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        found = "REPLACE(SUBSTR(%(expressions)s, 13), '-', '')"
        return self.as_sql(compiler, connection, template=self.template.format(found), **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        found = "CAST(SUBSTRING(%(expressions)s FROM 13) AS uuid)"
        return self.as_sql(compiler, connection, template=self.template.format(found), **more)


@dataclass(frozen=True)
class EventScope:
    """The events that somebody audits. `terms`: those of their branches; None: all but those of `elsewhere`."""

    terms: tuple[str, ...] | None
    visible: Q
    elsewhere: tuple[str, ...] = ()

    def inside(self, key: str) -> Q:
        """Return the question whether an event lies in these branches, for rows with `at` and its key in a field."""
        rows = EventTerm.objects.filter(at=OuterRef("at"), event_id=OuterRef(key))
        inside = Q() if self.terms is None else there_is(rows.filter(term__in=self.terms), "term")
        if self.elsewhere:
            inside &= ~there_is(rows.filter(term__in=self.elsewhere), "term")
        return inside


def event_scope(user: User, offices: Sequence[Office]) -> EventScope:
    """Return what the user sees by the grants on these offices. At most four queries."""
    held = _outermost([office.organisation for office in auditing(offices)])
    visible = _submitted() & _not_kept_from(user)
    own = home()
    if own not in {one.pk for one in held}:
        return EventScope(tuple(within(one.pk) for one in held), visible)
    others = Organisation.objects.filter(parent=None).exclude(pk__in=[one.pk for one in held])
    elsewhere = tuple(within(pk) for pk in others.values_list("pk", flat=True))
    if not elsewhere:
        return EventScope(None, visible)
    entered = Q(leaf__index__lt=IndexedThrough.objects.values("leaves")[:1])
    scope = EventScope(None, visible, elsewhere)
    return replace(scope, visible=visible & entered & scope.inside("pk"))


def _outermost(held: Sequence[Organisation]) -> list[Organisation]:
    return [
        one
        for one in held
        if not any(one.path.startswith(other.path) for other in held if other.pk != one.pk)
    ]


def _submitted() -> Q:
    """An application's first event, and its withdrawal, may be those of a form that nobody ever saw."""
    seen = Application.objects.filter(submitted_at__isnull=False, public_id=_Identifier(OuterRef("stream")))
    return ~Q(from_state=State.DRAFT) | there_is(seen, "submitted_at")


def _not_kept_from(user: User) -> Q:
    """Leave out what somebody with a card to give on an application must not know of the others' cards."""
    own = Application.objects.filter(scorecards__expert=user, scorecards__submitted_at=None)
    alone = [one.stream for one in own.only("public_id")]
    if not alone:
        return Q()
    far = Finding.objects.filter(rule=FAR.code, application__in=own).only("public_id")
    return ~Q(action="discuss", stream__in=alone) & ~Q(stream__in=[one.stream for one in far])
