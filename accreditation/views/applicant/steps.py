"""A step of the form: shown, saved, and filled in further without being saved (a row more, a file less)."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accreditation.completeness import STEPS, step_title
from accreditation.face import dates
from accreditation.form_fields import ROW_NAMES, TABLES
from accreditation.models import Application, User
from accreditation.services.draft import Content, save_step
from accreditation.services.evidence import NewFile
from accreditation.states import EDITABLE
from accreditation.views.applicant.form_page import StepPage
from accreditation.views.applicant.own import own_application
from accreditation.views.refusing import posted_number, refused
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused, Stale


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Show a step, or save it."""
    if step not in STEPS:
        raise Http404
    found = own_application(request, public_id)
    if request.method == "POST":
        return (
            _fill_in(request, found, step) if _is_unfinished(request, step) else _save(request, found, step)
        )
    if found.state not in EDITABLE:
        return redirect("application", public_id)
    page = StepPage.stored(found, step, timezone.localdate())
    return render(request, "applicant/step.html", page.context(show_gaps=True))


def _save(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """Save what can be read. Files that can be taken are taken also when something else is to be mended."""
    page = StepPage.posted(application, step, timezone.localdate(), request)
    content, taken = page.content(), page.files.taken()
    try:
        page.application = _write(request, application, step, content, taken=taken)
    except Stale as stale:
        return _stale(request, page, stale)
    except NotReady as unready:
        _show(page, unready)
    except Refused as refusal:
        return _refused(request, page, refusal)
    page.edits = page.application.edits
    if page.problems():
        notice = _("文字内容已存。") if content is not None and not page.form.errors else _taken(taken)
        return render(request, "applicant/step.html", page.context() | {"notice": notice}, status=422)
    said = {"time": dates.clock(timezone.localtime()), "step": step_title(step)}
    messages.success(request, told(_("%(time)s已存：%(step)s") % said))
    return redirect(_next(request, application, step))


def _fill_in(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    """Draw the page again with a row more or less, everything else as it was typed; files change at once."""
    posted = StepPage.posted(application, step, timezone.localdate(), request)
    taken = posted.files.taken()
    removed = _codes(request.POST.getlist("remove-file"))
    try:
        if taken or removed:
            application = _write(request, application, step, None, taken=taken, removed=removed)
    except Refused as refusal:
        return _refused(request, posted, refusal)
    page = StepPage.typed(application, step, timezone.localdate(), request, request.POST.get("add", ""))
    page.edits = posted_number(request, "edits")
    notice = _gone(request, step) or (_("文件已移除。") if removed else "") or _taken(taken)
    if posted.files.errors:
        page.files = posted.files
    context = page.context() | {"notice": notice}
    return render(request, "applicant/step.html", context, status=422 if posted.files.errors else 200)


def _write(
    request: HttpRequest,
    application: Application,
    step: str,
    content: Content | None,
    *,
    taken: Sequence[NewFile],
    removed: Sequence[UUID] = (),
) -> Application:
    if content is None and not taken and not removed:
        return application
    save_step(
        application,
        step,
        content,
        by=cast(User, request.user),
        at=timezone.now(),
        expected_edits=posted_number(request, "edits"),
        files=taken,
        removed=removed,
    )
    return own_application(request, application.public_id)


def _stale(request: HttpRequest, page: StepPage, stale: Stale) -> HttpResponse:
    """Show what was typed; saving again from here writes it over what the other saved."""
    page.application = own_application(request, page.application.public_id)
    page.edits = page.application.edits
    said = {
        "name": "" if stale.by == request.user else getattr(stale.by, "name", ""),
        "at": dates.moment(stale.at, timezone.localdate().year) if stale.at else "",
    }
    context = page.context() | {"stale": said, "had_files": bool(page.files.taken())}
    return render(request, "applicant/step.html", context, status=stale.status)


def _refused(request: HttpRequest, page: StepPage, refusal: Refused) -> HttpResponse:
    address = reverse("application", args=[page.application.public_id])
    return refused(request, refusal, kept=page.words(), ways=[(_("看这份申报"), address)])


def _show(page: StepPage, unready: NotReady) -> None:
    for problem in unready.problems:
        page.form.add_error(
            problem.field if problem.field in page.form.fields else None, problem.message.rstrip("。")
        )


def _is_unfinished(request: HttpRequest, step: str) -> bool:
    """Whether the button that was pressed asks for a row more or less, or for a file less."""
    return "add" in request.POST or "remove-file" in request.POST or _row_gone(request, step) is not None


def _row_gone(request: HttpRequest, step: str) -> tuple[str, int] | None:
    for key in request.POST:
        table, number, last = [*key.split("-"), "", ""][:3]
        if last == "DELETE" and table in TABLES[step] and number.isdecimal():
            return table, int(number) + 1
    return None


def _gone(request: HttpRequest, step: str) -> str:
    gone = _row_gone(request, step)
    return (
        _("已移去%(row)s，保存后生效。") % {"row": str(ROW_NAMES[gone[0]]) % {"number": gone[1]}}
        if gone
        else ""
    )


def _taken(taken: Sequence[NewFile]) -> str:
    count = len(taken)
    return (
        ngettext("已上传%(count)d件文件。", "已上传%(count)d件文件。", count) % {"count": count}
        if count
        else ""
    )


def _codes(written: Sequence[str]) -> list[UUID]:
    codes = []
    for text in written:
        try:
            codes.append(UUID(text))
        except ValueError as error:
            raise Http404 from error
    return codes


def _next(request: HttpRequest, application: Application, step: str) -> str:
    if request.POST.get("go") == "back":
        return reverse("application", args=[application.public_id])
    place = STEPS.index(step) + 1
    if place == len(STEPS):
        return reverse("application-check", args=[application.public_id])
    return reverse("application-step", args=[application.public_id, STEPS[place]])
