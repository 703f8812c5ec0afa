"""A query composed once answers for every value as the queryset itself would."""

from itertools import product
from typing import Any

import pytest
from django.db.models import Exists, QuerySet

from accreditation.models import Membership, Organisation, User
from tests import factories
from workflows.prepared import Prepared

pytestmark = pytest.mark.django_db


def membership(*, person: int, code: str) -> QuerySet[Any, Any]:
    """Return whether the person belongs to the organisation of this code, and its key."""
    belongs = Membership.objects.filter(user_id=person, organisation__code=code)
    return Organisation.objects.filter(code=code).values_list("pk", Exists(belongs))


def test_it_answers_as_the_queryset_does_for_every_value() -> None:
    factories.cast()
    prepared = Prepared(membership, "person", "code", texts=frozenset({"code"}))
    people = [*User.objects.values_list("pk", flat=True), 0]
    codes = [*Organisation.objects.values_list("code", flat=True), "%s", "'"]

    for person, code in product(people, codes):
        assert prepared.rows(person=person, code=code) == list(membership(person=person, code=code))


def test_the_queryset_is_built_once() -> None:
    built = []

    def build(**values: Any) -> QuerySet[Any, Any]:
        built.append(values)
        return membership(**values)

    prepared = Prepared(build, "person", "code", texts=frozenset({"code"}))
    for person in (1, 2, 3):
        prepared.rows(person=person, code="CQ")
    assert len(built) == 1
