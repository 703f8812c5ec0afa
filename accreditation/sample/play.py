"""Plays the story: each verb is one call of the service that the pages call."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as formatted

from accreditation.models import Application, Cycle
from accreditation.queries.judging import discussion_of
from accreditation.queries.rubrics import rubric_of
from accreditation.sample import story
from accreditation.sample.cards import Card, card
from accreditation.sample.days import Days
from accreditation.sample.files import Printer
from accreditation.sample.forms import Form, form
from accreditation.sample.people import Bodies, People
from accreditation.sample.story import Step, Way
from accreditation.sample.tree import EXPERTS
from accreditation.services import applications, naming, notice, offices, panel, review, tasks
from accreditation.services.draft import Content, save_step
from accreditation.services.evidence import NewFile, good_of
from accreditation.states import ActionWord
from workflows.models import Event

TYPING = timedelta(minutes=9)  # between two steps of the form
Tell = Callable[[str], None]


class Players:
    """Everybody who takes part in one cycle, and the applications they have made so far, by leader."""

    def __init__(self, cycle: Cycle, bodies: Bodies, people: People, days: Days, tell: Tell) -> None:
        self.cycle, self.bodies, self.people, self.days, self.tell = cycle, bodies, people, days, tell
        self.applications: dict[str, Application] = {}
        self.printer = Printer()

    def play(self) -> None:
        """Take every step of the story, in the order of time."""
        moves: list[tuple[datetime, Step, Way | None]] = [
            (self._at(step), step, None) for step in story.TOGETHER
        ]
        moves += [(self._at(step), step, way) for way in story.WAYS for step in way.steps]
        for at, step, way in sorted(moves, key=lambda move: move[0]):
            said = self.days.dated(dict(step.said))
            if way is None:
                getattr(self, step.verb)(step.by, at, **said)
            else:
                self._take(way, step, at, said)

    # ── One application ──────────────────────────────────────────────────────────────────────────────────

    def start(self, way: Way, by: str, at: datetime) -> None:
        self.applications[way.leader] = applications.start_draft(
            cycle=self.cycle,
            enterprise=self.bodies[way.enterprise],
            leader_name=way.leader,
            by=self.people[by],
            at=at,
        )

    def fill(self, way: Way, by: str, at: datetime) -> None:
        self._type(way, form(way.form, self.days), by, at)

    def mend(self, way: Way, by: str, at: datetime) -> None:
        self._type(way, form(way.form, self.days, "mended"), by, at)

    def change(
        self, way: Way, by: str, at: datetime, step: str, fields: dict[str, Any], **tables: Any
    ) -> None:
        self._save(way, step, Content(fields, tables), [], by=by, at=at)

    def submit(self, way: Way, by: str, at: datetime) -> Event:
        return applications.submit(self.applications[way.leader], **self._deciding(way, by, at))

    resubmit = submit

    def withdraw(self, way: Way, by: str, at: datetime, reason: str) -> Event:
        return applications.withdraw(
            self.applications[way.leader], **self._deciding(way, by, at), reason=reason
        )

    def claim(self, way: Way, by: str, at: datetime) -> None:
        tasks.claim(self.applications[way.leader], by=self.people[by], at=at)

    def recommend(self, way: Way, by: str, at: datetime, reason: str) -> Event:
        return review.recommend(self.applications[way.leader], **self._deciding(way, by, at), reason=reason)

    def send_back(self, way: Way, by: str, at: datetime, reason: str, fields: list[str]) -> Event:
        deciding = self._deciding(way, by, at)
        return review.send_back(self.applications[way.leader], **deciding, reason=reason, fields=fields)

    def recall(self, way: Way, by: str, at: datetime, reason: str) -> Event:
        return review.recall(self.applications[way.leader], **self._deciding(way, by, at), reason=reason)

    def reject(self, way: Way, by: str, at: datetime, reason: str) -> Event:
        return review.reject(self.applications[way.leader], **self._deciding(way, by, at), reason=reason)

    def convene(self, way: Way, by: str, at: datetime) -> Event:
        experts = [self.people[username] for username in EXPERTS]
        return panel.convene(self.applications[way.leader], **self._deciding(way, by, at), experts=experts)

    def save_card(self, way: Way, by: str, at: datetime, **said: Any) -> None:
        given = self._card(**said)
        panel.save_card(
            self.applications[way.leader],
            by=self.people[by],
            at=at,
            judged=given.judged,
            comments=given.comments,
        )

    def score(self, way: Way, by: str, at: datetime, **said: Any) -> Event:
        given = self._card(**said)
        return panel.score(
            self.applications[way.leader],
            **self._deciding(way, by, at),
            judged=given.judged,
            comments=given.comments,
        )

    def discuss(self, way: Way, by: str, at: datetime, finding: str) -> Event:
        application = self.applications[way.leader]
        cards = [one.card.public_id for one in discussion_of(application).marked]
        return panel.discuss(application, **self._deciding(way, by, at), finding=finding, cards=cards)

    def conclude(self, way: Way, by: str, at: datetime) -> Event:
        return panel.conclude(self.applications[way.leader], **self._deciding(way, by, at))

    def approve(self, way: Way, by: str, at: datetime, reason: str) -> Event:
        return review.approve(self.applications[way.leader], **self._deciding(way, by, at), reason=reason)

    # ── Several together ─────────────────────────────────────────────────────────────────────────────────

    def publish(self, by: str, at: datetime, leaders: tuple[str, ...], title: str, contact: str) -> None:
        notice.publish_notice(
            cycle=self.cycle,
            applications=self._fresh(leaders),
            title=title,
            contact=contact,
            by=self.people[by],
            at=at,
        )
        self._tell_last(leaders)

    def end_notices(self, _by: str, at: datetime) -> None:
        notice.end_due_notices(at)
        self._tell_last((story.FOLLOWED,))

    def name(self, by: str, at: datetime, leaders: tuple[str, ...], number: str, title: str) -> None:
        naming.name_studios(
            cycle=self.cycle,
            applications=self._fresh(leaders),
            number=number,
            title=title,
            signed_on=timezone.localdate(at),
            by=self.people[by],
            at=at,
        )
        self._tell_last(leaders)

    def grant(self, by: str, at: datetime, member: str, grants: set[str]) -> None:
        offices.set_grants(self.cycle.city, self.people[member], grants, by=self.people[by], at=at)

    def issue_certificates(self, _by: str, at: datetime) -> None:
        naming.issue_due_certificates(at)

    # ── Parts ────────────────────────────────────────────────────────────────────────────────────────────

    def _at(self, step: Step) -> datetime:
        return self.days.before(step.day, step.clock)

    def _take(self, way: Way, step: Step, at: datetime, said: dict[str, Any]) -> None:
        if way.leader in self.applications:
            self._fresh((way.leader,))
        event = getattr(self, step.verb)(way, step.by, at, **said)
        if event is not None and way.leader == story.FOLLOWED:
            self._told(event)

    def _fresh(self, leaders: tuple[str, ...]) -> list[Application]:
        for leader in leaders:
            self.applications[leader] = Application.objects.get(pk=self.applications[leader].pk)
        return [self.applications[leader] for leader in leaders]

    def _deciding(self, way: Way, by: str, at: datetime) -> dict[str, Any]:
        return {"by": self.people[by], "at": at, "expected_version": self.applications[way.leader].version}

    def _card(self, name: str, only: int | None = None) -> Card:
        return card(name, rubric_of(self.cycle), only)

    def _type(self, way: Way, filled: Form, by: str, at: datetime) -> None:
        """Save step after step; the files go with the good that they belong to."""
        studio, enterprise = way.leader + applications.STUDIO_SUFFIX, self.bodies[way.enterprise].name
        files: dict[str, list[NewFile]] = {}
        for paper in filled.papers:
            upload = self.printer.upload(paper, studio, enterprise)
            files.setdefault(good_of(paper.kind), []).append(NewFile(paper.kind, upload))
        steps = [*filled.steps, *(good for good in files if good not in filled.steps)]
        for place, step in enumerate(steps):
            self._save(way, step, filled.steps.get(step), files.get(step, []), by=by, at=at + place * TYPING)

    def _save(
        self, way: Way, step: str, content: Content | None, files: list[NewFile], *, by: str, at: datetime
    ) -> None:
        application = self.applications[way.leader]
        self.applications[way.leader] = save_step(
            application,
            step,
            content,
            by=self.people[by],
            at=at,
            expected_edits=application.edits,
            files=files,
        )

    def _tell_last(self, leaders: tuple[str, ...]) -> None:
        if story.FOLLOWED in leaders:
            stream = self.applications[story.FOLLOWED].stream
            self._told(
                Event.objects.filter(stream=stream).select_related("actor", "office").latest("sequence")
            )

    def _told(self, event: Event) -> None:
        when = formatted(timezone.localtime(event.at), "Y-m-d H:i")
        office = event.office.name if event.office else "系统"
        who = f"{event.actor.name}，{office}" if event.actor else "到期自动办理"
        self.tell(f"  {when}  {ActionWord(event.action).label}：{who}")
