"""Load the sample into an empty database, all of it or nothing."""

from datetime import datetime

from django.db import transaction

from accreditation import rubric
from accreditation.models import Cycle, Organisation
from accreditation.sample import accounts, people, story
from accreditation.sample.days import Days
from accreditation.sample.figures import REPORTS, SOURCE
from accreditation.sample.people import Bodies, People
from accreditation.sample.play import Players, Tell
from accreditation.sample.tree import BODIES, CITY, EXPERTS, INTERESTS, judges
from accreditation.services import cycles
from accreditation.services.declarations import declare
from accreditation.services.statistics import report_figures
from certificates.issuing import render_due

# Days before the opening of the cycle: the offices; the cycle, its quotas and its panel; who has which interest;
# the unions' figures.
FOUNDING, PREPARING, DECLARING, REPORTING = 30, 14, 10, 7


def load_sample(at: datetime, tell: Tell) -> bool:
    """Load the sample as of the moment `at`; return False, having done nothing, where there are organisations.

    What is written about people and applications is one transaction. Certificates are drawn after it; where
    that is interrupted, due work draws them.
    """
    days, made = Days(at), accounts.new()
    with transaction.atomic():
        if Organisation.objects.exists():
            return False
        tell("sample: organisations, accounts and the cycle")
        passwords = {account.username: account.password for account in made}
        bodies, everybody = people.enter(passwords, days.before_opening(FOUNDING, "09:00"))
        accounts.keep(made)
        cycle = _open(days, bodies, everybody)
        _declare(days, cycle, bodies, everybody)
        _report(days, bodies, everybody)
        tell(f"sample: applications; the way of {story.FOLLOWED}劳模创新工作室:")
        Players(cycle, bodies, everybody, days, tell).play()
    tell(f"sample: certificates drawn: {render_due(days.before(*story.DRAWN))}")
    return True


def _open(days: Days, bodies: Bodies, everybody: People) -> Cycle:
    at, by = days.before_opening(PREPARING, "10:00"), people.decider_of_city(everybody)
    cycle = cycles.open_cycle(
        city=bodies[CITY],
        code=str(days.year),
        level="city",
        rubric=cycles.load_rubric(rubric.shipped(), at=at),
        by=by,
        at=at,
        title=f"{days.year}年度市级劳模创新工作室",
        opens_at=days.opens_at,
        closes_at=days.closes_at,
        quorum=3,
        review_days=10,
        notice_days=5,
    )
    for body in BODIES:
        if body.places:
            cycles.set_quota(cycle, bodies[body.code], body.places, by=by, at=at)
    cycles.set_experts(cycle, [everybody[username] for username in EXPERTS], by=by, at=at)
    return cycle


def _declare(days: Days, cycle: Cycle, bodies: Bodies, everybody: People) -> None:
    """Whoever judges in the cycle declares their interests first; one of the experts has one."""
    for username in judges():
        enterprise = INTERESTS.get(username)
        interests = {bodies[enterprise.code]: enterprise.note} if enterprise else {}
        declare(
            cycle, interests=interests, by=everybody[username], at=days.before_opening(DECLARING, "09:30")
        )


def _report(days: Days, bodies: Bodies, everybody: People) -> None:
    for report in REPORTS:
        report_figures(
            bodies[report.body],
            period=report.period,
            rows=report.rows,
            source=SOURCE,
            by=people.manager_of(report.body, everybody),
            at=days.before_opening(REPORTING, "15:00"),
        )
