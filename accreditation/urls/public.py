"""Addresses for everybody: front page, register, notices, objections, districts, decisions; for search engines."""

from django.urls import path

from accreditation.views import public, public_notices, register, register_files, sitemaps

urlpatterns = [
    path("", public.home, name="home"),
    path("register/", register.register, name="register"),
    path("register.<slug:kind>", register_files.register_file, name="register-file"),
    path("register/<uuid:public_id>/", register.studio, name="studio"),
    path("notices/", public_notices.notices, name="notices"),
    path("notices/<uuid:public_id>/", public_notices.notice, name="notice"),
    path(
        "notices/<uuid:public_id>/<uuid:application_id>/objection/",
        public_notices.objection,
        name="objection",
    ),
    path("objections/<uuid:public_id>/", public_notices.objection_received, name="objection-received"),
    path("districts/", public.districts, name="districts"),
    path("districts/<slug:code>/", public.district, name="district"),
    path("decisions/<uuid:public_id>/", public.decision, name="decision"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap-section"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
