"""Rows of the domain: who applies, what is judged, what is named."""

from accreditation.models.application import Application, Revision, Studio
from accreditation.models.cycle import Cycle, Quota, Rubric, StudioLevel
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
    "Conversion",
    "Cycle",
    "Designation",
    "EarlierNaming",
    "Evidence",
    "Honour",
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
    "ReportedFigure",
    "Revision",
    "Rubric",
    "Rule",
    "Scorecard",
    "StoredFile",
    "Studio",
    "StudioLevel",
    "Topic",
    "Training",
    "User",
]
