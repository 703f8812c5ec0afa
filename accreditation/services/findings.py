"""疑点: the rules look at what is new in the log."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accreditation.models import Cycle, Finding, LookedThrough, Organisation, User
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.catalogue import BY_CODE, RULES
from accreditation.queries.findings.rule import Found, Rule
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.ledger import log
from workflows.ledger.chain import instant
from workflows.models import Event, Leaf

logger = logging.getLogger(__name__)

BATCH = 500
ROUND = 40
"""So many batches are looked at in one round; what is left, as of a history from before, waits for the next."""
SETTLED = timedelta(minutes=5)
"""What is younger may still be one of several that belong together, as in a batch of decisions."""
FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a body raises that does not say what its action should, as after tampering."""


def look_for_findings(at: datetime) -> int:
    """Duty: let each rule look at the events of the log that it has not looked at; return how many findings are new.

    The log's order has no gaps and grows at its end, so a number is all that has to be kept: nothing is looked at
    twice, nothing is passed by. Each batch is a transaction; of two runners one works and the other leaves it.
    """
    if _is_idle(at):
        return 0
    new = 0
    for _number in range(ROUND):
        found = _batch(at)
        if found is None:
            break
        new += found
    return new


def _is_idle(at: datetime) -> bool:
    """Return whether the first event that a rule has not looked at is yet to come, or to settle. Three queries."""
    marks = dict(LookedThrough.objects.values_list("rule", "leaves"))
    start = min(marks.get(rule.code, 0) for rule in RULES)
    return _end(start, log.size(), at) <= start


@transaction.atomic
def _batch(at: datetime) -> int | None:
    """Look at one batch; return how many findings it brought, None where there is nothing more to look at now."""
    marks = _locked()
    if marks is None:
        return None
    start = min(marks.values())
    behind = [BY_CODE[code] for code, leaves in marks.items() if leaves == start]
    ahead = [leaves for leaves in marks.values() if leaves > start]
    end = _end(start, min([*ahead, log.size()]), at)
    if end <= start:
        return None
    batch = Batch(_events(start, end, behind))
    new = sum(_write(rule, _look(rule, batch), at) for rule in behind)
    LookedThrough.objects.filter(rule__in=[rule.code for rule in behind]).update(leaves=end)
    return new


def _locked() -> dict[str, int] | None:
    """Return how far each rule has looked, its row locked; None where another runner is at it.

    The first rule's row is the lock of all.
    """
    rows = LookedThrough.objects
    if rows.filter(rule__in=BY_CODE).count() < len(RULES):
        rows.bulk_create([LookedThrough(rule=rule.code) for rule in RULES], ignore_conflicts=True)
    if not rows.select_for_update(skip_locked=True).filter(rule=RULES[0].code).first():
        return None
    return dict(rows.filter(rule__in=BY_CODE).values_list("rule", "leaves"))


def _end(start: int, end: int, at: datetime) -> int:
    """Return where a batch that begins at `start` ends: at the latest before the first event that has not settled."""
    end = min(end, start + BATCH)
    fresh = Leaf.objects.filter(index__gte=start, index__lt=end, event__at__gt=at - SETTLED)
    first = fresh.order_by("index").values_list("index", flat=True).first()
    return end if first is None else first


def _events(start: int, end: int, rules: Iterable[Rule]) -> list[Event]:
    actions = frozenset[str]().union(*(rule.actions for rule in rules))
    leaves = Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index")
    keys = list(
        leaves.values_list("event", flat=True)
    )  # read first: joined, the actions would lead the search
    found = Event.objects.filter(action__in=actions).select_related("actor").in_bulk(keys)
    return [found[pk] for pk in keys if pk in found]


def _look(rule: Rule, batch: Batch) -> list[Found]:
    """Return what the rule finds; where an event is not what it should be, without that one."""
    try:
        return list(rule.look(batch))
    except FAULTS:
        found: list[Found] = []
        for event in batch.events:
            try:
                found += rule.look(Batch([event]))
            except FAULTS:
                logger.exception("rule %s cannot read event %s", rule.code, event.pk)
        return found


def _write(rule: Rule, found: Sequence[Found], at: datetime) -> int:
    """Write what is found for the first time, each with its event; return how many."""
    by_key: dict[str, Found] = {}
    for one in found:
        by_key.setdefault(one.key, one)
    known = set(
        Finding.objects.filter(rule=rule.code, key__in=list(by_key)).values_list("key", flat=True)
        if by_key
        else ()
    )
    new = [one for key, one in by_key.items() if key not in known]
    if not new:
        return 0
    offices = Organisation.objects.in_bulk({one.office for one in new})
    people = User.objects.in_bulk({one.person for one in new if one.person})
    cycles = Cycle.objects.in_bulk({one.cycle for one in new if one.cycle})
    for one in new:
        about: dict[str, Any] = {"application": str(one.application.public_id)} if one.application else {}
        about |= {"person": str(people[one.person].public_id)} if one.person else {}
        about |= {"cycle": cycles[one.cycle].code} if one.cycle else {}
        _write_one(rule, one, offices[one.office], about, at)
    return len(new)


def _write_one(
    rule: Rule, found: Found, office: Organisation, about: Mapping[str, Any], at: datetime
) -> None:
    others = [[event.stream, event.sequence] for event in found.others]
    facts = {**found.facts, "people": list(found.people), "events": others}
    finding = Finding.objects.create(
        rule=rule.code,
        key=found.key,
        office=office,
        cycle_id=found.cycle,
        application=found.application,
        event=found.event,
        person_id=found.person,
        facts=facts,
        happened_at=max([found.event.at, *(event.at for event in found.others)]),
        found_at=at,
    )
    record(
        finding, "find", by=SYSTEM, at=at, office=office,
        rule=rule.code, key=found.key, happened_at=instant(finding.happened_at),
        event=[found.event.stream, found.event.sequence], figures=facts, **about,
    )  # fmt: skip
