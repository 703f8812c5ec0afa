"""A mail server for tests: it speaks SMTP on a port of this machine and keeps what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Postbox:
    """What has arrived, and which addresses the server refuses; "*" is a server that takes nothing at all."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters to an address."""
        return [letter for letter in self.letters if letter["To"] == address]


class _Session(socketserver.StreamRequestHandler):
    """One connection. The commands are those that smtplib sends."""

    server: Any

    def handle(self) -> None:
        postbox: Postbox = self.server.postbox
        postbox.connections += 1
        self._say("554 no" if "*" in postbox.refused else "220 tests")
        refused = False
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command.upper().partition(" ")[0]
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._say("354 go on")
                postbox.letters.append(self._letter())
            if verb == "RCPT":
                refused = any(address in command for address in postbox.refused)
            self._say("550 nobody of that name" if verb == "RCPT" and refused else "250 ok")

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Postbox]:
    """Run a server as long as the block does."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.postbox = postbox = Postbox(port=server.server_address[1])  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield postbox
        server.shutdown()
        thread.join()
