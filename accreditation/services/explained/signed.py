"""Rounds of signatures: what each asked for and came to, who signed what in it, and the decision that waited for it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from accreditation.models import Application
from accreditation.services.explained.applications import Applications, Explicable
from accreditation.services.explained.comparing import Claim, Kept, code_of, hold_rows
from accreditation.services.explained.rounds import Round, Signer, rounds_of
from workflows.models import Signature, SigningRound

Said = dict[tuple[Any, ...], list[Claim]]
Found = dict[tuple[Any, ...], list[Kept]]


def check_rounds(batch: Applications) -> int:
    """Check the rounds of signatures and the places in them; return how many rows. Raises Broken."""
    kind, by_pk = ContentType.objects.get_for_model(Application), {one.pk: one for one in batch}
    rows = SigningRound.objects.filter(task__content_type=kind, task__object_id__in=by_pk).order_by("pk")
    read = rows.prefetch_related("task__office", "opened_by", "signatures__signer", "signatures__signed_by")
    found = {(by_pk[row.task.object_id].stream, str(row.public_id)): row for row in read}
    rounds, places = _said(batch, found)
    kept = {key: [Kept(row.pk, _columns(row))] for key, row in found.items()}
    return hold_rows(SigningRound, rounds, kept) + hold_rows(Signature, places, _places(found))


def _said(batch: Applications, found: dict[tuple[str, str], SigningRound]) -> tuple[Said, Said]:
    """Return what the events say of the rounds, and of the places in them."""
    rounds: Said = {}
    places: Said = {}
    for one in batch:
        for code, signing in rounds_of(one.history).items():
            key = one.stream, code
            row = found.get(key)
            rounds[key] = [Claim(one.stream, signing.sequence, _claimed(one, signing, row))]
            opinions = {place.position: place.opinion for place in row.signatures.all()} if row else {}
            for position, place in enumerate(signing.signers, start=1):
                columns = _signed(one, place, opinions.get(position, ""))
                places[(*key, position)] = [Claim(one.stream, place.sequence, columns)]
    return rounds, places


def _claimed(one: Explicable, signing: Round, row: SigningRound | None) -> dict[str, Any]:
    proposal: dict[str, Any] = dict(signing.proposal)
    if proposal:
        kept = row.proposal.get("reason", "") if row and isinstance(row.proposal, dict) else ""
        proposal["reason"] = one.history.repeated(kept, signing.reason)
    return signing.columns | {
        "task": (signing.stage, signing.office, signing.opened),
        "note": one.history.repeated(row.note if row else "", signing.note),
        "proposal": proposal,
    }


def _columns(row: SigningRound) -> dict[str, Any]:
    task = row.task.stage, code_of(row.task, "office", "code"), row.task.opened_at
    return vars(row) | {"task": task, "opened_by": code_of(row, "opened_by")}


def _signed(one: Explicable, place: Signer, opinion: str) -> dict[str, Any]:
    columns = {name: value for name, value in vars(place).items() if name != "sequence"}
    return columns | {"opinion": one.history.repeated(opinion, place.opinion)}


def _places(found: dict[tuple[str, str], SigningRound]) -> Found:
    places: Found = {}
    for key, signing in found.items():
        for row in signing.signatures.all():
            people = {name: code_of(row, name) for name in ("signer", "signed_by")}
            places.setdefault((*key, row.position), []).append(Kept(row.pk, vars(row) | people))
    return places
