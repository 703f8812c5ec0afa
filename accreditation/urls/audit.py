"""Addresses for auditors, and the records that reviewers and applicants read too."""

from django.urls import path

from accreditation.views import (
    as_it_stood,
    audit,
    case_files,
    event_export,
    event_proof,
    event_search,
    event_searches,
    findings,
    findings_picked,
    revisions,
    timeline,
)

APPLICATION = "audit/<uuid:public_id>/"
CASE_FILE = "audit/case-files/<uuid:public_id>/"
FINDING = "audit/findings/<uuid:public_id>/"
SEARCH = "audit/search/kept/<uuid:public_id>/"

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path(APPLICATION, timeline.timeline, name="timeline"),
    path(f"{APPLICATION}as-it-stood/", as_it_stood.as_it_stood, name="as-it-stood"),
    path(f"{APPLICATION}events/<slug:event>/", timeline.timeline_event, name="timeline-event"),
    path(f"{APPLICATION}events/<slug:event>/proof/", event_proof.event_proof, name="event-proof"),
    path(f"{APPLICATION}card/<uuid:card_id>/", audit.card, name="card"),
    path(f"{APPLICATION}case-file/", case_files.case_file_ask, name="case-file-ask"),
    path("audit/case-files/", case_files.case_files, name="case-files"),
    path(CASE_FILE, case_files.case_file, name="case-file"),
    path(f"{CASE_FILE}again/", case_files.case_file_again, name="case-file-again"),
    path(f"{CASE_FILE}file/", case_files.case_file_download, name="case-file-download"),
    path("audit/search/", event_search.event_search, name="event-search"),
    path("audit/search/export/", event_export.event_export, name="event-export"),
    path("audit/search/kept/", event_searches.event_searches, name="event-searches"),
    path("audit/search/kept/save/", event_searches.event_search_save, name="event-search-save"),
    path("audit/search/kept/restore/", event_searches.event_search_restore, name="event-search-restore"),
    path(SEARCH, event_searches.event_search_kept, name="event-search-kept"),
    path(f"{SEARCH}delete/", event_searches.event_search_delete, name="event-search-delete"),
    path("audit/findings/", findings.findings, name="findings"),
    path("audit/findings/rules/", findings.finding_rules, name="finding-rules"),
    path("audit/findings/examine/", findings_picked.findings_examine, name="findings-examine"),
    path(FINDING, findings.finding, name="finding"),
    path(f"{FINDING}examine/", findings.finding_examine, name="finding-examine"),
    path(f"{FINDING}reopen/", findings.finding_reopen, name="finding-reopen"),
    path("revisions/<uuid:public_id>/changes/", revisions.compare, name="revision-compare"),
    path("revisions/<uuid:public_id>/<int:number>/", revisions.revision, name="revision"),
    path(
        "revisions/<uuid:public_id>/<int:number>/changes/",
        revisions.revision_changes,
        name="revision-changes",
    ),
]
