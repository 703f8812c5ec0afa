"""Addresses of the accreditation pages, one module for each kind of people."""

from accreditation.urls import (
    account,
    applicant,
    audit,
    certificates,
    deliberation,
    documents,
    ledger,
    looks,
    notifications,
    office,
    persons,
    public,
    reviewer,
    signing,
    site_visits,
    tasks,
)

urlpatterns = [
    *public.urlpatterns,
    *ledger.urlpatterns,
    *account.urlpatterns,
    *notifications.urlpatterns,
    *applicant.urlpatterns,
    *reviewer.urlpatterns,
    *signing.urlpatterns,
    *site_visits.urlpatterns,
    *tasks.urlpatterns,
    *office.urlpatterns,
    *persons.urlpatterns,
    *deliberation.urlpatterns,
    *certificates.urlpatterns,
    *looks.urlpatterns,
    *documents.urlpatterns,
    *audit.urlpatterns,
]
