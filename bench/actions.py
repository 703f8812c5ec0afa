"""The SQL statements of every action of the process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Application, NamingDecision, Notice
from accreditation.process import ReviewProcess
from accreditation.states import State
from bench.report import heading, line
from tests import factories
from tests.factories import NOTICE_OVER, STEP, Cast
from workflows.actors import PUBLIC, SYSTEM
from workflows.engine import perform

Facts = Callable[[Application, Cast], Mapping[str, Any]]


def _nothing(application: Application, who: Cast) -> Mapping[str, Any]:
    return {}


def _notice(application: Application, who: Cast) -> Mapping[str, Any]:
    at = application.state_since
    return {
        "notice": Notice.objects.create(
            cycle=who.cycle,
            title="公示",
            contact="示例",
            published_at=at,
            published_by=who.city_decider,
            first_day=at.date(),
            last_day=(at + timedelta(days=7)).date(),
        )
    }


def _decision(application: Application, who: Cast) -> Mapping[str, Any]:
    at = application.state_since
    return {
        "decision": NamingDecision.objects.create(
            cycle=who.cycle,
            number="示例1号",
            title="决定",
            signed_on=at.date(),
            valid_until=(at + timedelta(days=1000)).date(),
            signed_at=at,
            signed_by=who.city_decider,
        )
    }


@dataclass(frozen=True)
class Act:
    """An action in a state, by a role of the cast or a machine, with what it needs."""

    action: str
    state: State
    by: Any
    facts: Facts = _nothing
    why: str = ""


ACTS = (
    Act("submit", State.DRAFT, "applicant", why="reads the whole form and freezes it"),
    Act("recommend", State.ENTERPRISE_REVIEW, "union_decider"),
    Act("recommend", State.DISTRICT_REVIEW, "district_decider", why="takes a place of the quota"),
    Act("send_back", State.DISTRICT_REVIEW, "district_reviewer"),
    Act(
        "return_to_level",
        State.DISTRICT_REVIEW,
        "district_reviewer",
        lambda application, who: {"level": "enterprise"},
    ),
    Act("recall", State.DISTRICT_REVIEW, "union_decider", why="reads the decision it takes back"),
    Act("resubmit", State.RETURNED_BY_DISTRICT, "applicant", why="reads the whole form and freezes it"),
    Act("reject", State.DISTRICT_REVIEW, "district_decider", why="rules on objections"),
    Act("withdraw", State.DISTRICT_REVIEW, "applicant"),
    Act(
        "convene",
        State.CITY_INTAKE,
        "city_decider",
        lambda application, who: {"experts": who.experts},
        "asks whether each expert may score",
    ),
    Act(
        "score",
        State.PANEL_SCORING,
        "expert",
        lambda application, who: {"judged": factories.full_marks(), "comments": {}},
        "writes the card",
    ),
    Act("conclude", State.PANEL_SCORING, "city_decider", why="adds up the cards"),
    Act("approve", State.CITY_DECISION, "city_decider", why="adds up the cards"),
    Act("publish", State.LISTED, "city_decider", _notice),
    Act(
        "file_objection",
        State.PUBLIC_NOTICE,
        PUBLIC,
        lambda application, who: {"name": "赵敏", "contact": "示例", "grounds": "示例"},
        "writes the objection",
    ),
    Act("dismiss_objection", State.OBJECTION, "city_decider", why="rules on the objections"),
    Act("uphold_objection", State.OBJECTION, "city_decider", why="rules on the objections"),
    Act("end_notice", State.PUBLIC_NOTICE, SYSTEM),
    Act("name_studio", State.NOTICE_ENDED, "city_decider", _decision, "writes the designation"),
)


def measure() -> None:
    """Count what each action executes, BEGIN and COMMIT included."""
    who = factories.cast()
    heading("SQL statements of every action, BEGIN and COMMIT too")
    for number, act in enumerate(ACTS):
        application = factories.application_in(act.state, who, leader_name=f"计数{number}")
        line(f"{act.action} in {act.state}", str(len(statements(act, application, who))), act.why)


def statements(act: Act, application: Application, who: Cast) -> list[str]:
    """Take the action and return the SQL that it executed."""
    if act.action == "conclude":
        application = factories.score_by_all(application, who.experts, application.state_since + STEP)
    facts = act.facts(application, who)
    with CaptureQueriesContext(connection) as captured:
        perform(
            ReviewProcess(application),
            act.action,
            by=_actor(act, who),
            at=application.state_since + (NOTICE_OVER if act.by is SYSTEM else STEP),
            expected_version=application.version,
            reason="五好条件符合。",
            **facts,
        )
    return [query["sql"] for query in captured.captured_queries]


def _actor(act: Act, who: Cast) -> Any:
    if not isinstance(act.by, str):
        return act.by
    return who.experts[0] if act.by == "expert" else getattr(who, act.by)
