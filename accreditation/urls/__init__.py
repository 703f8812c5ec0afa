"""Addresses of the accreditation pages, one module for each kind of people."""

from accreditation.urls import account, applicant, audit, office, public, reviewer

urlpatterns = [
    *public.urlpatterns,
    *account.urlpatterns,
    *applicant.urlpatterns,
    *reviewer.urlpatterns,
    *office.urlpatterns,
    *audit.urlpatterns,
]
