"""The same hand at two levels; an adverse decision that was taken back and turned round."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.bars import DECISIVE
from accreditation.models import Application
from accreditation.queries.findings.agreement import FOR
from accreditation.queries.findings.batch import Batch, since_submission
from accreditation.queries.findings.rule import Found, Rule, Telling, word
from accreditation.queries.recall import QUIET
from accreditation.states import Level
from workflows.models import Event

ACTS = frozenset(DECISIVE) | {
    "start", "withdraw", "convene", "conclude", "discuss", "publish", "dismiss_objection", "uphold_objection",
    "name_studio", "advise", "visit",
}  # fmt: skip
"""What somebody does with an application for an office. Deciding at two levels is refused (`bars`); the rest is not."""
TURNED = ("reject", "send_back")


def look(batch: Batch) -> Iterator[Found]:
    """Yield, once an application and person, who acted on it for two bodies, themselves or by a substitute."""
    for one in batch.acts(*ACTS):
        application = batch.applications[one.stream]
        for person in sorted(_hands(one)):
            earlier = [
                act
                for act in batch.before(one)
                if act.action in ACTS and act.office_id != one.office_id and person in _hands(act)
            ]
            if earlier:
                first = earlier[0]
                yield Found(
                    key=f"{one.stream}/{person}",
                    event=one,
                    office=one.office_id or application.city_id,
                    person=person,
                    application=application,
                    cycle=application.cycle_id,
                    others=[first],
                    facts={
                        "first": first.action,
                        "first_level": _level(application, first),
                        "then": one.action,
                        "then_level": _level(application, one),
                    },
                )


def _hands(event: Event) -> set[int]:
    return {pk for pk in (event.actor_id, event.principal_id) if pk is not None}


def _level(application: Application, event: Event) -> str:
    """Return the level at which the event's office acts in the application; "applicant", or "" for none of these."""
    offices = {
        application.enterprise_id: "applicant",
        application.union_id: Level.ENTERPRISE.value,
        application.district_id: Level.DISTRICT.value,
        application.city_id: Level.CITY.value,
    }
    return offices.get(event.office_id or 0, "")


def _reason(telling: Telling) -> str:
    facts = telling.facts
    said = {
        "person": telling.person,
        "first_level": _level_words(facts["first_level"]),
        "first": word(facts["first"]),
        "then_level": _level_words(facts["then_level"]),
        "then": word(facts["then"]),
    }
    return (
        _(
            "%(person)s（本人或者由代理人）先在%(first_level)s经手这一件（%(first)s），又在%(then_level)s经手（%(then)s）。"
        )
        % said
    )


def _level_words(level: str) -> str:
    if level == "applicant":
        return _("申报单位")
    return str(Level(level).label) if level else _("其他组织")


TWO_LEVELS = Rule(
    code="two_levels",
    name=gettext_lazy("同一人在两级经手"),
    actions=ACTS,
    look=look,
    looks_for=lambda: _(
        "同一人（本人或者由代理人）为两个组织经手同一件申报：起草、提意见、考察、审核、评分、组成专家组、审定或者命名。"
        "在两级作决定，系统当时就不准；这里还看其他经手。"
    ),
    harmless=gettext_lazy("可能在这期间调动了工作，先前经手的不是决定。"),
    headline=lambda telling: _("同一人在两级经手"),
    reason=_reason,
)


# ── Turned round ─────────────────────────────────────────────────────────────────────────────────────────


def look_at_turns(batch: Batch) -> Iterator[Found]:
    """Yield the favourable decisions after an adverse one of the same office on the same revision was taken back."""
    for one in batch.acts(*FOR):
        since = [act for act in since_submission(batch.before(one)) if act.action not in QUIET]
        taken_back = [
            (decision, recall)
            for decision, recall in pairwise(since)
            if decision.action in TURNED and recall.action == "recall" and recall.office_id == one.office_id
        ]
        if taken_back:
            decision, recall = taken_back[-1]
            application = batch.applications[one.stream]
            yield Found(
                key=f"{one.stream}#{one.sequence}",
                event=one,
                office=one.office_id or application.city_id,
                person=one.actor_id,
                application=application,
                cycle=application.cycle_id,
                others=[decision, recall],
                facts={
                    "first": decision.action,
                    "then": one.action,
                    "first_at": decision.at.isoformat(),
                    "at": one.at.isoformat(),
                },
            )


def _reason_of_turn(telling: Telling) -> str:
    said = {
        "person": telling.person,
        "first": word(telling.facts["first"]),
        "first_at": telling.moment("first_at"),
        "then": word(telling.facts["then"]),
        "at": telling.moment("at"),
    }
    return (
        _("同一版于%(first_at)s决定%(first)s，拿回之后，%(person)s于%(at)s改为%(then)s，其间申报没有改动。")
        % said
    )


TURNED_ROUND = Rule(
    code="turned_round",
    name=gettext_lazy("拿回之后改为同意"),
    actions=frozenset(FOR),
    look=look_at_turns,
    looks_for=lambda: _("同一组织对同一版先决定退回补正或者不予推荐，拿回之后改为同意，其间申报没有改动。"),
    harmless=gettext_lazy("可能选错了决定，或者重新核对之后改变了看法，两次的理由都记在经过中。"),
    headline=lambda telling: _("拿回之后改为同意"),
    reason=_reason_of_turn,
)
