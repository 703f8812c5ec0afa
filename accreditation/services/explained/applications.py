"""The columns of applications that only events may change, and the rulings on objections."""

from collections.abc import Mapping, Sequence

from accreditation.models import Application, Objection
from accreditation.services.explained.comparing import hold, missing, place_of, stray
from accreditation.services.explained.histories import History
from workflows.ledger.verification.broken import Place

Applications = Sequence[Application]


def check_applications(rows: Applications, said: Mapping[str, History]) -> int:
    """Check the columns of these applications; return how many they are. Raises Broken."""
    for row in rows:
        history = said[row.stream]
        known = history.known
        expected = {
            "version": history.version,
            "revision_number": known.revision,
            "total": known.total,
            "submitted_at": known.submitted_at,
            "recommended_at": known.recommended_at,
            "owed_to": known.owed_to,
            "notice": known.notice,
            "notice_ends_on": known.notice_ends_on,
            "notice_days_left": known.notice_days_left,
        }
        if known.process:  # what was submitted before there were versions does not say so
            expected |= {"process_version": known.process, "rubric": known.rubric}
        found = {name: getattr(row, name) for name in expected if name not in {"notice", "rubric"}} | {
            "notice": str(row.notice.public_id) if row.notice else "",
            "rubric": row.rubric.version if row.rubric else "",
        }
        hold(place_of(row, row.stream), expected, found)
    return 0


def check_objections(rows: Applications, said: Mapping[str, History]) -> int:
    """Check that the objections are those that were filed, with the rulings on them; return how many. Raises Broken."""
    found = {str(one.public_id): one for one in Objection.objects.filter(application__in=rows)}
    explained = set()
    for row in rows:
        for code, ruling in said[row.stream].known.objections.items():
            objection = found.get(code)
            if objection is None or objection.application_id != row.pk:
                raise missing(Place(Objection._meta.db_table, code, row.stream))
            expected = {"filed_at": ruling.filed_at, "outcome": ruling.outcome, "ruled_at": ruling.ruled_at}
            hold(place_of(objection, row.stream), expected, vars(objection))
            explained.add(code)
    for code, objection in found.items():
        if code not in explained:
            raise stray(objection)
    return len(found)
