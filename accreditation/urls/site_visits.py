"""Addresses for site visits 考察."""

from django.urls import path

from accreditation.views import site_visits

VISITS = "review/<uuid:public_id>/visits/"

urlpatterns = [
    path(VISITS, site_visits.site_visits, name="site-visits"),
    path(f"{VISITS}new/", site_visits.site_visit_new, name="site-visit-new"),
    path(f"{VISITS}<uuid:visit_id>/correct/", site_visits.site_visit_correct, name="site-visit-correct"),
    path("visits/photos/<uuid:public_id>/", site_visits.site_visit_photo, name="site-visit-photo"),
]
