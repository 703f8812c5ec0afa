"""An office's own page: its members, what stands below it, and what was changed. Only for who manages it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.context import offices as offices_held
from accreditation.forms.office import LABELS, OrganisationForm, grant_meanings, kinds_below
from accreditation.forms.problems import show_problems
from accreditation.models import Organisation, User
from accreditation.permissions import MANAGE
from accreditation.queries import office as queries
from accreditation.services.offices import found_organisation
from accreditation.views.paging import page_of
from accreditation.views.refusing import refused
from accreditation.views.searching import sought
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused

EVENTS = 15  # a page of the history


def managed(request: HttpRequest, code: str) -> Organisation:
    """Return the organisation if the signed-in user manages it; to everybody else it is not there."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return get_object_or_404(queries.managed_organisations(user).select_related("parent"), code=code)


@login_required
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """The organisations that the user manages."""
    words = sought(request)
    managed_ones = queries.managed_organisations(request.user)  # type: ignore[arg-type]
    found = (
        managed_ones.filter(Q(name__icontains=words) | Q(code__icontains=words)) if words else managed_ones
    )
    page = page_of(request, queries.with_members(found))
    return render(request, "office/offices.html", {"page": page, "words": words})


@login_required
@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    """Members with their grants, the organisations directly below, and the changes."""
    organisation = managed(request, code)
    members = page_of(request, queries.current_members(organisation))
    children = page_of(request, queries.with_members(organisation.children.all()), "below")
    events = page_of(request, queries.events_of(organisation), "history", EVENTS)
    context = {
        "organisation": organisation,
        "members": members,
        "rows": queries.members_with_grants(organisation, members.object_list),
        "children": children,
        "events": events,
        "entries": queries.sentences(list(events.object_list)),
        "meanings": [(LABELS[grant], meaning) for grant, meaning in grant_meanings(organisation).items()],
        "takes_children": bool(kinds_below(organisation)),
        "opens_children": any(
            held.organisation == organisation and MANAGE in held.grants for held in offices_held(request)
        ),
    }
    return render(request, "office/office.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest, code: str) -> HttpResponse:
    """Enter an organisation directly below."""
    parent = managed(request, code)
    if not kinds_below(parent):
        raise Http404
    form = OrganisationForm(request.POST or None, parent=parent)
    if form.is_valid():
        try:
            organisation = found_organisation(
                parent=parent, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[(parent.name, reverse("office", args=[parent.code]))])
        else:
            messages.success(
                request, told(_("已设立%(name)s") % {"name": organisation.name}, _("在这里添加它的管理人。"))
            )
            return redirect("office", organisation.code)
    context = {"parent": parent, "form": form}
    return render(request, "office/found.html", context, status=422 if form.is_bound else 200)
