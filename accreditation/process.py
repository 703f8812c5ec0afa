"""The whole review, from draft to naming. Read this class and you know the system.

`docs/process.md` is drawn from it. Who may take a step stands in its permission, what it needs beyond the
state in its conditions; the body writes the rows that belong to the step and returns the facts to record.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation import conditions as needs
from accreditation.form_fields import marked
from accreditation.models import (
    Application,
    Cycle,
    Designation,
    NamingDecision,
    Notice,
    Objection,
    Revision,
    Scorecard,
    User,
)
from accreditation.permissions import DECIDE, has_grant
from accreditation.places import free_place, take_place
from accreditation.queries.judging import panel_result_of, submitted_cards
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.sight import sight
from accreditation.scorecards import submit_card
from accreditation.states import EDITABLE, HOLDER, LEVEL_OF, OFFICE_OF, WITHDRAWABLE, Level
from accreditation.states import State as S
from accreditation.steps import (
    ALL,
    ANYBODY,
    APPLICANT,
    BY_ITSELF,
    CITY_DECIDES,
    DISTRICT_DECIDES,
    DISTRICT_REVIEWS,
    EXPERT,
    MINE,
    NONE,
    OWN,
    STATE,
    UNION_DECIDES,
    UNION_REVIEWS,
    WHO_DECIDED,
    step,
    steps,
)
from accreditation.targets import BACK, DOWN, TO_CITY, TO_UNION, UP
from accreditation.work import last_decision
from workflows.actors import Actor, holder_of, person_of
from workflows.ledger.chain import canonical, digest, written
from workflows.models import Event
from workflows.process import Opening, Process
from workflows.refusals import Stale, WrongState
from workflows.working_days import deadline, notice_period, working_days_in

FIRST_VERSION = "2026-1"
CITY_WORK = (S.CITY_INTAKE, S.CITY_DECISION, S.LISTED)
BY_THE_CARDS = frozenset({S.CITY_DECISION, S.LISTED, S.OBJECTION, S.NOTICE_ENDED})
"""Where the city decides with the panel's cards and total before it."""


def version_of(application: Application) -> str:
    """Return the code of the process that the application follows: its own, a draft that of its cycle."""
    return application.process_version or application.cycle.process_version or FIRST_VERSION


class ReviewProcess(Process):
    """An application on its way."""

    subject_model = Application
    code: ClassVar[str] = FIRST_VERSION
    makes_stale = ("file_objection", "move_version")
    saves = (
        "number", "submitted_at", "recommended_at", "revision_number", "total",
        "notice", "notice_ends_on", "notice_days_left", "owed_to", "process_version", "rubric",
    )  # fmt: skip
    state = STATE

    def __init__(self, subject: Application) -> None:
        super().__init__(subject)
        self.document: Mapping[str, Any] = {}
        self.seated: Sequence[User] = ()
        self._last_decision: Event | None = None

    @state.getter()
    def _get_state(self) -> S:
        return S(self.subject.state)

    @state.setter()
    def _set_state(self, value: S) -> None:
        self.subject.state = value

    # ── The applicant ────────────────────────────────────────────────────────────────────────────────────

    @step(S.DRAFT, S.ENTERPRISE_REVIEW, APPLICANT, needs.cycle_open, needs.form_complete, tasks=ALL)
    def submit(self, edits: int | None = None) -> dict[str, Any]:
        """Freeze the form as the first revision and give the application its number in the cycle.

        From now on it keeps the process and the rubric that the cycle names today.
        """
        self._refuse_unseen(edits)
        cycle = self.subject.cycle
        Cycle.objects.filter(pk=cycle.pk).update(next_number=F("next_number") + 1)
        taken = Cycle.objects.values_list("next_number", flat=True).get(pk=cycle.pk) - 1
        self.subject.number = f"{cycle.code}-{taken:04d}"
        self.subject.submitted_at = self.deed.at
        self.subject.process_version, self.subject.rubric = self.code, cycle.rubric
        chosen = {"number": self.subject.number, "process": self.code, "rubric": cycle.rubric.version}
        return self._freeze() | chosen

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
        free_place(self.subject)
        self._rule(Objection.Outcome.LAPSED, ruling="")
        return sight(self.subject)

    # ── The levels ───────────────────────────────────────────────────────────────────────────────────────

    @step(S.ENTERPRISE_REVIEW, UP, UNION_DECIDES, needs.reason_given, tasks=OWN, favourable=True)
    @step(S.DISTRICT_REVIEW, TO_CITY, DISTRICT_DECIDES, needs.reason_given, tasks=OWN, favourable=True)
    def recommend(self) -> dict[str, Any]:
        """Recommend to the next level, or straight to the one that returned it to this level.

        The district's recommendation takes a place of its quota.
        """
        facts = self._settle_owed()
        if LEVEL_OF[S(self.subject.state)] == Level.CITY and self.subject.recommended_at is None:
            take_place(self.subject, self.deed.at)
            facts["place"] = True
        return self._judged(**facts)

    @step(S.ENTERPRISE_REVIEW, S.RETURNED_BY_ENTERPRISE, UNION_REVIEWS, needs.reason_given, tasks=OWN)
    @step(S.DISTRICT_REVIEW, S.RETURNED_BY_DISTRICT, DISTRICT_REVIEWS, needs.reason_given, tasks=OWN)
    @step(CITY_WORK, S.RETURNED_BY_CITY, CITY_DECIDES, needs.reason_given, tasks=OWN)
    @step(S.PANEL_SCORING, S.RETURNED_BY_CITY, CITY_DECIDES, needs.reason_given, tasks=ALL)
    def send_back(
        self, steps: Sequence[str] = (), fields: Sequence[str] = (), meeting: str = ""
    ) -> dict[str, Any]:
        """Return to the applicant for correction; `fields` (or whole `steps`) are what the reason speaks of."""
        facts = self._total_taken() | _decided_by(meeting)
        return self._judged(**marked(steps, fields), **facts)

    @step(S.DISTRICT_REVIEW, TO_UNION, DISTRICT_REVIEWS, needs.reason_given, tasks=OWN)
    @step(CITY_WORK, DOWN, CITY_DECIDES, needs.reason_given, tasks=OWN)
    def return_to_level(
        self, level: str, steps: Sequence[str] = (), fields: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Return to the office of an earlier level, which answers straight to the one that returned it.

        The place in the quota and the panel's total stay as they are, as long as the form is not changed.
        """
        owed = self.subject.owed_to
        self.subject.owed_to = self._acting_level()
        return self._judged(level=level, **marked(steps, fields), owed_before=owed)

    @step(S.ENTERPRISE_REVIEW, S.REJECTED, UNION_DECIDES, needs.reason_given, tasks=OWN)
    @step(S.DISTRICT_REVIEW, S.REJECTED, DISTRICT_DECIDES, needs.reason_given, tasks=OWN)
    @step((*CITY_WORK, S.OBJECTION), S.REJECTED, CITY_DECIDES, needs.reason_given, tasks=OWN)
    def reject(self, meeting: str = "") -> dict[str, Any]:
        """End the application in this cycle. Objections that led to it are upheld.

        A body below the city that takes back what it had recommended has that place of its quota again.
        """
        self._rule(Objection.Outcome.UPHELD)
        freed = self._acting_level() != Level.CITY and free_place(self.subject)
        return self._judged(**({"place_freed": True} if freed else {}), **_decided_by(meeting))

    @steps(BACK, WHO_DECIDED, needs.nobody_acted_since, tasks=ALL)
    def recall(self) -> dict[str, Any]:
        """Take one's own decision back while nobody has acted on it. The work is in one's hands again."""
        decision = self.last_decision()
        facts = written(decision.body)["facts"] if decision else {}
        if facts.get("place"):
            free_place(self.subject)
        if facts.get("place_freed"):
            take_place(self.subject, self.deed.at)
        if "total_before" in facts:
            self.subject.total = Decimal(facts["total_before"])
        self.subject.owed_to = facts.get("owed_before", self.subject.owed_to)
        if self.subject.state == S.PANEL_SCORING:
            self.seated = [card.expert for card in self.subject.current_cards.filter(submitted_at=None)]
        return self._judged(recalled=decision.action if decision else "")

    # ── The city ─────────────────────────────────────────────────────────────────────────────────────────

    @step(S.CITY_INTAKE, S.PANEL_SCORING, CITY_DECIDES, needs.panel_able, tasks=OWN, favourable=True)
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
        card = self.subject.current_cards.select_related("revision", "expert").get(expert=self.deed.by)
        submit_card(card, rubric_of_application(self.subject), judged, comments, at=self.deed.at)
        return self._judged(scorecard=card.sha256)

    @step(
        S.PANEL_SCORING,
        S.CITY_DECISION,
        CITY_DECIDES,
        needs.panel_has_quorum,
        needs.cards_discussed,
        tasks=ALL,
    )
    def conclude(self) -> dict[str, Any]:
        """End the scoring: the total is the mean of the submitted cards, trimmed from five up."""
        result = panel_result_of(self.subject)
        self.subject.total = result.total
        cards = list(submitted_cards(self.subject).values_list("sha256", flat=True))
        return self._judged(scorecards=cards, total=str(result.total), trimmed=result.trimmed)

    @step(
        S.CITY_DECISION,
        S.LISTED,
        CITY_DECIDES,
        needs.reason_given,
        needs.above_the_lines,
        tasks=OWN,
        favourable=True,
    )
    def approve(self, meeting: str = "") -> dict[str, Any]:
        """Put it on the list of the next public notice. `meeting` is the meeting that decided so, if one did."""
        return self._judged(**_decided_by(meeting))

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

    @step(S.OBJECTION, S.PUBLIC_NOTICE, CITY_DECIDES, needs.reason_given, tasks=OWN, favourable=True)
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

    def locked(self) -> Self:
        """Raises Stale when the application follows another version of the process by now."""
        found = super().locked()
        if version_of(found.subject) != self.code:
            raise Stale(_("这一件已改用流程%(version)s。") % {"version": version_of(found.subject)})
        return found

    def read_with(self) -> Sequence[str]:
        """The cycle, and the office that acts from this state: the others are seldom asked for, and joins cost."""
        state = S(self.subject.state)
        return "cycle", OFFICE_OF["applicant" if state in EDITABLE else LEVEL_OF.get(state, "applicant")]

    def office(self, level: str) -> Any:
        if level == "decided":
            decision = self.last_decision()
            return decision.office if decision else None
        return self.subject.office_at(level)

    def seen(self, by: Actor) -> dict[str, Any]:
        """The cards are before who decides for the city, whom they are shown; colleagues advise and sign without."""
        at_city = self.subject.state in BY_THE_CARDS
        return sight(self.subject, with_cards=at_city and has_grant(holder_of(by), DECIDE, self.subject.city))

    def last_decision(self) -> Event | None:
        """Return the event that brought the application into the state it is in; asked once."""
        if self._last_decision is None:
            self._last_decision = last_decision(self.subject)
        return self._last_decision

    def openings(self, *, moved: bool) -> Sequence[Opening]:
        due = deadline(self.deed.at, self.subject.cycle.review_days)
        if self.subject.state == S.PANEL_SCORING:
            return [Opening(S.PANEL_SCORING, self.subject.city_id, due, expert.pk) for expert in self.seated]
        holder = HOLDER.get(S(self.subject.state)) if moved else None
        if holder is None:
            return []
        office = getattr(self.subject, holder)
        if self.deed.action == "recall":
            mine = holder_of(self.deed.by).pk
            return [Opening(self.subject.state, office, due, mine, goes_on=True)]
        return [Opening(self.subject.state, office, due)]

    # ── Parts of steps ───────────────────────────────────────────────────────────────────────────────────

    def _refuse_unseen(self, edits: int | None) -> None:
        """Nobody submits what a colleague changed after they had looked it over."""
        if edits is not None and edits != self.subject.edits:
            raise Stale(
                _("这份申报已经保存过。"), action="edit", by=self.subject.edited_by, at=self.subject.edited_at
            )

    def _freeze(self) -> dict[str, Any]:
        self.subject.revision_number += 1
        self.subject.total = None
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
        """Return the facts of a step with what whoever takes it has before them."""
        return sight(self.subject, with_cards=self.deed.from_state in BY_THE_CARDS) | facts

    def _acting_level(self) -> Level:
        """Return the level that acts: that of the state the application was in when it was locked."""
        return LEVEL_OF[S(self.deed.from_state)]

    def _settle_owed(self) -> dict[str, Any]:
        """What was owed to the level that has it now is paid."""
        owed = self.subject.owed_to
        if not owed or LEVEL_OF[S(self.subject.state)] != owed:
            return {}
        self.subject.owed_to = ""
        return {"owed_before": owed}

    def _total_taken(self) -> dict[str, Any]:
        total, self.subject.total = self.subject.total, None
        return {} if total is None else {"total_before": str(total), "total": str(total)}

    def _revision(self) -> Revision:
        return self.subject.revisions.get(number=self.subject.revision_number)

    def _rule(self, outcome: str, ruling: str | None = None) -> list[str]:
        """Rule on the open objections, with the reason given unless told otherwise; return their identifiers."""
        opened = self.subject.objections.filter(outcome="")
        ruled = [str(public_id) for public_id in opened.values_list("public_id", flat=True)]
        if ruled:
            opened.update(
                outcome=outcome,
                ruling=self.deed.reason if ruling is None else ruling,
                ruled_at=self.deed.at,
                ruled_by=person_of(self.deed.by),
            )
        return ruled


def _decided_by(meeting: str) -> dict[str, str]:
    """Return the fact that a meeting decided, for those decisions that one took."""
    return {"meeting": meeting} if meeting else {}
