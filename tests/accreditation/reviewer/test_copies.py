"""抄送: who can be copied to, what they may read then and what not, and how it ends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Declaration, Interest
from accreditation.queries.part import part_of, readable_cards
from accreditation.queries.task_block import readers
from accreditation.queries.timeline import entries
from accreditation.scope import visible_applications
from accreditation.services import copies, offices, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_tasks import offered, page, text
from tests.crowd import applications_in
from workflows.actors import SYSTEM
from workflows.models import Copy, Recusal
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    return make.application_in(State.DISTRICT_REVIEW)


@pytest.fixture
def clerk():
    """A member of the city's office without any grant."""
    return make.member(make.cast().city, username="clerk", name="文静")


def copy(application, *people, by="district_reviewer", note=""):
    return copies.copy_to(application, by=make.user(by), people=people, at=NOW, note=note)


def test_the_copied_reads_the_page_and_can_do_nothing(signed_in, application, clerk):
    client = signed_in(clerk)
    assert client.get(page(application)).status_code == 404
    copy(application, clerk, note="请知悉。")
    shown = client.get(page(application))
    assert (shown.status_code, offered(shown), shown.context["form"]) == (200, [], None)
    for act in ("claim", "remind", "decide"):
        sent = {"version": application.version, "decision": "send_back", "reason": "补正。"}
        assert client.post(page(application, f"{act}/"), sent).status_code == 403
    for act in ("assign", "transfer", "delegate", "copy"):
        assert client.get(page(application, f"{act}/")).status_code == 403
    assert entries(application, clerk)[-1].text == "抄送文静。"
    assert entries(application, clerk)[-1].said == "请知悉。"


def test_the_copied_sees_neither_the_panel_nor_its_cards_nor_advice(signed_in, clerk):
    application = make.application_in(State.DISTRICT_REVIEW)
    holder, adviser = make.user("district_reviewer"), make.user("district_decider")
    tasks.claim(application, by=holder, at=NOW)
    tasks.delegate(application, by=holder, to=adviser, at=NOW, question="产权属实吗？")
    tasks.advise(application, by=adviser, at=NOW, opinion="产权存疑。")
    copy(application, clerk)
    assert "产权" not in text(signed_in(clerk).get(page(application)))

    scored = make.application_in(State.CITY_DECISION, leader_name="张毅")
    copy(scored, clerk, by="city_decider")
    part = part_of(scored, clerk, [])
    assert (part.sees_panel, part.levels, readable_cards(scored, clerk, part)) == (False, frozenset(), [])
    shown = text(signed_in(clerk).get(page(scored)))
    assert all(expert.name not in shown for expert in make.cast().experts)
    assert {entry.action for entry in entries(scored, clerk)}.isdisjoint({"score", "delegate", "advise"})


def test_reading_is_noted_once_and_the_list_shows_it(signed_in, application, clerk):
    copy(application, clerk)
    client = signed_in(clerk)
    assert "未看" in text(client.get("/copies/"))
    client.get(page(application))
    assert Copy.objects.get().read_at == NOW
    assert "已看" in text(client.get("/copies/"))
    assert "没有抄送给您的申报" in text(signed_in(make.user("union_reviewer")).get("/copies/"))


def test_a_copy_is_withdrawn_by_who_made_it(signed_in, application, clerk):
    copy(application, clerk)
    found = Copy.objects.get()
    other = signed_in(make.user("district_decider"))
    assert other.post(page(application, f"copy/{found.public_id}/")).status_code == 403
    client = signed_in(make.user("district_reviewer"))
    assert client.post(page(application, f"copy/{found.public_id}/")).status_code == 302
    assert client.post(page(application, f"copy/{found.public_id}/")).status_code == 404
    assert not visible_applications(clerk).exists()
    assert entries(application, make.user("district_reviewer"))[-1].text == "收回给文静的抄送。"
    copies.withdraw_copy(application, found, by=make.user("district_reviewer"), at=NOW)
    assert [entry.action for entry in entries(application, make.user("city_decider"))][-2:] == [
        "copy", "withdraw_copy",
    ]  # fmt: skip


def test_a_copy_ends_with_the_membership(signed_in, application, clerk):
    copy(application, clerk)
    offices.end_membership(make.cast().city, clerk, by=SYSTEM, at=NOW)
    assert signed_in(clerk).get(page(application)).status_code == 404
    assert text(signed_in(clerk).get("/copies/")).count("王金山") == 0


@pytest.mark.parametrize("why", ["own", "interest", "recused"])
def test_a_copy_ends_when_its_reader_must_keep_out(signed_in, application, why):
    who, reader = make.cast(), make.member(make.cast().union, username="reader", name="文静")
    copy(application, reader)
    assert signed_in(reader).get(page(application)).status_code == 200
    if why == "own":
        make.member(who.enterprise, "apply", username="reader")
    elif why == "interest":
        declaration = Declaration.objects.get(user=reader, cycle=who.cycle)
        Interest.objects.create(declaration=declaration, enterprise=who.enterprise)
    else:
        Recusal.objects.create(subject=application, user=reader, office=who.union, at=NOW)
    assert signed_in(reader).get(page(application)).status_code == 404
    assert text(signed_in(reader).get("/copies/")).count("王金山") == 0
    own = signed_in(reader).get(f"/applications/{application.public_id}/")
    assert own.status_code == (200 if why == "own" else 404)


def test_only_people_of_its_offices_who_need_not_keep_out_can_be_copied_to(application, clerk):
    who = make.cast()
    applicants = make.member(who.union, username="both")
    make.member(who.enterprise, username="both")
    other = make.cast("other").district_decider
    names = {one.user.username for one in readers(application, make.user("district_reviewer"))}
    assert names >= {"clerk", "union_reviewer", "district_decider", "city_decider", "expert1"}
    assert names.isdisjoint({"both", "other-district_decider", "applicant", "district_reviewer"})
    for person in (applicants, other, who.applicant, make.user("district_reviewer")):
        with pytest.raises(NotReady, match=f"不能抄送给{person.name}。"):
            copy(application, person)
    with pytest.raises(NotReady, match="选择抄送给谁。"):
        copy(application)
    copy(application, clerk)
    with pytest.raises(NotReady, match="已经抄送给文静。"):
        copy(application, clerk)


def test_only_who_works_on_it_copies(application, clerk):
    for user in ("union_decider", "city_decider"):
        with pytest.raises(NotPermitted):
            copy(application, clerk, by=user)
    reviewer = make.user("district_reviewer")
    offices.set_grants(make.cast().district, reviewer, set(), by=SYSTEM, at=NOW)
    with pytest.raises(NotPermitted):
        copy(application, clerk)


def test_people_are_chosen_from_a_list_that_is_searched_by_name(signed_in, application, clerk):
    client = signed_in(make.user("district_reviewer"))
    assert "文静" in text(client.get(page(application, "copy/")))
    found = client.get(page(application, "copy/"), {"q": "文"})
    assert [one.user.name for one in found.context["readers"]] == ["文静"]
    assert "没有找到“何秋”" in text(client.get(page(application, "copy/"), {"q": "何秋"}))
    expert = make.user("expert1")
    response = client.post(
        page(application, "copy/"), {"people": [clerk.public_id, expert.public_id], "note": "请知悉。"}
    )
    assert response.status_code == 302
    assert {one.user for one in Copy.objects.all()} == {clerk, expert}
    assert client.post(page(application, "copy/"), {"note": "请知悉。"}).status_code == 422


@pytest.mark.parametrize("address", ["/copies/", "copy/"])
def test_the_lists_cost_the_same_at_1_and_at_30_rows(signed_in, clerk, address):
    client = signed_in(clerk if address == "/copies/" else make.user("district_reviewer"))
    first, *others = applications_in(State.DISTRICT_REVIEW, [f"王{number}" for number in range(30)])

    def add(number):
        if address == "/copies/":
            copy(others[number - 1] if number else first, clerk)
        else:
            make.member(make.cast().city, username=f"clerk{number}")
            copy(first, make.member(make.cast().city, username=f"copied{number}"))

    def count():
        where = address if address == "/copies/" else page(first, address)
        client.get(where)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(where).status_code == 200
        return len(caught)

    add(0)
    one = count()
    for number in range(1, 30):
        add(number)
    assert count() == one
