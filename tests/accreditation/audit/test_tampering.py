"""Rows that events explain, changed, deleted and put in behind the ledger: each is found and named.

At the end a random choice of everything, on all tables of the ledger too.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from accreditation.models import (
    Application,
    Cycle,
    Declaration,
    Designation,
    Evidence,
    Finding,
    Interest,
    Membership,
    NamingDecision,
    Objection,
    Organisation,
    OrganisationUserObjectPermission,
    Quota,
    Revision,
    Rubric,
    Scorecard,
    SiteVisit,
    SiteVisitPhoto,
    StoredFile,
)
from accreditation.services import declarations, naming, notice, offices, site_visits
from accreditation.services.certificate_life import reissue
from accreditation.services.findings import look_for_findings
from accreditation.states import State
from accreditation.uploads import recognise
from certificates.issuing import render_due
from certificates.models import Certificate, Ending
from tests import factories
from tests.attacker import at_liberty, other_values, overwrite, undone
from tests.factories import AT, BEFORE, NOTICE_OVER, STEP
from workflows.actors import SYSTEM
from workflows.ledger import checkpoints, log
from workflows.ledger.verification.broken import Broken, Fault
from workflows.ledger.verification.one_stream import verify_stream
from workflows.ledger.verification.whole import verify
from workflows.models import Checkpoint, Event, EventPayload, Leaf, Node

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("tampering")]
Grant = OrganisationUserObjectPermission
MONTHS = timedelta(days=60)
DAY = timedelta(days=1)
NOBODY = uuid.UUID(int=7)
NO_SUCH = 10**9
"""The key of no row: what points at it points nowhere."""


@dataclass(frozen=True)
class Case:
    """An application that was named after a visit and an objection, with its certificate; and what an auditor kept."""

    pk: int
    older: Path
    kept: Path

    @property
    def application(self) -> Application:
        return Application.objects.get(pk=self.pk)


def walk(application: Application, who: factories.Cast, *states: State) -> Application:
    """Walk an application to each of these states in turn."""
    for state in states:
        BEFORE[state][1](application, who, application.state_since + STEP)
        application = factories.fresh(application)
    return application


def visited(application: Application, who: factories.Cast) -> None:
    content = site_visits.Content(
        visited_on=AT.date(), people="李明、王芳", findings="场地与申报一致。",
        photos=[recognise(ContentFile(factories.PDF + b"photo", "site.pdf"))],
    )  # fmt: skip
    site_visits.add_visit(application, content, by=who.city_decider, at=application.state_since + STEP)


def named() -> Application:
    """Return the application, named; its certificate is registered and drawn, and drawn anew after a correction."""
    who = factories.cast()
    application = factories.application_in(State.CITY_INTAKE)
    near = {factories.enterprise("99"): "曾在该厂任技术顾问。"}
    declarations.declare(application.cycle, interests=near, by=who.city_decider, at=AT)
    guest = factories.member(application.union, username="guest")
    for grants in ({"review"}, set()):
        offices.set_grants(application.union, guest, grants, by=SYSTEM, at=AT)
    visited(application, who)
    application = walk(application, who, State.PANEL_SCORING, State.CITY_DECISION, State.LISTED)
    application = walk(application, who, State.PUBLIC_NOTICE, State.OBJECTION)
    notice.dismiss_objection(
        application, by=who.city_decider, at=application.state_since + STEP,
        expected_version=application.version, reason="不成立。",
    )  # fmt: skip
    application = factories.fresh(application)
    notice.end_due_notices(application.state_since + 2 * NOTICE_OVER)
    application = walk(factories.fresh(application), who, State.NAMED)
    naming.issue_due_certificates(AT + MONTHS)
    assert render_due(AT + MONTHS) == 1
    first = Certificate.objects.get(issued_for=application.public_id)
    names = {
        "studio_name": first.studio_name,
        "enterprise_name": first.enterprise_name,
        "title": "市级工作室",
    }
    reissue(first, by=who.city_decider, at=AT + MONTHS, reason="称号有误。", corrected=names)
    assert render_due(AT + MONTHS) == 1
    return factories.fresh(application)


@pytest.fixture(scope="module")
def case(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    with at_liberty(django_db_blocker):
        application = named()
        log.number_events(AT + MONTHS)
        assert look_for_findings(AT + MONTHS)
        log.number_events(AT + MONTHS)
        newest = checkpoints.make(AT + MONTHS + DAY)
        directory = tmp_path_factory.mktemp("kept")
        files = {"kept": newest, "older": Checkpoint.objects.order_by("size").first()}
        for name, checkpoint in files.items():
            (directory / name).write_text(checkpoint.note, encoding="utf-8")
        yield Case(application.pk, directory / "older", directory / "kept")


@pytest.fixture(autouse=True)
def _undone(case: Case) -> Iterator[None]:
    with undone():
        yield


def found(case: Case) -> Broken:
    with pytest.raises(Broken) as broken:
        verify(kept=case.kept)
    return broken.value


def test_an_application_that_was_named_as_the_rules_say_holds(case: Case) -> None:
    stream = case.application.stream
    whole, one, rest = (
        verify(kept=case.kept),
        verify_stream(stream, kept=case.older),
        verify(since=case.older),
    )
    assert (whole.events, one.events) == (Event.objects.count(), Event.objects.filter(stream=stream).count())
    assert 0 < rest.events < whole.events
    assert 0 < one.rows < whole.rows


# ── Changed ──────────────────────────────────────────────────────────────────────────────────────────────

CHANGES: dict[type[models.Model], dict[str, Any]] = {
    Application: {
        "state": "rejected", "version": 3, "sequence": 5, "head": "0" * 64, "revision_number": 2,
        "total": Decimal(91), "submitted_at": AT, "recommended_at": AT, "owed_to": "city",
        "number": "2026-0099", "state_since": AT + DAY, "created_at": AT + DAY, "created_by_id": NO_SUCH,
        "process_version": "2026-2", "notice_ends_on": AT.date(), "notice_days_left": 2, "notice_id": None,
        "enterprise_id": NO_SUCH, "union_id": NO_SUCH, "district_id": NO_SUCH, "city_id": NO_SUCH, "cycle_id": NO_SUCH,
    },
    Revision: {"document": "{}", "sha256": "0" * 64, "submitted_at": AT, "submitted_by_id": NO_SUCH, "number": 2},
    Scorecard: {
        "document": "{}", "sha256": "0" * 64, "total": Decimal(12), "marks": {}, "submitted_at": AT,
        "expert_id": NO_SUCH,
    },
    Objection: {"outcome": "upheld", "filed_at": AT, "ruled_at": AT, "public_id": NOBODY},
    Evidence: {"name": "别的.pdf", "kind": "site", "good": "topics", "stored_id": NO_SUCH},
    StoredFile: {"sha256": "0" * 64, "size": 7, "media_type": "image/png", "file": "evidence/none"},
    SiteVisit: {"visited_on": AT.date() + DAY, "made_at": AT, "made_by_id": NO_SUCH, "public_id": NOBODY},
    SiteVisitPhoto: {"stored_id": NO_SUCH},
    NamingDecision: {
        "number": "渝工发〔2026〕9号", "signed_on": AT.date(), "valid_until": AT.date() + 9000 * DAY,
        "signed_at": AT, "signed_by_id": NO_SUCH,
    },
    Designation: {
        "level": "national", "named_on": AT.date(), "valid_until": AT.date() + 9000 * DAY, "district_id": NO_SUCH,
        "studio_id": NO_SUCH, "certificate_id": NO_SUCH,
    },
    Certificate: {
        "public_id": NOBODY, "number": "渝劳模创〔2026〕第9999号", "check_code": "0" * 16, "studio_name": "别的工作室",
        "enterprise_name": "别的公司", "title": "别的", "issuer": "别的", "decision_number": "9号",
        "issued_on": AT.date(), "valid_until": AT.date() + 9000 * DAY, "registered_at": AT, "year": 2020,
        "file": "certificates/none.pdf", "sha256": "0" * 64, "size": 7, "rendered_at": AT, "log_proof": {},
        "joint_issuers": ["别的工会"], "status_list": 7, "status_index": 2**20, "issued_for": NOBODY,
    },
    Ending: {
        "ended_on": AT.date(), "reason": "别的。", "recorded_at": AT, "certificate_id": NO_SUCH,
        "successor_id": NO_SUCH,
    },
    Organisation: {
        "code": "XX", "kind": "street", "parent_id": NO_SUCH, "escalates_to_id": NO_SUCH, "sequence": 1, "path": "XX/",
    },
    Membership: {"user_id": NO_SUCH, "organisation_id": NO_SUCH, "ended_at": AT},
    Grant: {"user_id": NO_SUCH, "content_object_id": NO_SUCH, "permission_id": NO_SUCH},
    Cycle: {
        "code": "2027", "title": "别的", "level": "district", "opens_at": AT, "closes_at": AT + 900 * DAY, "quorum": 1,
        "review_days": 99, "notice_days": 1, "process_version": "2026-2",
    },
    Quota: {"places": 9999, "organisation_id": NO_SUCH},
    Declaration: {"declared_at": AT + DAY, "user_id": NO_SUCH},
    Finding: {
        "rule": "quick", "office_id": NO_SUCH, "application_id": NO_SUCH, "event_id": NO_SUCH, "facts": {},
        "found_at": AT, "examined_at": AT, "examined_by_id": NO_SUCH,
    },
    Interest: {"enterprise_id": NO_SUCH, "declaration_id": NO_SUCH},
    Rubric: {"document": "{}", "sha256": "0" * 64},
}  # fmt: skip
NAMED_BY_ANOTHER = {
    (Objection, "public_id"), (SiteVisit, "public_id"), (Certificate, "public_id"), (Scorecard, "expert_id"),
    (Revision, "number"), (Membership, "user_id"), (Membership, "organisation_id"), (Membership, "ended_at"),
    (Grant, "user_id"), (Grant, "content_object_id"), (Grant, "permission_id"), (Quota, "organisation_id"),
    (Declaration, "user_id"), (Certificate, "issued_for"), (Ending, "certificate_id"),
}  # fmt: skip
"""Where what is changed is what the row is known by: it is missed, by the key that the event says."""
ELSEWHERE = {
    (Evidence, column): Evidence for column in CHANGES[Evidence]
} | {
    (StoredFile, "sha256"): Evidence, (StoredFile, "size"): Evidence, (StoredFile, "media_type"): Evidence,
    (SiteVisitPhoto, "stored_id"): SiteVisit, (NamingDecision, "number"): Designation,
    (NamingDecision, "signed_on"): Designation, (NamingDecision, "valid_until"): Designation,
    (Rubric, "sha256"): Cycle, (Organisation, "code"): Event,
    (Application, "cycle_id"): Cycle, (Interest, "enterprise_id"): Declaration,
    (Interest, "declaration_id"): Declaration,
}  # fmt: skip
"""Where the row is seen from another one, which is named."""


def row_of(model: type[models.Model], case: Case) -> models.Model:
    """Return the row of the case, or one that it rests on."""
    if model is Application:
        return case.application
    if model is Organisation:
        return case.application.union
    if model is Declaration:
        return Declaration.objects.get(interests__isnull=False)
    if model is StoredFile:
        return case.application.evidence.first().stored
    return model._base_manager.order_by("-pk").first()


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [(model, column, value) for model, changes in CHANGES.items() for column, value in changes.items()],
    ids=lambda one: one.__name__ if isinstance(one, type) else (one if isinstance(one, str) else ""),
)
def test_a_changed_row_is_found_and_named(
    case: Case, model: type[models.Model], column: str, value: Any
) -> None:
    row = row_of(model, case)
    assert getattr(row, column) != value
    overwrite(row, **{column: value})
    error = found(case)
    named = ELSEWHERE.get((model, column), model)
    if (model, column) in {(Certificate, "file"), (StoredFile, "file")}:
        assert error.fault == Fault.FILE
        return
    assert error.place.table == named._meta.db_table, error
    if (model, column) in NAMED_BY_ANOTHER or named is Evidence:
        assert error.fault in {Fault.MISSING, Fault.STRAY}
    elif named is model:
        assert error.place.key in {str(row.pk), str(getattr(row, "public_id", ""))}, error


# ── Deleted, and put in ──────────────────────────────────────────────────────────────────────────────────


DELETED = (
    Application, Revision, Scorecard, Objection, Evidence, SiteVisit, Designation, Certificate, Ending, Membership,
    Grant, Quota, Finding,
)  # fmt: skip


@pytest.mark.parametrize("model", DELETED, ids=lambda model: model.__name__)
def test_a_deleted_row_is_missed(case: Case, model: type[models.Model]) -> None:
    row = row_of(model, case)
    model._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)
    error = found(case)
    assert (error.fault, error.place.table) == (Fault.MISSING, model._meta.db_table), error


def copied(row: models.Model, **changes: Any) -> models.Model:
    """Put in a copy of a row."""
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    type(row)._base_manager.bulk_create([row])
    return row


PUT_IN: dict[type[models.Model], Callable[[Case], dict[str, Any]]] = {
    Revision: lambda case: {"number": 2},
    Scorecard: lambda case: {"public_id": uuid.uuid4(), "expert_id": case.application.created_by_id},
    Objection: lambda case: {"public_id": uuid.uuid4()},
    SiteVisit: lambda case: {"public_id": uuid.uuid4()},
    Certificate: lambda case: {
        "public_id": uuid.uuid4(), "serial": 77, "number": "77", "check_code": "7" * 16, "sha256": "7" * 64,
        "status_index": 2**16,
    },
    Ending: lambda case: {
        "certificate_id": Certificate.objects.order_by("-pk").first().pk, "kind": "revoked", "successor_id": None,
    },
    Membership: lambda case: {"user_id": case.application.created_by_id, "organisation_id": case.application.city_id},
    Grant: lambda case: {"user_id": case.application.created_by_id, "content_object_id": case.application.city_id},
    Organisation: lambda case: {
        "public_id": uuid.uuid4(), "code": "ZZ", "path": "ZZ/", "sequence": 0, "head": "",
    },
    Quota: lambda case: {"organisation_id": case.application.city_id},
    Application: lambda case: {
        "public_id": uuid.uuid4(), "studio_id": 99, "sequence": 0, "head": "", "number": "2026-0099",
    },
}  # fmt: skip


@pytest.mark.parametrize("model", PUT_IN, ids=lambda model: model.__name__)
def test_a_row_that_was_put_in_is_found(case: Case, model: type[models.Model]) -> None:
    row = copied(row_of(model, case), **PUT_IN[model](case))
    error = found(case)
    assert (error.fault, error.place.table) == (Fault.STRAY, model._meta.db_table), error
    assert error.place.key in {str(row.pk), str(getattr(row, "public_id", ""))}


def test_a_state_that_is_written_with_a_right_event_of_its_own_is_found_by_the_log(case: Case) -> None:
    """Who knows the hashes can write an event that explains the state; the log has no place for it in the past."""
    application = case.application
    last = Event.objects.filter(stream=application.stream).order_by("-sequence").first()
    overwrite(last, to_state="rejected")
    overwrite(application, state="rejected")
    assert (found(case).fault, found(case).place.key) == (Fault.COLUMN, str(last.pk))


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", [Certificate, StoredFile], ids=lambda model: model.__name__)
def test_a_file_that_was_changed_or_taken_away_is_found(case: Case, model: type[models.Model]) -> None:
    row = row_of(model, case)
    path = Path(default_storage.path(row.file.name))
    content = path.read_bytes()
    try:
        path.write_bytes(content.replace(b"obj", b"OBJ", 1))
        changed = found(case)
        path.unlink()
        gone = found(case)
    finally:
        path.write_bytes(content)
    assert (changed.fault, gone.fault) == (Fault.FILE, Fault.FILE)
    for error in (changed, gone):
        assert (error.place.key, row.file.name in str(error)) == (str(row.pk), True)
    assert verify(kept=case.kept)


# ── Anything ─────────────────────────────────────────────────────────────────────────────────────────────

LEDGER = (Event, EventPayload, Leaf, Node, Checkpoint)
OF_LEDGER = [(model, field.attname) for model in LEDGER for field in model._meta.concrete_fields]
OF_DOMAIN = [(model, column) for model, changes in CHANGES.items() for column in changes]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_anywhere_is_found(case: Case, data: st.DataObject) -> None:
    with undone():
        chosen = data.draw(
            st.lists(st.sampled_from(OF_LEDGER + OF_DOMAIN), min_size=1, max_size=3, unique=True)
        )
        for model, column in chosen:
            if (model, column) in OF_DOMAIN:
                overwrite(row_of(model, case), **{column: CHANGES[model][column]})
                continue
            rows = model._base_manager.order_by("pk")
            row = rows[data.draw(st.integers(0, rows.count() - 1))]
            values = list(other_values(row, model._meta.get_field(column.removesuffix("_id"))))
            overwrite(row, **{column: data.draw(st.sampled_from(values))})
        with pytest.raises(Broken):
            verify(kept=case.kept)
