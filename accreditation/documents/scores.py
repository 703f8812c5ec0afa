"""评分汇总表: the candidates of a cycle with their scores, for the city's meeting."""

from accreditation.documents.sheets import in_chinese, list_mark, pdf
from accreditation.models import Cycle
from accreditation.queries.cycle_overview import total_line
from accreditation.queries.meetings import Candidate, balance, candidates
from accreditation.queries.rubrics import rubric_of
from certificates.kept import Request


@in_chinese
def score_summary(cycle: Cycle) -> tuple[Request, int]:
    """Return the summary as it stands, and how many candidates are in it."""
    listed = candidates(cycle)
    passing = [one.application.pk for one in listed if one.is_open and one.passes]
    since = max((one.application.state_since for one in listed), default=None)
    summary = pdf(
        "score_summary",
        name=f"{cycle.title}评分汇总表",  # untranslated: a Chinese document
        sheets=("wide",),
        title=f"{cycle.title}评分汇总表",  # untranslated: a Chinese document
        mark=list_mark([_line(one) for one in listed], since),
        cycle=cycle,
        goods=rubric_of(cycle).goods,
        line=total_line(cycle),
        candidates=listed,
        balance=balance(cycle, listed, passing),
        waiting=sum(one.is_open for one in listed),
        passing=len(passing),
        since=since,
    )
    return summary, len(listed)


def _line(one: Candidate) -> list[str]:
    """What the list's hash is of: number, studio, enterprise, total, state."""
    application = one.application
    return [
        application.number,
        application.studio.name,
        application.enterprise.name,
        str(one.ranked.result.total),
        application.state,
    ]
