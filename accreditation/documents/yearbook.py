"""年度名册: the register of a year on paper, with a cover and its contents."""

from datetime import date

from accreditation.documents.sheets import in_chinese, list_mark, pdf
from accreditation.queries.yearbook import Named, yearbook
from certificates.configuration import configuration
from certificates.kept import Request


@in_chinese
def yearly_register(year: int, today: date) -> Request | None:
    """Return the register of a year; None for a year that has none."""
    book = yearbook(year, today)
    if book is None:
        return None
    listed = [[chapter.body.name, *_line(row)] for chapter in book.chapters for row in chapter.rows]
    title = f"{configuration().title}年度名册（{year}年）"  # untranslated: a Chinese document
    return pdf(
        "yearbook",
        name=title,
        sheets=("yearbook",),
        title=title,
        mark=list_mark(listed, book.as_of),
        book=book,
        issuer=configuration().issuer,
        certificate_title=configuration().title,
    )


def _line(row: Named) -> list[str]:
    """What the list's hash is of."""
    named = row.designation
    return [
        named.studio.name,
        named.studio.enterprise.name,
        named.studio.leader_name,
        named.level,
        row.number,
        named.valid_until.isoformat(),
        row.revoked_on.isoformat() if row.revoked_on else "",
    ]
