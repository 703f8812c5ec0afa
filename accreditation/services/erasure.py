"""Erase somebody's name, or chosen texts, from the ledger, by an order that names its ground.

What was done stays, and that it was done by the same person: their code goes on standing in the events. What goes is
the text beside them, and the personal columns of the account. See ADR 15 for what is not touched.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accreditation.models import EventSearch, IndexedThrough, Membership, Organisation, SavedSearch, User
from accreditation.permissions import MANAGE
from accreditation.queries.erasure import (
    ERASED_NAME,
    Wanted,
    merged,
    named_in,
    open_work,
    proposals_in,
    spoken_of,
)
from accreditation.services.erased_copies import clear_copies, end_sessions, withdraw_packages
from accreditation.services.event_index import enter_reasons
from accreditation.services.offices import leave_for_good
from workflows.actors import Machine
from workflows.erasing import can_erase, erase
from workflows.models import Event, MailChoice, Notification
from workflows.notifications import checkpoint_mail
from workflows.refusals import NotPermitted, NotReady, Problem


@dataclass(frozen=True)
class Order:
    """What is to be erased: of whom, with or without the reasons that name them; chosen fields of chosen events.

    `ground` is the order itself: a document's number, a request with its date. It stands in the ledger for good.
    """

    ground: str
    person: User | None = None
    with_reasons: bool = False
    chosen: Sequence[tuple[Event, Collection[str]]] = field(default=())


@dataclass(frozen=True)
class Erased:
    """How many events lost text, in how many streams."""

    events: int
    streams: int


def planned(order: Order) -> Wanted:
    """Return the fields that the order takes, by stream and sequence. Nothing is written."""
    chosen: Wanted = {}
    for event, fields in order.chosen:
        chosen.setdefault(event.stream, {}).setdefault(event.sequence, set()).update(fields)
    person = order.person
    if person is None:
        return chosen
    return merged(chosen, named_in(person), spoken_of(person) if order.with_reasons else {})


def refuse(order: Order, *, by: User) -> None:
    """Raise NotPermitted or NotReady, with everything that stands against the order, unless it can be carried out."""
    city = _manages_city(by)
    if city is None:
        raise NotPermitted(_("删除个人信息由市总工会的管理人经手。"))
    if not can_erase():
        raise NotPermitted(_("这个数据库账号不能删除记录，改用数据库所有者的账号。"))
    if isinstance(order.person, Machine):
        raise NotReady([Problem(_("这是系统自动办理的代号，不是人。"))])
    problems = [*_against(order, by), *(open_work(order.person) if order.person else ())]
    if problems := problems or list(proposals_in(planned(order))):
        raise NotReady(problems)


def erase_by_order(order: Order, *, by: User, at: datetime) -> Erased:
    """Carry the order out; each stream is a transaction of its own, locked one after the other in one sequence.

    Interrupted, it has erased some of the streams and can be given again, with the person's public identifier. First
    the account is closed, so that nothing new is written in this name; last its own columns go.
    Raises NotPermitted, NotReady; then nothing has been done, unless work came to them at this very moment: that is
    to be assigned to somebody else, and the order given again.
    """
    refuse(order, by=by)
    if order.person is not None:
        close_account(order.person, by=by, at=at)
    wanted = planned(order)
    events = sum(_erase_stream(stream, wanted[stream], order, by=by, at=at) for stream in sorted(wanted))
    if order.person is not None:
        late = _forget(order.person, at)
        events += sum(_erase_stream(stream, late[stream], order, by=by, at=at) for stream in sorted(late))
        wanted = merged(wanted, late)
    return Erased(events, len(wanted))


def close_account(person: User, *, by: User, at: datetime) -> None:
    """End what somebody is and may do anywhere; nobody can sign in to the account any more, or is signed in."""
    with transaction.atomic():
        locked = _without_work(person)
        locked.is_active = False
        locked.set_unusable_password()
        locked.save(update_fields=["is_active", "password"])
    own = Q(grants__user=person) | Q(escalates_to=person)
    own |= Q(memberships__user=person, memberships__ended_at=None)
    own |= Q(substitutions__principal=person) | Q(substitutions__substitute=person)
    for organisation in Organisation.objects.filter(own).distinct().order_by("path"):
        leave_for_good(organisation, person, by=by, at=at)
    checkpoint_mail.end(person, by=by, at=at)
    end_sessions(person)


@transaction.atomic
def _erase_stream(
    stream: str, wanted: Mapping[int, Collection[str]], order: Order, *, by: User, at: datetime
) -> int:
    """Erase in one stream, with what repeats the text elsewhere; return how many events lost text."""
    city = _manages_city(by)
    # Who enters reasons in the index has entered them, or will find them gone.
    IndexedThrough.objects.select_for_update().first()
    taken = erase(stream, wanted, by=by, at=at, order=order.ground.strip(), office=city, role=MANAGE)
    clear_copies(stream, taken)
    kept = Event.objects.filter(pk__in=[one.event.pk for one in taken]).select_related("payload")
    enter_reasons(list(kept))
    withdraw_packages(stream)
    return len(taken)


def _without_work(person: User) -> User:
    """Lock the account. Raises NotReady if something was put into their hands; who was just doing so is waited for."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    if problems := list(open_work(locked)):
        raise NotReady(problems)
    return locked


def _forget(person: User, at: datetime) -> Wanted:
    """Clear the account's own columns and rows; return what was written in the old name in the meantime."""
    with transaction.atomic():
        locked = _without_work(person)
        for own in (SavedSearch, EventSearch, MailChoice):
            own._default_manager.filter(user=locked).delete()
        Membership.objects.filter(user=locked).update(position="")
        Notification.objects.filter(user=locked, mailed_at=None).update(mailed_at=at)
        locked.name, locked.username = ERASED_NAME, f"erased-{secrets.token_hex(8)}"
        locked.email, locked.last_login, locked.has_first_password = "", None, False
        locked.save()
    return named_in(locked)


def _manages_city(by: User) -> Organisation | None:
    return Organisation.objects.filter(
        kind=Organisation.Kind.CITY,
        grants__user=by,
        grants__user__is_active=True,
        grants__permission__codename=MANAGE,
    ).first()


def _against(order: Order, by: User) -> list[Problem]:
    problems = []
    if not order.ground.strip():
        problems.append(Problem(_("写明依据或者文号。"), field="order"))
    if order.person is not None and order.person.pk == by.pk:
        problems.append(Problem(_("不能经手删除自己的个人信息，由另一位管理人办理。"), field="by"))
    for event, fields in order.chosen:
        missing = set(fields) - event.personal.keys()
        if missing:
            said = {"event": f"{event.stream}#{event.sequence}", "fields": "、".join(sorted(missing))}
            problems.append(Problem(_("%(event)s没有%(fields)s，或者已经删除。") % said, field="event"))
    return problems
