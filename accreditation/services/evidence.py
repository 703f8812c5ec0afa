"""Attach files to the form and take them off again. Each content is kept once, under its SHA-256."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.evidence_kinds import EVIDENCE_KINDS
from accreditation.models import Application, Evidence, StoredFile, User
from accreditation.permissions import may_apply
from accreditation.states import EDITABLE
from accreditation.uploads import Upload
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState

MOST_FILES = 200
"""Files of one application; a whole filing cabinet, and a bound to what an account can pile up."""


@dataclass(frozen=True)
class NewFile:
    """A file for one kind of evidence."""

    kind: str
    upload: Upload


def editable(application: Application, by: User) -> Application:
    """Return the application's row, locked, if `by` may change the form now. The caller is in a transaction.

    Raises NotPermitted without the grant to apply, WrongState when the form is not with the applicant.
    """
    rows = Application.objects.select_related("cycle", "studio", "enterprise", "edited_by")
    locked = rows.select_for_update(of=("self",)).get(pk=application.pk)
    verdict = may_apply(locked, by)
    if not verdict:
        raise NotPermitted(verdict.reason)
    if locked.state not in EDITABLE:
        raise WrongState(_("申报已经提交，现在不能修改。"))
    return locked


def attach(application: Application, files: Sequence[NewFile], *, by: User, at: datetime) -> list[Evidence]:
    """Attach files; one that is already attached as the same kind stays as it is.

    Raises NotPermitted, WrongState, NotReady (too many files); ValueError for a kind that the form does not have.
    """
    with transaction.atomic():
        locked = editable(application, by)
        attached = attach_to(locked, files, by=by, at=at)
        save_edit(locked, by, at)
    return attached


def remove(application: Application, which: Iterable[UUID], *, by: User, at: datetime) -> None:
    """Take files off the form. A revision that holds them keeps them. Raises NotPermitted, WrongState."""
    with transaction.atomic():
        locked = editable(application, by)
        remove_from(locked, which, at=at)
        save_edit(locked, by, at)


def attach_to(locked: Application, files: Sequence[NewFile], *, by: User, at: datetime) -> list[Evidence]:
    """Attach files to an application that the caller has locked by `editable`."""
    if files and locked.evidence.filter(removed_at=None).count() + len(files) > MOST_FILES:
        raise NotReady([Problem(_("一份申报最多附%(most)d件材料，先移除不需要的。") % {"most": MOST_FILES})])
    return [_attach(locked, file, by, at) for file in files]


def remove_from(locked: Application, which: Iterable[UUID], *, at: datetime) -> None:
    """Take files off an application that the caller has locked by `editable`; twice changes nothing."""
    locked.evidence.filter(public_id__in=list(which), removed_at=None).update(removed_at=at)


def save_edit(locked: Application, by: User, at: datetime, *fields: str) -> None:
    """Write who changed the form when, with the `fields` that were changed."""
    locked.edited_by, locked.edited_at = by, at
    locked.save(update_fields=["edited_by", "edited_at", *fields])


def good_of(kind: str) -> str:
    """Return the good that a kind of evidence belongs to. Raises ValueError if there is no such kind."""
    for good, kinds in EVIDENCE_KINDS.items():
        if kind in kinds:
            return good
    raise ValueError(f"no such kind of evidence: {kind!r}")


def _attach(locked: Application, file: NewFile, by: User, at: datetime) -> Evidence:
    good, stored = good_of(file.kind), keep(file.upload)
    attached, _made = Evidence.objects.get_or_create(
        application=locked, good=good, kind=file.kind, stored=stored, removed_at=None,
        defaults={"name": file.upload.name, "uploaded_at": at, "uploaded_by": by},
    )  # fmt: skip
    return attached


def keep(upload: Upload) -> StoredFile:
    """Return the stored file of this content, written if it is new."""
    sha256 = _digest(upload.file)
    known = StoredFile.objects.filter(sha256=sha256).first()
    if known is None:
        name = write_whole(upload.file, f"evidence/{sha256[:2]}/{sha256}")
        known, _made = StoredFile.objects.get_or_create(
            sha256=sha256, defaults={"size": upload.size, "media_type": upload.media_type, "file": name}
        )
    return known


def _digest(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def write_whole(file: File, name: str) -> str:
    """Write the whole file under its name, or nothing: an interrupted upload leaves no half of it there."""
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # an object store keeps the whole file or nothing
        return name if default_storage.exists(name) else default_storage.save(name, file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as part:
        _copy(file, part)
    Path(part.name).replace(target)
    return name


def _copy(file: File, part: Any) -> None:
    try:
        for chunk in file.chunks():
            part.write(chunk)
    except BaseException:
        Path(part.name).unlink(missing_ok=True)
        raise
