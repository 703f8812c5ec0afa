"""Addresses for enterprises that apply."""

from django.urls import path

from accreditation.views.applicant import actions, application, assessment, check, files, lists, steps

APPLICATION = "applications/<uuid:public_id>/"

urlpatterns = [
    path("applications/", lists.applications, name="applications"),
    path("applications/new/", actions.start, name="application-new"),
    path(APPLICATION, application.application, name="application"),
    path(f"{APPLICATION}step/<slug:step>/", steps.step, name="application-step"),
    path(f"{APPLICATION}self-assessment/", assessment.assessment, name="application-assessment"),
    path(f"{APPLICATION}check/", check.check, name="application-check"),
    path(f"{APPLICATION}submit/", check.submit, name="application-submit"),
    path(f"{APPLICATION}withdraw/", actions.withdraw, name="application-withdraw"),
    path(f"{APPLICATION}certificate/", files.certificate, name="certificate"),
    path("evidence/<uuid:public_id>/", files.evidence, name="evidence"),
]
