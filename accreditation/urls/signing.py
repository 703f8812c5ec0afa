"""Addresses of the rounds of signatures on an application."""

from django.urls import path

from accreditation.views import signing, signing_acts

SIGNING = "review/<uuid:public_id>/signing/"
ROUND = f"{SIGNING}<uuid:round_id>/"

urlpatterns = [
    path(f"{SIGNING}new/", signing.signing_new, name="signing-new"),
    path(ROUND, signing.signing, name="signing"),
    path(f"{ROUND}sign/", signing_acts.sign, name="signing-sign"),
    path(f"{ROUND}add/", signing_acts.add, name="signing-add"),
    path(f"{ROUND}remove/", signing_acts.remove, name="signing-remove"),
    path(f"{ROUND}change/", signing_acts.change, name="signing-change"),
    path(f"{ROUND}cancel/", signing_acts.cancel, name="signing-cancel"),
]
