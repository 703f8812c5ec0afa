"""The files of a case file, one after the other: where each stands, what it is called, how it is written."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accreditation.case_files import documents
from accreditation.case_files.contents import CannotBuild, Contents, Piece
from accreditation.queries.case_files import ALTERED, MISSING

BLOCK = 1024 * 1024  # bytes read at a time


@dataclass(frozen=True)
class Item:
    """A file of the package. `make` writes it to the path that it is given."""

    path: str
    title: str
    make: Callable[[Path], None]


def items_of(contents: Contents, at: datetime) -> Iterator[Item]:
    """Yield everything but the index and the proof, in the order of the index."""
    for revision in contents.revisions:
        said = {"number": revision.number}
        yield Item(
            f"papers/form-{revision.number}.pdf",
            _("申报表第%(number)d版") % said,
            partial(_paper, documents.form_pdf, contents, revision),
        )
        yield Item(
            f"originals/revisions/{revision.number}.json",
            _("申报表第%(number)d版的原文，摘要在提交的记录里") % said,
            partial(_text, revision.document),
        )
    for piece in contents.pieces:
        yield Item(piece.path, piece.name, partial(_copy, piece))
    for order, card in enumerate(contents.cards, start=1):
        judged = {"name": card.expert.name, "number": card.revision.number}
        yield Item(
            f"papers/scorecard-{order}.pdf",
            _("%(name)s的评分卡，依据第%(number)d版") % judged,
            partial(_paper, documents.card_pdf, contents, card),
        )
        yield Item(
            f"originals/scorecards/{order}.json",
            _("%(name)s的评分卡的原文，摘要在交卡的记录里") % judged,
            partial(_text, card.document),
        )
    if contents.visits:
        yield Item("papers/visits.pdf", _("考察记录"), partial(_paper, documents.visits_pdf, contents))
    yield Item("papers/timeline.pdf", _("经过"), partial(_paper, documents.timeline_pdf, contents, at))
    yield Item(
        "papers/timeline.json",
        _("经过，供程序读取"),
        lambda path: _text(documents.timeline_json(contents), path),
    )
    yield Item("verify/verify.py", _("核验程序"), partial(_own, "verify.py"))
    yield Item("verify/README.md", _("怎样核验，能证明什么"), partial(_own, "README.md"))


def _paper(drawn: Callable[..., bytes], *what: object) -> None:
    *facts, path = what
    Path(str(path)).write_bytes(drawn(*facts))


def _text(text: str, path: Path) -> None:
    path.write_bytes(text.encode())


def _own(name: str, path: Path) -> None:
    path.write_bytes((settings.BASE_DIR / "verify" / name).read_bytes())


def _copy(piece: Piece, path: Path) -> None:
    """Copy a kept file, a part at a time. Raises CannotBuild if it is gone, or is not what it was."""
    hashing = hashlib.sha256()
    try:
        with piece.kept.open("rb") as kept, path.open("wb") as copy:
            while block := kept.read(BLOCK):
                hashing.update(block)
                copy.write(block)
    except FileNotFoundError as error:
        raise CannotBuild(MISSING, piece.name) from error
    if hashing.hexdigest() != piece.sha256:
        raise CannotBuild(ALTERED, piece.name)
