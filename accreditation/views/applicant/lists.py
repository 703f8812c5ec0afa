"""My applications."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accreditation.queries.applicant import enterprises_of, listed_applications, next_cycle, open_cycles
from accreditation.states import EDITABLE
from accreditation.views.paging import page_of


class SearchForm(forms.Form):
    """Find an application by its studio or number."""

    q = forms.CharField(label=_("工作室、编号或批次"), required=False, max_length=60)


@login_required
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """The applications of all enterprises that the user applies for."""
    search = request.GET.get("q", "").strip()[:60]
    at = timezone.now()
    running = list(open_cycles(at))
    context = {
        "page": page_of(request, listed_applications(request.user, search)),  # type: ignore[arg-type]
        "form": SearchForm({"q": search}),
        "search": search,
        "enterprises": list(enterprises_of(request.user)),  # type: ignore[arg-type]
        "running": running,
        "next_cycle": None if running else next_cycle(at),
        "editable": EDITABLE,
    }
    return render(request, "applicant/applications.html", context)
