"""The page of a frozen revision: the same for everybody who may see the application."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Application
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW

pytestmark = pytest.mark.django_db


def address(application, number=1):
    return reverse("revision", args=[application.public_id, number])


@pytest.fixture
def corrected():
    """Return an application that was returned, corrected with another address, and submitted again."""
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    Application.objects.filter(pk=application.pk).update(address="渝北区新街2号")
    make._submit(make.fresh(application), make.cast(), NOW)
    return make.fresh(application)


def test_whoever_sees_the_application_reads_its_frozen_revisions(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    stranger = make.cast("other").district_decider
    assert signed_in(make.user("applicant")).get(address(application)).status_code == 200
    assert signed_in(make.user("union_reviewer")).get(address(application)).status_code == 200
    assert signed_in(stranger).get(address(application)).status_code == 404
    assert signed_in(make.user("applicant")).get(address(application, 2)).status_code == 404


@pytest.mark.parametrize(
    ("username", "name"),
    [("applicant", "application"), ("district_decider", "review"), ("auditor", "timeline")],
)
def test_it_leads_back_to_where_its_reader_belongs(signed_in, username, name):
    application = make.application_in(State.DISTRICT_REVIEW)
    make.member(make.city(), "audit", username="auditor")
    page = signed_in(make.user(username)).get(address(application)).content.decode()
    back = re.search(r'class="w-back" href="([^"]*)"', page)[1]
    assert back == reverse(name, args=[application.public_id])


def test_it_shows_what_was_submitted_with_its_files_its_hash_and_what_was_changed(signed_in, corrected):
    client = signed_in(make.user("applicant"))
    first, second = (client.get(address(corrected, number)) for number in (1, 2))
    assert first.context["comparison"] is None
    (step,) = second.context["comparison"].steps
    assert [(one.label, one.removed, one.added) for one in step.changes] == [
        ("地址", ["渝北区回兴街道1号"], ["渝北区新街2号"])
    ]
    page = second.content.decode()
    assert corrected.revisions.get(number=2).sha256 in page
    for item in corrected.evidence.filter(removed_at=None):
        assert reverse("evidence", args=[item.public_id]) in page
    assert address(corrected, 2) in first.content.decode()


def test_it_costs_the_same_for_the_first_and_the_second(signed_in, corrected):
    client = signed_in(make.user("applicant"))

    def cost(number):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(corrected, number))
        return len(queries)

    cost(1)
    assert cost(1) == cost(2) < 25


def test_a_number_larger_than_any_revision_is_not_there(signed_in):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    assert signed_in(make.user("applicant")).get(address(application, 10**20)).status_code == 404
