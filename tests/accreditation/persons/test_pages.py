"""The pages about persons: who has them, what they say, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accreditation.models import Declaration
from accreditation.scope import visible_applications
from accreditation.services import tasks
from accreditation.services.appointments import appoint
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import end_substitution
from accreditation.states import State
from tests import factories as make
from tests.accreditation.persons.conftest import NOW, TODAY, away, browser_of, cost_of, naming_of, work_of
from tests.page import parse
from workflows.models import Recusal, Substitution

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MINE = "/substitutions/"


@pytest.fixture
def who():
    return make.cast()


@pytest.fixture
def standin(who):
    return make.member(who.district, username="standin", name="王芳")


@pytest.fixture
def waiting(who):
    return make.application_in(State.DISTRICT_REVIEW)


def words_of(response):
    return parse(response).one("main").words


# ── 代理 ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_sets_a_substitute_for_themselves_and_ends_it(who, standin):
    browser = browser_of(who.district_decider)
    address = reverse("substitution-new", args=[who.district.code])
    page = parse(browser.get(address))
    assert [one.words for one in page.one("#id_principal").all("option")] == [
        "选择一个人", who.district_decider.name,
    ]  # fmt: skip
    sent = {
        "principal": str(who.district_decider.public_id),
        "substitute": str(standin.public_id),
        "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + DAY).isoformat(),
        "note": "出差",
    }
    answer = browser.post(address, sent | {"ends_on": (TODAY - DAY).isoformat()})
    assert answer.status_code == 422
    assert "结束日期不早于开始日期。" in words_of(answer)
    assert parse(answer).one("#id_note")["value"] == "出差"
    answer = browser.post(address, sent, follow=True)
    assert answer.redirect_chain == [(MINE, 302)]
    said = words_of(answer)
    assert "王芳将代" in said
    assert "代理中" in said
    assert "出差" in said
    made = Substitution.objects.get()
    end = reverse("substitution-end", args=[made.public_id])
    assert "结束王芳代" in words_of(browser.get(end))
    answer = browser.post(end, follow=True)
    assert "王芳不再代" in words_of(answer)
    assert browser.post(end).status_code == 409
    assert "这次代理已经结束" in words_of(browser.get(end))


def test_a_manager_sets_it_for_everybody_of_the_office(who, standin):
    manager = make.member(who.district, "manage")
    browser = browser_of(manager)
    page = parse(browser.get(reverse("substitution-new", args=[who.district.code])))
    assert {one.words for one in page.one("#id_principal").all("option")} == {
        "选择一个人", who.district_decider.name, who.district_reviewer.name,
    }  # fmt: skip
    away(who.district_decider, standin, who.district)
    listed = words_of(browser.get(reverse("office-substitutions", args=[who.district.code])))
    assert who.district_decider.name in listed
    assert "王芳" in listed


def test_another_offices_substitutions_are_not_there(who, standin):
    made = away(who.district_decider, standin, who.district)
    other = make.cast("other")
    addresses = [
        reverse("office-substitutions", args=[who.district.code]),
        reverse("substitution-new", args=[who.district.code]),
        reverse("substitution-end", args=[made.public_id]),
    ]
    strangers = [
        other.district_decider,
        make.member(other.district, "manage"),
        who.applicant,
        who.union_decider,
    ]
    for stranger in strangers:
        browser = browser_of(stranger)
        assert [browser.get(address).status_code for address in addresses] == [404] * 3
        assert [browser.post(address).status_code for address in addresses[1:]] == [404] * 2
        assert who.district_decider.name not in words_of(browser.get(MINE))
    reviewer = browser_of(who.district_reviewer)
    assert [reviewer.get(address).status_code for address in addresses] == [404, 200, 404]
    assert not Substitution.objects.exclude(ended_at=None).exists()
    assert (
        browser_of(who.district_decider).get(reverse("substitution-new", args=["NOWHERE"])).status_code == 404
    )


def test_the_desk_of_a_substitute_shows_for_whom_and_the_done_list_too(who, standin, waiting):
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    browser = browser_of(standin)
    assert browser.get("/desk/").status_code == 404
    away(who.district_decider, standin, who.district)
    name = who.district_decider.name
    page = browser.get("/desk/")
    assert f"代{name}" in words_of(page)
    review_page = browser.get(reverse("review", args=[waiting.public_id]))
    assert f"由您代{name}持有" in words_of(review_page)
    sent = {"version": waiting.version, "decision": "recommend", "reason": "同意推荐。"}
    answer = browser.post(reverse("decide", args=[waiting.public_id]), sent, follow=True)
    assert "已推荐" in words_of(answer)
    assert f"代{name}" in words_of(browser.get("/desk/done/"))
    told = words_of(browser_of(who.district_decider).get(reverse("timeline", args=[waiting.public_id])))
    assert f"王芳 （代{name}，{who.district.name}，决定）" in told or f"王芳（代{name}，" in told
    assert f"王芳（代{name}）" in words_of(
        browser_of(who.city_decider).get(reverse("review", args=[waiting.public_id]))
    )


def test_nothing_is_left_on_the_desk_after_the_substitution(who, standin, waiting):
    made = away(who.district_decider, standin, who.district)
    browser = browser_of(standin)
    assert browser.get(reverse("review", args=[waiting.public_id])).status_code == 200
    end_substitution(made, by=standin, at=NOW)
    assert browser.get(reverse("review", args=[waiting.public_id])).status_code == 404
    assert browser.get("/desk/").status_code == 404


def test_the_lists_cost_the_same_at_1_and_at_30_rows(who, standin):
    manager = make.member(who.district, "manage", username="district_decider")
    make.member(who.district, "review", "decide", "manage", username="district_decider")
    addresses = [MINE, reverse("office-substitutions", args=[who.district.code])]
    away(who.district_decider, standin, who.district, first=TODAY, last=TODAY)
    browser = browser_of(manager)
    one = [cost_of(browser, address) for address in addresses]
    for day in range(1, 30):
        away(who.district_decider, standin, who.district, first=TODAY + day * DAY, last=TODAY + day * DAY)
    assert [cost_of(browser, address) for address in addresses] == one


# ── 回避 and 指定 ────────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_recuses_from_the_review_page(who, waiting):
    tasks.claim(waiting, by=who.district_decider, at=NOW)
    browser, address = browser_of(who.district_decider), reverse("recuse", args=[waiting.public_id])
    review_page = parse(browser.get(reverse("review", args=[waiting.public_id])))
    assert [link.words for link in review_page.all(f'a[href="{address}"]')] == ["回避"]
    assert "本人不能撤销" in words_of(browser.get(address))
    answer = browser.post(address, {"reason": ""})
    assert (answer.status_code, Recusal.objects.exists()) == (422, False)
    answer = browser.post(address, {"reason": "亲属关系"}, follow=True)
    assert "您已对" in words_of(answer)
    assert "您已回避" in words_of(answer)
    assert "您已对这一件回避" in words_of(browser.get(address))
    assert browser.post(address, {"reason": "亲属关系"}).status_code == 409
    again = parse(browser.get(reverse("review", args=[waiting.public_id])))
    assert again.all(f'a[href="{address}"]') == []
    assert "您已对这一件回避。" in again.one("main").words


def test_nobody_recuses_from_what_is_not_theirs(who, waiting):
    address = reverse("recuse", args=[waiting.public_id])
    for stranger in (who.applicant, make.cast("other").district_decider, who.experts[0], who.union_decider):
        assert browser_of(stranger).get(address).status_code == 404
        assert browser_of(stranger).post(address, {"reason": "无"}).status_code == 404
    assert not Recusal.objects.exists()


def test_the_office_above_names_somebody_from_its_desk(who, waiting):
    recuse(waiting, by=who.district_decider, at=NOW, reason="亲属关系")
    browser, address = browser_of(who.city_decider), reverse("appoint", args=[waiting.public_id])
    assert parse(browser.get("/desk/")).one(f'td a[href="{address}"]').words.startswith("指定办理人")
    page = parse(browser.get(address))
    assert "没有人可以决定这一件" in page.one("main").words
    assert len(page.all('input[name="user"][disabled]')) == 1
    answer = browser.post(address, {"reason": "熟悉行业"})
    assert answer.status_code == 422
    assert parse(answer).one("#id_reason").words == "熟悉行业"
    sent = {"user": str(who.experts[0].public_id), "reason": "熟悉行业"}
    assert "已指定" in words_of(browser.post(address, sent, follow=True))
    named = browser_of(who.experts[0])
    assert waiting.studio.name in words_of(named.get("/desk/"))
    decided = named.post(
        reverse("decide", args=[waiting.public_id]),
        {"version": waiting.version, "decision": "recommend", "reason": "同意。"},
        follow=True,
    )
    assert "已推荐" in words_of(decided)
    assert make.fresh(waiting).state == State.CITY_INTAKE


def test_the_page_of_naming_is_not_there_for_others(who, waiting):
    address = reverse("appoint", args=[waiting.public_id])
    assert browser_of(who.city_decider).get(address).status_code == 404
    recuse(waiting, by=who.district_decider, at=NOW, reason="亲属关系")
    manager = make.member(who.city, "manage")
    assert browser_of(manager).get(address).status_code == 200
    sent = {"user": str(who.experts[0].public_id)}
    for stranger in (
        who.experts[0],
        who.district_reviewer,
        who.applicant,
        make.cast("other").district_decider,
    ):
        assert browser_of(stranger).get(address).status_code == 404
        assert browser_of(stranger).post(address, sent).status_code == 404
    assert naming_of(waiting) is not None


def test_who_names_can_name_another_from_the_same_page(who, waiting):
    recuse(waiting, by=who.district_decider, at=NOW, reason="亲属关系")
    appoint(waiting, user=who.experts[0], by=who.city_decider, at=NOW)
    browser, address = browser_of(who.city_decider), reverse("appoint", args=[waiting.public_id])
    assert "可以另行指定" in words_of(browser.get(address))
    browser.post(address, {"user": str(who.experts[1].public_id)})
    assert work_of(waiting).assignee == who.experts[1]


# ── 申明 ─────────────────────────────────────────────────────────────────────────────────────────────────


def address_of(cycle):
    return reverse("declaration", args=[cycle.code])


def test_who_has_not_declared_is_led_there_and_back(who, waiting):
    Declaration.objects.filter(user=who.district_decider).delete()
    browser = browser_of(who.district_decider)
    desk = parse(browser.get("/desk/"))
    assert "先申明您在" in desk.one("main").words
    assert desk.all('form[action$="claim/"]') == []
    here = reverse("review", args=[waiting.public_id])
    led = browser.post(reverse("claim", args=[waiting.public_id]), follow=True)
    (_list, declaring) = [address for address, _status in led.redirect_chain]
    assert declaring == f"{address_of(who.cycle)}?next={here.replace('/', '%2F')}"
    assert parse(led).one('main input[name="next"]')["value"] == here
    sent = {"whether": "none", "next": here}
    checked = browser.post(address_of(who.cycle), sent | {"do": "check"})
    assert "都没有利害关系" in words_of(checked)
    assert not Declaration.objects.filter(user=who.district_decider).exists()
    signed = browser.post(address_of(who.cycle), sent | {"do": "sign"}, follow=True)
    assert signed.redirect_chain == [(here, 302)]
    assert "已申明您在" in words_of(signed)
    browser.post(reverse("claim", args=[waiting.public_id]))
    assert work_of(waiting).assignee == who.district_decider


def test_the_review_page_and_the_card_lead_there_too(who, waiting):
    scoring = make.application_in(State.PANEL_SCORING, leader_name="张毅")
    Declaration.objects.all().delete()
    page = parse(browser_of(who.district_decider).get(reverse("review", args=[waiting.public_id])))
    assert [link.words for link in page.all(f'a[href^="{address_of(who.cycle)}"]')] == ["申明利害关系"]
    card = reverse("scorecard", args=[scoring.public_id])
    answer = browser_of(who.experts[0]).get(card)
    assert answer.headers["Location"] == f"{address_of(who.cycle)}?next={card.replace('/', '%2F')}"


def test_a_reason_typed_before_declaring_is_kept(who, waiting):
    Declaration.objects.filter(user=who.district_decider).delete()
    answer = browser_of(who.district_decider).post(
        reverse("decide", args=[waiting.public_id]),
        {"version": waiting.version, "decision": "recommend", "reason": "同意推荐，材料齐全。"},
    )
    assert answer.status_code == 403
    assert "同意推荐，材料齐全。" in words_of(answer)
    assert parse(answer).one('main a[href^="/declarations/"]').words == "去申明利害关系"


@pytest.mark.parametrize("nowhere", ["desk/", "logout", "x\0"])
def test_what_is_no_address_leads_nowhere(who, nowhere):
    answer = browser_of(who.district_decider).get("/declarations/", {"next": nowhere})
    assert answer.status_code == 200


@pytest.mark.parametrize("foreign", ["https://example.org/", "//example.org/desk/", "javascript:alert(1)"])
def test_declaring_leads_to_no_other_site(who, foreign):
    browser = browser_of(who.district_decider)
    sent = {"whether": "none", "do": "sign", "next": foreign}
    assert browser.post(address_of(who.cycle), sent).headers["Location"] == "/desk/"
    page = parse(browser.get(f"{address_of(who.cycle)}?next={foreign}")).one("main")
    assert page.one('input[name="next"]')["value"] == ""
    assert [link["href"] for link in page.all(".w-acts a")] == ["/desk/"]


def test_enterprises_are_found_by_name_without_losing_what_was_ticked(who):
    other = make.enterprise("YB-E2", "示例仪表厂", who.union)
    browser, address = browser_of(who.district_decider), address_of(who.cycle)
    ticked = str(who.enterprise.public_id)
    note = f"note-{ticked}"
    sent = {"whether": "some", "enterprises": [ticked], note: "师徒", "words": "仪表", "do": "search"}
    page = parse(browser.post(address, sent))
    assert page.one(f'input[value="{ticked}"]').get("checked") is not None
    assert page.one(f'input[name="{note}"]')["value"] == "师徒"
    assert page.one(f'input[value="{other.public_id}"]').get("checked") is None
    assert page.one('input[name="whether"][value="some"]').get("checked") is not None
    sent |= {"enterprises": [ticked, str(other.public_id)], "do": "check"}
    checked = parse(browser.post(address, sent)).one("main").words
    assert who.enterprise.name in checked
    assert other.name in checked
    browser.post(address, sent | {"do": "sign"})
    declared = Declaration.objects.get(user=who.district_decider).interests.order_by("enterprise__code")
    assert list(declared.values_list("enterprise__code", "note")) == [("YB-E", "师徒"), ("YB-E2", "")]
    assert "与2个单位有利害关系" in words_of(browser.get("/declarations/"))
    page = browser.get(address)
    assert "申明与2个单位有利害关系" in words_of(page)
    assert parse(page).one(f'input[name="{note}"]')["value"] == "师徒"


def test_an_interest_without_an_enterprise_and_no_answer_at_all_are_told(who):
    browser, address = browser_of(who.district_decider), address_of(who.cycle)
    for sent, said in (({"whether": "some"}, "选择有利害关系的单位"), ({}, "选择有没有利害关系")):
        answer = browser.post(address, sent | {"do": "sign"})
        assert answer.status_code == 422
        assert said in words_of(answer)
    rubbish = {"whether": "some", "enterprises": ["x", str(who.union.public_id)], "words": "\0", "do": "sign"}
    assert browser.post(address, rubbish).status_code == 422


def test_applicants_declare_nothing(who):
    browser = browser_of(who.applicant)
    assert browser.get(address_of(who.cycle)).status_code == 404
    assert "没有需要申明的批次" in words_of(browser.get("/declarations/"))


def test_the_pages_of_declarations_cost_the_same_for_1_and_for_30_enterprises(who):
    make.application_in(State.DISTRICT_REVIEW)
    browser, addresses = browser_of(who.district_decider), ["/declarations/", address_of(who.cycle)]
    one = [cost_of(browser, address) for address in addresses]
    for number in range(29):
        place = make.enterprise(f"E{number}", f"示例单位{number}", who.union)
        people = make.member(place, "apply")
        make.applications.start_draft(
            cycle=who.cycle, enterprise=place, leader_name="王金山", by=people, at=make.AT
        )
        make.cycle(f"20{30 + number}") if number < 2 else None
    assert [cost_of(browser, address) for address in addresses] == one


# ── One person, two roles ────────────────────────────────────────────────────────────────────────────────


def test_an_applicant_in_one_place_who_reviews_in_another_sees_each_role_cleanly(who, waiting):
    other = make.cast("other")
    elsewhere = make.application_in(State.DISTRICT_REVIEW, who=other, leader_name="张毅")
    both = make.member(who.enterprise, "apply", username="both")
    make.member(other.district, "review", "decide", username="both")
    assert set(visible_applications(both)) == {waiting, elsewhere}
    browser = browser_of(both)
    listed = words_of(browser.get("/applications/"))
    assert waiting.studio.name in listed
    assert elsewhere.studio.name not in listed
    desk = words_of(browser.get("/desk/"))
    assert elsewhere.studio.name in desk
    assert waiting.studio.name not in desk
    assert browser.get(reverse("review", args=[waiting.public_id])).status_code == 404
    assert browser.get(reverse("application", args=[elsewhere.public_id])).status_code == 404
    make.member(who.district, "review", "decide", username="both")
    desk = words_of(browser.get("/desk/"))
    assert waiting.studio.name in desk
    assert "与本人同单位" in desk
