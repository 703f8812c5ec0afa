"""The whole review, from draft to naming. Read this class and you know the system.

`docs/process.md` is drawn from it. Who may take a step stands in its permission, what it needs beyond the
state in its conditions; the body writes the rows that belong to the step and returns the facts to record.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow import fsm

from accreditation import conditions as needs
from accreditation.models import (
    Application,
    Cycle,
    Designation,
    NamingDecision,
    Notice,
    Objection,
    Quota,
    Revision,
    Scorecard,
    User,
)
from accreditation.permissions import (
    APPLY,
    DECIDE,
    REVIEW,
    AtLevel,
    anybody,
    may_apply,
    may_score,
    only_system,
)
from accreditation.queries.judging import panel_result_of, submitted_cards
from accreditation.queries.rubrics import rubric_of
from accreditation.scorecards import card_document
from accreditation.states import EDITABLE, LEVEL_OF, OFFICE_OF, WITHDRAWABLE, ActionWord, Level
from accreditation.states import State as S
from workflows.ledger.chain import canonical, digest
from workflows.process import Opening, Process, Role
from workflows.refusals import NotReady, Problem, Stale, WrongState
from workflows.working_days import deadline, notice_period, working_days_in

APPLICANT = Role(APPLY, "applicant", may_apply)
UNION_REVIEWS = Role(REVIEW, Level.ENTERPRISE, AtLevel(Level.ENTERPRISE, (REVIEW, DECIDE)))
UNION_DECIDES = Role(DECIDE, Level.ENTERPRISE, AtLevel(Level.ENTERPRISE, (DECIDE,)))
DISTRICT_REVIEWS = Role(REVIEW, Level.DISTRICT, AtLevel(Level.DISTRICT, (REVIEW, DECIDE)))
DISTRICT_DECIDES = Role(DECIDE, Level.DISTRICT, AtLevel(Level.DISTRICT, (DECIDE,)))
CITY_DECIDES = Role(DECIDE, Level.CITY, AtLevel(Level.CITY, (DECIDE,)))
EXPERT = Role(REVIEW, Level.CITY, may_score)
BY_ITSELF = Role("system", "", only_system)
ANYBODY = Role("public", "", anybody)


HOLDER = {
    S.ENTERPRISE_REVIEW: "union_id",
    S.DISTRICT_REVIEW: "district_id",
    S.CITY_INTAKE: "city_id",
    S.CITY_DECISION: "city_id",
    S.LISTED: "city_id",
    S.OBJECTION: "city_id",
    S.NOTICE_ENDED: "city_id",
    S.RETURNED_BY_ENTERPRISE: "enterprise_id",
    S.RETURNED_BY_DISTRICT: "enterprise_id",
    S.RETURNED_BY_CITY: "enterprise_id",
}
"""Whose office holds the task of a state. The experts' tasks of panel scoring are opened as they are seated."""


STATE = fsm.State(S, default=S.DRAFT)
OWN, MINE, ALL, NONE = "own", "mine", "all", "none"


def step(source: Any, target: S, role: Role, *conditions: Any, tasks: str, label: Any = None) -> Any:
    """Declare a step: from, to, who, what it needs, and which open tasks it closes (see workflows.process)."""

    def declare(method: Any) -> Any:
        name = getattr(method, "_func", method).__name__
        return STATE.transition(
            source=source,
            target=target,
            label=label or ActionWord(name).label,
            permission=role,
            conditions=list(conditions),
            custom={"tasks": tasks},
        )(method)

    return declare


class ReviewProcess(Process):
    """An application on its way."""

    subject_model = Application
    saves = (
        "number", "submitted_at", "recommended_at", "revision_number", "total",
        "notice", "notice_ends_on", "notice_days_left",
    )  # fmt: skip
    state = STATE

    def __init__(self, subject: Application) -> None:
        super().__init__(subject)
        self.document: Mapping[str, Any] = {}
        self.seated: Sequence[User] = ()

    @state.getter()
    def _get_state(self) -> S:
        return S(self.subject.state)

    @state.setter()
    def _set_state(self, value: S) -> None:
        self.subject.state = value

    # ── The applicant ────────────────────────────────────────────────────────────────────────────────────

    @step(S.DRAFT, S.ENTERPRISE_REVIEW, APPLICANT, needs.cycle_open, needs.form_complete, tasks=ALL)
    def submit(self, edits: int | None = None) -> dict[str, Any]:
        """Freeze the form as the first revision and give the application its number in the cycle."""
        self._refuse_unseen(edits)
        cycle = self.subject.cycle
        Cycle.objects.filter(pk=cycle.pk).update(next_number=F("next_number") + 1)
        taken = Cycle.objects.values_list("next_number", flat=True).get(pk=cycle.pk) - 1
        self.subject.number = f"{cycle.code}-{taken:04d}"
        self.subject.submitted_at = self.deed.at
        return self._freeze()

    @step(S.RETURNED_BY_ENTERPRISE, S.ENTERPRISE_REVIEW, APPLICANT, needs.form_complete, tasks=ALL)
    @step(S.RETURNED_BY_DISTRICT, S.DISTRICT_REVIEW, APPLICANT, needs.form_complete, tasks=ALL)
    @step(S.RETURNED_BY_CITY, S.CITY_INTAKE, APPLICANT, needs.form_complete, tasks=ALL)
    def resubmit(self, edits: int | None = None) -> dict[str, Any]:
        """Freeze the mended form as the next revision; it goes straight to the level that returned it."""
        self._refuse_unseen(edits)
        return self._freeze()

    @step(WITHDRAWABLE, S.WITHDRAWN, APPLICANT, tasks=ALL)
    def withdraw(self) -> dict[str, Any]:
        """Take the application back before it is named; a place that it took in the quota is free again."""
        if self.subject.recommended_at:
            self._quota().update(used=F("used") - 1)
        self._rule(Objection.Outcome.LAPSED, ruling="")
        return {"revision": self.subject.revision_number}

    # ── The levels ───────────────────────────────────────────────────────────────────────────────────────

    @step(S.ENTERPRISE_REVIEW, S.DISTRICT_REVIEW, UNION_DECIDES, needs.reason_given, tasks=OWN)
    @step(S.DISTRICT_REVIEW, S.CITY_INTAKE, DISTRICT_DECIDES, needs.reason_given, tasks=OWN)
    def recommend(self) -> dict[str, Any]:
        """Recommend to the next level; the district's recommendation takes a place of its quota."""
        if self.subject.state == S.CITY_INTAKE:
            self._take_place()
            self.subject.recommended_at = self.deed.at
        return self._judged()

    @step(S.ENTERPRISE_REVIEW, S.RETURNED_BY_ENTERPRISE, UNION_REVIEWS, needs.reason_given, tasks=OWN)
    @step(S.DISTRICT_REVIEW, S.RETURNED_BY_DISTRICT, DISTRICT_REVIEWS, needs.reason_given, tasks=OWN)
    @step(
        (S.CITY_INTAKE, S.CITY_DECISION, S.LISTED),
        S.RETURNED_BY_CITY,
        CITY_DECIDES,
        needs.reason_given,
        tasks=OWN,
    )
    @step(S.PANEL_SCORING, S.RETURNED_BY_CITY, CITY_DECIDES, needs.reason_given, tasks=ALL)
    def send_back(self, steps: Sequence[str] = ()) -> dict[str, Any]:
        """Return for correction; `steps` names the steps of the form that the reason speaks of."""
        self.subject.total = None
        return self._judged(steps=list(steps))

    @step(S.ENTERPRISE_REVIEW, S.REJECTED, UNION_DECIDES, needs.reason_given, tasks=OWN)
    @step(S.DISTRICT_REVIEW, S.REJECTED, DISTRICT_DECIDES, needs.reason_given, tasks=OWN)
    @step(
        (S.CITY_INTAKE, S.CITY_DECISION, S.LISTED, S.OBJECTION),
        S.REJECTED,
        CITY_DECIDES,
        needs.reason_given,
        tasks=OWN,
    )
    def reject(self) -> dict[str, Any]:
        """End the application in this cycle. Objections that led to it are upheld."""
        self._rule(Objection.Outcome.UPHELD)
        return self._judged()

    # ── The city ─────────────────────────────────────────────────────────────────────────────────────────

    @step(S.CITY_INTAKE, S.PANEL_SCORING, CITY_DECIDES, needs.panel_able, tasks=OWN)
    @step(
        S.PANEL_SCORING,
        S.PANEL_SCORING,
        CITY_DECIDES,
        needs.panel_able,
        tasks=NONE,
        label=gettext_lazy("增补专家"),
    )
    def convene(self, experts: Sequence[User]) -> dict[str, Any]:
        """Seat experts: each gets a blank card on this revision and a task of their own."""
        self.seated = experts
        revision = self._revision()
        Scorecard.objects.bulk_create(
            Scorecard(application=self.subject, revision=revision, expert=expert) for expert in experts
        )
        return self._judged(experts=[str(expert.public_id) for expert in experts])

    @step(S.PANEL_SCORING, S.PANEL_SCORING, EXPERT, needs.card_complete, tasks=MINE)
    def score(self, judged: Mapping[str, Decimal], comments: Mapping[str, str]) -> dict[str, Any]:
        """Submit the expert's own card. The event holds its hash, not its marks: others must not read them yet."""
        card = self.subject.current_cards.select_related("revision").get(expert=self.deed.by)
        document, card.total = card_document(
            rubric_of(self.subject.cycle), card.revision, judged, comments, expert=str(self.deed.by.public_id)
        )
        card.marks = document["judged"]
        card.document = canonical(document)
        card.sha256 = digest(card.document)
        card.saved_at = card.submitted_at = self.deed.at
        card.save()
        return self._judged(scorecard=card.sha256)

    @step(S.PANEL_SCORING, S.CITY_DECISION, CITY_DECIDES, needs.panel_has_quorum, tasks=ALL)
    def conclude(self) -> dict[str, Any]:
        """End the scoring: the total is the mean of the submitted cards, trimmed from five up."""
        result = panel_result_of(self.subject)
        self.subject.total = result.total
        cards = list(submitted_cards(self.subject).values_list("sha256", flat=True))
        return self._judged(scorecards=cards, total=str(result.total), trimmed=result.trimmed)

    @step(S.CITY_DECISION, S.LISTED, CITY_DECIDES, needs.reason_given, needs.above_the_lines, tasks=OWN)
    def approve(self) -> dict[str, Any]:
        """Put it on the list of the next public notice."""
        return self._judged(total=str(self.subject.total))

    @step(S.LISTED, S.PUBLIC_NOTICE, CITY_DECIDES, tasks=ALL)
    def publish(self, notice: Notice) -> dict[str, Any]:
        """Announce it for the cycle's number of working days."""
        self.subject.notice = notice
        self.subject.notice_ends_on = notice.last_day
        notice.listed.add(self.subject)
        return self._judged(notice=str(notice.public_id), ends_on=notice.last_day.isoformat())

    @step(S.PUBLIC_NOTICE, S.OBJECTION, ANYBODY, needs.notice_running, tasks=ALL)
    @step(S.OBJECTION, S.OBJECTION, ANYBODY, tasks=NONE)
    def file_objection(self, name: str, contact: str, grounds: str) -> dict[str, Any]:
        """Stop the notice of this one application; the days it still has are kept.

        Another objection while one is open makes pages out of date: nobody rules on what they have not read.
        """
        if self.subject.objections.filter(outcome="", name=name, contact=contact, grounds=grounds).exists():
            raise WrongState(_("同样的异议已经收到。"))
        objection = Objection.objects.create(
            application=self.subject,
            notice=self.subject.notice,
            name=name,
            contact=contact,
            grounds=grounds,
            filed_at=self.deed.at,
        )
        if self.subject.notice_days_left is not None:
            self.subject.version += 1
        else:
            today = timezone.localdate(self.deed.at)
            self.subject.notice_days_left = max(working_days_in(today, self.subject.notice_ends_on), 1)
        return {"objection": str(objection.public_id)}

    @step(S.OBJECTION, S.PUBLIC_NOTICE, CITY_DECIDES, needs.reason_given, tasks=OWN)
    def dismiss_objection(self) -> dict[str, Any]:
        """Dismiss every open objection; the notice goes on for the days that were left."""
        ruled = self._rule(Objection.Outcome.DISMISSED)
        self.subject.notice_ends_on = notice_period(self.deed.at, self.subject.notice_days_left).last
        self.subject.notice_days_left = None
        return self._judged(objections=ruled, ends_on=self.subject.notice_ends_on.isoformat())

    @step(S.OBJECTION, S.CITY_DECISION, CITY_DECIDES, needs.reason_given, tasks=OWN)
    def uphold_objection(self) -> dict[str, Any]:
        """Uphold every open objection; the city decides anew."""
        ruled = self._rule(Objection.Outcome.UPHELD)
        self.subject.notice_days_left = None
        return self._judged(objections=ruled)

    @step(S.PUBLIC_NOTICE, S.NOTICE_ENDED, BY_ITSELF, needs.notice_over, tasks=ALL)
    def end_notice(self) -> dict[str, Any]:
        """The last day has passed without an open objection."""
        return self._judged()

    @step(S.NOTICE_ENDED, S.NAMED, CITY_DECIDES, tasks=ALL)
    def name_studio(self, decision: NamingDecision) -> dict[str, Any]:
        """Name the studio by a numbered decision. Its certificate follows by due work."""
        Designation.objects.create(
            studio_id=self.subject.studio_id,
            application=self.subject,
            decision=decision,
            district_id=self.subject.district_id,
            level=self.subject.cycle.level,
            named_on=decision.signed_on,
            valid_until=decision.valid_until,
        )
        return self._judged(decision=decision.number)

    # ── What the engine asks ─────────────────────────────────────────────────────────────────────────────

    def read_with(self) -> Sequence[str]:
        """The cycle, and the office that acts from this state: the others are seldom asked for, and joins cost."""
        state = S(self.subject.state)
        return "cycle", OFFICE_OF["applicant" if state in EDITABLE else LEVEL_OF.get(state, "applicant")]

    def office(self, level: str) -> Any:
        return self.subject.office_at(level)

    def openings(self, *, moved: bool) -> Sequence[Opening]:
        due = deadline(self.deed.at, self.subject.cycle.review_days)
        if self.subject.state == S.PANEL_SCORING:
            return [Opening(S.PANEL_SCORING, self.subject.city_id, due, expert.pk) for expert in self.seated]
        holder = HOLDER.get(S(self.subject.state)) if moved else None
        return [Opening(self.subject.state, getattr(self.subject, holder), due)] if holder else []

    # ── Parts of steps ───────────────────────────────────────────────────────────────────────────────────

    def _refuse_unseen(self, edits: int | None) -> None:
        """Nobody submits what a colleague changed after they had looked it over."""
        if edits is not None and edits != self.subject.edits:
            raise Stale(
                _("这份申报已经保存过。"), action="edit", by=self.subject.edited_by, at=self.subject.edited_at
            )

    def _freeze(self) -> dict[str, Any]:
        self.subject.revision_number += 1
        document = canonical(self.document)
        revision = Revision.objects.create(
            application=self.subject,
            number=self.subject.revision_number,
            document=document,
            sha256=digest(document),
            submitted_at=self.deed.at,
            submitted_by=self.deed.by,
        )
        return {"revision": revision.number, "document": revision.sha256}

    def _judged(self, **facts: Any) -> dict[str, Any]:
        return {"revision": self.subject.revision_number, **facts}

    def _revision(self) -> Revision:
        return self.subject.revisions.get(number=self.subject.revision_number)

    def _quota(self) -> Any:
        return Quota.objects.filter(cycle=self.subject.cycle, organisation=self.subject.district_id)

    def _take_place(self) -> None:
        if self._quota().filter(used__lt=F("places")).update(used=F("used") + 1):
            return
        quota = self._quota().first()
        if quota is None:
            raise NotReady(
                [Problem(_("本批次没有给%(office)s分配名额。") % {"office": self.subject.district.name})]
            )
        raise NotReady(
            [
                Problem(
                    _("名额%(places)d，已推荐%(used)d，再推荐1件将超出1件。")
                    % {"places": quota.places, "used": quota.used}
                )
            ]
        )

    def _rule(self, outcome: str, ruling: str | None = None) -> list[str]:
        """Rule on the open objections, with the reason given unless told otherwise; return their identifiers."""
        opened = self.subject.objections.filter(outcome="")
        ruled = [str(public_id) for public_id in opened.values_list("public_id", flat=True)]
        if ruled:
            opened.update(
                outcome=outcome,
                ruling=self.deed.reason if ruling is None else ruling,
                ruled_at=self.deed.at,
                ruled_by=self.deed.by,
            )
        return ruled
