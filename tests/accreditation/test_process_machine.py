"""Whatever people do, in whatever order: the process holds (a Hypothesis state machine)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accreditation.models import Application, Quota
from accreditation.process import ReviewProcess
from accreditation.queries.replay import replay
from accreditation.services import applications, naming, notice, panel, review
from accreditation.states import ENDED, State
from tests import factories
from tests.accreditation.audit.rows import as_the_events_say, as_the_rows_say
from workflows.actors import PUBLIC, SYSTEM
from workflows.engine import allowed_actions
from workflows.ledger.chain import first_broken
from workflows.models import Event
from workflows.refusals import Refused

DECISIONS = {
    "recommend": review.recommend,
    "send_back": review.send_back,
    "reject": review.reject,
    "approve": review.approve,
    "dismiss_objection": notice.dismiss_objection,
    "uphold_objection": notice.uphold_objection,
}
BEFORE_NAMING = [
    "submit",
    "recommend",
    "recommend",
    "convene",
    "conclude",
    "approve",
    "publish",
    "end_notice",
]
WELL = [
    "enterprise_review", "district_review", "city_intake", "panel_scoring", "city_decision", "listed",
    "public_notice", "notice_ended", "named",
]  # fmt: skip
CHOSEN = st.integers(0, 1)
SURE = st.sampled_from(
    [False] * 9 + [True]
)  # what ends an application is rare, so that late states are reached
PLACES = 1


class Review(RuleBasedStateMachine):
    """Two applications that compete for one place, and everybody who could act on them. One begins in `start`."""

    start: State

    @initialize()
    def begin(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.who = factories.cast()
        self.at = factories.AT
        self.pks = [
            factories.application_in(self.start, leader_name="王金山").pk,
            factories.complete_draft(leader_name="张永忠").pk,
        ]
        self.at = max(self.at, self.application(0).state_since)
        self.checked: set[tuple[int, int]] = set()
        self.replayed: dict[int, int] = {}
        factories.quota(self.who.cycle, self.who.district, PLACES)
        self.people = [
            self.who.applicant,
            self.who.union_reviewer,
            self.who.union_decider,
            self.who.district_reviewer,
            self.who.district_decider,
            self.who.city_decider,
            *self.who.experts,
        ]

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def application(self, which: int) -> Application:
        return Application.objects.get(pk=self.pks[which])

    def attempt(self, call: Any, *args: Any, **kwargs: Any) -> None:
        """Do it or be refused: nothing else may happen, and a refusal changes nothing."""
        self.at += timedelta(hours=1)
        before = list(Application.objects.order_by("pk").values_list("state", "version", "sequence", "head"))
        try:
            with transaction.atomic():
                call(*args, at=self.at, **kwargs)
        except Refused:
            after = list(
                Application.objects.order_by("pk").values_list("state", "version", "sequence", "head")
            )
            assert after == before

    @rule(which=CHOSEN, steps=st.sampled_from([7, 6, 3, 1]))
    def all_goes_well(self, which: int, steps: int) -> None:
        """The next steps of an application that is named in the end, so that late states are reached often."""
        for _ in range(steps):
            self.one_goes_well(which)

    def one_goes_well(self, which: int) -> None:
        application = self.application(which)
        for before, walk in (factories.BEFORE[state] for state in WELL):
            if application.state == before:
                self.attempt(lambda at: walk(application, self.who, at))
                self.at = max(self.at, self.application(which).state_since)
                return

    @rule(which=CHOSEN, person=st.integers(0, 8))
    def hand_in(self, which: int, person: int) -> None:
        application = self.application(which)
        self.attempt(
            applications.submit, application, by=self.people[person], expected_version=application.version
        )

    @rule(which=CHOSEN)
    def the_applicant_hands_in(self, which: int) -> None:
        self.hand_in(which, 0)

    @rule(which=CHOSEN, person=st.integers(0, 8), decision=st.sampled_from(sorted(DECISIONS)))
    def decide(self, which: int, person: int, decision: str) -> None:
        application = self.application(which)
        self.attempt(
            DECISIONS[decision],
            application,
            by=self.people[person],
            expected_version=application.version,
            reason="理由。",
        )

    @rule(which=CHOSEN, decision=st.sampled_from(sorted(DECISIONS)), sure=SURE)
    def whoever_may_decides(self, which: int, decision: str, sure: bool) -> None:
        application = self.application(which)
        if decision == "reject" and not sure:
            return
        for person in self.people:
            if decision in allowed_actions(ReviewProcess(application), person):
                self.attempt(
                    DECISIONS[decision],
                    application,
                    by=person,
                    expected_version=application.version,
                    reason="理由。",
                )
                return

    @rule(which=CHOSEN, person=st.integers(0, 8), level=st.sampled_from(["enterprise", "district", "city"]))
    def return_to_an_earlier_level(self, which: int, person: int, level: str) -> None:
        application = self.application(which)
        self.attempt(
            review.return_to_level,
            application,
            by=self.people[person],
            expected_version=application.version,
            reason="理由。",
            level=level,
        )

    @rule(which=CHOSEN)
    def who_decided_takes_it_back(self, which: int) -> None:
        application = self.application(which)
        for person in self.people:
            if "recall" in allowed_actions(ReviewProcess(application), person):
                before = ReviewProcess(application).last_decision()
                self.attempt(review.recall, application, by=person, expected_version=application.version)
                assert before
                assert self.application(which).state in {before.from_state, application.state}

    @rule(which=CHOSEN, stale=st.integers(1, 3))
    def decide_on_an_old_page(self, which: int, stale: int) -> None:
        application = self.application(which)
        events = application.sequence
        self.attempt(
            review.recommend,
            application,
            by=self.who.union_decider,
            expected_version=application.version - stale,
            reason="理由。",
        )
        assert self.application(which).sequence == events

    @rule(which=CHOSEN, count=st.integers(0, 3))
    def seat_experts(self, which: int, count: int) -> None:
        application = self.application(which)
        self.attempt(
            panel.convene,
            application,
            by=self.who.city_decider,
            expected_version=application.version,
            experts=self.who.experts[:count],
        )

    @rule(which=CHOSEN, expert=st.integers(0, 2))
    def score(self, which: int, expert: int) -> None:
        application = self.application(which)
        self.attempt(
            panel.score,
            application,
            by=self.who.experts[expert],
            expected_version=application.version,
            judged=factories.full_marks(),
            comments={},
        )

    @rule(which=CHOSEN)
    def everybody_scores(self, which: int) -> None:
        for expert in range(3):
            self.score(which, expert)

    @rule(which=CHOSEN)
    def conclude(self, which: int) -> None:
        application = self.application(which)
        self.attempt(
            panel.conclude, application, by=self.who.city_decider, expected_version=application.version
        )

    @rule(which=CHOSEN)
    def publish(self, which: int) -> None:
        self.attempt(
            notice.publish_notice,
            cycle=self.who.cycle,
            applications=[self.application(which)],
            title="公示",
            contact="023",
            by=self.who.city_decider,
        )

    @rule(which=CHOSEN)
    def object(self, which: int) -> None:
        self.attempt(
            notice.file_objection, self.application(which), name="赵敏", contact="138", grounds="有出入。"
        )

    @rule(days=st.integers(1, 10))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        notice.end_due_notices(self.at)

    @rule(which=CHOSEN)
    def name(self, which: int) -> None:
        application = self.application(which)
        self.attempt(
            naming.name_studios,
            cycle=self.who.cycle,
            applications=[application],
            number=f"{application.pk}-{application.version}",
            title="决定",
            signed_on=self.at.date(),
            by=self.who.city_decider,
        )

    @rule(which=CHOSEN, sure=SURE)
    def withdraw(self, which: int, sure: bool) -> None:
        application = self.application(which)
        if sure:
            self.attempt(
                applications.withdraw,
                application,
                by=self.who.applicant,
                expected_version=application.version,
            )

    @invariant()
    def the_quota_holds(self) -> None:
        if hasattr(self, "pks"):
            taken = [self.application(n) for n in range(2)]
            used = sum(bool(one.recommended_at) and one.state != "withdrawn" for one in taken)
            assert used == Quota.objects.get(organisation=self.who.district).used <= PLACES

    @invariant()
    def no_state_is_without_a_way_out(self) -> None:
        for pk in getattr(self, "pks", []):
            application = Application.objects.get(pk=pk)
            if (pk, application.version) in self.checked:
                continue
            self.checked.add((pk, application.version))
            process = ReviewProcess(application)
            everybody = [*self.people, SYSTEM, PUBLIC]
            ways = [allowed_actions(process, one).keys() - {"recall"} for one in everybody]
            assert any(ways) == (application.state not in ENDED)

    @invariant()
    def the_events_alone_tell_what_the_rows_say(self) -> None:
        for pk in getattr(self, "pks", []):
            application = Application.objects.get(pk=pk)
            if self.replayed.get(pk) == application.sequence:
                continue
            self.replayed[pk] = application.sequence
            told = replay(Event.objects.filter(stream=application.stream).order_by("sequence"))
            assert told.unread == []
            assert as_the_events_say(told, application) == as_the_rows_say(application)

    @invariant()
    def nobody_gets_round_a_level_or_the_quorum(self) -> None:
        for pk in getattr(self, "pks", []):
            application = Application.objects.get(pk=pk)
            events = list(Event.objects.filter(stream=application.stream).order_by("sequence"))
            assert first_broken(events) is None
            assert application.head == events[-1].hash
            assert application.state == next((e.to_state for e in reversed(events) if e.to_state), "draft")
            steps = [event.action for event in events]
            if application.state == "named":
                remaining = iter(steps)
                assert all(step in remaining for step in BEFORE_NAMING)
                concluded = len(steps) - steps[::-1].index("conclude")
                assert steps[:concluded].count("score") >= application.cycle.quorum


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(State))
def test_the_process_holds_whatever_people_do(state: State) -> None:
    machine = type("ReviewFrom", (Review,), {"start": state})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.generate,
            ],  # a failure is printed step by step; shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
