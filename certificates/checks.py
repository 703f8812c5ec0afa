"""What `manage.py check --deploy` says of the keys that sign certificates."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.utils import timezone

from certificates.signing import chain, seals, tokens
from certificates.signing.files import CannotSign, NoKey

OTHERS = 0o077
"""The bits of a file's mode by which anybody but its owner may do anything with it."""


def check_keys(**_options: Any) -> list[CheckMessage]:
    """Certificates can be sealed and their tokens signed, and the keys are nobody else's."""
    try:
        provider = seals.ready(timezone.now())
        tokens.signer()
        tokens.known(Path(settings.CREDENTIAL_KEYS_FILE))
    except CannotSign as error:
        return [Error(str(error), hint="Without it certificates wait.", id="certificates.E001")]
    except ImportError as error:
        return [Error(f"WUHAO_SEAL_PROVIDER: {error}", id="certificates.E003")]
    return [*_of_files(), *([] if provider.is_legal else _of_seal(provider))]


def _of_files() -> Iterator[CheckMessage]:
    for path in (Path(settings.SIGNING_KEY_FILE), Path(settings.CREDENTIAL_KEY_FILE)):
        if path.exists() and path.stat().st_mode & OTHERS:
            text = f"{path} can be read by others than its owner."
            yield Error(text, hint=f"chmod 600 {path}", id="certificates.E002")


def _of_seal(provider: seals.SealProvider) -> Iterator[CheckMessage]:
    text = f"Certificates are sealed with: {provider.label}."
    yield Info(text, hint="A licensed service is named by WUHAO_SEAL_PROVIDER.", id="certificates.I001")
    with suppress(NoKey):  # another provider has its own keys
        if not chain.holder().is_trial:
            return
        yield Info(
            "The certificate that signs was made for trying: nobody vouches for it.",
            hint=f"Put that of a certification authority into {settings.SIGNING_CHAIN_FILE}.",
            id="certificates.I002",
        )
