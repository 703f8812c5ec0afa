"""My applications."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accreditation.models import Application, Organisation
from accreditation.queries.applicant import enterprises_of, listed_applications, next_cycle, open_cycles
from accreditation.states import EDITABLE, ENDED
from accreditation.views.paging import page_of
from accreditation.views.searching import sought


class SearchForm(forms.Form):
    """Find an application by its studio or number."""

    q = forms.CharField(label=_("工作室、编号或批次"), required=False, max_length=60)


@login_required
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """The applications of all enterprises that the user applies for."""
    search = sought(request)
    at = timezone.now()
    running = list(open_cycles(at))
    page = page_of(request, listed_applications(request.user, search))  # type: ignore[arg-type]
    context = {
        "page": page,
        "rows": [{"application": found, "holder": _holder(found)} for found in page],
        "form": SearchForm({"q": search}),
        "search": search,
        "enterprises": list(enterprises_of(request.user)),  # type: ignore[arg-type]
        "running": running,
        "next_cycle": None if running else next_cycle(at),
        "editable": EDITABLE,
    }
    return render(request, "applicant/applications.html", context)


def _holder(application: Application) -> Organisation | None:
    """Return the office that has the application now; None while it is the applicant's, and at its end."""
    return None if application.state in EDITABLE | ENDED else application.office_at(application.level)
