"""What the journals tell: erased reasons, wrong passwords before a decision, many exports in a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Membership, User
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.pace import JUDGING
from accreditation.queries.findings.rule import Found, Rule, Telling, word
from workflows.models import Event
from workflows.working_days import SHANGHAI

# ── Erased reasons ───────────────────────────────────────────────────────────────────────────────────────


def look_for_erased(batch: Batch) -> Iterator[Found]:
    """Yield each event whose reason was erased."""
    orders = [(one, sequence) for one in batch.of("erase") for sequence in _without_reason(one)]
    if not orders:
        return
    wanted = Q()
    for one, sequence in orders:
        wanted |= Q(stream=one.stream, sequence=sequence)
    erased = {(event.stream, event.sequence): event for event in Event.objects.filter(wanted)}
    for one, sequence in orders:
        event = erased.get((one.stream, sequence))
        office = (one.office_id or event.office_id) if event else None
        if event is None or office is None:
            continue
        application = batch.applications.get(one.stream)
        yield Found(
            key=f"{event.stream}#{event.sequence}",
            event=event,
            office=office,
            person=event.actor_id,
            application=application,
            cycle=application.cycle_id if application else None,
            others=[one],
            facts={
                "action": event.action,
                "acted_at": event.at.isoformat(),
                "erased_at": one.at.isoformat(),
                "order": str(one.facts.get("order", "")),
            },
        )


def _without_reason(erasure: Event) -> list[int]:
    """Return the sequence numbers of the events whose reason an erasure took."""
    return [sequence for sequence, fields in erasure.facts.get("events", ()) if "reason" in fields]


def _reason_of_erased(telling: Telling) -> str:
    said = {
        "person": telling.person,
        "action": word(telling.facts["action"]),
        "acted_at": telling.moment("acted_at"),
        "erased_at": telling.moment("erased_at"),
        "order": telling.facts["order"],
    }
    text = _("%(person)s于%(acted_at)s办理“%(action)s”时写的理由于%(erased_at)s删除，原文不可恢复。") % said
    return text + (_("依据：%(order)s。") % said if said["order"] else "")


ERASED = Rule(
    code="erased_reason",
    name=gettext_lazy("理由已删除"),
    actions=frozenset({"erase"}),
    look=look_for_erased,
    looks_for=lambda: _("一条记录的理由已依申请删除。只删姓名的不列。"),
    harmless=gettext_lazy("本人有权申请删除个人信息；记录的摘要仍可核验，能证明确有这条理由。"),
    headline=lambda telling: _("理由已删除"),
    reason=_reason_of_erased,
)


# ── Wrong passwords before a decision ────────────────────────────────────────────────────────────────────

WRONG = 5
"""So many wrong passwords close a name for a while (`views.throttle`): more than somebody mistypes."""
BEFORE = timedelta(hours=1)
FAILURES = ("sign_in_failed", "lock_out", "sign_in_flood")


def look_at_sign_ins(batch: Batch) -> Iterator[Found]:
    """Yield, once for the same failures, the decision in the hour after them."""
    decided = batch.acts(*JUDGING)
    failures = _failures(decided) if decided else {}
    for one in decided:
        within = [at for at in failures.get(one.actor_id, ()) if one.at - BEFORE <= at <= one.at]
        if len(within) < WRONG:
            continue
        application = batch.applications[one.stream]
        yield Found(
            key=f"{one.actor_id}/{within[-1].isoformat()}",
            event=one,
            office=one.office_id or application.city_id,
            person=one.actor_id,
            application=application,
            cycle=application.cycle_id,
            facts={"failures": len(within), "last": within[-1].isoformat(), "at": one.at.isoformat()},
        )


def _failures(decided: Sequence[Event]) -> Mapping[int | None, Sequence[datetime]]:
    """Return when signing in failed to the accounts of those who decided, around these decisions. Two queries."""
    users = User.objects.filter(pk__in={one.actor_id for one in decided}).values_list("public_id", "pk")
    accounts = {f"sign_in/{public_id}": pk for public_id, pk in users}
    earliest, latest = min(one.at for one in decided), max(one.at for one in decided)
    rows = Event.objects.filter(
        stream__in=list(accounts), action__in=FAILURES, at__gte=earliest - BEFORE, at__lte=latest
    )
    found: dict[int | None, list[datetime]] = defaultdict(list)
    for stream, at in rows.order_by("stream", "at").values_list("stream", "at"):
        found[accounts[stream]].append(at)
    return found


def _reason_of_sign_ins(telling: Telling) -> str:
    said = telling.said | {"last": telling.moment("last"), "at": telling.moment("at")}
    return (
        _("%(person)s的账号在一小时内登录失败%(failures)d次，最后一次在%(last)s；%(at)s以这个账号作出决定。")
        % said
    )


GUESSED = Rule(
    code="wrong_passwords",
    name=gettext_lazy("多次登录失败后作出决定"),
    actions=frozenset(JUDGING),
    look=look_at_sign_ins,
    looks_for=lambda: _("作出决定之前一小时内，本人账号登录失败%(wrong)d次以上。") % {"wrong": WRONG},
    harmless=gettext_lazy("可能忘了密码，或者大写锁定没有关。"),
    headline=lambda telling: _("登录失败%(failures)d次后作出决定") % telling.facts,
    reason=_reason_of_sign_ins,
)


# ── Many exports ─────────────────────────────────────────────────────────────────────────────────────────

MANY = 20
"""Exports of one person in a day (a choice of ours: whoever examines a cycle takes a few)."""
A_DAY = timedelta(days=1)


def look_at_exports(batch: Batch) -> Iterator[Found]:
    """Yield, once a day, who takes out more than is usual."""
    taken = [one for one in batch.of("export") if one.actor_id]
    exports = _exports(taken) if taken else {}
    for one in taken:
        until = [other for other in exports[_day(one)] if other.sequence <= one.sequence]
        office = one.office_id or _office(one)
        if len(until) == MANY and office:
            records = [other.facts.get("count", 0) for other in until]
            yield Found(
                key=f"{one.actor_id}/{_day(one)[1]}",
                event=one,
                office=office,
                person=one.actor_id,
                facts={"exports": len(until), "records": sum(records), "at": one.at.isoformat()},
            )


def _day(event: Event) -> tuple[str, str]:
    return event.stream, event.at.astimezone(SHANGHAI).date().isoformat()


def _exports(taken: Sequence[Event]) -> Mapping[tuple[str, str], Sequence[Event]]:
    """Return what each of them took out on these days. One query."""
    earliest, latest = min(one.at for one in taken), max(one.at for one in taken)
    rows = Event.objects.filter(
        stream__in={one.stream for one in taken}, action="export", at__gte=earliest - A_DAY, at__lte=latest
    )
    found: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in rows.order_by("stream", "sequence"):
        found[_day(event)].append(event)
    return found


def _office(event: Event) -> int | None:
    """Return the organisation that somebody belongs to who took data out for no office."""
    own = Membership.objects.filter(user=event.actor_id, ended_at=None).order_by("pk")
    return own.values_list("organisation", flat=True).first()


def _reason_of_exports(telling: Telling) -> str:
    said = telling.said | {"day": telling.day("at")}
    return _("%(person)s在%(day)s导出了%(exports)d次，共%(records)d条记录。") % said


EXPORTS = Rule(
    code="many_exports",
    name=gettext_lazy("一天之内多次导出"),
    actions=frozenset({"export"}),
    look=look_at_exports,
    looks_for=lambda: _("同一人一天之内导出%(many)d次以上。每天列出一次。") % {"many": MANY},
    harmless=gettext_lazy("可能正在做一次专项审计，或者按申报逐件归档卷宗。"),
    headline=lambda telling: _("一天之内导出%(exports)d次") % telling.facts,
    reason=_reason_of_exports,
)
