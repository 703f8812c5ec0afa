"""Signed notes of C2SP (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature) with Ed25519 keys.

A note is text, an empty line and a line for each signature. A checkpoint is a note whose text says of which log,
how many leaves and which root.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519, COSIGNATURE = 1, 4
"""Kinds of signatures: of a log, and of a witness, whose signature carries the time."""
SIGN = "— "
PRIVATE = "PRIVATE+KEY+"
MOST_SIGNATURES = 64
LONGEST_NAME = 100
LARGEST = 2**63 - 1
"""The largest size of a tree that a database can keep."""


class BadNote(ValueError):
    """A note, a key or a signature that is not what it should be; the text says why."""


@dataclass(frozen=True)
class Verifier:
    """A public key under its name."""

    name: str
    kind: int
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes by which a signature says which key made it."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{key}"

    def signs(self, text: str, signature: bytes) -> bool:
        """Return whether the key made the signature of the text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message, signature = _timed(text, int.from_bytes(signature[:8])), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A private key under its name. As text it is a secret."""

    name: str
    seed: bytes = field(repr=False)

    def verifier(self, kind: int = ED25519) -> Verifier:
        """Return the public half."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(self.name, kind, key.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def secret(self) -> str:
        """Return the key as it is kept in a file, in the form of Go's golang.org/x/mod/sumdb/note."""
        key = base64.b64encode(bytes([ED25519]) + self.seed).decode()
        return f"{PRIVATE}{self.name}+{self.verifier().key_hash.hex()}+{key}"

    def sign(self, text: str) -> str:
        """Return the line of the log's signature."""
        return self._line(ED25519, self._signature(text.encode()))

    def cosign(self, text: str, at: datetime) -> str:
        """Return the line of a witness's signature at that time (cosignature/v1)."""
        seconds = int(at.timestamp())
        return self._line(COSIGNATURE, seconds.to_bytes(8) + self._signature(_timed(text, seconds)))

    def _signature(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def _line(self, kind: int, signature: bytes) -> str:
        return Signature(self.name, self.verifier(kind).key_hash, signature).line


class Signature(NamedTuple):
    """One signature under a note: the name, the key's hash and what that key made of the text."""

    name: str
    key_hash: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """Return the line in which it stands."""
        return f"{SIGN}{self.name} {base64.b64encode(self.key_hash + self.signature).decode()}\n"

    @property
    def time(self) -> datetime:
        """Return when a witness made it. Raises BadNote."""
        try:
            return datetime.fromtimestamp(int.from_bytes(self.signature[:8]), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise BadNote(f"the time of the signature of {self.name} is none") from error


@dataclass(frozen=True)
class Note:
    """A note as read."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, verifiers: Iterable[Verifier]) -> list[Verifier]:
        """Return the known keys that signed it. Raises BadNote if a signature of a known key does not hold."""
        return [verifier for verifier in verifiers if self.of(verifier)]

    def of(self, verifier: Verifier) -> Signature | None:
        """Return the signature of a key; None if there is none. Raises BadNote if it does not hold."""
        found = [one for one in self.signatures if one[:2] == (verifier.name, verifier.key_hash)]
        if not all(verifier.signs(self.text, one.signature) for one in found):
            raise BadNote(f"the signature of {verifier.name} does not hold")
        return found[0] if found else None


@dataclass(frozen=True)
class Tree:
    """What a checkpoint says: the log, the number of its leaves, the root over them, and when it was signed."""

    origin: str
    size: int
    root: bytes
    at: datetime | None = None

    def text(self) -> str:
        """Return the text that is signed. The time stands in an extension line."""
        extension = f"at {self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n" if self.at else ""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{extension}"


def is_name(text: str) -> bool:
    """Return whether a log or a witness may have this name: like `example.org/ledger`, without blanks and plus."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and " " not in text and "+" not in text


def read_verifier(text: str) -> Verifier:
    """Read a public key, as NAME+HASH+KEY. Raises BadNote."""
    try:
        name, key_hash, key = text.strip().split("+", 2)
        data = base64.b64decode(key, validate=True)
        verifier = Verifier(name, data[0], data[1:])
    except (ValueError, IndexError) as error:
        raise BadNote("this is not a public key of a log or a witness") from error
    if verifier.kind not in (ED25519, COSIGNATURE) or len(data) != 33 or verifier.key_hash.hex() != key_hash:
        raise BadNote("this public key is damaged, or of a kind that is not known")
    if not is_name(name):
        raise BadNote("the name of this public key is none")
    return verifier


def read_signer(text: str) -> Signer:
    """Read a private key, as `Signer.secret` writes it. Raises BadNote, whose text does not repeat the key."""
    try:
        name, key_hash, key = text.strip().removeprefix(PRIVATE).split("+", 2)
        data = base64.b64decode(key, validate=True)
        signer = Signer(name, data[1:])
        is_whole = signer.verifier().key_hash.hex() == key_hash and is_name(name)
        if not text.strip().startswith(PRIVATE) or data[0] != ED25519 or not is_whole:
            raise BadNote("this private key is damaged, or of a kind that is not known")
    except (ValueError, IndexError) as error:
        raise error if isinstance(error, BadNote) else BadNote("this is not a private key of a log") from None
    return signer


def read_note(text: str) -> Note:
    """Read a note. Raises BadNote."""
    body, found, rest = text.rpartition("\n\n")
    if not found or not rest.endswith("\n") or any(c < " " and c != "\n" for c in text):
        raise BadNote("this is not a signed note")
    lines = rest[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("this note has too many signatures")
    return Note(body + "\n", tuple(read_signature(line) for line in lines))


def read_signature(line: str) -> Signature:
    """Read the line of one signature. Raises BadNote."""
    name, space, encoded = line.removeprefix(SIGN).partition(" ")
    try:
        signed = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise BadNote("a signature of the note cannot be read") from error
    if not line.startswith(SIGN) or not space or not name or len(signed) < 5:
        raise BadNote("a signature of the note cannot be read")
    return Signature(name, signed[:4], signed[4:])


def read_tree(text: str) -> Tree:
    """Read what the text of a checkpoint says. Raises BadNote."""
    lines = text.split("\n")
    try:
        origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        extension = next((line[3:] for line in lines[3:] if line.startswith("at ")), "")
        at = datetime.strptime(extension, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if extension else None
    except (ValueError, IndexError) as error:
        raise BadNote("this is not a checkpoint") from error
    if not origin or lines[1] != str(size) or not 0 <= size <= LARGEST or len(root) != 32:
        raise BadNote("this is not a checkpoint")
    return Tree(origin, size, root, at)


def open_checkpoint(text: str, verifiers: Sequence[Verifier]) -> Tree:
    """Return what a checkpoint says that one of the known keys signed. Raises BadNote."""
    note = read_note(text)
    if not note.signed_by(verifiers):
        raise BadNote("the checkpoint is not signed by a known key of the log")
    return read_tree(note.text)


def _timed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
