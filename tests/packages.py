"""Case files in the hands of others: what is in a package, what a forger makes of it, what the verifier says."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.conf import settings

from accreditation.case_files.building import build_due
from accreditation.models import Application, CaseFile, User
from accreditation.services.case_files import ask
from workflows.ledger import tree
from workflows.ledger.notes import Signer, Tree, read_note, read_signer
from workflows.ledger.proofs import in_base64

VERIFY = settings.BASE_DIR / "verify" / "verify.py"
PROOF = "data/proof/"
EVENTS, CHECKPOINT, CONSISTENCY, SEALED, KEYS = (
    PROOF + name for name in ("events.jsonl", "checkpoint.txt", "consistency.jsonl", "sealed.txt", "keys.txt")
)
LATER = frozenset({EVENTS, CHECKPOINT, CONSISTENCY, SEALED})
Files = dict[str, bytes]


def built(application: Application, by: User, at: datetime) -> CaseFile:
    """Return the case file that somebody asks for and due work builds."""
    asked = ask(application, by=by, at=at)
    assert build_due(at) == 1, CaseFile.objects.get(pk=asked.pk).failed
    return CaseFile.objects.get(pk=asked.pk)


def unpacked(package: bytes) -> Files:
    """Return the files of a package by name, without the folder that they are in."""
    with ZipFile(BytesIO(package)) as packed:
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a package of these files."""
    target = BytesIO()
    with ZipFile(target, "w") as package:
        for name, content in files.items():
            package.writestr(f"case/{name}", content)
    return target.getvalue()


def with_manifests(files: Mapping[str, bytes]) -> Files:
    """Return the files with manifests and counts made anew, as anybody can."""
    made = {name: content for name, content in files.items() if name.startswith("data/")}
    manifest = "".join(f"{sha256(content)}  {name}\n" for name, content in sorted(made.items()))
    size = sum(map(len, made.values()))
    info = [
        f"Payload-Oxum: {size}.{len(made)}" if line.startswith("Payload-Oxum") else line
        for line in files.get("bag-info.txt", b"").decode(errors="surrogateescape").splitlines()
    ]
    tags = {name: content for name, content in files.items() if not name.startswith(("data/", "tagmanifest"))}
    tags["manifest-sha256.txt"] = manifest.encode()
    if "bag-info.txt" in files:
        tags["bag-info.txt"] = "".join(f"{line}\n" for line in info).encode(errors="surrogateescape")
    listed = "".join(f"{sha256(content)} {name}\n" for name, content in tags.items())
    return {**made, **tags, "tagmanifest-sha256.txt": listed.encode()}


def with_list(files: Mapping[str, bytes]) -> Files:
    """Return the files with the list of what was sealed made anew."""
    info = b"".join(
        line for line in files["bag-info.txt"].splitlines(True) if not line.startswith(b"Payload-Oxum")
    )
    listed = {
        name: info if name == "bag-info.txt" else content
        for name, content in files.items()
        if name not in LATER and "manifest" not in name
    }
    text = "".join(f"{sha256(content)}  {name}\n" for name, content in sorted(listed.items()))
    return {**files, SEALED: text.encode()}


def sha256(content: bytes) -> str:
    """Return the SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def records_of(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the events of a package as it has them."""
    return [json.loads(line) for line in files[EVENTS].decode().splitlines()]


def as_lines(records: list[dict[str, Any]]) -> bytes:
    """Return records as lines, in the one spelling."""
    return "".join(f"{spelled(record)}\n" for record in records).encode()


def spelled(value: Any) -> str:
    """Return JSON in its one spelling."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def forged(
    files: Mapping[str, bytes],
    change: Callable[[list[dict[str, Any]]], None],
    key: str,
    *,
    padding: int = 0,
) -> Files:
    """Return a package whose history was made anew after a change of its bodies: all hashes, and a new signature.

    `padding` are further leaves, that the log may be as long as it was.
    """
    bodies = [json.loads(record["body"]) for record in records_of(files)]
    personal = [record["personal"] for record in records_of(files)]
    change(bodies)
    sealed = with_list(dict(files) | {KEYS: f"{read_signer(key).verifier()}\n".encode()})
    head: dict[str, str] = {}
    for body in bodies:
        body["previous"] = head.get(body["stream"], "")
        if body["action"] == "seal_case_file":
            own = {
                one["stream"]: one["sequence"] for one in bodies if one["stream"].startswith("application/")
            }
            body["facts"]["streams"] = {name: [last, head[name]] for name, last in own.items()}
            body["facts"] |= {"sealed": sha256(sealed[SEALED]), "checkpoints": [0, 0]}
        head[body["stream"]] = sha256(spelled(body).encode())
    log = Log([spelled(body) for body in bodies] + ["{}"] * padding)
    records = [log.record(index) | {"personal": personal[index]} for index in range(len(bodies))]
    origin = read_note(files[CHECKPOINT].decode()).text.splitlines()[0]
    note = signed(read_signer(key), Tree(origin, len(log.bodies), log.root(len(log.bodies))))
    size = len(log.bodies)
    last = {"size": size, "root": in_base64([log.root(size)])[0], "proof": []}
    sealed |= {EVENTS: as_lines(records), CHECKPOINT: note.encode(), CONSISTENCY: as_lines([last])}
    return with_manifests(sealed)


@dataclass
class Log:
    """A log that somebody makes at home."""

    bodies: list[str]
    hashes: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        edge: list[bytes] = []
        for index, body in enumerate(self.bodies):
            new = tree.grow(index, edge, tree.leaf_hash(body.encode()))
            self.hashes.update(enumerate(new, start=tree.stored(index)))

    def root(self, size: int) -> bytes:
        """Return the root of the first leaves."""
        return tree.root_of((0, size), self.hashes)

    def record(self, index: int) -> dict[str, Any]:
        """Return a leaf with its proof."""
        paths = tree.inclusion(index, len(self.bodies))
        proof = in_base64(tree.root_of(path, self.hashes) for path in paths)
        return {"leaf": index, "body": self.bodies[index], "proof": proof, "personal": {}}


def signed(signer: Signer, what: Tree) -> str:
    """Return a checkpoint with the signature of this key."""
    return f"{what.text()}\n{signer.sign(what.text())}"


def run_alone(*arguments: str | Path, folder: Path, complains: bool = False) -> tuple[int, str]:
    """Run the verifier as an auditor does: its file alone, in a folder of its own, without anything of ours.

    Returns its exit code and what it said, or what it `complains` of.
    """
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFY), *map(str, arguments)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert bool(done.stderr) == complains, done.stderr
    return done.returncode, done.stderr or done.stdout


def loaded() -> Any:
    """Return the verifier as a module, for the many tampers that need no process of their own."""
    spec = importlib.util.spec_from_file_location("standalone_verifier", VERIFY)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(module: Any, path: Path, **options: Any) -> tuple[str, str]:
    """Return what is wrong with a case file and where, by the loaded verifier.

    ("proved", "") if nothing is, ("later", path) where a kept checkpoint cannot be compared.
    """
    asked = Namespace(kind="case", path=path, keys=None, checkpoint=[], consistency=None)
    vars(asked).update(options)
    told: list[Any] = []
    module.here[:] = ["?"]
    try:
        module.check_case(asked, told)
    except module.Refuted as refuted:
        return refuted.args[0], module.here[-1]
    except Exception as error:
        return ("signature" if type(error).__name__ == "InvalidSignature" else "unreadable"), module.here[-1]
    return next((("later", str(where)) for where, code, *_ in told if code == "later"), ("proved", ""))
