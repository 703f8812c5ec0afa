"""A receiver of webhooks for tests: an HTTP server on a port of this machine that keeps what it is given."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Post:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What has arrived, and how the server answers: a status, or "slow", "drip" or "hang up"."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    answer: int | str = 204
    location: str = ""

    @property
    def url(self) -> str:
        """Return the address of the receiver."""
        return f"http://127.0.0.1:{self.port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        """Keep the request, answer as told."""
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.posts.append(Post(self.path, dict(self.headers), body))
        if isinstance(receiver.answer, int):
            self.send_response(receiver.answer)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
        else:
            with suppress(OSError):
                self._badly(receiver.answer)

    def _badly(self, how: str) -> None:
        if how == "slow":
            time.sleep(3)
        if how == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(100):
                self.wfile.write(b"X-%d: drop\r\n" % number)
                time.sleep(0.1)
        self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def web_server() -> Iterator[Receiver]:
    """Run a receiver as long as the block does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.receiver = receiver = Receiver(port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
