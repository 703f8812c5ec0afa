"""Each of the engine's refusals is a page in the words of the house, with what was typed kept."""

from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accreditation.models import User
from accreditation.views.refusing import posted_version, refused
from tests.accreditation.reviewer.test_review import text
from workflows.refusals import NotPermitted, NotReady, Problem, Stale, WrongState
from workflows.working_days import SHANGHAI

AT = datetime(2026, 9, 16, 10, 31, tzinfo=SHANGHAI)


def answer(refusal, kept="", user=None):
    request = RequestFactory().post("/")
    request.user = user or AnonymousUser()
    request.session = {}
    return refused(request, refusal, kept=kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (Stale("这一件已经办理。", action="send_back", by=User(name="何秋"), at=AT), 409,
         "这一件已由何秋于9月16日10:31退回补正您的决定没有写入。您写的理由还在下方，可以复制。"),
        (Stale("这一件已经办理。", action="end_notice", at=AT), 409,
         "这一件已于9月16日10:31公示期满您的决定没有写入。您写的理由还在下方，可以复制。"),
        (Stale("这一件已由周敏认领。"), 409, "这一件已由周敏认领您的决定没有写入。您写的理由还在下方，可以复制。"),
        (NotPermitted("您已在另一级审核过这一件，同一人不能在两级作决定。"), 403,
         "不能由您办理您已在另一级审核过这一件，同一人不能在两级作决定。您写的理由还在下方，可以复制。"),
        (WrongState(), 409, "现在不能办理这一件已经进入其他环节。您写的理由还在下方，可以复制。"),
        (NotReady([Problem("写明理由。"), Problem("名额3。")]), 422,
         "还不能办理写明理由。；名额3。您写的理由还在下方，可以复制。"),
    ],
)  # fmt: skip
def test_the_words_of_each_refusal(refusal, status, words):
    response = answer(refusal, kept="领军人物突出。")
    assert response.status_code == status
    assert words in text(response)
    assert "领军人物突出。" in text(response)


@pytest.mark.django_db
def test_without_typed_words_there_is_nothing_to_copy():
    assert "复制" not in text(answer(WrongState("这一件现在没有待办。")))


@pytest.mark.parametrize(
    ("said", "version"), [("3", 3), ("0", 0), ("", -1), ("-3", -1), ("３", -1), ("1e3", -1)]
)
def test_a_version_is_read_or_out_of_date(said, version):
    assert posted_version(RequestFactory().post("/", {"version": said})) == version
