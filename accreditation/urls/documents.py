"""Addresses of documents on paper."""

from django.urls import path

from accreditation.views import documents, public_documents

urlpatterns = [
    path("revisions/<uuid:public_id>/<int:number>/form.pdf", documents.form, name="application-form"),
    path("cycles/<slug:code>/meeting/scores.pdf", documents.scores, name="score-summary"),
    path("cycles/<slug:code>/naming/draft/", documents.draft, name="naming-draft"),
    path("notices/<uuid:public_id>/notice.pdf", public_documents.notice, name="notice-document"),
    path(
        "decisions/<uuid:public_id>/decision.<slug:kind>", public_documents.decision, name="decision-document"
    ),
    path("register/<int:year>.pdf", public_documents.yearbook, name="yearbook"),
]
