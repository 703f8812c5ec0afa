"""Addresses of the public verification."""

from django.urls import path

from certificates import views

urlpatterns = [
    path("", views.verify, name="verify"),
    path("c/<slug:check_code>/", views.verify_certificate, name="verify-certificate"),
    path("c/<slug:check_code>/log-proof.json", views.proof, name="verify-proof"),
]
