"""Addresses for who looks after certificates that were issued."""

from django.urls import path

from accreditation.views import certificate_life, certificates

ONE = "certificates/<uuid:public_id>/"
urlpatterns = [
    path("certificates/", certificates.certificates, name="certificates"),
    path(ONE, certificates.certificate, name="certificate-record"),
    path(f"{ONE}revoke/", certificate_life.certificate_revoke, name="certificate-revoke"),
    path(f"{ONE}reissue/", certificate_life.certificate_reissue, name="certificate-reissue"),
    path(f"{ONE}renew/", certificate_life.certificate_renew, name="certificate-renew"),
]
