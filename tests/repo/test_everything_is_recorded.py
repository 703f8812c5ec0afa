"""Everything people do is in the ledger, as far as the sources tell: what writes rows leads to an event.

It is read from the sources, so it knows that an event is written on some way through a function, not on every one; that
is what the tests of each function show.
"""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.repo.calls import Calls

NO_EVENT = {
    "services.draft.save_step": "a draft is the applicant's own; what is submitted is frozen with an event",
    "services.evidence.attach": "part of the draft",
    "services.evidence.attach_to": "part of the draft",
    "services.evidence.remove": "part of the draft",
    "services.evidence.remove_from": "part of the draft",
    "services.evidence.save_edit": "part of the draft",
    "services.evidence.keep": "a file by its content; what refers to it is recorded",
    "services.panel.save_card": "a card that is not handed in is the expert's own, and nobody else's to know",
    "services.saved_searches.save_search": "a convenience of one person",
    "services.saved_searches.rename_search": "a convenience of one person",
    "services.saved_searches.delete_search": "a convenience of one person",
    "services.notifications.mark_read": "messages are one person's",
    "services.notifications.mark_unread": "messages are one person's",
    "services.notifications.mark_all_read": "messages are one person's",
    "services.copies.mark_read": "when a copy was first opened is for who sent it; its files are recorded",
    "services.applications.studio_in": "part of beginning or editing a draft",
    "services.applications.studio_of": "part of beginning or editing a draft",
    "services.offices.create_user": "an account that nobody can use yet; who hands it over records it",
    "services.erased_copies.clear_copies": "part of an erasure",
    "services.erased_copies.end_sessions": "part of an erasure",
    "services.erased_copies.withdraw_packages": "part of an erasure",
    "services.event_index.index_events": "an index over events",
    "services.event_index.catch_up": "an index over events",
    "services.event_index.enter_reasons": "an index over events",
    "services.event_searches.save_event_search": "a convenience of one person",
    "services.event_searches.rename_event_search": "a convenience of one person",
    "services.event_searches.delete_event_search": "a convenience of one person",
    "services.certificate_proofs.log_proof": "the log numbers events and signs checkpoints: no events of their own",
    "services.certificate_proofs.fault_of": "as above",
    "services.certificate_proofs.fault_by_itself": "as above",
    "services.case_files.remove_old": "a package that was recorded when it was made; it can be asked for again",
}
"""Services that write rows and no event, each with its reason."""
NOT_OURS = {"django.views.i18n.set_language"}  # the language is kept in a cookie


@pytest.fixture(scope="module")
def calls() -> Calls:
    return Calls("accreditation", "workflows", "certificates")


def test_every_service_that_writes_leads_to_an_event_or_says_why_not(calls: Calls) -> None:
    services = calls.public("accreditation.services.")
    silent = {name for name in services if calls.writes(name) and not calls.records(name)}
    assert {name.removeprefix("accreditation.") for name in silent} == set(NO_EVENT)


def test_the_sources_are_read_rightly(calls: Calls) -> None:
    known = {"recommend": True, "claim": True, "rank": True, "set_grants": True, "evidence_read": True}
    found = {name.rpartition(".")[2]: calls.records(name) for name in calls.public("accreditation.services.")}
    assert {name: found[name] for name in known} == known
    assert calls.writes("accreditation.services.tasks.claim")
    assert not calls.writes("accreditation.services.batch_preview.preview")


def test_every_address_leads_to_a_view_of_ours_and_none_writes_by_itself(calls: Calls) -> None:
    views = {view for view in _views(get_resolver()) if view not in NOT_OURS}
    assert {
        view for view in views if not view.startswith(("accreditation.views.", "certificates.views"))
    } == set()
    inside = [name for name in calls.source_of if ".views" in name]
    assert sorted(name for name in inside if calls.source_of[name].writes(name)) == []


def _views(resolver: URLResolver) -> set[str]:
    found = set()
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            view = getattr(one.callback, "view_class", one.callback)
            found.add(f"{view.__module__}.{view.__qualname__}")
        else:
            found |= _views(one)
    return found
