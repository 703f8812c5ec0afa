"""Addresses for reviewers: desk and review."""

from django.urls import path

from accreditation.views import batch, desk, load, recall, review, saved_searches, scoring

REVIEW = "review/<uuid:public_id>/"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/done/", desk.desk_done, name="desk-done"),
    path("desk/keys/", desk.keys, name="keys"),
    path("desk/batch/", batch.batch, name="batch"),
    path("desk/searches/", saved_searches.searches, name="searches"),
    path("desk/searches/save/", saved_searches.save, name="search-save"),
    path("desk/searches/<uuid:public_id>/", saved_searches.search, name="search"),
    path("desk/searches/<uuid:public_id>/delete/", saved_searches.delete, name="search-delete"),
    path("load/", load.offices, name="loads"),
    path("load/<slug:code>/", load.load, name="load"),
    path("load/<slug:code>/spread/", load.spread, name="spread"),
    path("load/<slug:code>/spread/undo/", load.undo, name="spread-undo"),
    path(REVIEW, review.review, name="review"),
    path(f"{REVIEW}decide/", review.decide, name="decide"),
    path(f"{REVIEW}recall/", recall.recall, name="recall"),
    path(f"{REVIEW}score/", scoring.scorecard, name="scorecard"),
    path(f"{REVIEW}score/draft/", scoring.draft, name="scorecard-draft"),
    path(f"{REVIEW}score/sign/", scoring.sign, name="scorecard-sign"),
]
