"""查档: who may look up what, at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.queries.archive import archive
from accreditation.scope import offices_of, visible_applications
from accreditation.services import applications
from accreditation.states import State
from tests import factories as make
from tests.crowd import applications_in

pytestmark = pytest.mark.django_db


def auditor(place, username="auditor"):
    return make.member(place, "audit", username=username)


def leaders(response):
    return [one.studio.leader_name for one in response.context["page"].object_list]


def test_an_auditor_sees_what_was_submitted_in_the_own_branch_latest_first(signed_in):
    make.application_in(State.ENTERPRISE_REVIEW, leader_name="王金山")
    make.application_in(State.CITY_INTAKE, leader_name="张毅", at=make.AT + make.STEP)
    make.application_in(
        State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="周亚平", at=make.AT + 2 * make.STEP
    )
    make.draft(leader_name="庞宇来")
    city, district = auditor(make.city()), auditor(make.cast().district, "local")
    union = auditor(make.cast("other").union, "inside")
    assert leaders(signed_in(city).get("/audit/")) == ["周亚平", "张毅", "王金山"]
    assert leaders(signed_in(district).get("/audit/")) == ["张毅", "王金山"]
    assert leaders(signed_in(union).get("/audit/")) == ["周亚平"]


def test_the_list_asks_the_same_as_the_page():
    for number, state in enumerate((State.ENTERPRISE_REVIEW, State.NAMED, State.WITHDRAWN)):
        make.application_in(state, leader_name=f"王{number}")
        make.application_in(state, who=make.cast("other"), leader_name=f"张{number}")
    make.draft()
    for place in (make.city(), make.cast().district, make.cast("other").union):
        user = auditor(place, f"auditor-{place.code}")
        assert set(archive(offices_of(user))) == set(visible_applications(user))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "亚平"}, ["周亚平"]),
        ({"q": "2026-0001"}, ["王金山"]),
        ({"state": "city_intake"}, ["周亚平"]),
        ({"district": "YB"}, ["王金山"]),
        ({"district": "other-YB", "state": "district_review"}, []),
        ({"cycle": "2026"}, ["周亚平", "王金山"]),
        ({"cycle": "1999", "page": "x"}, ["周亚平", "王金山"]),
    ],
)
def test_the_archive_is_searched_and_filtered(signed_in, query, found):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    make.application_in(
        State.CITY_INTAKE, who=make.cast("other"), leader_name="周亚平", at=make.AT + make.STEP
    )
    assert leaders(signed_in(auditor(make.city())).get("/audit/", query)) == found


def test_nobody_but_auditors_has_the_archive(signed_in):
    who = make.cast()
    for user in (who.applicant, who.district_decider, who.city_decider):
        assert signed_in(user).get("/audit/").status_code == 404


def test_an_empty_archive_and_an_empty_search_say_what_to_do(signed_in):
    client = signed_in(auditor(make.city()))
    assert "还没有提交过的申报" in client.get("/audit/").content.decode()
    assert "没有找到“王”" in client.get("/audit/", {"q": "王"}).content.decode()


def test_withdrawn_drafts_are_not_in_the_archive(signed_in):
    draft = make.draft()
    applications.withdraw(
        draft, by=make.cast().applicant, at=make.AT + make.STEP, expected_version=draft.version
    )
    assert leaders(signed_in(auditor(make.city())).get("/audit/")) == []


@pytest.mark.parametrize("query", ["", "?q=劳模&state=district_review"])
def test_the_archive_costs_the_same_at_1_and_at_30_rows(signed_in, query):
    client = signed_in(auditor(make.city()))

    def cost():
        client.get(f"/audit/{query}")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/audit/{query}").status_code == 200
        return len(caught)

    make.application_in(State.DISTRICT_REVIEW, leader_name="王0")
    one = cost()
    applications_in(State.DISTRICT_REVIEW, [f"王{number}" for number in range(1, 30)])
    assert cost() == one
