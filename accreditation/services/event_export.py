"""Take the whole result of a search over events out of the house. That it was done is an event itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accreditation.models import Organisation, User
from accreditation.permissions import AUDIT, has_grant
from accreditation.queries.event_search import Found
from accreditation.services.journals import exported
from workflows.ledger import checkpoints, keys, log
from workflows.models import Checkpoint
from workflows.refusals import NotPermitted, NotReady, Problem

MOST = 200_000
"""So many events leave the house at once."""


@dataclass(frozen=True)
class Export:
    """A result as it stood when it was taken out. With proofs come a checkpoint that holds all of it, and the keys."""

    found: Found
    count: int
    checkpoint: Checkpoint | None = None
    keys: tuple[str, ...] = ()


def take_out(
    found: Found,
    *,
    by: User,
    at: datetime,
    office: Organisation,
    asked: Mapping[str, Any],
    with_proofs: bool,
) -> Export:
    """Note that the result of a search is taken out, and return it: what happened before `at`, and nothing later.

    `asked` is what was looked for, `office` where the user audits. Raises NotPermitted; NotReady for nothing, for too
    much, and where the log cannot be signed.
    """
    if not has_grant(by, AUDIT, office):
        raise NotPermitted(_("只有审计员可以导出操作记录。"))
    fixed = found.until(at)
    count = fixed.count(MOST, reach=None)
    if not count.number:
        raise NotReady([Problem(_("没有符合条件的记录，不能导出。"))])
    if not count.is_all:
        raise NotReady([Problem(_("超过%(most)d条，缩小范围后分次导出。") % {"most": MOST})])
    checkpoint, signers = _signed(at) if with_proofs else (None, ())
    exported(by=by, at=at, what="events", count=count.number, filter=asked, office=office, role=AUDIT)
    return Export(fixed, count.number, checkpoint, signers)


def _signed(at: datetime) -> tuple[Checkpoint, tuple[str, ...]]:
    """Return a checkpoint of the whole log, signed now if need be, and the public keys."""
    try:
        log.number_events(at)
        checkpoint, known = checkpoints.make(at), keys.verifiers()
    except (KeyError, IntegrityError, keys.CannotSign) as error:
        raise NotReady(
            [Problem(_("现在不能签出检查点，可以导出不带证明的文件，并告知系统管理员。"))]
        ) from error
    if checkpoint is None:
        raise NotReady([Problem(_("没有符合条件的记录，不能导出。"))])
    return checkpoint, tuple(str(one) for one in known)
