"""Addresses for how certificates look."""

from django.urls import path

from accreditation.views import certificate_designs, certificate_looks, plaques

LOOK = "certificate-look/"
DESIGN = f"{LOOK}designs/<slug:key>/"
urlpatterns = [
    path(LOOK, certificate_looks.look, name="certificate-look"),
    path(f"{LOOK}preview/", certificate_looks.look_preview, name="certificate-look-preview"),
    path(f"{LOOK}sample/", certificate_looks.look_sample, name="certificate-look-sample"),
    path(f"{LOOK}designs/", certificate_designs.designs, name="certificate-designs"),
    path(DESIGN, certificate_designs.design, name="certificate-design"),
    path(f"{DESIGN}preview/", certificate_designs.design_preview, name="certificate-design-preview"),
    path("applications/<uuid:public_id>/plaque/", plaques.plaque, name="plaque"),
    path("applications/<uuid:public_id>/certificate-print/", plaques.printable, name="certificate-print"),
]
