"""Mail from the account's page to the postbox: chosen, localised, and without what people wrote."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accreditation.services import notifications, offices, review
from accreditation.services.mail_address import confirm
from accreditation.states import State
from tests import factories as make
from tests.accreditation.notifications.conftest import NOW, link_of, text_of
from tests.factories import SYSTEM
from workflows.models import MailChoice, Notification
from workflows.notifications.fan_out import fan_out
from workflows.notifications.mail import send_mail

pytestmark = pytest.mark.django_db
MAIL = "/account/mail/"


@pytest.fixture
def reviewer():
    return make.cast().district_reviewer


def choose(user, **changes):
    chosen = {"email": "wen@example.com", "way": "at_once", "language": "zh-hans"} | changes
    notifications.choose_mail(by=user, at=NOW, **chosen)
    confirm(link_of(user), by=user, at=NOW)


def subject_of(letter):
    return letter["Subject"].strip()  # a long one begins on a line of its own


def test_a_letter_says_what_happened_and_leads_to_the_page(reviewer, postbox):
    choose(reviewer)
    application = make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    assert send_mail(NOW) == 1
    letter, row = postbox.letters[0], Notification.objects.get(user=reviewer)
    assert subject_of(letter) == f"{application.studio.name}：推荐，依据第1版"
    opening = f"https://wuhao.example.org/notifications/{row.public_id}/"
    assert [part in text_of(letter) for part in ("金山科技工会：推荐，依据第1版。", opening, "新到待办")] == [
        True
    ] * 3
    html = letter.get_body(("html",)).get_content()
    assert f'<a href="{opening}"><b>{application.studio.name}</b></a>' in html
    assert 'lang="zh-Hans"' in html


def test_a_letter_names_neither_people_nor_reasons(reviewer, postbox):
    choose(reviewer)
    application = make.application_in(State.ENTERPRISE_REVIEW)
    who = make.cast()
    review.recommend(
        application, by=who.union_decider, at=NOW, expected_version=application.version, reason="极好的理由。"
    )
    fan_out(NOW)
    send_mail(NOW)
    whole = postbox.letters[0].as_string() + text_of(postbox.letters[0])
    assert "极好的理由" not in whole
    assert who.union_decider.name not in text_of(postbox.letters[0])


def test_a_letter_is_in_the_language_that_was_chosen(reviewer, postbox):
    choose(reviewer, language="en")
    make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    send_mail(NOW)
    html = postbox.letters[0].get_body(("html",)).get_content()
    assert 'lang="en"' in html
    assert "推荐，依据第1版" not in text_of(postbox.letters[0])


def test_a_digest_collects_what_is_unread(reviewer, postbox):
    choose(reviewer, way="digest")
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    assert send_mail(NOW + timedelta(days=1)) == 1
    assert subject_of(postbox.letters[0]) == "五好：3条新消息"
    text = text_of(postbox.letters[0])
    assert text.index("王2劳模创新工作室") < text.index("王0劳模创新工作室")


def test_a_long_digest_says_how_many_more(reviewer, postbox, monkeypatch):
    monkeypatch.setattr("accreditation.services.letters.MOST", 2)
    choose(reviewer)
    for number in range(5):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    fan_out(NOW)
    send_mail(NOW)
    text = text_of(postbox.letters[0])
    assert "另有3条" in text
    assert "https://wuhao.example.org/notifications/\n" in text


def test_nobody_is_mailed_of_what_they_may_not_see_any_more(reviewer, postbox):
    choose(reviewer)
    make.application_in(State.DISTRICT_REVIEW)
    fan_out(NOW)
    offices.set_grants(make.cast().district, reviewer, set(), by=SYSTEM, at=NOW)
    assert send_mail(NOW) == 0
    assert postbox.letters == []


def test_who_was_not_mailed_before_is_not_flooded_now(reviewer, postbox):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王0")
    fan_out(NOW)
    choose(reviewer)
    assert send_mail(NOW) == 0
    make.application_in(State.DISTRICT_REVIEW, leader_name="王1")
    fan_out(NOW)
    send_mail(NOW)
    assert [subject_of(letter) for letter in postbox.letters] == ["王1劳模创新工作室：推荐，依据第1版"]


def test_the_choice_is_made_on_the_accounts_page(reviewer, signed_in):
    client = signed_in(reviewer)
    assert "本系统还没有接通邮件" in client.get("/account/").content.decode()
    answer = client.post(MAIL, {"email": "wen@example.com", "way": "never", "language": "en"}, follow=True)
    assert "已保存邮件设置" in answer.content.decode()
    reviewer.refresh_from_db()
    choice = MailChoice.objects.get(user=reviewer)
    assert (reviewer.email, choice.way, choice.language) == ("", "never", "en")
    assert choice.asked == "wen@example.com"
    assert (
        answer.context["mail"]["way"].initial == "never" or answer.context["mail"].initial["way"] == "never"
    )


def test_mail_needs_an_address(reviewer, signed_in):
    client = signed_in(reviewer)
    answer = client.post(MAIL, {"email": "", "way": "digest", "language": "zh-hans"})
    assert answer.status_code == 422
    assert "填写邮箱，或者选择不发送。" in answer.content.decode()
    assert client.post(MAIL, {"email": "x", "way": "digest", "language": "zh-hans"}).status_code == 422
    assert client.post(MAIL, {"email": "", "way": "never", "language": "zh-hans"}).status_code == 302
    assert client.post(MAIL, {"email": "", "way": "hourly", "language": "tlh"}).status_code == 422


def test_the_accounts_page_says_when_mail_fails(reviewer, signed_in, settings):
    settings.EMAIL_HOST = "mail.example.com"
    choose(reviewer)
    MailChoice.objects.update(failures=2)
    text = signed_in(reviewer).get("/account/").content.decode()
    assert "最近一封邮件没有送出" in text
    choose(reviewer, email="wenjing@example.com")
    assert "最近一封邮件没有送出" not in signed_in(reviewer).get("/account/").content.decode()


def test_the_address_of_the_form_alone_leads_to_the_account(reviewer, signed_in):
    assert signed_in(reviewer).get(MAIL, follow=True).request["PATH_INFO"] == reverse("account")
