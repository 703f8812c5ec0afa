"""What the systems of other unions send: cosignatures under our checkpoints, and theirs to be cosigned by us.

No session and no cookie stands behind these requests: what they carry is signed, and proves itself. So there is
nothing that another site could have a visitor's browser do in their name, and they are not asked for a CSRF token.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accreditation.views.ledger import limited, text
from workflows.ledger import witnesses
from workflows.ledger.complaints import complain
from workflows.ledger.keys import NoKey
from workflows.ledger.peers import BadSetting
from workflows.ledger.witnesses import Conflict, NotWitnessed

MOST = 64 * 1024
"""Bytes that such a request may have: a checkpoint has a few hundred, a proof at most 63 lines."""
SIZE = "text/x.tlog.size"

Taken = Callable[[str], str]


def _signed(view: Taken) -> Callable[[HttpRequest], HttpResponse]:
    """Make an address of a function from what was sent to what is answered, refusals included."""

    @csrf_exempt
    @require_POST
    @limited
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal() and len(length) < 9) or int(length) > MOST:
            return text("this is too long\n", 413)
        try:
            return text(view(request.body.decode()))
        except UnicodeDecodeError:
            return text("this is not text\n", 400)
        except Conflict as refusal:
            response = text(f"{refusal.kept}\n", refusal.status)
            response["Content-Type"] = SIZE
            return response
        except NotWitnessed as refusal:
            return text(f"{refusal}\n", refusal.status)
        except (NoKey, BadSetting) as error:
            complain("witnessing", str(error))
            return text("not set up to witness\n", 503)

    return answer


@_signed
def cosignatures(sent: str) -> str:
    """Take the cosignatures of known witnesses under one of our checkpoints; answer with their lines."""
    return "".join(one.line for one in witnesses.add_cosignatures(sent))


@_signed
def add_checkpoint(sent: str) -> str:
    """Cosign the checkpoint of a log that we witness (C2SP tlog-witness); answer with the line of the cosignature."""
    return witnesses.cosign(witnesses.read_submission(sent), timezone.now())
