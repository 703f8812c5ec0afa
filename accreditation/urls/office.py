"""Addresses for offices: members and grants, cycles, panels, notices, rulings, naming."""

from django.urls import path

from accreditation.views import (
    cycle_settings,
    cycles,
    naming,
    notices,
    office,
    office_members,
    panel,
    panels,
    versions,
)

urlpatterns = [
    path("offices/", office.offices, name="offices"),
    path("office/panel/<uuid:public_id>/", panel.panel, name="panel"),
    path("office/panel/<uuid:public_id>/conclude/", panel.panel_conclude, name="panel-conclude"),
    path("office/panel/<uuid:public_id>/discuss/", panel.panel_discuss, name="panel-discuss"),
    path("office/ruling/<uuid:public_id>/", notices.ruling, name="ruling"),
    path("office/<slug:code>/", office.office, name="office"),
    path("office/<slug:code>/below/new/", office.found, name="office-found"),
    path("office/<slug:code>/members/new/", office_members.member_new, name="member-new"),
    path("office/<slug:code>/members/<uuid:public_id>/", office_members.member, name="member"),
    path("office/<slug:code>/members/<uuid:public_id>/end/", office_members.member_end, name="member-end"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/new/", cycle_settings.cycle_new, name="cycle-new"),
    path("cycles/<slug:code>/", cycles.cycle, name="cycle"),
    path("cycles/<slug:code>/settings/", cycle_settings.cycle_settings, name="cycle-settings"),
    path("cycles/<slug:code>/panels/", panels.panels, name="panels"),
    path("cycles/<slug:code>/panels/conclude/", panels.concluding, name="panels-conclude"),
    path("cycles/<slug:code>/notice/", notices.notice_list, name="notice-list"),
    path("cycles/<slug:code>/rulings/", notices.rulings, name="rulings"),
    path("cycles/<slug:code>/naming/", naming.naming, name="naming"),
    path("cycles/<slug:code>/versions/", versions.versions, name="versions"),
]
