"""One event with the proof of it, as a file that `verify/verify.py` checks without this system."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accreditation.models import Application
from accreditation.queries.evidence import reading_for
from accreditation.queries.record import READING
from accreditation.queries.timeline import may_know
from accreditation.services.journals import exported
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal
from accreditation.views.timeline import seen
from workflows.ledger.checkpoints import covering
from workflows.ledger.keys import CannotSign, verifiers
from workflows.ledger.proofs import FORMAT, proven
from workflows.models import Checkpoint, Event


@login_required
@require_GET
def event_proof(request: SignedInRequest, public_id: Any, event: str) -> HttpResponse:
    """The event (12; r12 of who opened files) with its proof, a checkpoint that holds it, and the public keys.

    For auditors; a checkpoint is signed if none holds the event yet. That it was taken out is itself an event.
    """
    application, part = seen(request, public_id)
    if not part.audits:
        raise Http404
    row, now = _named(application, event), timezone.now()
    if row.stream == application.stream and not may_know(application, row, part):
        raise Http404
    try:
        checkpoint = covering(row, now)
        text = _file(row, checkpoint) if checkpoint else ""
    except (CannotSign, KeyError, ValueError):
        text = ""
    if not text:
        way = (_("返回经过"), reverse("timeline", args=[public_id]))
        said = _("没有能签署检查点的密钥，或者总记录的存证有缺损。管理员运行verify_ledger可以查明。")
        return refusal(request, status=409, title=_("这一条现在取不出证明"), text=said, ways=[way])
    capacity = reading_for(application, request.user, now)
    exported(
        by=request.user,
        at=now,
        what="events",
        count=1,
        office=capacity.office,
        role=capacity.role,
        application=str(application.public_id),
        stream=row.stream,
        sequence=row.sequence,
    )
    answer = HttpResponse(text, content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="{application.number}-{event}.jsonl"'
    return answer


def _named(application: Application, code: str) -> Event:
    """Return the event that the address names; 404 where there is none."""
    stream = application.stream
    if code.startswith("r"):
        stream, code = f"{READING}/{application.public_id}", code[1:]
    if not (code.isascii() and code.isdecimal() and len(code) < 10):
        raise Http404
    rows = Event.objects.select_related("leaf", "payload")
    return get_object_or_404(rows, stream=stream, sequence=int(code))


def _file(event: Event, checkpoint: Checkpoint) -> str:
    row = Event.objects.select_related("leaf", "payload").get(
        pk=event.pk
    )  # it may have been numbered just now
    signed = {"format": FORMAT, "checkpoint": checkpoint.note, "keys": [str(key) for key in verifiers()]}
    lines = [signed, *proven([row], checkpoint)]
    return "".join(f"{json.dumps(line, ensure_ascii=False, separators=(',', ':'))}\n" for line in lines)
