"""Whatever people do with the work itself (hand it on, ask, sign, keep out, stand in), it stays whole."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from accreditation.services import appointments, escalation, recusals, review, signing, substitutions, tasks
from accreditation.states import DECIDED_ON, RETURNED, State
from accreditation.work import acting_as
from tests import factories
from tests.accreditation.test_process_machine import SURE, Review
from workflows.ledger.chain import first_broken
from workflows.models import Event, Recusal, Signature, SigningRound, Task
from workflows.signing import Plan, Terms
from workflows.works import open_tasks, open_work

BODIES = {"enterprise_review": "union", "district_review": "district", "city_decision": "city"}
RUNNING = ("planned", "open")
SOMEBODY = st.integers(0, 4)


class Desk(Review):
    """The same two applications, and an office of five around the one that begins in `start`."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        body = getattr(self.who, BODIES[self.start])
        grants = [("review", "decide", "manage"), ("review", "decide"), ("review",), ("decide",), ()]
        self.office = [factories.member(body, *held) for held in grants]
        self.people += self.office
        self.claim(0)

    # What happens between the levels has a machine of its own; here the work is handed about.
    all_goes_well = hand_in = the_applicant_hands_in = decide = whoever_may_decides = None  # type: ignore[assignment]
    decide_on_an_old_page = seat_experts = score = everybody_scores = conclude = None  # type: ignore[assignment]
    publish = object = time_passes = name = withdraw = return_to_an_earlier_level = None  # type: ignore[assignment]

    def work(self) -> Task | None:
        return open_work(self.application(0))

    def as_whom(self, person: int) -> Any:
        """Return somebody of the office; every other time the one who holds the work."""
        work = self.work()
        if person > 2 and work and work.assignee in self.office:
            return acting_as(work.assignee, self.application(0), self.at)
        return acting_as(self.office[person], self.application(0), self.at)

    @rule(person=SOMEBODY)
    def claim(self, person: int) -> None:
        self.attempt(tasks.claim, self.application(0), by=self.as_whom(person))

    @rule(person=SOMEBODY)
    def release(self, person: int) -> None:
        self.attempt(tasks.release, self.application(0), by=self.as_whom(person))

    @rule(person=SOMEBODY, to=SOMEBODY)
    def assign(self, person: int, to: int) -> None:
        seen = self.work()
        self.attempt(
            tasks.assign,
            self.application(0),
            by=self.office[person],
            to=self.office[to],
            seen=seen.assignee if seen else None,
        )

    @rule(person=SOMEBODY, to=SOMEBODY)
    def transfer(self, person: int, to: int) -> None:
        self.attempt(tasks.transfer, self.application(0), by=self.as_whom(person), to=self.office[to])

    @rule(person=SOMEBODY, what=st.sampled_from(["take_back", "unassign", "withdraw_delegation", "remind"]))
    def undo_or_remind(self, person: int, what: str) -> None:
        self.attempt(getattr(tasks, what), self.application(0), by=self.as_whom(person))

    @rule(person=SOMEBODY, to=SOMEBODY)
    def delegate(self, person: int, to: int) -> None:
        self.attempt(
            tasks.delegate, self.application(0), by=self.as_whom(person), to=self.office[to], question="？"
        )

    @rule(person=SOMEBODY)
    def advise(self, person: int) -> None:
        self.attempt(tasks.advise, self.application(0), by=self.office[person], opinion="可以。")

    @rule(
        person=SOMEBODY,
        signers=st.sets(SOMEBODY, min_size=1, max_size=3),
        placement=st.sampled_from(["before", "after"]),
        mode=st.sampled_from(["all", "any", "vote"]),
        in_order=st.booleans(),
    )
    def open_round(self, person: int, signers: set[int], placement: str, mode: str, in_order: bool) -> None:
        plan = Plan(
            [self.office[one] for one in sorted(signers)],
            placement,
            Terms(mode, 1 if mode == "vote" else 0, 0),
            in_order=in_order,
        )
        self.attempt(signing.open_round, self.application(0), by=self.as_whom(person), plan=plan)

    @rule(person=SOMEBODY, verdict=st.sampled_from(["agree", "agree", "disagree"]))
    def sign(self, person: int, verdict: str) -> None:
        for round_ in SigningRound.objects.filter(state="open"):
            self.attempt(
                signing.sign,
                self.application(0),
                round_,
                by=self.office[person],
                verdict=verdict,
                opinion="意见。",
            )

    @rule(person=SOMEBODY, signer=SOMEBODY)
    def add_or_remove_a_signer(self, person: int, signer: int) -> None:
        for round_ in SigningRound.objects.filter(state__in=RUNNING):
            inside = round_.signatures.filter(signer=self.office[signer], removed_at=None).exists()
            service = signing.remove_signer if inside else signing.add_signer
            self.attempt(
                service, self.application(0), round_, by=self.as_whom(person), signer=self.office[signer]
            )

    @rule(person=SOMEBODY, sure=SURE)
    def cancel_the_round(self, person: int, sure: bool) -> None:
        for round_ in SigningRound.objects.filter(state__in=RUNNING) if sure else ():
            self.attempt(signing.cancel_round, self.application(0), round_, by=self.as_whom(person))

    @rule(person=SOMEBODY, substitute=SOMEBODY)
    def stand_in(self, person: int, substitute: int) -> None:
        body = getattr(self.who, BODIES[self.start])
        self.attempt(
            substitutions.substitute,
            body,
            principal=self.office[person],
            substitute=self.office[substitute],
            starts_on=self.at.date(),
            ends_on=self.at.date() + timedelta(days=2),
            by=self.office[person],
        )

    @rule(person=SOMEBODY, sure=SURE)
    def recuse(self, person: int, sure: bool) -> None:
        if sure:
            self.attempt(recusals.recuse, self.application(0), by=self.office[person], reason="亲属。")

    @rule(person=SOMEBODY, decision=st.sampled_from(["recommend", "send_back", "reject", "approve"]))
    def the_office_decides(self, person: int, decision: str) -> None:
        application = self.application(0)
        self.attempt(
            getattr(review, decision),
            application,
            by=self.as_whom(person),
            expected_version=application.version,
            reason="理由。",
        )

    @rule(days=st.integers(5, 20))
    def due_work_is_done(self, days: int) -> None:
        self.at += timedelta(days=days)
        escalation.escalate_overdue(self.at)
        appointments.ask_above(self.at)

    @invariant()
    def an_office_has_one_work_and_only_where_there_is_something_to_decide(self) -> None:
        for pk in getattr(self, "pks", []):
            application = factories.Application.objects.get(pk=pk)
            works = open_tasks(application).filter(kind=Task.Kind.WORK)
            if application.state != State.PANEL_SCORING:
                expected = application.state in DECIDED_ON or application.state in RETURNED
                assert works.count() == expected

    @invariant()
    def what_a_work_waits_for_is_there_and_nothing_else_is_open(self) -> None:
        if not hasattr(self, "pks"):
            return
        work = self.work()
        parts = Task.objects.filter(closed_at=None).exclude(kind=Task.Kind.WORK)
        assert not parts.exclude(part_of__closed_at=None).exists()
        running = SigningRound.objects.filter(state__in=RUNNING, task__closed_at=None)
        if work is None:
            return
        asked = {part.kind for part in parts.filter(part_of=work)} - {Task.Kind.NAMING}
        assert ("advice" in asked) == (work.hold == Task.Hold.ADVICE)
        assert ("signature" in asked) == (work.hold == Task.Hold.SIGNING)
        states = set(running.filter(task=work).values_list("state", flat=True))
        assert states == ({"signing": {"open"}, "planned": {"planned"}}.get(work.hold, set()))

    @invariant()
    def nobody_signs_twice_and_nobody_holds_what_they_keep_out_of(self) -> None:
        if not hasattr(self, "pks"):
            return
        signed = Signature.objects.exclude(verdict="").values_list("round", "signed_by")
        assert len(signed) == len(set(signed))
        kept_out = set(Recusal.objects.values_list("user", flat=True))
        work = self.work()
        assert work is None or work.assignee_id not in kept_out

    @invariant()
    def every_event_is_in_the_chain(self) -> None:
        for pk in getattr(self, "pks", []):
            application = factories.Application.objects.get(pk=pk)
            events = list(Event.objects.filter(stream=application.stream).order_by("sequence"))
            assert (first_broken(events), events[-1].hash) == (None, application.head)


@pytest.mark.django_db
@pytest.mark.parametrize("state", list(BODIES))
def test_the_work_stays_whole_whatever_people_do(state: str) -> None:
    machine = type("DeskFrom", (Desk,), {"start": State(state)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
