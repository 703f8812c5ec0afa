"""Case files 卷宗: who may have one, which are somebody's own, and why one could not be built."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, CaseFile, User
from accreditation.permissions import AUDIT
from accreditation.queries.archive import archive, auditing
from accreditation.queries.part import part_of, readable_cards
from accreditation.scope import Office, offices_of
from workflows.refusals import Verdict

MISSING, ALTERED, UNREADABLE, UNSIGNED, BROKEN = "missing", "altered", "unreadable", "unsigned", "broken"
"""Why a case file could not be built; after the code and a blank stands of what."""


@dataclass(frozen=True)
class Row:
    """A case file as a page shows it. `standing`: waiting, building, failed, ready or removed."""

    case_file: CaseFile
    standing: str
    failure: str
    kept_until: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come by itself."""
        return self.standing in {"waiting", "building"}


def row_of(case_file: CaseFile) -> Row:
    """Return how a case file stands."""
    finished = case_file.finished_at
    if case_file.failed:
        standing = "failed"
    elif finished is None:
        standing = "building" if case_file.total else "waiting"
    else:
        standing = "ready" if case_file.file else "removed"
    until = finished + timedelta(days=settings.CASE_FILE_DAYS) if finished else None
    return Row(case_file, standing, failure(case_file), until)


def case_files_of(user: User, offices: Sequence[Office]) -> QuerySet[CaseFile]:
    """Return what the user asked for, the latest first, as long as they audit the applications."""
    own = CaseFile.objects.filter(asked_by=user, application__in=archive(offices).order_by().values("pk"))
    return own.select_related("application__studio", "application__enterprise").order_by("-pk")


def case_file_for(user: User, public_id: UUID, offices: Sequence[Office]) -> CaseFile | None:
    """Return what the user asked for under this identifier; None where it is not theirs or no longer in their scope."""
    return case_files_of(user, offices).filter(public_id=public_id).first()


def auditing_office(application: Application, user: User) -> Office | None:
    """Return the office for which the user audits the application, the nearest to it; None for nobody's auditor."""
    held = [
        office
        for office in auditing(offices_of(user))
        if application.enterprise.path.startswith(office.organisation.path)
    ]
    return held[-1] if held and application.submitted_at else None


def may_have(application: Application, user: User) -> Verdict:
    """The application's auditors, but not while others' scorecards are hidden from them (`readable_cards`)."""
    office = auditing_office(application, user)
    if office is None or AUDIT not in office.grants:
        return Verdict(False, _("只有审计员可以索取卷宗。"), "grant")
    readable = readable_cards(application, user, part_of(application, user, offices_of(user)))
    if (
        application.scorecards.exclude(submitted_at=None)
        .exclude(pk__in=[one.pk for one in readable])
        .exists()
    ):
        return Verdict(False, _("评分还在进行，您参与这一件的评审，评分结束后再索取卷宗。"), "scoring")
    return Verdict(True)


def failure(case_file: CaseFile) -> str:
    """Return in words why it could not be built; "" if it was not tried in vain."""
    code, _blank, what = case_file.failed.partition(" ")
    words = {
        MISSING: _("“%(what)s”的文件找不到。与管理系统的人员联系，找回文件后再试一次。"),
        ALTERED: _("“%(what)s”与记录的摘要不符，内容被改动。与管理系统的人员联系。"),
        UNREADABLE: _("“%(what)s”的记录不完整。与管理系统的人员联系。"),
        UNSIGNED: _("检查点现在不能签名。与管理系统的人员联系，处理后再试一次。"),
        BROKEN: _("制作时出错，没有完成。可以再试一次。"),
    }
    return words.get(code, words[BROKEN]) % {"what": what} if code else ""
