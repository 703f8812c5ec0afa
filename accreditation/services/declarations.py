"""利害关系申明: once a cycle, whoever judges in it declares in which enterprises they have an interest."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Declaration, Interest, Organisation, User
from accreditation.queries.declarations import declaring, enterprises_declared
from accreditation.services.appointments import ask_if_nobody_left
from accreditation.services.recusals import ALONE
from accreditation.services.signing import RULES
from accreditation.states import ENDED
from accreditation.versions import process_of
from workflows import persons
from workflows.engine import record
from workflows.refusals import NotPermitted, NotReady, Problem

LONGEST_NOTE = 120


def declare(
    cycle: Cycle, *, interests: Mapping[Organisation, str], by: User, at: datetime
) -> Declaration | None:
    """Declare for a cycle the enterprises in which one has an interest, each with a note; or none.

    Declaring again replaces what was declared; None where that changes nothing. What one holds of an enterprise
    that is now declared goes back to its office. Raises NotPermitted, NotReady.
    """
    if not declaring(by, at).filter(pk=cycle.pk).exists():
        raise NotPermitted(_("只有审核和评审本批次的人需要申明。"))
    _refuse_impossible(interests)
    with transaction.atomic():
        locked = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
        before = enterprises_declared(locked, by)
        if before is not None and before == {one.pk: note.strip() for one, note in interests.items()}:
            return None
        declaration = _write(locked, interests, by, at)
        record(
            locked,
            "declare",
            by=by,
            at=at,
            office=locked.city,
            reason=_("；").join(
                f"{one.name}：{note.strip()}" for one, note in interests.items() if note.strip()
            ),
            enterprises=sorted(one.code for one in interests),
            amended=before is not None,
        )
    running = locked.applications.filter(enterprise__in=list(interests), submitted_at__isnull=False)
    for application in running.exclude(state__in=ENDED).order_by("pk"):
        _let_go(application, by, at)
    return declaration


def _refuse_impossible(interests: Mapping[Organisation, str]) -> None:
    if any(one.kind != Organisation.Kind.ENTERPRISE for one in interests):
        raise NotReady([Problem(_("只选择申报单位。"), field="enterprises")])
    if any(len(note.strip()) > LONGEST_NOTE for note in interests.values()):
        raise NotReady([Problem(_("每项说明写在120字以内。"), field="enterprises")])


def _write(cycle: Cycle, interests: Mapping[Organisation, str], by: User, at: datetime) -> Declaration:
    declaration, _made = Declaration.objects.update_or_create(
        cycle=cycle, user=by, defaults={"declared_at": at}
    )
    declaration.interests.exclude(enterprise__in=interests).delete()
    for enterprise, note in interests.items():
        Interest.objects.update_or_create(
            declaration=declaration, enterprise=enterprise, defaults={"note": note.strip()}
        )
    return declaration


def _let_go(application: Application, by: User, at: datetime) -> None:
    """Let go of what is held of an application, in a transaction of its own without the cycle's lock.

    Who claims it at this moment does so before or after: its lock is taken even where nothing is held yet.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        if persons.let_go(process, RULES, by=by, at=at, alone=ALONE):
            record(process.subject, "step_aside", by=by, at=at, office=_office(process.subject))
            ask_if_nobody_left(process, at)


def _office(application: Application) -> Organisation | None:
    return application.office_at(application.level)
