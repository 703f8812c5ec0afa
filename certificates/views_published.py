"""What others verify certificates with, without asking us about one: keys, certificates, status lists.

Addresses stay for ever: they stand in credentials. All may be kept by caches for as long as a list says (`ttl`).
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from certificates import status_lists
from certificates.credentials import MEDIA_TYPE
from certificates.limits import Limit, client_network
from certificates.signing import chain, tokens
from certificates.signing.files import NoKey

PLAIN = "text/plain; charset=utf-8"
ASKED = Limit("published", most=600, seconds=10 * 60)
"""For one address. Between us and most readers there is a cache."""
View = Callable[..., HttpResponse]


def published(view: View) -> View:
    """Answer 429 to an address that asks too often, and 503 while there is no key: nothing is served unsigned."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **where: Any) -> HttpResponse:
        visitor = client_network(request)
        if ASKED.is_reached(visitor):
            return _refusal("too many requests\n", 429, ASKED.seconds)
        ASKED.count(visitor)
        try:
            response = view(request, *args, **where)
        except NoKey:
            return _refusal("there is no key now: this says nothing of any certificate\n", 503, 60)
        response["Cache-Control"] = f"public, max-age={status_lists.TTL.seconds}"
        response["Access-Control-Allow-Origin"] = (
            "*"  # verifiers may be pages of others; nothing here is secret
        )
        return response

    return answer


@published
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of tokens, as a JWK Set: the present one and those before it."""
    present = tokens.signer()
    known = {present.thumbprint(): present, **tokens.known(Path(settings.CREDENTIAL_KEYS_FILE))}
    return HttpResponse(tokens.as_text(known), content_type="application/jwk-set+json")


@published
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of the keys that sign files, the present one first, as PEM."""
    known = chain.known(Path(settings.SIGNING_CHAIN_FILE))
    text = b"".join(one.public_bytes(Encoding.PEM) for one in known)
    return HttpResponse(text, content_type="application/pem-certificate-chain")


@published
def status_list(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    """A status list, signed as it stands now."""
    if purpose not in status_lists.PURPOSES or not status_lists.is_there(number):
        raise Http404
    return HttpResponse(status_lists.published(number, purpose, timezone.now()), content_type=MEDIA_TYPE)


def _refusal(text: str, status: int, seconds: int) -> HttpResponse:
    response = HttpResponse(text, content_type=PLAIN, status=status)
    response["Retry-After"], response["Cache-Control"] = str(seconds), "no-store"
    return response
