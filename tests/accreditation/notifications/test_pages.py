"""The page of messages: what stands there, where it leads, how it is marked, and what never shows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accreditation.queries.notifications import messages_of, readable
from accreditation.scope import offices_of
from accreditation.services import offices
from accreditation.states import State
from tests import factories as make
from tests.accreditation.notifications.conftest import NOW, messages
from tests.crowd import applications_in
from tests.factories import SYSTEM
from workflows.models import Event, Notification
from workflows.notifications.fan_out import fan_out

pytestmark = pytest.mark.django_db
LIST = "/notifications/"


@pytest.fixture(autouse=True)
def _cast(db):
    """Two branches of the tree."""
    make.cast(), make.cast("other")


def rows(response):
    return [(row.title, row.who, row.text, row.why, row.is_unread) for row in response.context["rows"]]


def one_of(user):
    fan_out(NOW)
    return Notification.objects.filter(user=user).order_by("-pk").first()


def test_a_message_says_which_studio_who_did_what_and_why_one_is_told(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    response = signed_in(make.user("district_reviewer")).get(LIST)
    assert rows(response) == [
        (
            application.studio.name,
            f"金山科技工会 {make.user('union_decider').name}",
            "推荐，依据第1版。",
            "新到待办",
            True,
        )
    ]
    assert "9月1日" in response.content.decode()


def test_the_words_are_those_of_the_reader(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    user = make.user("district_reviewer")
    with override("en"):
        said = messages(user)[0].text
    assert said != "推荐，依据第1版。"
    assert "1" in said


def test_the_head_of_every_page_counts_what_is_new(signed_in):
    client = signed_in(make.user("district_reviewer"))
    assert client.get("/desk/").context["face"]["inbox"].count == ""
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    response = client.get("/desk/")
    assert response.context["face"]["inbox"].count == "3"
    assert '消息 <span class="n">3' in response.content.decode()


def test_many_are_counted_up_to_99(signed_in, monkeypatch):
    monkeypatch.setattr("accreditation.context.MANY", 2)
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    client = signed_in(make.user("district_reviewer"))
    assert client.get("/desk/").context["face"]["inbox"].count == "2+"


@pytest.mark.parametrize(
    ("state", "reader", "page"),
    [
        (State.DISTRICT_REVIEW, "district_reviewer", "review"),
        (State.DISTRICT_REVIEW, "applicant", "application"),
        (State.RETURNED_BY_DISTRICT, "union_decider", "review"),
        (State.PANEL_SCORING, "expert1", "review"),
    ],
)
def test_opening_a_message_leads_to_the_readers_page_and_marks_it_read(state, reader, page, signed_in):
    application = make.application_in(state)
    row, client = one_of(make.user(reader)), signed_in(make.user(reader))
    response = client.get(reverse("notification", args=[row.public_id]))
    assert response.url == reverse(page, args=[application.public_id])
    assert client.get(response.url).status_code == 200
    row.refresh_from_db()
    assert row.read_at == NOW
    assert row.pk not in readable(make.user(reader), NOW, unread=True)


def test_a_message_about_ones_own_grants_leads_to_the_account(signed_in):
    who = make.cast()
    manager = make.member(who.district, "manage", username="manager")
    offices.set_grants(who.district, who.district_reviewer, {"decide"}, by=manager, at=NOW)
    row = one_of(who.district_reviewer)
    response = signed_in(who.district_reviewer).get(reverse("notification", args=[row.public_id]))
    assert response.url == reverse("account")


def test_each_can_be_marked_read_and_unread_and_the_list_stays_as_it_was(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    user = make.user("district_reviewer")
    row, client = one_of(user), signed_in(user)
    answer = client.post(reverse("notification-read", args=[row.public_id]) + "?show=unread&page=1")
    assert answer.url == "/notifications/?show=unread&page=1"
    assert rows(client.get(LIST))[0][-1] is False
    client.post(reverse("notification-unread", args=[row.public_id]))
    assert rows(client.get(LIST))[0][-1] is True


def test_all_are_marked_read_but_not_what_came_after_the_page_was_made(signed_in):
    user = make.user("district_reviewer")
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    client = signed_in(user)
    newest = client.get(LIST).context["newest"]
    make.application_in(State.DISTRICT_REVIEW, leader_name="王3")
    fan_out(NOW)
    response = client.post(reverse("notifications-read"), {"through": newest}, follow=True)
    assert [row[-1] for row in rows(response)] == [True, False, False, False]
    assert "已将3条消息标为已读" in response.content.decode()


@pytest.mark.parametrize("through", ["", "x", "5e4b9d5e-7d7b-4c2f-8f5c-0f0a3c4e5d6f"])
def test_an_unknown_message_marks_nothing(through, signed_in):
    client = signed_in(make.user("district_reviewer"))
    assert client.post(reverse("notifications-read"), {"through": through}).status_code == 404


def test_the_unread_can_be_shown_alone(signed_in):
    user = make.user("district_reviewer")
    for number in range(2):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    client = signed_in(user)
    client.post(reverse("notification-read", args=[one_of(user).public_id]))
    response = client.get(LIST, {"show": "unread"})
    assert [row[0] for row in rows(response)] == ["王0劳模创新工作室"]
    assert [(one["label"], one["count"]) for one in response.context["figures"]] == [("全部", 2), ("未读", 1)]


def test_empty_lists_say_so(signed_in):
    client = signed_in(make.user("district_reviewer"))
    assert "还没有消息" in client.get(LIST).content.decode()
    assert "没有未读的消息" in client.get(LIST, {"show": "unread"}).content.decode()


def test_a_revoked_grant_takes_its_messages_along_list_count_and_link(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    user = make.user("district_reviewer")
    row, client = one_of(user), signed_in(user)
    offices.set_grants(make.cast().district, user, set(), by=SYSTEM, at=NOW)
    response = client.get(LIST)
    assert rows(response) == []
    assert response.context["face"]["inbox"].count == ""
    assert response.context["newest"] is None
    assert "王金山" not in response.content.decode()
    for name in ("notification", "notification-read", "notification-unread"):
        address = reverse(name, args=[row.public_id])
        answer = client.get(address) if name == "notification" else client.post(address)
        assert answer.status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_messages_of_others_do_not_exist(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    row = one_of(make.user("district_reviewer"))
    client = signed_in(make.user("other-district_reviewer"))
    assert client.get(reverse("notification", args=[row.public_id])).status_code == 404
    assert client.post(reverse("notification-read", args=[row.public_id])).status_code == 404
    assert client.post(reverse("notifications-read"), {"through": row.public_id}).status_code == 404
    assert rows(client.get(LIST)) == []


def test_visitors_are_asked_to_sign_in(client):
    assert client.get(LIST).status_code == 302
    assert client.get(LIST).url.startswith("/login/")


def test_whoever_may_not_know_the_panel_does_not_read_of_it():
    make.application_in(State.CITY_DECISION)
    fan_out(NOW)
    of_applicant = messages(make.user("applicant"))
    assert [one.text for one in of_applicant][:2] == ["专家评分结束。", "受理，交专家组评分。"]
    of_city = messages(make.user("city_decider"))
    assert of_city[0].text == "评分卡已达到法定张数，可以结束评分。"


def test_what_is_no_longer_allowed_to_be_known_is_not_told_afterwards():
    """Somebody who decided for the city is now with the district of the application."""
    make.application_in(State.CITY_DECISION)
    fan_out(NOW)
    who = make.cast()
    moved = who.city_decider
    make.member(who.city, username="city_decider")
    make.member(who.district, "review", username="city_decider")
    listed = messages_of(moved, readable(moved, NOW), offices_of(moved))
    said = {one.notification.event.action: one.text for one in listed if one.notification.object_id}
    assert said["score"] == "有新的进展。"


def test_a_name_that_was_erased_is_not_told(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    event = Event.objects.get(action="recommend")
    event.payload.delete()
    assert rows(signed_in(make.user("district_reviewer")).get(LIST))[0][1] == "金山科技工会"


@pytest.mark.parametrize("address", [LIST, "/notifications/?show=unread"])
def test_the_page_costs_the_same_at_1_and_at_30_messages(address, signed_in):
    user = make.user("district_reviewer")

    def cost():
        fan_out(NOW)
        client = signed_in(user)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    make.application_in(State.DISTRICT_REVIEW, leader_name="王0")
    one = cost()
    applications_in(State.DISTRICT_REVIEW, [f"王{number}" for number in range(1, 30)])
    assert cost() == one


def test_pages_hold_thirty_and_the_count_stops_at_the_cap(signed_in, monkeypatch):
    user = make.user("district_reviewer")
    applications_in(State.DISTRICT_REVIEW, [f"王{number}" for number in range(31)])
    fan_out(NOW)
    client = signed_in(user)
    assert len(client.get(LIST).context["rows"]) == 30
    assert len(client.get(LIST, {"page": 2}).context["rows"]) == 1
    monkeypatch.setattr("accreditation.queries.notifications.CAP", 5)
    monkeypatch.setattr("accreditation.views.notifications.CAP", 5)
    assert client.get(LIST).context["figures"][0]["count"] == "5+"
