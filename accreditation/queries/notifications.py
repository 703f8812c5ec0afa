"""Somebody's messages: what they have been told and may still see, in their language.

Whether they may see an application is asked whenever messages are listed, counted or mailed: a grant that was
revoked takes its messages along. The newest `CAP` are looked at, so that a page costs the same however many there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application, CaseFile, Finding, Scorecard, User
from accreditation.permissions import APPLY, AUDIT, DECIDE, REVIEW
from accreditation.queries.case_files import case_files_of
from accreditation.queries.event_words import sentence
from accreditation.queries.findings.listing import JOINED, Row, in_words
from accreditation.queries.findings.scope import findings_for
from accreditation.queries.office import sentences
from accreditation.queries.part import part_of
from accreditation.scope import Office, offices_of, visible_applications
from workflows.actors import shown_as
from workflows.models import Event, Notification

CAP = 1000
WHY: Mapping[str, str | Promise] = {
    "work": gettext_lazy("新到待办"),
    "yours": gettext_lazy("与您有关"),
    "own": gettext_lazy("本单位申报"),
    "earlier": gettext_lazy("您审核过"),
    "reminded": gettext_lazy("催您办理"),
    "recalled": gettext_lazy("决定被拿回"),
    "copied": gettext_lazy("抄送给您"),
    "for_you": gettext_lazy("代您办理"),
    "member": gettext_lazy("您的权限"),
    "finding": gettext_lazy("新的疑点"),
    "case_file": gettext_lazy("您索取的卷宗"),
}


@dataclass(frozen=True)
class Message:
    """One message: what it is about, who did what, and why the reader is told."""

    notification: Notification
    title: str
    who: str
    text: str
    why: str

    @property
    def is_unread(self) -> bool:
        """Whether it has not been opened yet."""
        return self.notification.read_at is None


def readable(user: User, at: datetime, *, unread: bool = False) -> list[int]:
    """Return the keys of the user's messages, the newest first, of those that they may see at `at`."""
    rows = Notification.objects.filter(user=user).order_by("-pk")
    if unread:
        rows = rows.filter(read_at=None)
    return _seen(user, rows.values_list("pk", "content_type", "object_id")[:CAP], at)


def still_seen(user: User, notifications: Sequence[Notification], at: datetime) -> list[Notification]:
    """Return those of the notifications whose subject the user may see at `at`."""
    kept = set(_seen(user, [(one.pk, one.content_type_id, one.object_id) for one in notifications], at))
    return [one for one in notifications if one.pk in kept]


def messages_of(user: User, keys: Iterable[int], offices: Sequence[Office]) -> list[Message]:
    """Return the messages with these keys, in their order; `offices` are the user's. A constant number of queries."""
    wanted = list(keys)
    rows = Notification.objects.select_related("event__office", "event__actor", "event__payload", "principal")
    found = rows.in_bulk(wanted)
    return put_in_words(user, [found[pk] for pk in wanted], offices)


def put_in_words(
    user: User, notifications: Sequence[Notification], offices: Sequence[Office]
) -> list[Message]:
    """Put notifications that the user may see into words of the active language."""
    kind = _kind(Finding)
    found = _findings(user, {one.object_id or 0 for one in notifications if one.content_type_id == kind})
    packed = _case_files(notifications)
    subjects = {one.object_id for one in notifications if one.content_type_id == _kind(Application)}
    applications = Application.objects.select_related(
        "studio", "enterprise", "union", "district", "city"
    ).in_bulk([pk for pk in subjects if pk is not None])
    panel = _panels_seen(user, list(applications.values()), offices)
    of_office = [one.event for one in notifications if one.object_id is None]
    told = {event.pk: entry.sentence for event, entry in zip(of_office, sentences(of_office), strict=True)}

    def words(one: Notification) -> Message:
        if one.object_id is None:
            return _of_office(one, told[one.event_id])
        if one.content_type_id == kind:
            return _of_finding(one, found[one.object_id])
        if one.object_id in packed and one.content_type_id == _kind(CaseFile):
            return Message(one, packed[one.object_id], "", _("卷宗已经制成，可以下载。"), _why(one))
        return _of_application(one, applications[one.object_id], one.object_id in panel)

    return [words(one) for one in notifications]


def address(user: User, notification: Notification, offices: Sequence[Office], at: datetime) -> str | None:
    """Return the page that the reader uses for what the message is about; None if they may not see it any more."""
    if notification.object_id is None:
        return reverse("account")
    if notification.content_type_id == _kind(Finding):
        finding = findings_for(user, offices).filter(pk=notification.object_id).first()
        return reverse("finding", args=[finding.public_id]) if finding else None
    if notification.content_type_id == _kind(CaseFile):
        case_file = case_files_of(user, offices).filter(pk=notification.object_id).first()
        return reverse("case-file", args=[case_file.public_id]) if case_file else None
    seen = visible_applications(user, at).select_related("enterprise")
    application = seen.filter(pk=notification.object_id).first()
    if application is None:
        return None
    applies = any(
        held.organisation.pk == application.enterprise_id and APPLY in held.grants for held in offices
    )
    if applies and notification.reason == "own":
        return reverse("application", args=[application.public_id])
    part = part_of(application, user, offices)
    page = (
        "review" if part.reviews or not (applies or part.audits) else "application" if applies else "timeline"
    )
    return reverse(page, args=[application.public_id])


def said_of(event: Event) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what an event recorded: its facts, and the personal text that is kept apart and may be erased."""
    return event.facts, event.personal


def _seen(user: User, about: Iterable[tuple[int, int | None, int | None]], at: datetime) -> list[int]:
    """Return the keys of those whose subject (its content type and key) the user may see."""
    listed = list(about)
    seen: set[tuple[int | None, int | None]] = {(None, None)}
    for kind in {kind for _pk, kind, _subject in listed if kind is not None}:
        subjects = {subject for _pk, of, subject in listed if of == kind}
        visible: QuerySet[Any] = visible_applications(user, at)
        if kind == _kind(Finding):
            visible = findings_for(user, offices_of(user))
        elif kind == _kind(CaseFile):
            visible = case_files_of(user, offices_of(user))
        keys = visible.filter(pk__in=subjects).order_by().values_list("pk", flat=True)
        seen |= {(kind, pk) for pk in keys}
    return [pk for pk, kind, subject in listed if (kind, subject) in seen]


def _kind(model: type[Model]) -> int:
    return int(ContentType.objects.get_for_model(model).pk)


def _findings(user: User, keys: set[int]) -> dict[int, Row]:
    """Return findings in words by their keys. No query without any."""
    if not keys:
        return {}
    rows = Finding.objects.filter(pk__in=keys).select_related(*JOINED)
    return {row.finding.pk: row for row in in_words(list(rows), user)}


def _case_files(notifications: Sequence[Notification]) -> dict[int, str]:
    """Return by its key which studio a case file is of. No query without any."""
    keys = {one.object_id or 0 for one in notifications if one.content_type_id == _kind(CaseFile)}
    rows = CaseFile.objects.filter(pk__in=keys).values_list("pk", "application__studio__name")
    return dict(rows) if keys else {}


def _of_application(notification: Notification, application: Application, sees_panel: bool) -> Message:
    event = notification.event
    facts, personal = said_of(event)
    if event.action == "score":
        who, text = "", _("评分卡已达到法定张数，可以结束评分。") if sees_panel else _("有新的进展。")
    else:
        who = _who(event, personal)
        text = sentence(application, event, facts, sees_panel=sees_panel, names=personal)
    return Message(notification, application.studio.name, who, text, _why(notification))


def _of_office(notification: Notification, text: str) -> Message:
    office = getattr(notification.event.office, "name", "")
    return Message(notification, office, "", _("%(sentence)s。") % {"sentence": text}, _why(notification))


def _of_finding(notification: Notification, row: Row) -> Message:
    application = row.finding.application
    title = application.studio.name if application else row.finding.office.name
    text = _("发现疑点：%(headline)s。") % {"headline": row.headline}
    return Message(notification, title, row.finding.office.name, text, _why(notification))


def _who(event: Event, personal: Mapping[str, str]) -> str:
    """Return who acted, of which office; erased names are not told."""
    office = personal.get("office") or getattr(event.office, "name", "")
    actor = personal.get("actor", "")
    if actor:
        actor = shown_as(actor, personal.get("principal", ""))
    return " ".join(part for part in (office, actor) if part)


def _why(notification: Notification) -> str:
    word = str(WHY.get(notification.reason, ""))
    if notification.principal is None:
        return word
    return _("%(why)s（代%(name)s）") % {"why": word, "name": notification.principal.name}


def _panels_seen(user: User, applications: Sequence[Application], offices: Sequence[Office]) -> set[int]:
    """Return of which of the applications the user may know the panel, as `part.Part.sees_panel` does for one."""
    held = {office.organisation.pk: office.grants for office in offices}
    audited = tuple(office.organisation.path for office in offices if AUDIT in office.grants)
    keys = [one.pk for one in applications]
    seated = set(
        Scorecard.objects.filter(expert=user, application__in=keys).values_list("application", flat=True)
    )
    return {
        one.pk
        for one in applications
        if DECIDE in held.get(one.city_id, ())
        or (one.pk in seated and REVIEW in held.get(one.city_id, ()))
        or one.enterprise.path.startswith(audited)
    }
