"""The chain of events, and the database that guards it."""

import json
from datetime import UTC

import pytest
from django.db import Error, connection, transaction

from accreditation.models import Application, Revision, Scorecard
from accreditation.services import review
from tests import factories
from tests.factories import AT
from workflows.ledger.chain import canonical, digest, first_broken
from workflows.models import Event, EventPayload

pytestmark = pytest.mark.django_db


def chain(application: Application) -> list[Event]:
    return list(
        Event.objects.filter(stream=application.stream).select_related("payload").order_by("sequence")
    )


def refused(sql: str, *params: object) -> bool:
    """Return whether the database refuses the statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except Error:
        return True
    return False


def test_a_chain_written_by_the_services_holds() -> None:
    application = factories.application_in("named")

    assert first_broken(chain(application)) is None
    assert application.sequence == len(chain(application))
    assert application.head == chain(application)[-1].hash


def test_an_event_says_who_did_what_where_when_on_which_revision() -> None:
    application = factories.application_in("enterprise_review")
    decider = factories.member(application.union, "decide")
    event = review.recommend(
        application, by=decider, at=AT, expected_version=application.version, reason="同意推荐"
    )

    body = json.loads(event.body)
    payload = EventPayload.objects.get(event=event)

    assert body == {
        "schema": 2,
        "stream": f"application/{application.public_id}",
        "sequence": event.sequence,
        "previous": event.previous,
        "action": "recommend",
        "actor": f"user/{decider.public_id}",
        "office": application.union.code,
        "role": "decide",
        "from": "enterprise_review",
        "to": "district_review",
        "at": AT.astimezone(UTC).isoformat(timespec="microseconds"),
        "facts": {"revision": 1, "document": application.revisions.get().sha256},
        "personal": {name: digest(salt + text) for name, (salt, text) in json.loads(payload.content).items()},
    }
    assert payload.texts == event.personal
    assert payload.texts == {
        "actor": decider.name,
        "office": application.union.name,
        "reason": "同意推荐",
    }


@pytest.mark.parametrize(
    "field",
    ["action", "role", "from_state", "to_state", "at", "previous", "hash", "sequence", "stream", "body"],
)
def test_a_changed_column_breaks_the_chain_at_its_event(field: str) -> None:
    events = chain(factories.application_in("district_review"))
    changed = {"sequence": 99, "at": AT, "body": events[1].body.replace("enterprise", "elsewhere", 1)}
    setattr(events[1], field, changed.get(field, "x"))

    assert first_broken(events) == 2


@pytest.mark.parametrize("body", ["", "not JSON", "[]", "{}"])
def test_a_body_that_cannot_be_read_breaks_the_chain_at_its_event(body: str) -> None:
    events = chain(factories.application_in("district_review"))
    events[1].body, events[1].hash = body, digest(body)

    assert first_broken(events) == 2


def test_a_changed_reason_breaks_the_chain_and_an_erased_one_does_not() -> None:
    application = factories.application_in("district_review")
    payload = EventPayload.objects.get(event__stream=application.stream, event__sequence=3)
    event = payload.event
    content = json.loads(payload.content)
    changed = content | {"reason": [content["reason"][0], "x"]}
    payload.delete()
    EventPayload.objects.create(event=event, content=canonical(changed))
    assert first_broken(chain(application)) == 3

    EventPayload.objects.get(event__stream=application.stream, event__sequence=3).delete()
    assert first_broken(chain(application)) is None
    del content["reason"]
    EventPayload.objects.create(event=event, content=canonical(content))
    assert first_broken(chain(application)) is None
    assert chain(application)[2].erased == ("reason",)


def test_a_missing_event_breaks_the_chain() -> None:
    events = chain(factories.application_in("district_review"))
    assert first_broken(events[:1] + events[2:]) == 2


def test_the_database_refuses_to_change_or_delete_events() -> None:
    event = chain(factories.application_in("enterprise_review"))[0]

    assert refused("UPDATE workflows_event SET action = 'x' WHERE id = %s", event.pk)
    assert refused("DELETE FROM workflows_event WHERE id = %s", event.pk)
    if connection.vendor == "postgresql":
        assert refused("TRUNCATE workflows_event CASCADE")
    else:
        assert refused(
            "INSERT OR REPLACE INTO workflows_event SELECT * FROM workflows_event WHERE id = %s", event.pk
        )
    assert Event.objects.get(pk=event.pk).body == event.body


def test_the_database_refuses_a_state_without_its_event() -> None:
    application = factories.application_in("enterprise_review")

    assert refused("UPDATE accreditation_application SET state = 'named' WHERE id = %s", application.pk)
    assert refused(
        "UPDATE accreditation_application SET state = 'named', version = version + 1 WHERE id = %s",
        application.pk,
    )
    application.refresh_from_db()
    assert application.state == "enterprise_review"


def test_the_database_refuses_an_application_that_does_not_begin_as_a_draft() -> None:
    draft = factories.application_in("draft")
    draft.pk, draft.public_id, draft.state = None, "00000000-0000-4000-8000-000000000000", "named"
    with pytest.raises(Error), transaction.atomic():
        draft.save(force_insert=True)


def test_the_database_refuses_to_change_a_revision_or_a_submitted_card() -> None:
    application = factories.application_in("city_decision")
    revision = Revision.objects.get(application=application)
    card = Scorecard.objects.exclude(submitted_at=None).first()

    assert refused("UPDATE accreditation_revision SET document = '{}' WHERE id = %s", revision.pk)
    assert refused("DELETE FROM accreditation_revision WHERE id = %s", revision.pk)
    assert refused("UPDATE accreditation_scorecard SET total = 100 WHERE id = %s", card.pk)
    assert refused("DELETE FROM accreditation_scorecard WHERE id = %s", card.pk)
