"""Three districts of a city with their people, and twelve enterprises that have filled in their forms.

People and forms are laid in; whatever is done with them in a cycle is done on the pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accreditation.models import Application, Organisation, User
from tests import factories
from tests.browser import acts

DISTRICTS = {"YB": "渝北区总工会", "NA": "南岸区总工会", "CS": "长寿区总工会"}
LEADERS = {
    "YB": ("王金山", "李国强", "赵建军", "孙玉梅"),
    "NA": ("张毅", "刘志远", "陈思涵", "杨晓东"),
    "CS": ("米钰林", "何家驹", "唐文博", "曾巧云"),
}
EXPERTS = ("韩敏", "罗建", "周楠", "许文", "唐立")


@dataclass(frozen=True)
class Branch:
    """A district with its union and the applicants below it."""

    district: Organisation
    union: Organisation
    union_decider: User
    reviewer: User
    decider: User
    applicants: Sequence[User]


@dataclass(frozen=True)
class City:
    """Everybody who takes part."""

    office: Organisation
    decider: User
    auditor: User
    experts: Sequence[User]
    branches: Sequence[Branch]

    @property
    def judges(self) -> list[User]:
        """Return all who have to declare their interests."""
        below = [(one.union_decider, one.reviewer, one.decider) for one in self.branches]
        return [self.decider, *self.experts, *(person for three in below for person in three)]


def found() -> City:
    """Found the organisations and give everybody their grants."""
    office = factories.city()
    factories.rubric_row()
    return City(
        office=office,
        decider=factories.member(office, "decide", "manage", username="city", name="陈立言"),
        auditor=factories.member(office, "audit", username="auditor", name="梁静"),
        experts=[
            factories.member(office, "review", username=f"expert{number}", name=name)
            for number, name in enumerate(EXPERTS)
        ],
        branches=[_branch(code, name) for code, name in DISTRICTS.items()],
    )


def _branch(code: str, name: str) -> Branch:
    district = factories.district(code, name)
    union = factories.union(f"{code}-U", f"{name[:2]}机电工会", district)
    below = [
        factories.enterprise(f"{code}-E{number}", f"{name[:2]}第{number}机械厂", union)
        for number in range(1, 5)
    ]
    return Branch(
        district=district,
        union=union,
        union_decider=factories.member(
            union, "review", "decide", username=f"{code}-union", name=f"{name[0]}工会"
        ),
        reviewer=factories.member(district, "review", username=f"{code}-reviewer", name=f"{name[0]}审核"),
        decider=factories.member(
            district, "review", "decide", "manage", username=f"{code}-decider", name=f"{name[0]}主任"
        ),
        applicants=[
            factories.member(one, "apply", username=f"{one.code}-applicant", name=f"申报人{one.code}")
            for one in below
        ],
    )


def fill_in(city: City, at: datetime) -> dict[str, Application]:
    """Fill in a form for every applicant, ready to be submitted; return them by leader."""
    recent = {name: acts.rows_of(name) for name in ("topics", "trainings")}
    return {
        leader: factories.complete_draft(
            applicant.memberships.get().organisation, leader_name=leader, at=at, **recent
        )
        for branch in city.branches
        for leader, applicant in zip(LEADERS[branch.district.code], branch.applicants, strict=True)
    }
