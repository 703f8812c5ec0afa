"""A query composed once answers for every value as the queryset itself would."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from accreditation.models import Membership, Organisation, User
from tests import factories
from workflows.prepared import Change, Prepared

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


def leaving(*, person: int, other: int | None, at: datetime) -> Change:
    """Let two people, or one, leave every office at a moment."""
    return Change(Membership.objects.filter(user_id__in=[person, other]), {"ended_at": at})


def test_a_change_concerns_the_rows_that_the_queryset_would_change_and_sets_what_it_would_set() -> None:
    factories.cast()
    prepared = Prepared(leaving, "person", "other", "at", moments=frozenset({"at"}))
    people = [*User.objects.order_by("pk").values_list("pk", flat=True)[:4]]
    rows = Membership.objects.order_by("pk").values_list("pk", "ended_at")

    for person, other, at in product(
        people, [*people, None], [factories.AT, factories.AT + timedelta(days=1)]
    ):
        with transaction.atomic():
            changed = Membership.objects.filter(Q(user_id=person) | Q(user_id=other)).update(ended_at=at)
            expected = changed, list(rows)
            transaction.set_rollback(True)
        with transaction.atomic():
            assert (prepared.change(person=person, other=other, at=at), list(rows)) == expected
            transaction.set_rollback(True)
