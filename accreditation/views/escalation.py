"""超时升级: who of an office gets its overdue work."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.problems import show_problems
from accreditation.forms.tasks import EscalationForm
from accreditation.queries.office import deciding_members
from accreditation.services.escalation import set_escalation
from accreditation.views.office import managed
from accreditation.views.office_members import back_to
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def escalation(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose one of the members who decide, or nobody."""
    organisation = managed(request, code)
    if organisation.level is None:
        raise Http404
    members = list(deciding_members(organisation))
    form = EscalationForm(request.POST if request.method == "POST" else None, members=members)
    named = organisation.escalates_to
    form.initial = {"person": str(named.public_id) if named else ""}
    if form.is_valid():
        person = form.cleaned_data["person"]
        try:
            set_escalation(organisation, person, by=request.user, at=timezone.now())
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[back_to(organisation)])
        else:
            said = _("逾期事项交给%(name)s") % {"name": person.name} if person else _("逾期事项不再升级")
            messages.success(request, told(said, _("改动即时生效，并记入经过。")))
            return redirect("office", organisation.code)
    context = {"organisation": organisation, "form": form, "members": members}
    return render(request, "tasks/escalation.html", context, status=422 if form.is_bound else 200)
