"""A reviewer who always agrees with one enterprise, and not so with the others."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application
from accreditation.queries.findings.batch import SLIM, Batch
from accreditation.queries.findings.rule import Found, Rule, Telling
from workflows.models import Event

FOR = ("recommend", "approve")
AGAINST = ("send_back", "return_to_level", "reject")
CASES = 5
"""Fewer applications of one enterprise say nothing (a choice of ours)."""
OTHERS = 5
"""Nor do fewer of other enterprises, with which they are compared: a union with one enterprise is never found."""
CHANCE = Fraction(1, 20)
"""How likely it may be by chance at most, by what the person decides elsewhere: one in twenty, as is usual."""
HISTORY = timedelta(days=3 * 365)
"""So far back their decisions are counted: what somebody did longer ago says little, and the cost stays what it is."""
MOST = 20
"""So many earlier decisions are linked."""
Whom = tuple[int | None, int | None, int]  # who decided, for which office, on which enterprise


@dataclass(frozen=True)
class Tally:
    """On how many applications somebody decided without an objection, and on how many with one."""

    agreed: int
    objected: int

    @property
    def share(self) -> Fraction:
        """The share without an objection; one of each is added, so that small numbers do not say too much."""
        return Fraction(self.agreed + 1, self.agreed + self.objected + 2)

    def without(self, other: "Tally") -> "Tally":
        """Return what is left besides another."""
        return Tally(self.agreed - other.agreed, self.objected - other.objected)


def stands_out(here: Tally, elsewhere: Tally) -> bool:
    """Return whether so much agreement with one enterprise is unlikely by what the person decides elsewhere."""
    if here.objected or here.agreed < CASES or elsewhere.agreed + elsewhere.objected < OTHERS:
        return False
    return bool(elsewhere.share**here.agreed <= CHANCE)


def look(batch: Batch) -> Iterator[Found]:
    """Yield, once a cycle, who stands out with a favourable decision."""
    decided = batch.acts(*FOR)
    own = _decisions(batch, decided) if decided else {}
    candidates = [(one, until) for one in decided if _agrees(until := _until(batch, own, one))]
    everywhere = _everywhere([one for one, _until in candidates], _since(decided)) if candidates else {}
    for one, until in candidates:
        application = batch.applications[one.stream]
        here = _tally(until)
        all_here = _tally(own[one.actor_id, one.office_id, application.enterprise_id])
        elsewhere = everywhere[one.actor_id, one.office_id].without(all_here)
        if stands_out(here, elsewhere):
            yield Found(
                key=f"{one.actor_id}/{one.office_id}/{application.enterprise_id}/{application.cycle_id}",
                event=one,
                office=one.office_id or application.city_id,
                person=one.actor_id,
                application=application,
                cycle=application.cycle_id,
                others=[earlier for earlier in until if earlier.pk != one.pk][-MOST:],
                facts={"cases": here.agreed, "agreed": elsewhere.agreed, "objected": elsewhere.objected},
            )


def _until(batch: Batch, own: Mapping[Whom, Sequence[Event]], decision: Event) -> list[Event]:
    """Return what who decided had decided on the enterprise by then, this decision included."""
    enterprise = batch.applications[decision.stream].enterprise_id
    earlier = own[decision.actor_id, decision.office_id, enterprise]
    return [
        one
        for one in earlier
        if decision.at - HISTORY <= one.at and (one.at, one.pk) <= (decision.at, decision.pk)
    ]


def _agrees(decisions: Sequence[Event]) -> bool:
    here = _tally(decisions)
    return here.agreed >= CASES and not here.objected


def _decisions(batch: Batch, decided: Sequence[Event]) -> dict[Whom, list[Event]]:
    """Return what those who decided have decided on all applications of these enterprises. Two queries."""
    enterprises = {batch.applications[one.stream].enterprise_id for one in decided}
    rows = Application.objects.filter(enterprise__in=enterprises).only("public_id", "enterprise_id")
    applications = {row.stream: row.enterprise_id for row in rows}
    actors, since = {one.actor_id for one in decided}, _since(decided)
    found: dict[Whom, list[Event]] = defaultdict(list)
    events = Event.objects.filter(stream__in=list(applications)).only(
        *SLIM
    )  # the streams alone lead the search
    for event in sorted(events.order_by("stream", "sequence"), key=lambda one: (one.at, one.pk)):
        if event.actor_id in actors and event.action in FOR + AGAINST and event.at >= since:
            found[event.actor_id, event.office_id, applications[event.stream]].append(event)
    return found


def _tally(decisions: Sequence[Event]) -> Tally:
    """Count applications, not decisions: one objection to an application is an objection to it."""
    objected = {one.stream for one in decisions if one.action in AGAINST}
    return Tally(agreed=len({one.stream for one in decisions} - objected), objected=len(objected))


def _since(decided: Sequence[Event]) -> datetime:
    return min(one.at for one in decided) - HISTORY


def _everywhere(decisions: Sequence[Event], since: datetime) -> dict[tuple[int | None, int | None], Tally]:
    """Return what these people have decided for these offices on all applications. One query."""
    rows = Event.objects.filter(
        actor__in={one.actor_id for one in decisions},
        office__in={one.office_id for one in decisions},
        action__in=FOR + AGAINST,
        at__gte=since,
        at__lte=max(one.at for one in decisions),
    )
    counted = (
        rows.order_by()
        .values("actor", "office")
        .annotate(
            objected=Count("stream", filter=Q(action__in=AGAINST), distinct=True),
            every=Count("stream", distinct=True),
        )
    )
    return {
        (one["actor"], one["office"]): Tally(one["every"] - one["objected"], one["objected"])
        for one in counted
    }


def _headline(telling: Telling) -> str:
    return _("对同一单位的%(cases)d件全部同意") % telling.said


def _reason(telling: Telling) -> str:
    application = telling.finding.application
    said = telling.said | {"enterprise": application.enterprise.name if application else ""}
    said["others"] = said["agreed"] + said["objected"]
    return (
        _(
            "%(person)s对%(enterprise)s的%(cases)d件从未退回或者不予推荐；"
            "对其他单位的%(others)d件中，%(objected)d件退回或者不予推荐。"
        )
        % said
    )


ALWAYS = Rule(
    code="always_agrees",
    name=gettext_lazy("对同一单位总是同意"),
    actions=frozenset(FOR),
    look=look,
    looks_for=lambda: (
        _(
            "三年之内，同一人在同一组织对一个单位的%(cases)d件以上全部同意，从未退回；对其他单位至少办过%(others)d件，"
            "照其退回的比例，这样的结果偶然出现的可能不到%(percent)d%%。每个批次最多列出一次。"
        )
        % {"cases": CASES, "others": OTHERS, "percent": CHANCE * 100}
    ),
    harmless=gettext_lazy("这个单位的材料可能一向齐全，或者提交前经过辅导。"),
    headline=_headline,
    reason=_reason,
)
