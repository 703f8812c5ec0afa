"""Case files 卷宗: ask for one, try again, take it out of the house; old packages are removed by due work.

Who asked, what was sealed and who took it out stands in the ledger: asking and sealing in the application's journal
of readings, taking out in the person's journal of exports.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, CaseFile, User
from accreditation.permissions import AUDIT
from accreditation.queries.case_files import auditing_office, may_have
from accreditation.services.journals import READING, exported
from workflows.journals import note_down
from workflows.models import Event
from workflows.refusals import NotPermitted, WrongState

ASK = "ask_case_file"
WHAT = "case_file"


def ask(application: Application, *, by: User, at: datetime) -> CaseFile:
    """Ask for the case file of an application; the one that is waiting, if the user asked for it before.

    Raises NotPermitted. It is built by due work.
    """
    with transaction.atomic():
        locked = _locked(application)
        _refuse(locked, by)
        waiting = CaseFile.objects.filter(
            application=locked, asked_by=by, finished_at=None, failed=""
        ).first()
        if waiting is not None:
            return waiting
        case_file = CaseFile.objects.create(application=locked, asked_by=by, asked_at=at)
        _note(case_file, locked, by, at)
    return case_file


def try_again(case_file: CaseFile, *, by: User, at: datetime) -> CaseFile:
    """Have a case file built that could not be. Raises NotPermitted, WrongState if it did not fail."""
    with transaction.atomic():
        locked = _locked(case_file.application)
        _refuse(locked, by)
        row = CaseFile.objects.select_for_update().get(pk=case_file.pk, asked_by=by)
        if not row.failed:
            raise WrongState(_("这份卷宗没有出错，不用再试。"))
        row.failed, row.done, row.total, row.builder, row.beat_at = "", 0, 0, None, None
        row.save(update_fields=["failed", "done", "total", "builder", "beat_at"])
        _note(row, locked, by, at)
    return row


def take_out(case_file: CaseFile, *, by: User, at: datetime) -> Event:
    """Note that the package leaves the house, before it does. Raises NotPermitted, WrongState without a package."""
    application = case_file.application
    _refuse(application, by)
    if not case_file.file or case_file.finished_at is None:
        raise WrongState(_("这份卷宗还没有制成，或者已经清理。"))
    office = auditing_office(application, by)
    return exported(
        by=by,
        at=at,
        what=WHAT,
        count=1,
        office=office.organisation if office else None,
        role=AUDIT,
        application=str(application.public_id),
        case_file=str(case_file.public_id),
        sha256=case_file.sha256,
    )


def remove_old(at: datetime) -> int:
    """Duty: remove packages after `settings.CASE_FILE_DAYS`. Their rows stay; they can be asked for again."""
    old = at - timedelta(days=settings.CASE_FILE_DAYS)
    rows = CaseFile.objects.filter(finished_at__lt=old).exclude(file="")
    return sum(_remove(pk) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _remove(pk: int) -> int:
    row = CaseFile.objects.select_for_update(skip_locked=True).filter(pk=pk).exclude(file="").first()
    if row is None:
        return 0  # another runner is at it
    default_storage.delete(str(row.file.name))  # before the row forgets it: interrupted, it is done again
    row.file = ""
    row.save(update_fields=["file"])
    return 1


def _locked(application: Application) -> Application:
    rows = Application.objects.select_related("cycle", "enterprise").select_for_update(of=("self",))
    return rows.get(pk=application.pk)


def _refuse(application: Application, by: User) -> None:
    verdict = may_have(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)


def _note(case_file: CaseFile, application: Application, by: User, at: datetime) -> None:
    office = auditing_office(application, by)
    note_down(
        READING,
        str(application.public_id),
        ASK,
        by=by,
        at=at,
        office=office.organisation if office else None,
        role=AUDIT,
        case_file=str(case_file.public_id),
    )
