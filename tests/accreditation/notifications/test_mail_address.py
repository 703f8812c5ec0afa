"""A new mail address takes effect when the link mailed to it is opened; the one before is told."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from accreditation.services import mail_address, notifications
from accreditation.services.mail_address import confirm, send_link
from accreditation.services.sign_ins import KIND
from tests import factories as make
from tests.accreditation.notifications.conftest import NOW, link_of, text_of
from workflows.models import Event, MailChoice
from workflows.notifications.fan_out import fan_out
from workflows.notifications.mail import send_mail
from workflows.refusals import WrongState

pytestmark = pytest.mark.django_db
MAIL, AGAIN, WITHDRAW = "/account/mail/", "/account/mail/again/", "/account/mail/withdraw/"
NEW = {"email": "new@example.com", "way": "at_once", "language": "zh-hans"}
LATE = timedelta(days=3, seconds=1)


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def reviewer():
    found = make.cast().district_reviewer
    found.email = "old@example.com"
    found.save()
    return found


def address_of(user):
    user.refresh_from_db()
    return user.email


def told(user):
    return list(
        Event.objects.filter(stream=f"{KIND}/{user.public_id}")
        .order_by("sequence")
        .values_list("action", flat=True)
    )


def page_in(letter):
    """Return the address of the page that a letter leads to, without the house's."""
    (line,) = [line for line in text_of(letter).splitlines() if "/account/mail/confirm/" in line]
    return line.removeprefix("https://wuhao.example.org")


def test_the_link_is_mailed_to_the_new_address_and_the_old_one_is_used_until_it_is_confirmed(
    reviewer, signed_in, postbox
):
    client = signed_in(reviewer)
    answer = client.post(MAIL, NEW, follow=True).content.decode()
    assert "确认信已发到新邮箱" in answer
    assert "new@example.com等待确认" in answer
    assert "在那以前仍用old@example.com。" in answer
    assert address_of(reviewer) == "old@example.com"
    (letter,) = postbox.letters
    assert letter["To"] == "new@example.com"
    page = client.get(page_in(letter))
    assert (page.status_code, "new@example.com" in page.content.decode()) == (200, True)
    assert address_of(reviewer) == "old@example.com"
    answer = client.post(page_in(letter), follow=True).content.decode()
    assert "新邮箱已经生效" in answer
    assert "等待确认" not in answer
    assert address_of(reviewer) == "new@example.com"
    assert postbox.letters[1]["To"] == "old@example.com"
    assert "改用另一个邮箱" in text_of(postbox.letters[1])
    assert told(reviewer) == ["choose_mail", "confirm_address"]
    events = Event.objects.filter(stream=f"{KIND}/{reviewer.public_id}").select_related("payload")
    assert [one for one in events if "example.com" in one.body + one.payload.content] == []


def test_a_link_is_good_once_and_not_after_its_days(reviewer, signed_in, clock, settings):
    notifications.choose_mail(by=reviewer, at=NOW, **NEW)
    token = link_of(reviewer)
    clock(NOW + LATE)
    client = signed_in(reviewer)
    page = client.get(f"/account/mail/confirm/{token}/")
    assert (page.status_code, "已经过期" in page.content.decode()) == (409, True)
    settings.EMAIL_HOST = "mail.example.com"
    assert "确认信里的链接已经过期，再发一次。" in client.get("/account/").content.decode()
    clock(NOW)
    assert confirm(token, by=reviewer, at=NOW) == "old@example.com"
    with pytest.raises(WrongState):
        confirm(token, by=reviewer, at=NOW)
    assert client.post(f"/account/mail/confirm/{token}/").status_code == 409


@pytest.mark.parametrize("spoil", ["other code", "no signature", "another signature", "nothing"])
def test_a_link_that_is_not_ours_confirms_nothing(reviewer, spoil):
    notifications.choose_mail(by=reviewer, at=NOW, **NEW)
    token = link_of(reviewer)
    code, signature = token.split(":")
    spoilt = {
        "other code": f"{code[:-1]}{'0' if code[-1] != '0' else '1'}:{signature}",
        "no signature": code,
        "another signature": f"{code}:{signature[::-1]}",
        "nothing": "x",
    }[spoil]
    with pytest.raises(WrongState):
        confirm(spoilt, by=reviewer, at=NOW)
    assert address_of(reviewer) == "old@example.com"


def test_nobody_confirms_the_address_of_somebody_else(reviewer, signed_in, client):
    notifications.choose_mail(by=reviewer, at=NOW, **NEW)
    page = f"/account/mail/confirm/{link_of(reviewer)}/"
    stranger = make.cast().district_decider
    notifications.choose_mail(by=stranger, at=NOW, **NEW)
    assert signed_in(stranger).post(page).status_code == 409
    assert client.post(page).status_code == 302
    assert (address_of(reviewer), address_of(stranger)) == ("old@example.com", "")


def test_sent_again_it_is_another_link_and_the_one_before_is_void(reviewer, signed_in, postbox):
    client = signed_in(reviewer)
    client.post(MAIL, NEW)
    assert "确认信已发到新邮箱" in client.post(AGAIN, follow=True).content.decode()
    first, second = (page_in(letter) for letter in postbox.letters)
    assert (client.get(first).status_code, client.get(second).status_code) == (409, 200)
    assert told(reviewer) == ["choose_mail", "ask_address"]


def test_an_address_that_waits_is_withdrawn(reviewer, signed_in, postbox):
    client = signed_in(reviewer)
    client.post(MAIL, NEW)
    assert "已撤回新邮箱" in client.post(WITHDRAW, follow=True).content.decode()
    assert client.get(page_in(postbox.letters[0])).status_code == 409
    assert (address_of(reviewer), told(reviewer)) == ("old@example.com", ["choose_mail", "withdraw_address"])
    assert client.post(WITHDRAW).status_code == 409
    assert client.post(AGAIN).status_code == 409


def test_other_settings_leave_the_address_that_waits_alone(reviewer, signed_in, postbox):
    client = signed_in(reviewer)
    client.post(MAIL, NEW)
    code = MailChoice.objects.get(user=reviewer).asked_code
    client.post(MAIL, NEW | {"email": "old@example.com", "language": "en"})
    choice = MailChoice.objects.get(user=reviewer)
    assert (choice.asked, choice.asked_code, choice.language) == ("new@example.com", code, "en")
    assert len(postbox.letters) == 1


def test_to_have_no_address_takes_effect_at_once(reviewer, signed_in):
    signed_in(reviewer).post(MAIL, {"email": "", "way": "never", "language": "zh-hans"})
    choice = MailChoice.objects.get(user=reviewer)
    assert (address_of(reviewer), choice.asked, choice.asked_code) == ("", "", None)


def test_without_a_mail_server_the_page_says_that_it_cannot_be_confirmed(reviewer, signed_in):
    client = signed_in(reviewer)
    answer = client.post(MAIL, NEW, follow=True).content.decode()
    assert answer.count("本系统还没有接通邮件，新邮箱现在不能确认；接通以后再发确认信。") == 1
    assert (address_of(reviewer), send_link(reviewer)) == ("old@example.com", False)
    assert "撤回新邮箱" in answer
    assert "再发一次</button>" not in answer


def test_a_server_that_does_not_take_the_letter_is_no_fault_of_the_page(reviewer, signed_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = signed_in(reviewer).post(MAIL, NEW, follow=True)
    assert (answer.status_code, "确认信没有发出" in answer.content.decode()) == (200, True)


def test_letters_to_an_address_that_may_be_anybodys_are_few(reviewer, signed_in, postbox, monkeypatch):
    monkeypatch.setattr("accreditation.views.mail_address.LINKS", mail_address_limit := FewLinks())
    client = signed_in(reviewer)
    client.post(MAIL, NEW)
    assert client.post(AGAIN).status_code == 302
    assert client.post(AGAIN).status_code == 429
    assert (len(postbox.letters), mail_address_limit.counted) == (2, 2)


class FewLinks:
    """A limit of two letters, without a cache."""

    counted = 0

    def is_reached(self, key):
        return self.counted >= 2

    def count(self, key):
        self.counted += 1


def test_who_had_no_address_is_not_flooded_once_it_is_confirmed(signed_in, postbox):
    user = make.cast().district_reviewer
    notifications.choose_mail(by=user, at=NOW, **NEW)
    make.application_in("district_review")
    fan_out(NOW)
    assert send_mail(NOW) == 0
    assert confirm(link_of(user), by=user, at=NOW) == ""
    assert send_mail(NOW) == 0
    assert mail_address.tell(user, "", NOW) is False
