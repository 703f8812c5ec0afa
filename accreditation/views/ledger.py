"""The log in public: its checkpoints, their proofs, and its keys. They prove the records without showing them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import offices
from accreditation.permissions import AUDIT
from accreditation.queries import ledger as queries
from accreditation.services import checkpoint_letters as services
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from accreditation.views.throttle import LEDGER
from certificates.limits import client_network
from workflows.ledger import keys
from workflows.ledger.copies import file_name
from workflows.ledger.notes import LARGEST
from workflows.ledger.witnesses import with_cosignatures
from workflows.models import CheckpointReader
from workflows.notifications.mail import is_set_up
from workflows.refusals import Refused

SHORT, LONG = 60, 3600
"""Seconds that a copy may be kept between us and the reader: of what changes, and of what only gets cosignatures."""

ROWS = 15
"""Below them, on a phone, stand the ways to keep one."""
Text = Callable[..., HttpResponse]


def limited(view: Text) -> Text:
    """Answer 429 to an address that asks too often."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **where: Any) -> HttpResponse:
        if LEDGER.is_reached(client_network(request)):
            response = text("too many requests\n", 429)
            response["Retry-After"] = str(LEDGER.seconds)
            return response
        LEDGER.count(client_network(request))
        return view(request, *args, **where)

    return answer


def text(content: str, status: int = 200, *, keep: int = 0, name: str = "") -> HttpResponse:
    """Return plain text that may be kept for so many seconds; `name` is that of the file if it is saved."""
    response = HttpResponse(content, content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = f"public, max-age={keep}" if keep else "no-store"
    if name:
        response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The checkpoints, and what they are good for."""
    page = page_of(request, queries.checkpoints(), size=ROWS)
    context = {
        "page": page,
        "rows": queries.rows(page.object_list),
        "newest": queries.of_size(None),
        "every": settings.LEDGER_CHECKPOINT_EVERY // 60,
        "audits": any(AUDIT in office.grants for office in offices(request)),
        "is_reader": request.user.is_authenticated
        and CheckpointReader.objects.filter(user=request.user).exists(),
        "mail_is_set_up": is_set_up(),
    }
    return render(request, "ledger/ledger.html", context)


@require_safe
@limited
def latest(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, as a signed note."""
    return _note(None, SHORT)


@require_safe
@limited
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """The checkpoint of a size, with the signatures of its witnesses so far."""
    return _note(size, LONG)


@require_safe
@limited
def public_keys(request: HttpRequest) -> HttpResponse:
    """The keys that sign and have signed the log, one a line."""
    try:
        known = keys.verifiers()
    except keys.NoKey:
        raise Http404 from None
    return text("".join(f"{one}\n" for one in known), keep=SHORT, name="ledger.keys")


@require_safe
@limited
def consistency(request: HttpRequest) -> HttpResponse:
    """The proof that the checkpoint of size `to` (the newest) goes on from a tree of `from` leaves."""
    old, to = _number(request, "from"), queries.of_size(_asked(request, "to"))
    proof = queries.consistency(old, to) if to else None
    if to is None or proof is None:
        raise Http404
    return text(proof, keep=LONG if "to" in request.GET else SHORT, name=f"consistency-{old}-{to.size}.txt")


@require_safe
@limited
def inclusion(request: HttpRequest) -> HttpResponse:
    """The proof that the checkpoint of a size (the newest) holds a leaf."""
    leaf, within = _number(request, "leaf"), queries.of_size(_asked(request, "size"))
    proof = queries.inclusion(leaf, within) if within else None
    if proof is None:
        raise Http404
    return text(proof, keep=LONG if "size" in request.GET else SHORT, name=f"leaf-{leaf}.tlog-proof")


@login_required
@posted
def letters(request: SignedInRequest) -> HttpResponse:
    """Begin or end to have checkpoints mailed."""
    at, ends = timezone.now(), request.POST.get("do") == "stop"
    try:
        done = services.stop(by=request.user, at=at) if ends else services.ask(by=request.user, at=at)
    except Refused as refusal:
        return refused(request, refusal)
    if ends:
        messages.success(request, told(_("不再寄检查点") if done else _("本来就没有寄检查点")))
    else:
        after = _("最新的一个很快寄到，以后有了新的，每个工作日8:00后寄一封。")
        messages.success(request, told(_("已订阅检查点") if done else _("已经订阅过检查点"), after))
    return redirect("ledger")


def _note(size: int | None, keep: int) -> HttpResponse:
    found = queries.of_size(size)
    if found is None:
        raise Http404
    return text(with_cosignatures(found), keep=keep, name=file_name(found))


def _asked(request: HttpRequest, name: str) -> int | None:
    return _number(request, name) if name in request.GET else None


def _number(request: HttpRequest, name: str) -> int:
    said = request.GET.get(name, "").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 20 and int(said) <= LARGEST):
        raise Http404
    return int(said)
