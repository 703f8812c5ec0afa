"""Signed tokens (JWS, EdDSA on Ed25519), the key that signs them, and the public keys of it and those before it."""

import json
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from certificates.signing.files import NoKey, State, content_of, state_of

ALGORITHM = "EdDSA"
TYPE, CONTENT = "vc+jwt", "vc"
"""What the header calls them: W3C VC-JOSE-COSE."""
Keys = dict[str, OKPKey]
"""Public keys by their thumbprint (RFC 7638)."""
# RFC 9864 would have it called "Ed25519", which those who check tokens know less often. The curve is held to below.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)


class BadToken(Exception):
    """A text that is no token of a known key; the text says why."""


def signed(claims: Mapping[str, Any]) -> str:
    """Return a token of these claims: the same text for the same claims and key. Raises NoKey."""
    key = signer()
    header = {"alg": ALGORITHM, "typ": TYPE, "cty": CONTENT, "kid": key.thumbprint()}
    return jwt.encode(header, dict(claims), key, [ALGORITHM])


def read(token: str, keys: Keys) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed. Raises BadToken."""
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
        key = keys[header["kid"]]
        found = jwt.decode(token, key, [ALGORITHM])
    except KeyError:
        raise BadToken("it is signed with none of the known keys") from None
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken(f"its signature does not hold: {error}") from None
    if (found.header.get("typ"), found.header.get("cty")) != (TYPE, CONTENT):
        raise BadToken("it is a token of another kind")
    return found.claims


def signer() -> OKPKey:
    """Return the key that signs, read once as long as the file stays. Raises NoKey."""
    return _signer(state_of(Path(settings.CREDENTIAL_KEY_FILE)))


def known(path: Path) -> Keys:
    """Return the public keys in a file (a JWK Set, RFC 7517). Raises NoKey."""
    return _known(state_of(path))


def as_text(keys: Keys) -> str:
    """Return public keys as a JWK Set."""
    members = [
        key.as_dict(private=False) | {"kid": kid, "alg": ALGORITHM, "use": "sig"} for kid, key in keys.items()
    ]
    return json.dumps({"keys": members}, indent=1) + "\n"


def key_of(document: Any) -> OKPKey:
    """Return the key that a JWK is. Raises ValueError if it is none on Ed25519."""
    try:
        key = OKPKey.import_key(
            {name: document[name] for name in ("kty", "crv", "x", "d") if name in document}
        )
    except (JoseError, TypeError, KeyError) as error:
        raise ValueError(str(error)) from None
    if key.curve_name != "Ed25519":
        raise ValueError("it is no key on Ed25519")
    return key


@lru_cache(maxsize=2)
def _signer(file: State) -> OKPKey:
    try:
        key = key_of(json.loads(content_of(Path(file[0]))))
    except ValueError:
        raise NoKey(f"{file[0]} holds no Ed25519 key as a JWK") from None
    if not key.is_private:
        raise NoKey(f"{file[0]} holds a public key, which signs nothing")
    return key


@lru_cache(maxsize=4)
def _known(file: State) -> Keys:
    try:
        members = [key_of(one) for one in json.loads(content_of(Path(file[0])))["keys"]]
    except (ValueError, TypeError, KeyError) as error:
        raise NoKey(f"{file[0]} is no JWK Set of Ed25519 keys: {error}") from None
    return {key.thumbprint(): key for key in members}
