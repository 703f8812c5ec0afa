"""Addresses for standing in, keeping out, declaring interests and being named."""

from django.urls import path

from accreditation.views import appointments, declarations, recusals, substitutions

urlpatterns = [
    path("substitutions/", substitutions.substitutions, name="substitutions"),
    path("substitutions/<uuid:public_id>/end/", substitutions.end, name="substitution-end"),
    path("substitutions/<slug:code>/", substitutions.office_substitutions, name="office-substitutions"),
    path("substitutions/<slug:code>/new/", substitutions.new, name="substitution-new"),
    path("declarations/", declarations.declarations, name="declarations"),
    path("declarations/<slug:code>/", declarations.declaration, name="declaration"),
    path("review/<uuid:public_id>/recuse/", recusals.recuse, name="recuse"),
    path("review/<uuid:public_id>/appoint/", appointments.appoint, name="appoint"),
]
