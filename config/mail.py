"""Read a mail server's address (12-factor style) into Django's settings."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """A mail server; without a `host` there is none."""

    host: str
    port: int
    user: str
    password: str
    starts_tls: bool
    is_tls: bool


def mail_from_url(url: str) -> MailServer:
    """Return the server of `smtp://USER:PASSWORD@HOST:PORT`; "" means that nothing is mailed.

    `smtp+tls://` begins in the clear and turns to TLS (STARTTLS), `smtps://` is TLS from the start. Raises
    ValueError for any other scheme.
    """
    parts = urlsplit(url)
    if url and (parts.scheme not in PORTS or not parts.hostname):
        raise ValueError(
            f"WUHAO_EMAIL_URL: {parts.scheme!r} is not supported; use smtp://, smtp+tls:// or smtps://"
        )
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or PORTS.get(parts.scheme, 0),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starts_tls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
    )
