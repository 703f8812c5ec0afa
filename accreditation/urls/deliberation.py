"""Addresses for what offices do beside deciding one by one: order candidates, hold a meeting."""

from django.urls import path

from accreditation.views import meeting_record, meetings, ranking

urlpatterns = [
    path("cycles/<slug:code>/ranking/<slug:body>/", ranking.ranking, name="ranking"),
    path("cycles/<slug:code>/meeting/", meetings.meeting_list, name="meeting-list"),
    path("cycles/<slug:code>/meeting/new/", meetings.meeting_new, name="meeting-new"),
    path("cycles/<slug:code>/meeting/<uuid:public_id>/", meeting_record.meeting, name="meeting"),
    path(
        "cycles/<slug:code>/meeting/<uuid:public_id>/retry/",
        meeting_record.meeting_retry,
        name="meeting-retry",
    ),
]
