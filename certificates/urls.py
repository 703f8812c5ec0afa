"""Addresses of the public verification."""

from django.urls import path

from certificates import views, views_json, views_published

urlpatterns = [
    path("", views.verify, name="verify"),
    path("c/<slug:check_code>/", views.verify_certificate, name="verify-certificate"),
    path("check.json", views_json.check, name="verify-check"),
    path("c/<slug:check_code>/status.json", views_json.status, name="verify-status"),
    path("c/<slug:check_code>/log-proof.json", views.proof, name="verify-proof"),
    path("keys.json", views_published.keys, name="credential-keys"),
    path("chain.pem", views_published.certificates, name="signing-certificates"),
    path("status/<int:number>/<slug:purpose>", views_published.status_list, name="status-list"),
]
