"""The log of another system for tests: in memory, signed with its own key, served on a port of this machine.

It can be made to lie: its leaves may be changed, taken back or kept from the proofs.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from workflows.ledger import tree
from workflows.ledger.notes import Signer, Tree
from workflows.ledger.witnesses import Submission


@dataclass
class OtherLog:
    """A log of these leaves. `answers` are given in the place of what stands at a path: (status, text)."""

    signer: Signer
    leaves: list[bytes] = field(default_factory=lambda: [b"0", b"1", b"2"])
    port: int = 0
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return the address below which its checkpoints stand."""
        return f"http://127.0.0.1:{self.port}/ledger/"

    @property
    def setting(self) -> str:
        """Return the line by which a witness knows it."""
        return f"{self.signer.verifier()} {self.url}"

    def checkpoint(self, size: int | None = None) -> str:
        """Return the signed checkpoint of a size, the newest without one."""
        size = len(self.leaves) if size is None else size
        text = Tree(self.signer.name, size, self._roots([(0, size)])[0]).text()
        return f"{text}\n{self.signer.sign(text)}"

    def submission(self, old: int, size: int | None = None) -> Submission:
        """Return a checkpoint with the proof that it goes on from a tree of `old` leaves."""
        whole = len(self.leaves) if size is None else size
        proof = self._roots(tree.consistency(old, whole)) if 0 < old <= whole else []
        return Submission(old, tuple(proof), self.checkpoint(whole))

    def answer(self, address: str) -> tuple[int, str]:
        """Return what stands at an address."""
        parts = urlsplit(address)
        name = parts.path.rpartition("/")[2]
        if name in self.answers:
            return self.answers[name]
        if name == "checkpoint":
            return 200, self.checkpoint()
        asked = {key: int(value[0]) for key, value in parse_qs(parts.query).items()}
        return 200, self.submission(asked["from"], asked["to"]).text()

    def _roots(self, ranges: list[tree.Range]) -> list[bytes]:
        edge: list[bytes] = []
        stored = [
            new for at, leaf in enumerate(self.leaves) for new in tree.grow(at, edge, tree.leaf_hash(leaf))
        ]
        return [tree.root_of(one, dict(enumerate(stored))) for one in ranges]


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        """Give what is asked for."""
        self._say(*self.server.log.answer(self.path))

    def do_POST(self) -> None:
        """Keep what is handed in."""
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.log.posted.append(content)
        self._say(*self.server.log.answers.get("cosignatures", (200, "")))

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def other_log(signer: Signer) -> Iterator[OtherLog]:
    """Serve a log as long as the block does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.log = log = OtherLog(signer, port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield log
        server.shutdown()
        thread.join()
