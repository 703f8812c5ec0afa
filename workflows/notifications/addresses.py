"""Send something to an address that somebody entered, without being led into our own network by it.

The name is resolved once, every address it stands for is checked, and the connection is made to a checked one:
asking the resolver again could answer differently. Redirects are not followed. Of the answer to `post` nothing is kept
but its number, so that a webhook cannot be used to read what only this machine reaches; `exchange` reads the answers
of addresses that the settings name.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address
TIMEOUT = 5.0
"""Seconds that each step may take: connecting, the handshake, each piece of the answer."""
DEADLINE = 10.0
"""Seconds after which a receiver that answers drop by drop is cut off."""
PORTS = {"https": 443, "http": 80}
NAT64 = ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """An address that nothing is sent to. `code` is why: scheme, unreadable, unknown or private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """Where to send: the name as it was written, and the checked address behind it."""

    is_tls: bool
    host: str
    port: int
    path: str
    address: Address

    @property
    def host_header(self) -> str:
        """Return the name for the receiver, with the port where it is not the usual one."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS["https" if self.is_tls else "http"] else f"{name}:{self.port}"


@dataclass(frozen=True)
class Answer:
    """What came of it. `code` is the number of the answer, or why there was none."""

    is_accepted: bool
    code: str


@dataclass(frozen=True)
class Reply:
    """An answer that was read: its number and what it said."""

    status: int
    content: bytes


class NoAnswer(Exception):
    """Nobody answered as one should. `code` is why: timeout, tls, refused, broken or long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def target(url: str) -> Target:
    """Return where a URL leads now. Raises NotAllowed: only to public addresses, or those of WEBHOOK_NETWORKS."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except (ValueError, UnicodeError):
        raise NotAllowed("unreadable") from None
    if parts.scheme not in settings.WEBHOOK_SCHEMES:
        raise NotAllowed("scheme")
    if not host or not port or parts.username is not None or parts.password is not None:
        raise NotAllowed("unreadable")
    found = _resolve(host, port)
    if not all(_is_allowed(address) for address in found):
        raise NotAllowed("private")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Target(parts.scheme == "https", host, port, f"{path}?{query}" if query else path, found[0])


def post(to: Target, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post the body; whatever goes wrong on the way is an answer too."""
    try:
        status = exchange(to, "POST", body, headers).status
    except NoAnswer as failure:
        return Answer(False, failure.code)
    return Answer(200 <= status < 300, str(status))


def exchange(
    to: Target, method: str, body: bytes | None, headers: Mapping[str, str], *, most: int = 0
) -> Reply:
    """Ask, and read up to `most` bytes of the answer (none: only its number). Raises NoAnswer."""
    try:
        return _exchange(to, method, body, headers, most)
    except TimeoutError:
        raise NoAnswer("timeout") from None
    except ssl.SSLError:
        raise NoAnswer("tls") from None
    except ConnectionRefusedError:
        raise NoAnswer("refused") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NoAnswer("broken") from None


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotAllowed("unknown") from None
    return [ip_address(str(one[4][0])) for one in found]


def _is_allowed(address: Address) -> bool:
    inner = _inside(address)
    if any(inner in ip_network(network) for network in settings.WEBHOOK_NETWORKS):
        return True
    return inner.is_global and not inner.is_multicast


def _inside(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _exchange(to: Target, method: str, body: bytes | None, headers: Mapping[str, str], most: int) -> Reply:
    line = _Line(to)
    clock = threading.Timer(DEADLINE, line.cut)
    clock.start()
    try:
        line.begin()
        connection = http.client.HTTPConnection(to.host, to.port, timeout=TIMEOUT)
        connection.sock = line.sock
        connection.request(method, to.path, body, {"Host": to.host_header, **headers})
        response = connection.getresponse()
        content = response.read(most + 1) if most else b""
    finally:
        clock.cancel()
        line.sock.close()
        if line.is_cut:
            raise TimeoutError
    if len(content) > most:
        raise NoAnswer("long")
    return Reply(response.status, content)


class _Line:
    """A connection that another thread can cut."""

    def __init__(self, to: Target) -> None:
        self._to = to
        self.is_cut = False
        self.sock = socket.create_connection((str(to.address), to.port), TIMEOUT)

    def begin(self) -> None:
        """Shake hands, where the address asks for it; the certificate must be that of the name."""
        if self._to.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self._to.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def cut(self) -> None:
        """End it; whoever reads from it finds it ended."""
        self.is_cut = True
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
