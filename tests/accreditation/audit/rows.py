"""An application as its rows have it now, in the words of a replay of its events, to hold the one to the other."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from accreditation.models import Application
from accreditation.queries.replay import Replay
from workflows.models import Appointment, Copy, Recusal, Signature, SigningRound, Task
from workflows.works import open_tasks


def as_the_rows_say(application: Application) -> dict[str, Any]:
    """Return everything that a replay tells of the application, read from its rows."""
    about = {
        "content_type": ContentType.objects.get_for_model(Application),
        "object_id": application.pk,
    }
    tasks = open_tasks(application).select_related("assignee", "office").order_by("pk")
    objections = application.objections.order_by("pk")
    return {
        "state": application.state,
        "since": application.state_since,
        "submitted": application.submitted_at,
        "recommended": application.recommended_at,
        "revision": application.revision_number,
        "process": application.process_version,
        "rubric": application.rubric.version if application.rubric else "",
        "owed": application.owed_to,
        "total": application.total,
        "notice": str(application.notice.public_id) if application.notice else "",
        "notice ends": application.notice_ends_on,
        "days left": application.notice_days_left,
        "cards": {
            (card.revision.number, str(card.expert.public_id), card.sha256)
            for card in application.scorecards.select_related("revision", "expert")
        },
        "objections": [(str(one.public_id), one.filed_at, one.outcome, one.ruled_at) for one in objections],
        "works": [_work(task) for task in tasks if task.kind == Task.Kind.WORK],
        "advice": [str(task.assignee.public_id) for task in tasks if task.kind == Task.Kind.ADVICE],
        "signatures": {str(task.assignee.public_id) for task in tasks if task.kind == Task.Kind.SIGNATURE},
        "naming": [task.office.code for task in tasks if task.kind == Task.Kind.NAMING],
        "rounds": _rounds(application),
        "recused": {str(one.user.public_id) for one in Recusal.objects.filter(**about)},
        "appointed": {
            one.office.code: str(one.user.public_id)
            for one in Appointment.objects.filter(**about, ended_at=None)
        },
        "copied": {str(one.user.public_id) for one in Copy.objects.filter(**about)},
    }


def as_the_events_say(found: Replay, application: Application) -> dict[str, Any]:
    """Return the same from a replay."""
    works = found.works.opened
    rounds = [work.round for work in works if work.round]
    return {
        "state": found.state,
        "since": found.since,
        "submitted": found.submitted_at,
        "recommended": found.recommended_at,
        "revision": found.revision,
        "process": found.process,
        "rubric": found.rubric,
        "owed": found.owed_to,
        "total": found.total,
        "notice": found.notice,
        "notice ends": found.notice_ends_on,
        "days left": found.notice_days_left,
        "cards": {(seat.revision, seat.expert, seat.card) for seat in found.seats},
        "objections": [
            (code, one.filed_at, one.outcome, one.ruled_at) for code, one in found.objections.items()
        ],
        "works": [
            (one.stage, getattr(application, one.office).code, one.opened_at, one.assignee, one.hold)
            for one in works
        ],
        "advice": [one.advice for one in works if one.advice],
        "signatures": {code for one in rounds for code in one.awaited},
        "naming": [one.above for one in works if one.above],
        "rounds": [
            (
                one.code,
                one.placement,
                one.mode,
                one.in_order,
                one.threshold,
                one.quorum,
                one.state,
                tuple((code, one.verdicts.get(code, "")) for code in one.signers),
                one.decision,
            )
            for one in rounds
        ],
        "recused": set(found.recused),
        "appointed": found.appointed,
        "copied": set(found.copied),
    }


def _work(task: Task) -> tuple[Any, ...]:
    holder = str(task.assignee.public_id) if task.assignee else ""
    return task.stage, task.office.code, task.opened_at, holder, task.hold


def _rounds(application: Application) -> list[tuple[Any, ...]]:
    running = SigningRound.objects.filter(
        task__in=open_tasks(application), state__in=[SigningRound.State.PLANNED, SigningRound.State.OPEN]
    )
    return [
        (
            str(one.public_id),
            one.placement,
            one.mode,
            one.in_order,
            one.threshold,
            one.quorum,
            one.state,
            tuple(_place(place) for place in one.signatures.all() if not place.removed_at),
            one.proposal.get("action", ""),
        )
        for one in running.prefetch_related("signatures__signer")
    ]


def _place(place: Signature) -> tuple[str, str]:
    return str(place.signer.public_id), place.verdict
