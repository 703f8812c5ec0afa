"""Addresses for auditors, and the records that reviewers and applicants read too."""

from django.urls import path

from accreditation.views import audit, revisions

APPLICATION = "audit/<uuid:public_id>/"

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path(APPLICATION, audit.timeline, name="timeline"),
    path(f"{APPLICATION}card/<uuid:card_id>/", audit.card, name="card"),
    path("revisions/<uuid:public_id>/<int:number>/", revisions.revision, name="revision"),
    path(
        "revisions/<uuid:public_id>/<int:number>/changes/",
        revisions.revision_changes,
        name="revision-changes",
    ),
]
