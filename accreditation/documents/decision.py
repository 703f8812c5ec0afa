"""命名决定: 《关于命名…的决定》 with its list by district."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accreditation.documents.sheets import in_chinese, list_mark, pdf
from accreditation.documents.titles import title_lines
from accreditation.face.dates import full_day
from accreditation.models import Application, Cycle, NamingDecision
from accreditation.queries.notices import Group, by_district, named_by
from certificates.configuration import configuration
from certificates.issuing import last_day
from certificates.kept import Request

Body = tuple[str, tuple[tuple[str, str], ...]]
"""A district, industry or group, and its studios, each with its enterprise."""


@dataclass(frozen=True)
class Decision:
    """What a decision says: its text ends with `until`, the day. `is_draft`: nobody has signed it yet."""

    issuer: str
    title: str
    number: str
    text: str
    until: str
    bodies: Sequence[Body]
    signed_on: date
    mark: str
    is_draft: bool = False

    @property
    def count(self) -> int:
        """Return how many studios it names."""
        return sum(len(studios) for _body, studios in self.bodies)

    @property
    def name(self) -> str:
        """Return what its files are called, without their endings."""
        return f"{self.title}（草稿）" if self.is_draft else self.title  # untranslated: a Chinese document


@in_chinese
def signed(decision: NamingDecision) -> Decision:
    """Return what a signed decision says."""
    bodies = _bodies(named_by(decision))
    return Decision(
        issuer=decision.cycle.city.name,
        title=decision.title,
        number=decision.number,
        text=_text(bodies),
        until=full_day(decision.valid_until),
        bodies=bodies,
        signed_on=decision.signed_on,
        mark=_mark(decision.number, decision.title, bodies, decision.signed_on),
    )


@in_chinese
def drafted(
    cycle: Cycle, applications: Sequence[Application], *, title: str, number: str, signed_on: date
) -> Decision:
    """Return what a decision would say, as a draft; `applications` come in the order of their districts."""
    bodies = _bodies(by_district(applications))
    return Decision(
        issuer=cycle.city.name,
        title=title,
        number=number,
        text=_text(bodies),
        until=full_day(last_day(signed_on, years=configuration().valid_years)),
        bodies=bodies,
        signed_on=signed_on,
        mark=_mark(number, title, bodies, signed_on),
        is_draft=True,
    )


@in_chinese
def decision_pdf(decision: Decision) -> Request:
    """Return the decision on paper."""
    return pdf(
        "naming_decision",
        name=decision.name,
        sheets=("official", "draft") if decision.is_draft else ("official",),
        title=decision.title,
        mark=decision.mark,
        lines=title_lines(decision.title),
        decision=decision,
    )


def _mark(number: str, title: str, bodies: Sequence[Body], signed_on: date) -> str:
    listed = [[body, [list(studio) for studio in studios]] for body, studios in bodies]
    return list_mark([number, title, listed], signed_on)


def _bodies(groups: Iterable[Group]) -> list[Body]:
    return [
        (
            group.organisation.name,
            tuple((row.studio.name, row.studio.enterprise.name) for row in group.rows),
        )
        for group in groups
    ]


def _text(bodies: Sequence[Body]) -> str:
    named = bodies[0][1][0][0] if bodies else ""
    count = sum(len(studios) for _body, studios in bodies)
    if count > 1:
        named = f"{named}等{count}个工作室"  # untranslated: a Chinese document
    return f"经评审、公示，决定命名{named}为“{configuration().title}”，有效期至"  # untranslated: as above
