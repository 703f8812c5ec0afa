"""Where the text of a reason stands a second time outside the ledger, and the sessions that may hold a name."""

import json
from collections.abc import Sequence
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction

from accreditation.models import Application, CaseFile, Cycle, Interest, Objection, Organisation, User
from accreditation.queries.certificates import ENDS
from accreditation.services.journals import READING
from certificates.kept import forget_all
from certificates.models import Ending
from workflows.erasing import Taken
from workflows.models import Signature, SigningRound, Substitution, Task


def clear_copies(stream: str, taken: Sequence[Taken]) -> None:
    """Clear the rows that repeat reasons that went: of tasks, rounds, rulings and certificates that ended, of
    substitutions, of interests."""
    kind, _slash, code = stream.partition("/")
    reasons = [one for one in taken if "reason" in one.texts]
    texts = {one.texts["reason"] for one in reasons}
    if not texts:
        return
    if kind == Application.stream_kind:
        _clear_application(code, texts)
        # Each by its own event: the row must go on saying what the event says, and two may give one reason.
        ended = [one.event.facts["certificate"] for one in reasons if one.event.action in ENDS]
        Ending.objects.filter(certificate__public_id__in=ended).update(reason="")
    elif kind == Organisation.stream_kind:
        Substitution.objects.filter(office__public_id=code, note__in=texts).update(note="")
    elif kind == Cycle.stream_kind:
        declared = {one.event.actor_id for one in reasons if one.event.action == "declare"}
        declarations = Interest.objects.filter(declaration__cycle__public_id=code)
        declarations.filter(declaration__user__in=declared).update(note="")


def withdraw_packages(stream: str) -> None:
    """Remove the case files of an application that were built with the text, and have those begun anew that are being
    built. The rows stay, and a package can be asked for again. So can documents: all that are kept go."""
    kind, _slash, code = stream.partition("/")
    if kind not in {Application.stream_kind, READING}:
        return
    transaction.on_commit(forget_all)
    rows = CaseFile.objects.filter(application__public_id=code)
    for row in rows.select_for_update().exclude(file=""):
        transaction.on_commit(partial(default_storage.delete, str(row.file.name)))
    rows.update(file="", builder=None, beat_at=None)


def end_sessions(person: User) -> None:
    """End the sessions of somebody, and those of others that hold their name, as in a message not shown yet."""
    for session in Session.objects.iterator(chunk_size=500):
        kept = session.get_decoded()
        own = kept.get("_auth_user_id") == str(person.pk)
        if own or person.name in json.dumps(kept, ensure_ascii=False):
            session.delete()


def _clear_application(code: str, texts: set[str]) -> None:
    subject = {
        "content_type": ContentType.objects.get_for_model(Application),
        "object_id": Application.objects.values_list("pk", flat=True).get(public_id=code),
    }
    tasks = Task.objects.filter(**subject)
    tasks.filter(note__in=texts).update(note="")
    tasks.filter(opinion__in=texts).update(opinion="")
    rounds = SigningRound.objects.filter(task__in=tasks)
    rounds.filter(note__in=texts).update(note="")
    for one in rounds.exclude(proposal={}):
        if one.proposal.get("reason") in texts:
            one.proposal["reason"] = ""
            one.save(update_fields=["proposal"])
    Signature.objects.filter(round__in=rounds, opinion__in=texts).update(opinion="")
    Objection.objects.filter(application__public_id=code, ruling__in=texts).update(ruling="")
