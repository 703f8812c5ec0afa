"""Rows of the domain: who applies, what is judged, what is named."""

from accreditation.models.application import Application, Revision, Studio
from accreditation.models.audit import CaseFile, EventSearch, Finding, LookedThrough
from accreditation.models.cycle import Cycle, Quota, Rubric, StudioLevel
from accreditation.models.deliberation import Meeting, Rank, SavedSearch, SiteVisit, SiteVisitPhoto
from accreditation.models.event_index import EventTerm, IndexedThrough, ReasonPair
from accreditation.models.evidence import Evidence, StoredFile
from accreditation.models.form_rows import (
    Award,
    Conversion,
    EarlierNaming,
    Honour,
    Member,
    Pair,
    Patent,
    Promotion,
    Rule,
    Topic,
    Training,
)
from accreditation.models.interest import Declaration, Interest
from accreditation.models.judgement import Designation, NamingDecision, Notice, Objection, Scorecard
from accreditation.models.organisation import (
    Membership,
    Organisation,
    OrganisationUserObjectPermission,
    ReportedFigure,
    User,
)

__all__ = [
    "Application",
    "Award",
    "CaseFile",
    "Conversion",
    "Cycle",
    "Declaration",
    "Designation",
    "EarlierNaming",
    "EventSearch",
    "EventTerm",
    "Evidence",
    "Finding",
    "Honour",
    "IndexedThrough",
    "Interest",
    "LookedThrough",
    "Meeting",
    "Member",
    "Membership",
    "NamingDecision",
    "Notice",
    "Objection",
    "Organisation",
    "OrganisationUserObjectPermission",
    "Pair",
    "Patent",
    "Promotion",
    "Quota",
    "Rank",
    "ReasonPair",
    "ReportedFigure",
    "Revision",
    "Rubric",
    "Rule",
    "SavedSearch",
    "Scorecard",
    "SiteVisit",
    "SiteVisitPhoto",
    "StoredFile",
    "Studio",
    "StudioLevel",
    "Topic",
    "Training",
    "User",
]
