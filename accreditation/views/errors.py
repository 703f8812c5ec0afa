"""Pages for what went wrong before a view could answer. 400, 403, 404 and 500 need only their templates."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accreditation.views.late_forms import typed
from accreditation.views.telling import refusal


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: the page stood open too long, or another site sent it."""
    text = _(
        "页面打开得太久，或者浏览器没有带上本站的凭据，所以没有写入任何内容。退回上一页，重新打开后再提交一次；已填的内容可以先复制下来。"
    )
    return refusal(request, status=403, title=_("没有收到这次提交"), text=text, kept=typed(request))
