"""Build case files as due work: one at a time, with progress; a builder that was killed is followed by another."""

import hashlib
import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from accreditation.case_files import bag, documents, proof
from accreditation.case_files.contents import CannotBuild, contents_of
from accreditation.case_files.items import Item, items_of
from accreditation.models import CaseFile
from accreditation.queries.case_files import BROKEN
from accreditation.services.evidence import write_whole

LEASE = timedelta(minutes=5)
"""A builder that was not heard of for so long is taken for dead; each file it writes is heard of."""
AFTER = 4  # steps after the files: the index and the seal, the proof, the package, keeping it
LANGUAGE = "zh-hans"

logger = logging.getLogger(__name__)


class TakenOver(Exception):
    """Somebody else builds it by now, or it is not wanted any more: what was made is thrown away."""


@dataclass
class Building:
    """A case file that is being built by this builder. `now` is the time, from that at which it was begun."""

    pk: int
    builder: UUID
    begun: datetime
    started: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        """Return the present moment."""
        return self.begun + timedelta(seconds=time.monotonic() - self.started)

    def note(self, **columns: object) -> None:
        """Write to the row that the work goes on. Raises TakenOver."""
        own = CaseFile.objects.filter(pk=self.pk, builder=self.builder, finished_at=None, failed="")
        if not own.update(beat_at=self.now, **columns):
            raise TakenOver


def build_due(at: datetime) -> int:
    """Duty: build the case file that waits longest; 1, or 0 if none waits. One a round: others wait for their work."""
    building = _claim(at)
    if building is None:
        return 0
    try:
        with translation.override(LANGUAGE):
            _build(building)
    except TakenOver:
        return 0
    except CannotBuild as error:
        return _fail(building, str(error))
    except Exception:
        logger.exception("case file %s could not be built", building.pk)
        return _fail(building, BROKEN)
    return 1


def _claim(at: datetime) -> Building | None:
    """Take the first that nobody is at; of two runners each takes another."""
    nobody = Q(beat_at=None) | Q(beat_at__lt=at - LEASE)
    with transaction.atomic():
        rows = CaseFile.objects.select_for_update(skip_locked=True).filter(
            nobody, finished_at=None, failed=""
        )
        row = rows.order_by("pk").first()
        if row is None:
            return None
        row.builder, row.beat_at, row.done, row.total = uuid4(), at, 0, 0
        row.save(update_fields=["builder", "beat_at", "done", "total"])
    return Building(row.pk, row.builder, at)


def _fail(building: Building, failed: str) -> int:
    own = CaseFile.objects.filter(pk=building.pk, builder=building.builder, finished_at=None)
    own.update(failed=failed[:300])
    return 0


def _build(building: Building) -> None:
    joined = ("asked_by", "application__cycle__rubric", "application__rubric", "application__studio")
    offices = ("application__enterprise", "application__union", "application__district", "application__city")
    case_file = CaseFile.objects.select_related(*joined, *offices).get(pk=building.pk)
    _forget(case_file)
    with _work_folder(case_file) as work:
        at, folder = building.now, work / "bag"
        contents = contents_of(case_file.application)
        items = list(items_of(contents, at))
        building.note(total=len(items) + AFTER)
        _write_items(building, items, folder)
        listed = [(item.path, item.title) for item in items]
        (folder / "INDEX.txt").write_text(documents.index_text(contents, listed, at), encoding="utf-8")
        proofs, info = folder / "proof", bag.bag_info(case_file, at)
        proofs.mkdir()
        proof.write_keys(proofs)
        sealed_by = proof.seal(case_file, contents, bag.sealed_files(folder, info), proofs, building.now)
        building.note(done=len(items) + 1)
        checkpoint = proof.write_proof(contents, sealed_by, proofs, building.now)
        building.note(done=len(items) + 2)
        bag.bag(folder, info)
        package = work / "case.zip"
        bag.pack(folder, package, f"case-{case_file.application.number}", at)
        building.note(done=len(items) + 3)
        _keep(building, package, checkpoint.size)


def _write_items(building: Building, items: list[Item], folder: Path) -> None:
    for done, item in enumerate(items, start=1):
        target = folder / item.path
        target.parent.mkdir(parents=True, exist_ok=True)
        item.make(target)
        building.note(done=done)


def _keep(building: Building, package: Path, log_size: int) -> None:
    """Keep the package under its hash. Its row names it before it is there, so that none is ever forgotten."""
    with package.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    name, size = f"case_files/{sha256[:2]}/{sha256}.zip", package.stat().st_size
    building.note(file=name)
    with package.open("rb") as file:
        write_whole(File(file), name)
    try:
        building.note(
            sha256=sha256,
            size=size,
            log_size=log_size,
            done=CaseFile.objects.values_list("total", flat=True).get(pk=building.pk),
            finished_at=building.now,
        )
    except (TakenOver, CaseFile.DoesNotExist):
        default_storage.delete(name)
        raise TakenOver from None


def _forget(case_file: CaseFile) -> None:
    """Remove what a builder before left behind: a package that was not finished, a folder it worked in."""
    if case_file.file:
        default_storage.delete(str(case_file.file.name))
        CaseFile.objects.filter(pk=case_file.pk, finished_at=None).update(file="")
    for left in Path(gettempdir()).glob(f"{_prefix(case_file)}*"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _work_folder(case_file: CaseFile) -> Iterator[Path]:
    """A folder that only we can read; it goes in any case."""
    work = Path(mkdtemp(prefix=_prefix(case_file)))
    try:
        (work / "bag").mkdir()
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prefix(case_file: CaseFile) -> str:
    return f"wuhao-case-{case_file.public_id}-"
