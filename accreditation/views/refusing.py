"""Every refusal of the engine as a page: who acted, when, what next; what was typed is kept."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accreditation.face import dates, signs
from accreditation.views.telling import Way, refusal
from workflows.refusals import NotPermitted, NotReady, Refused, Stale

UNREADABLE = -1
"""No row has this version: a page that carries none counts as out of date."""


def posted_version(request: HttpRequest) -> int:
    """Return the version that the form's page was made from; what cannot be read is out of date."""
    return posted_number(request, "version")


def posted_number(request: HttpRequest, name: str) -> int:
    """Return a count that the form's page carries; what cannot be read is out of date."""
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else UNREADABLE


def refused(
    request: HttpRequest, refused_by: Refused, kept: str = "", ways: Iterable[Way] = ()
) -> HttpResponse:
    """Answer a refusal with its page (403, 409 or 422). `kept` is what the user wrote; `ways` lead on from here.

    A view that can show its form again does that for NotReady; here its problems are only listed. Who has not
    declared their interests yet is led there, and back to the page below which the form was sent to.
    """
    undeclared = getattr(refused_by, "code", "") == "undeclared"
    if undeclared and not kept:
        return redirect(_to_declare(request))
    if undeclared:
        ways = [(_("去申明利害关系"), _to_declare(request)), *ways]
    title, text = words_of(request, refused_by)
    if said_twice(request, refused_by):
        kept = ""
    if kept:
        text = _("%(text)s您写的理由还在下方，可以复制。") % {"text": text}
    return refusal(request, status=refused_by.status, title=title, text=text, ways=ways, kept=kept)


def _to_declare(request: HttpRequest) -> str:
    page = request.path.rstrip("/").rpartition("/")[0] + "/"
    return f"{reverse('declarations')}?{urlencode({'next': page})}"


def words_of(request: HttpRequest, refused_by: Refused) -> tuple[str, str]:
    """Return a refusal in words: a title, and what follows."""
    if isinstance(refused_by, Stale):
        return _stale(request, refused_by)
    if isinstance(refused_by, NotPermitted):
        return _("不能由您办理"), refused_by.reason or _("您没有办理这一环节的权限。")
    if isinstance(refused_by, NotReady):
        return _("还不能办理"), _("；").join(problem.message for problem in refused_by.problems)
    return _("现在不能办理"), refused_by.reason or _("这一件已经进入其他环节。")


def said_twice(request: HttpRequest, refused_by: Refused) -> bool:
    """Return whether it was refused because the user had acted just before: a form sent twice."""
    return isinstance(refused_by, Stale) and refused_by.by is not None and refused_by.by == request.user


def _stale(request: HttpRequest, stale: Stale) -> tuple[str, str]:
    """Say who acted when; somebody who pressed twice reads that the first time counted."""
    if stale.at is None:
        return stale.reason.rstrip("。"), _("您的决定没有写入。")
    said = {
        "at": dates.moment(stale.at, timezone.localdate().year),
        "action": signs.action_sign(stale.action).word,
        "name": getattr(stale.by, "name", ""),
    }
    if said_twice(request, stale):
        return _("这一件您已于%(at)s%(action)s") % said, _("已经写入一次，重复的提交没有写入。")
    if not said["name"]:
        return _("这一件已于%(at)s%(action)s") % said, _("您的决定没有写入。")
    return _("这一件已由%(name)s于%(at)s%(action)s") % said, _("您的决定没有写入。")
