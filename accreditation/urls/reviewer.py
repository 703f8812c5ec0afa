"""Addresses for reviewers: desk and review."""

from django.urls import path

from accreditation.views import desk, review, scoring

REVIEW = "review/<uuid:public_id>/"

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/done/", desk.desk_done, name="desk-done"),
    path(REVIEW, review.review, name="review"),
    path(f"{REVIEW}decide/", review.decide, name="decide"),
    path(f"{REVIEW}claim/", review.claim, name="claim"),
    path(f"{REVIEW}release/", review.release, name="release"),
    path(f"{REVIEW}score/", scoring.scorecard, name="scorecard"),
    path(f"{REVIEW}score/sign/", scoring.sign, name="scorecard-sign"),
]
