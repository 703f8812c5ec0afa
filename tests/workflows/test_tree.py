"""The Merkle tree and the signed notes: as Go's tlog and note have them, and as RFC 6962 defines them."""

import hashlib
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.ledger import notes, tree
from workflows.ledger.notes import (
    BadNote,
    Signer,
    Tree,
    open_checkpoint,
    read_note,
    read_signer,
    read_verifier,
)
from workflows.ledger.tree import BadProof

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "tlog.json").read_text())
SIZES = st.integers(1, 130)
AT = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
SIGNER = Signer("example.org/ledger", bytes(range(32)))
OTHER = Signer("example.org/ledger", bytes(range(1, 33)))


def content(number: int) -> bytes:
    return b"%d" % number


def hashes_of(size: int) -> list[bytes]:
    """Return the hashes that are stored for a tree, in the order of their positions."""
    edge: list[bytes] = []
    return [new for number in range(size) for new in tree.grow(number, edge, tree.leaf_hash(content(number)))]


def roots(hashes: list[bytes], ranges: list[tree.Range]) -> list[bytes]:
    return [tree.root_of(one, dict(enumerate(hashes))) for one in ranges]


# What RFC 6962 says, word for word.


def defined_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + defined_root(leaves[:k]) + defined_root(leaves[k:])).digest()


def defined_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*defined_path(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined_root(leaves[:k])]


def defined_proof(m: int, leaves: list[bytes], is_whole: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if is_whole else [defined_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*defined_proof(m, leaves[:k], is_whole), defined_root(leaves[k:])]
    return [*defined_proof(m - k, leaves[k:], False), defined_root(leaves[:k])]


def split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


@st.composite
def leaf_and_size(draw: Any) -> tuple[int, int]:
    size = draw(SIZES)
    return draw(st.integers(0, size - 1)), size


@pytest.mark.parametrize("vector", VECTORS["vec"], ids=lambda one: f"{one['i']} of {one['n']}")
def test_inclusion_and_notes_are_those_that_go_accepted(vector: dict[str, Any]) -> None:
    hashes = hashes_of(vector["n"])
    said = open_checkpoint(vector["note"], [read_verifier(VECTORS["vkey"])])
    proof = roots(hashes, tree.inclusion(vector["i"], vector["n"]))
    assert (said.size, [said.root]) == (vector["n"], roots(hashes, [(0, vector["n"])]))
    assert [b64encode(one).decode() for one in proof] == vector["proof"]
    tree.check_inclusion(vector["i"], said.size, tree.leaf_hash(b64decode(vector["data"])), proof, said.root)


@pytest.mark.parametrize("vector", VECTORS["cons"], ids=lambda one: f"{one['m']} in {one['n']}")
def test_consistency_is_that_which_go_accepted(vector: dict[str, Any]) -> None:
    old, size = vector["m"], vector["n"]
    proof = roots(hashes_of(size), tree.consistency(old, size))
    assert [b64encode(one).decode() for one in proof] == vector["proof"]
    tree.check_consistency(old, b64decode(vector["rm"]), size, b64decode(vector["rn"]), proof)


@given(leaf_and_size())
def test_roots_and_proofs_are_those_of_the_rfc_and_hold(where: tuple[int, int]) -> None:
    index, size = where
    leaves, hashes = [content(number) for number in range(size)], hashes_of(size)
    assert len(hashes) == tree.stored(size)
    [root] = roots(hashes, [(0, size)])
    path = roots(hashes, tree.inclusion(index, size))
    assert (root, path) == (defined_root(leaves), defined_path(index, leaves))
    tree.check_inclusion(index, size, tree.leaf_hash(leaves[index]), path, root)

    old = index + 1
    proof = roots(hashes, tree.consistency(old, size))
    assert proof == defined_proof(old, leaves)
    tree.check_consistency(old, defined_root(leaves[:old]), size, root, proof)


@given(leaf_and_size(), st.data())
def test_a_changed_proof_is_refused(where: tuple[int, int], data: st.DataObject) -> None:
    index, size = where
    hashes = hashes_of(size)
    [root, old_root] = roots(hashes, [(0, size), (0, index + 1)])
    leaf = tree.leaf_hash(content(index))
    for proof, check in (
        (
            roots(hashes, tree.inclusion(index, size)),
            lambda changed: tree.check_inclusion(index, size, leaf, changed, root),
        ),
        (
            roots(hashes, tree.consistency(index + 1, size)),
            lambda changed: tree.check_consistency(index + 1, old_root, size, root, changed),
        ),
    ):
        check(proof)
        other = data.draw(changed_lists(proof))
        with pytest.raises(BadProof):
            check(other)


@st.composite
def changed_lists(draw: Any, proof: list[bytes]) -> list[bytes]:
    """Return the proof with a hash more, a hash less, one of its bits turned, or in another order."""
    ways = ["more"] + (["less", "bit"] if proof else []) + (["turned"] if len(set(proof)) > 1 else [])
    way = draw(st.sampled_from(ways))
    if way == "more":
        return [*proof, bytes(32)]
    if way == "less":
        return proof[:-1]
    if way == "turned":
        return proof[::-1] if proof[::-1] != proof else proof[1:] + proof[:1]
    at, bit = draw(st.integers(0, len(proof) - 1)), draw(st.integers(0, 255))
    turned = int.from_bytes(proof[at]) ^ (1 << bit)
    return [*proof[:at], turned.to_bytes(32), *proof[at + 1 :]]


@given(leaf_and_size())
def test_a_proof_shows_nothing_of_another_leaf_size_or_root(where: tuple[int, int]) -> None:
    index, size = where
    hashes = hashes_of(size)
    [root] = roots(hashes, [(0, size)])
    path, leaf = roots(hashes, tree.inclusion(index, size)), tree.leaf_hash(content(index))
    for wrong in (
        (index + 1, size, leaf, path, root),
        (-1, size, leaf, path, root),
        (index, size, tree.leaf_hash(b"x"), path, root),
        (index, size, leaf, path, bytes(32)),
    ):
        with pytest.raises(BadProof):
            tree.check_inclusion(*wrong)
    old_root, proof = roots(hashes, [(0, index + 1)])[0], roots(hashes, tree.consistency(index + 1, size))
    for wrong in (
        (index + 1, bytes(32), size, root, proof),
        (index + 1, old_root, size, bytes(32), proof),
        (size + 1, old_root, size, root, proof),
        (-1, old_root, size, root, proof),
        (0, old_root, size, root, proof),
    ):
        with pytest.raises(BadProof):
            tree.check_consistency(*wrong)


def test_nothing_is_the_beginning_of_everything() -> None:
    nothing, root = tree.root_of((0, 0), {}), roots(hashes_of(3), [(0, 3)])[0]
    tree.check_consistency(0, nothing, 3, root, [])
    for ranges in (
        lambda: tree.inclusion(3, 3),
        lambda: tree.consistency(0, 3),
        lambda: tree.consistency(4, 3),
    ):
        with pytest.raises(ValueError, match="not"):
            ranges()


# ── Notes ────────────────────────────────────────────────────────────────────────────────────────────────


def checkpoint(size: int = 3, signer: Signer = SIGNER, at: datetime | None = AT) -> str:
    text = Tree(signer.name, size, bytes(32), at).text()
    return f"{text}\n{signer.sign(text)}"


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    said = open_checkpoint(checkpoint(), [OTHER.verifier(), SIGNER.verifier()])
    assert said == Tree("example.org/ledger", 3, bytes(32), AT)
    assert open_checkpoint(checkpoint(at=None), [SIGNER.verifier()]).at is None


def test_keys_are_read_as_they_were_written() -> None:
    assert read_signer(f"{SIGNER.secret()}\n") == SIGNER
    for kind in (notes.ED25519, notes.COSIGNATURE):
        assert read_verifier(str(SIGNER.verifier(kind))) == SIGNER.verifier(kind)
    assert read_verifier(VECTORS["vkey"]).name == "cert.example.org/lmgf-log"


def test_two_keys_of_one_name_are_told_apart() -> None:
    with pytest.raises(BadNote, match="not signed by a known key"):
        open_checkpoint(checkpoint(signer=OTHER), [SIGNER.verifier()])
    both = checkpoint() + OTHER.sign(read_note(checkpoint()).text)
    assert read_note(both).signed_by([SIGNER.verifier(), OTHER.verifier()]) == [
        SIGNER.verifier(),
        OTHER.verifier(),
    ]


def test_a_witness_signs_the_time_and_no_log_can_be_mistaken_for_one() -> None:
    text = read_note(checkpoint()).text
    witness, note = OTHER.verifier(notes.COSIGNATURE), read_note(checkpoint() + OTHER.cosign(text, AT))
    made = note.of(witness)
    assert made is not None
    assert (made.time, made.line) == (AT, OTHER.cosign(text, AT))
    assert note.of(OTHER.verifier()) is None
    later = (int(AT.timestamp()) + 1).to_bytes(8) + made.signature[8:]
    assert (witness.signs(text, made.signature), witness.signs(text, later)) == (True, False)
    assert witness.signs(text, b"") is False


def test_signatures_of_other_kinds_are_passed_over() -> None:
    unknown = f"— other.example/x {b64encode(b'0123 some other kind of signature').decode()}\n"
    assert open_checkpoint(checkpoint() + unknown, [SIGNER.verifier()]).size == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n3\n", "\n4\n"),
        lambda note: note.replace("at 2026", "at 2027"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-1],
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note + "— example.org/ledger !\n",
        lambda note: note + "— example.org/ledger\n",
        lambda note: note + "— example.org/ledger AAAA\n",
        lambda note: note + "\n",
        lambda note: note + SIGNER.sign("x\n") * 64,
        lambda note: "",
    ],
)
def test_a_note_that_is_damaged_is_refused(change: Any) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(change(checkpoint()), [SIGNER.verifier()])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/ledger\n",
        f"example.org/ledger\n03\n{b64encode(bytes(32)).decode()}\n",
        f"example.org/ledger\n-1\n{b64encode(bytes(32)).decode()}\n",
        f"example.org/ledger\n9223372036854775808\n{b64encode(bytes(32)).decode()}\n",
        f"example.org/ledger\n3\n{b64encode(bytes(31)).decode()}\n",
        f"\n3\n{b64encode(bytes(32)).decode()}\n",
        "example.org/ledger\n3\n!\n",
    ],
)
def test_what_is_signed_but_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        open_checkpoint(f"{text}\n{SIGNER.sign(text)}", [SIGNER.verifier()])


@given(st.text())
def test_no_text_makes_reading_fail_in_any_other_way(text: str) -> None:
    for read in (read_note, read_verifier, read_signer, notes.read_tree, notes.read_signature):
        for given_text in (text, f"{notes.PRIVATE}{text}", f"{notes.SIGN}{text}", f"{text}\n\n— {text}\n"):
            try:
                read(given_text)
            except BadNote:
                continue


@pytest.mark.parametrize("place", range(3))
def test_a_damaged_key_is_refused_and_never_repeated(place: int) -> None:
    secret = SIGNER.secret()
    damaged = (
        secret[:-6] + "AAAAA=",
        secret.removeprefix("PRIVATE+"),
        secret.replace("ledger+", "ledger +"),
    )[place]
    with pytest.raises(BadNote) as refused:
        read_signer(damaged)
    assert secret[-40:-6] not in str(refused.value) + repr(refused.value.__context__)
    assert "seed" not in repr(SIGNER)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u2003b", "a\x00", "x" * 101])
def test_what_cannot_be_a_name_is_none(name: str) -> None:
    assert not notes.is_name(name)
    with pytest.raises(BadNote):
        read_verifier(str(Signer(name, bytes(32)).verifier()))


def test_a_cosignature_without_a_time_that_exists_is_refused() -> None:
    text = read_note(checkpoint()).text
    line = OTHER.cosign(text, AT + timedelta(days=1))
    made = read_note(checkpoint() + line).signatures[1]
    with pytest.raises(BadNote, match="time"):
        _ = made._replace(signature=b"\x7f" * 72).time
