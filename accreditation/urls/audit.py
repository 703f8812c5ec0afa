"""Addresses for auditors, and the records that reviewers and applicants read too."""

from django.urls import path

from accreditation.views import audit

APPLICATION = "audit/<uuid:public_id>/"

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path(APPLICATION, audit.timeline, name="timeline"),
    path(f"{APPLICATION}revision/<int:number>/", audit.revision, name="revision"),
    path(f"{APPLICATION}card/<uuid:card_id>/", audit.card, name="card"),
]
