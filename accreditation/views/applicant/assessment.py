"""Self-assessment 自评: what the figures earn so far, and what would earn more."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.queries.documents import document_of
from accreditation.queries.rubrics import rubric_of_application
from accreditation.rubric_types import Good
from accreditation.scoring import self_assess
from accreditation.states import EDITABLE
from accreditation.views.applicant.own import own_application


@dataclass(frozen=True)
class Earned:
    """What a good has earned so far, as a bar. Without its pass line: what is judged is still to come."""

    good: Good
    points: Decimal
    line: None = None

    @property
    def max(self) -> Decimal:
        """The points of the good."""
        return self.good.points


@login_required
@require_safe
def assessment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Gates with their working, points by good with theirs."""
    found = own_application(request, public_id)
    rubric = rubric_of_application(found)
    assessed = self_assess(rubric, document_of(found), on=timezone.localdate())
    context = {
        "application": found,
        "rubric": rubric,
        "assessment": assessed,
        "bars": [Earned(entry.good, entry.earned) for entry in assessed.goods],
        "judged": sum(good.points for good in rubric.goods) - assessed.computable,
        "line": rubric.total_line(found.cycle.level),
        "good_percent": rubric.good_percent,
        "editable": found.state in EDITABLE,
    }
    return render(request, "applicant/assessment.html", context)
