"""What somebody with all rights could change, delete or put in behind the ledger, and which row is named for it."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models

from accreditation.models import (
    Application,
    Cycle,
    Declaration,
    Designation,
    Evidence,
    Finding,
    Interest,
    Meeting,
    Membership,
    NamingDecision,
    Notice,
    Objection,
    Organisation,
    OrganisationUserObjectPermission,
    Quota,
    Rank,
    Revision,
    Rubric,
    Scorecard,
    SiteVisit,
    SiteVisitPhoto,
    StoredFile,
    Studio,
)
from certificates.models import Certificate, Ending, NumberSequence
from tests.accreditation.audit.named_case import DAY, Case
from tests.factories import AT
from workflows.models import (
    Appointment,
    Copy,
    Event,
    Recusal,
    Signature,
    SigningRound,
    Substitution,
)

LISTED = Notice.listed.through
Grant = OrganisationUserObjectPermission
NOBODY = uuid.UUID(int=7)
NO_SUCH = 10**9
"""The key of no row: what points at it points nowhere."""


CHANGES: dict[type[models.Model], dict[str, Any]] = {
    Application: {
        "state": "rejected", "version": 3, "sequence": 5, "head": "0" * 64, "revision_number": 2,
        "total": Decimal(91), "submitted_at": AT, "recommended_at": AT, "owed_to": "city",
        "number": "2026-0099", "state_since": AT + DAY, "created_at": AT + DAY, "created_by_id": NO_SUCH,
        "process_version": "2026-2", "notice_ends_on": AT.date(), "notice_days_left": 2, "notice_id": None,
        "enterprise_id": NO_SUCH, "union_id": NO_SUCH, "district_id": NO_SUCH, "city_id": NO_SUCH, "cycle_id": NO_SUCH,
        "studio_id": NO_SUCH,
    },
    Studio: {"enterprise_id": NO_SUCH, "name": "别的工作室", "leader_name": "别人"},
    Revision: {"document": "{}", "sha256": "0" * 64, "submitted_at": AT, "submitted_by_id": NO_SUCH, "number": 2},
    Scorecard: {
        "document": "{}", "sha256": "0" * 64, "total": Decimal(12), "marks": {}, "submitted_at": AT,
        "expert_id": NO_SUCH,
    },
    Notice: {
        "public_id": NOBODY, "cycle_id": NO_SUCH, "title": "别的公示", "contact": "别人", "published_at": AT,
        "published_by_id": NO_SUCH, "first_day": AT.date() - DAY, "last_day": AT.date() + 90 * DAY,
    },
    LISTED: {"application_id": NO_SUCH, "notice_id": NO_SUCH},
    Objection: {
        "outcome": "upheld", "filed_at": AT, "ruled_at": AT, "public_id": NOBODY, "notice_id": NO_SUCH,
        "ruled_by_id": NO_SUCH, "ruling": "成立。",
    },
    Evidence: {"name": "别的.pdf", "kind": "site", "good": "topics", "stored_id": NO_SUCH},
    StoredFile: {"sha256": "0" * 64, "size": 7, "media_type": "image/png", "file": "evidence/none"},
    SiteVisit: {"visited_on": AT.date() + DAY, "made_at": AT, "made_by_id": NO_SUCH, "public_id": NOBODY},
    SiteVisitPhoto: {"stored_id": NO_SUCH},
    NamingDecision: {
        "number": "渝工发〔2026〕9号", "signed_on": AT.date(), "valid_until": AT.date() + 9000 * DAY,
        "signed_at": AT, "signed_by_id": NO_SUCH, "title": "别的决定", "cycle_id": NO_SUCH,
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
        "serial": 99, "layout_id": NO_SUCH,
    },
    Ending: {
        "ended_on": AT.date(), "reason": "别的。", "recorded_at": AT, "certificate_id": NO_SUCH,
        "successor_id": NO_SUCH,
    },
    NumberSequence: {"next_serial": 9, "year": 2020},
    Organisation: {
        "code": "XX", "kind": "street", "parent_id": NO_SUCH, "escalates_to_id": NO_SUCH, "sequence": 1, "path": "XX/",
        "name": "别的工会", "short_name": "别的",
    },
    Membership: {
        "user_id": NO_SUCH, "organisation_id": NO_SUCH, "started_at": AT - DAY, "ended_at": AT, "position": "主席",
    },
    Substitution: {
        "public_id": NOBODY, "office_id": NO_SUCH, "principal_id": NO_SUCH, "substitute_id": NO_SUCH, "starts_at": AT,
        "ends_at": AT + 9 * DAY, "note": "别的。", "made_by_id": NO_SUCH, "made_at": AT, "ended_at": None,
    },
    Rank: {"position": 9, "application_id": NO_SUCH},
    SigningRound: {
        "public_id": NOBODY, "task_id": NO_SUCH, "placement": "before", "mode": "any", "in_order": True, "threshold": 1,
        "quorum": 1, "note": "别的。", "state": "refused", "opened_by_id": NO_SUCH, "opened_at": AT, "ended_at": AT,
        "proposal": {},
    },
    Signature: {
        "round_id": NO_SUCH, "signer_id": NO_SUCH, "position": 9, "verdict": "disagree", "opinion": "别的。",
        "signed_at": AT, "signed_by_id": NO_SUCH, "removed_at": AT,
    },
    Recusal: {"user_id": NO_SUCH, "office_id": NO_SUCH, "at": AT, "object_id": NO_SUCH, "content_type_id": NO_SUCH},
    Appointment: {
        "user_id": NO_SUCH, "office_id": NO_SUCH, "made_by_id": NO_SUCH, "at": AT, "ended_at": AT, "object_id": NO_SUCH,
    },
    Copy: {"user_id": NO_SUCH, "made_by_id": NO_SUCH, "at": AT, "object_id": NO_SUCH},
    Meeting: {
        "public_id": NOBODY, "cycle_id": NO_SUCH, "title": "别的会", "held_on": AT.date() + DAY, "people": "别人",
        "entered_by_id": NO_SUCH, "entered_at": AT,
    },
    Grant: {"user_id": NO_SUCH, "content_object_id": NO_SUCH, "permission_id": NO_SUCH},
    Cycle: {
        "code": "2027", "title": "别的", "level": "district", "opens_at": AT, "closes_at": AT + 900 * DAY, "quorum": 1,
        "review_days": 99, "notice_days": 1, "process_version": "2026-2", "city_id": NO_SUCH,
        "next_number": 9,
    },
    Quota: {"places": 9999, "used": 7, "ranking_version": 7, "organisation_id": NO_SUCH},
    Declaration: {"declared_at": AT + DAY, "user_id": NO_SUCH},
    Finding: {
        "rule": "quick", "office_id": NO_SUCH, "application_id": NO_SUCH, "event_id": NO_SUCH, "facts": {},
        "found_at": AT, "examined_at": AT, "examined_by_id": NO_SUCH, "key": "别的", "cycle_id": NO_SUCH,
        "person_id": NO_SUCH, "happened_at": AT - DAY,
    },
    Interest: {"enterprise_id": NO_SUCH, "declaration_id": NO_SUCH, "note": "曾在该厂任技术"},
    Rubric: {"document": "{}", "sha256": "0" * 64},
}  # fmt: skip
NAMED_BY_ANOTHER = {
    (Objection, "public_id"), (SiteVisit, "public_id"), (Certificate, "public_id"), (Scorecard, "expert_id"),
    (Revision, "number"), (Membership, "user_id"), (Membership, "organisation_id"),
    (Grant, "user_id"), (Grant, "content_object_id"), (Grant, "permission_id"), (Quota, "organisation_id"),
    (Declaration, "user_id"), (Certificate, "issued_for"), (Ending, "certificate_id"),
    (Substitution, "public_id"), (Substitution, "office_id"), (Rank, "application_id"), (SigningRound, "public_id"),
    (SigningRound, "task_id"), (Signature, "round_id"), (Signature, "position"), (Recusal, "user_id"),
    (Recusal, "object_id"), (Recusal, "content_type_id"), (Appointment, "user_id"), (Appointment, "office_id"),
    (Appointment, "object_id"), (Copy, "user_id"), (Copy, "object_id"), (Meeting, "public_id"), (Meeting, "cycle_id"),
    (LISTED, "application_id"), (LISTED, "notice_id"), (Notice, "public_id"),
}  # fmt: skip
"""Where what is changed is what the row is known by: it is missed, by the key that the event says."""
ELSEWHERE = {
    (Evidence, column): Evidence for column in CHANGES[Evidence]
} | {
    (StoredFile, "sha256"): Evidence, (StoredFile, "size"): Evidence, (StoredFile, "media_type"): Evidence,
    (SiteVisitPhoto, "stored_id"): SiteVisit, (NamingDecision, "number"): Designation,
    (NamingDecision, "signed_on"): Designation, (NamingDecision, "valid_until"): Designation,
    (Rubric, "sha256"): Cycle, (Organisation, "code"): Event,
    (Application, "cycle_id"): Cycle, (Application, "studio_id"): Studio, (Interest, "enterprise_id"): Declaration,
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
    if model is Signature:
        return Signature.objects.get(position=1)
    if model is Membership:
        return Membership.objects.get(user__username="guest")
    return model._base_manager.order_by("-pk").first()


DELETED = (
    Application, Revision, Scorecard, Objection, Evidence, SiteVisit, Designation, Certificate, Ending, Membership,
    Grant, Quota, Finding, Studio, Substitution, Rank, SigningRound, Signature, Recusal, Appointment, Copy, Meeting,
    LISTED, Notice,
)  # fmt: skip


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
    Substitution: lambda case: {"public_id": uuid.uuid4(), "substitute_id": case.application.created_by_id},
    SigningRound: lambda case: {"public_id": uuid.uuid4()},
    Signature: lambda case: {"signer_id": case.application.created_by_id, "signed_by_id": NO_SUCH, "task_id": None},
    Recusal: lambda case: {"public_id": uuid.uuid4(), "user_id": case.application.created_by_id},
    Appointment: lambda case: {"public_id": uuid.uuid4(), "user_id": case.application.created_by_id},
    Copy: lambda case: {"public_id": uuid.uuid4(), "user_id": case.application.created_by_id},
    Meeting: lambda case: {"public_id": uuid.uuid4()},
    Notice: lambda case: {"public_id": uuid.uuid4()},
    Application: lambda case: {
        "public_id": uuid.uuid4(), "studio_id": 99, "sequence": 0, "head": "", "number": "2026-0099",
    },
}  # fmt: skip
