"""公示: a public notice as a document."""

from accreditation.documents.sheets import in_chinese, list_mark, pdf
from accreditation.documents.titles import title_lines
from accreditation.models import Notice
from accreditation.queries.notices import announced
from certificates.configuration import configuration
from certificates.kept import Request
from workflows.working_days import working_days_in


@in_chinese
def public_notice(notice: Notice) -> Request:
    """Return the notice with its list by district; what was taken off it since is marked."""
    groups = announced(notice, notice.last_day)
    listed = [
        [
            group.organisation.name,
            row.application.studio.name,
            row.application.enterprise.name,
            row.standing == "off",
        ]
        for group in groups
        for row in group.rows
    ]
    return pdf(
        "public_notice",
        name=notice.title,
        sheets=("official",),
        title=notice.title,
        mark=list_mark([notice.title, listed], notice.published_at),
        lines=title_lines(notice.title),
        notice=notice,
        city=notice.cycle.city,
        groups=groups,
        count=len(listed),
        days=working_days_in(notice.first_day, notice.last_day),
        certificate_title=configuration().title,
    )
