"""An office's members and grants: who manages them, and that each change is an event."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.forms.office import BELOW
from accreditation.models import Organisation, OrganisationUserObjectPermission, User
from accreditation.services import offices
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.factories import AT, cast, city, district, enterprise, member, union, user
from workflows.actors import SYSTEM
from workflows.ledger.chain import first_broken
from workflows.models import Event
from workflows.refusals import NotReady

pytestmark = pytest.mark.django_db


def pages(organisation: Organisation, person: User) -> list[str]:
    """Return every address of an organisation's office."""
    return [
        reverse("office", args=[organisation.code]),
        reverse("office-found", args=[organisation.code]),
        reverse("member-new", args=[organisation.code]),
        reverse("member", args=[organisation.code, person.public_id]),
        reverse("member-end", args=[organisation.code, person.public_id]),
    ]


def changes(organisation: Organisation) -> list[tuple[str, str]]:
    """Return the actions recorded for an organisation, each with its grant."""
    rows = Event.objects.filter(stream=organisation.stream).order_by("sequence")
    return [(event.action, json.loads(event.body)["facts"].get("grant", "")) for event in rows]


def test_a_manager_sees_the_own_office_and_those_directly_below(at_city: Client) -> None:
    assert [at_city.get(address).status_code for address in pages(city(), user("chief"))] == [200] * 5
    assert [at_city.get(address).status_code for address in pages(district(), user("district_decider"))] == [
        200
    ] * 5


@pytest.mark.parametrize("method", ["get", "post"])
def test_two_levels_below_and_other_branches_are_not_there(at_city: Client, method: str) -> None:
    people = cast("other")
    beside = browser_of(member(people.district, "manage"))
    first = 0 if method == "get" else 1  # the office's own page takes no form
    above = pages(union(), user("union_decider"))[first:]
    across = pages(district(), user("district_decider"))[first:]
    answers = [getattr(at_city, method)(address) for address in above]
    answers += [getattr(beside, method)(address) for address in across]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("username", ["district_decider", "district_reviewer", "applicant", "expert1"])
def test_without_the_grant_to_manage_no_office_is_there(username: str) -> None:
    cast()
    browser = browser_of(user(username))
    answers = [browser.get(address).status_code for address in pages(district(), user("district_decider"))]
    assert answers == [404] * 5
    assert browser.get(reverse("offices")).context["page"].paginator.count == 0


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    people = cast()
    for address in [reverse("offices"), *pages(people.city, people.city_decider)]:
        assert client.get(address).headers["Location"] == f"{reverse('login')}?next={address}"


def test_somebody_with_an_account_becomes_a_member(at_city: Client) -> None:
    body = district()
    before = changes(body)
    answer = at_city.post(
        reverse("member-new", args=[body.code]),
        {"account": "known", "username": "applicant", "position": "干事"},
    )
    assert answer.headers["Location"] == reverse("member", args=[body.code, user("applicant").public_id])
    membership = body.memberships.get(user=user("applicant"))
    assert (membership.position, membership.ended_at) == ("干事", None)
    assert changes(body) == [*before, ("join", "")]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"account": "known", "username": "nobody"}, "没有这个账号，检查写法，或选择新开账号"),
        ({"account": "known", "username": "district_decider"}, "姓名district_decider已经是成员。"),
        ({"account": "new", "username": "fresh"}, "填写姓名"),
        ({"account": "new", "username": "applicant", "name": "某人"}, "账号applicant已经用过，换一个。"),
        ({"account": "known", "username": ""}, "填写账号"),
    ],
)
def test_who_cannot_be_added_is_told_at_the_field(
    at_city: Client, given: dict[str, str], problem: str
) -> None:
    before = changes(district())
    answer = at_city.post(reverse("member-new", args=["YB"]), given)
    assert answer.status_code == 422
    assert [message for messages in answer.context["form"].errors.values() for message in messages] == [
        problem
    ]
    assert changes(district()) == before


def test_a_new_account_shows_its_password_once(at_city: Client) -> None:
    answer = at_city.post(
        reverse("member-new", args=["YB"]),
        {"account": "new", "username": "heqiu", "name": "何秋", "position": "部长"},
    )
    password = answer.context["account"].password
    assert re.fullmatch(r"[2-9a-z]{4}(-[2-9a-z]{4}){3}", password)
    assert password in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client().login(username="heqiu", password=password)
    assert user("heqiu").name == "何秋"
    assert password not in at_city.get(reverse("office", args=["YB"])).text


def test_a_new_account_without_its_membership_is_not_made(at_city: Client) -> None:
    district_manager = browser_of(member(district(), "manage", username="manager"))
    OrganisationUserObjectPermission.objects.filter(user=user("manager")).delete()
    answer = district_manager.post(
        reverse("member-new", args=["YB"]), {"account": "new", "username": "heqiu", "name": "何秋"}
    )
    assert answer.status_code == 404
    assert not User.objects.filter(username="heqiu").exists()


def test_each_grant_given_or_taken_is_an_event(at_city: Client) -> None:
    body, person = district(), user("district_decider")
    before = changes(body)
    answer = at_city.post(
        reverse("member", args=[body.code, person.public_id]), {"grants": ["decide", "manage", "audit"]}
    )
    assert answer.headers["Location"] == reverse("office", args=[body.code])
    held = OrganisationUserObjectPermission.objects.filter(content_object=body, user=person)
    assert set(held.values_list("permission__codename", flat=True)) == {"decide", "manage", "audit"}
    given = [("revoke", "review"), ("grant", "manage"), ("grant", "audit")]
    assert changes(body)[len(before) :] == given
    history = [entry.sentence for entry in at_city.get(reverse("office", args=["YB"])).context["entries"]]
    assert history[:3] == [
        "陈立言授予姓名district_decider“审计”权限",
        "陈立言授予姓名district_decider“管理”权限",
        "陈立言收回姓名district_decider的“审核”权限",
    ]
    events = Event.objects.filter(stream=body.stream).order_by("sequence").select_related("payload")
    assert first_broken(events) is None


def test_saving_the_same_grants_records_nothing(at_city: Client) -> None:
    before = changes(district())
    address = reverse("member", args=["YB", user("district_decider").public_id])
    assert at_city.post(address, {"grants": ["review", "decide"]}).status_code == 302
    assert changes(district()) == before


def test_a_grant_that_makes_no_sense_there_is_refused(at_city: Client) -> None:
    address = reverse("member", args=["YB", user("district_decider").public_id])
    answer = at_city.post(address, {"grants": ["apply"]})
    assert answer.status_code == 422
    assert answer.context["form"].errors.get_json_data() == {
        "grants": [{"message": "这一组织没有这种权限", "code": "invalid_choice"}]
    }


def test_managers_cannot_take_their_own_right_to_manage(at_city: Client, chief: User) -> None:
    answer = at_city.post(reverse("member", args=["CQ", chief.public_id]), {"grants": ["decide"]})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "不能收回自己的管理权限，请由上级组织或另一位管理人办理。"
    ]


def test_ending_a_membership_asks_first_and_takes_the_grants(at_city: Client) -> None:
    body, person = district(), user("district_decider")
    before = changes(body)
    address = reverse("member-end", args=[body.code, person.public_id])
    assert "审核、决定" in at_city.get(address).text
    assert changes(body) == before
    assert at_city.post(address).headers["Location"] == reverse("office", args=[body.code])
    *revoked, last = changes(body)[len(before) :]
    assert (sorted(revoked), last) == ([("revoke", "decide"), ("revoke", "review")], ("leave", ""))
    assert not body.memberships.filter(user=person, ended_at=None).exists()
    assert at_city.post(address).status_code == 404


def test_an_organisation_is_founded_below(at_city: Client) -> None:
    given = {"kind": "group", "name": "市能源投资集团工会", "short_name": "能源投资集团", "code": "NY"}
    answer = at_city.post(reverse("office-found", args=["CQ"]), given)
    founded = Organisation.objects.get(code="NY")
    assert answer.headers["Location"] == reverse("office", args=["NY"])
    assert (founded.kind, founded.parent, founded.path) == ("group", city(), "CQ/NY/")
    assert changes(founded) == [("found", "")]


def test_a_code_in_use_is_told_at_its_field(at_city: Client) -> None:
    given = {"kind": "district", "name": "又一个", "code": "YB"}
    answer = at_city.post(reverse("office-found", args=["CQ"]), given)
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"] == ["代码YB已经用过，填写新的代码。"]


def test_nothing_is_founded_below_an_enterprise() -> None:
    browser = browser_of(member(enterprise(), "manage"))
    assert browser.get(reverse("office-found", args=["YB-E"])).status_code == 404


@pytest.mark.parametrize("above", [kind for kind in Organisation.Kind if kind != "enterprise"])
@pytest.mark.parametrize("below", [kind for kind in Organisation.Kind if kind != "city"])
def test_the_kinds_offered_are_the_kinds_accepted(above: str, below: str) -> None:
    place = {
        "city": city,
        "district": district,
        "industry": lambda: district("CY", "产业工会", "industry"),
        "group": lambda: district("JT", "集团工会", "group"),
        "union": union,
        "street": lambda: union("JD", "街道工会", kind="street"),
    }[above]()
    try:
        offices.found_organisation(kind=below, name="新设", code="XX", parent=place, by=SYSTEM, at=AT)
        accepted = True
    except NotReady:
        accepted = False
    assert (below in BELOW[Organisation.Kind(above)]) is accepted


def test_the_office_costs_the_same_for_1_and_30_of_everything(at_city: Client) -> None:
    address = reverse("office", args=["CQ"])
    few = cost_of(at_city, address)
    for number in range(30):
        member(city(), "review", username=f"person{number}")
        district(f"D{number}", f"第{number}区总工会")
    assert at_city.get(address).context["members"].paginator.count == 35
    assert cost_of(at_city, address) == few


def test_the_list_of_offices_costs_the_same_for_1_and_30(at_city: Client) -> None:
    address = reverse("offices")
    few = cost_of(at_city, address)
    for number in range(30):
        district(f"D{number}", f"第{number}区总工会")
    assert cost_of(at_city, address) == few
    assert at_city.get(address).context["page"].paginator.count == 32
    assert [body.code for body in at_city.get(address, {"q": "第7"}).context["page"]] == ["D7"]


@pytest.mark.parametrize("judge", ["district_reviewer", "district_decider", "city_decider", "expert1"])
def test_an_applicant_cannot_bar_a_judge_by_making_them_a_member(judge: str) -> None:
    people = cast()
    browser = browser_of(member(people.enterprise, "apply", "manage"))
    known = {"account": "known", "username": judge}
    answer = browser.post(reverse("member-new", args=[people.enterprise.code]), known)
    assert answer.status_code == 403
    assert not people.enterprise.memberships.filter(user=user(judge)).exists()


def test_who_manages_the_judges_records_that_one_belongs_to_a_union_below() -> None:
    people = cast()
    browser = browser_of(member(people.district, "manage"))
    known = {"account": "known", "username": "district_decider"}
    assert browser.post(reverse("member-new", args=[people.union.code]), known).status_code == 302
    assert people.union.memberships.filter(user=people.district_decider).exists()


def test_a_name_that_no_certificate_could_show_is_refused_when_typed(at_city: Client) -> None:
    given = {"kind": "district", "name": "𪚥区总工会", "code": "XX"}
    answer = at_city.post(reverse("office-found", args=[city().code]), given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])
    assert not Organisation.objects.filter(code="XX").exists()


def test_a_user_name_in_wide_letters_is_the_one_in_use(at_city: Client) -> None:
    wide = {"account": "new", "username": "\uff41pplicant", "name": "赵敏"}
    answer = at_city.post(reverse("member-new", args=[city().code]), wide)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["username"])
