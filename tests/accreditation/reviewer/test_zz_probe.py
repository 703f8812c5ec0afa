from datetime import timedelta
import pytest
from accreditation.models import Quota, Membership, Organisation
from accreditation.services import offices, review, tasks, signing, applications, panel
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import agree, colleagues, disagree, opened, words
from workflows.actors import SYSTEM, Substitute
from workflows.engine import open_work
from workflows.models import Event, Substitution
from workflows.refusals import *

pytestmark = pytest.mark.django_db

def do(app, service, by, **facts):
    service(app, by=by, at=NOW, expected_version=make.fresh(app).version, reason="理由。", **facts)
    return make.fresh(app)

@pytest.mark.parametrize("act", [review.send_back, review.reject])
def test_owed(act):
    who = make.cast()
    app = make.application_in(State.CITY_INTAKE)
    app = do(app, review.return_to_level, who.city_decider, level="enterprise")
    assert app.owed_to == "city"
    app = do(app, act, who.union_decider)
    review.recall(app, by=who.union_decider, at=NOW, expected_version=app.version)
    app = make.fresh(app)
    assert (app.state, app.owed_to) == ("enterprise_review", "city")
    assert Quota.objects.get(organisation=who.district).used == 1

@pytest.mark.parametrize("act", [review.send_back, review.reject])
def test_refused_round(act):
    who = make.cast()
    app = make.application_in(State.DISTRICT_REVIEW)
    one, = colleagues(1)
    r = opened(app, [one])
    disagree(app, r, one)
    assert open_work(app).hold == "refused"
    with pytest.raises(NotPermitted):
        do(app, review.recommend, who.district_decider)
    app = do(app, act, who.district_decider)
    review.recall(app, by=who.district_decider, at=NOW, expected_version=app.version)
    app = make.fresh(app)
    with pytest.raises(NotPermitted):
        do(app, review.recommend, who.district_decider)

def test_release_barred():
    who = make.cast()
    app = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(app, by=who.district_decider, at=NOW)
    offices.add_member(who.enterprise, who.district_decider, by=SYSTEM, at=NOW)
    tasks.release(app, by=who.district_decider, at=NOW)

def test_release_page(client):
    who = make.cast()
    app = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(app, by=who.district_decider, at=NOW)
    offices.add_member(who.enterprise, who.district_decider, by=SYSTEM, at=NOW)
    client.force_login(who.district_decider)
    page = client.get(f"/review/{app.public_id}/")
    assert page.status_code == 200
    assert f"/review/{app.public_id}/release/" in page.content.decode()

def test_principal():
    who = make.cast()
    app = make.application_in(State.ENTERPRISE_REVIEW)
    A = who.union_decider
    B = who.union_reviewer
    Substitution.objects.create(office=who.union, principal=A, substitute=B, starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1), made_by=A, made_at=NOW)
    offices.add_member(who.district, A, by=SYSTEM, at=NOW)
    offices.set_grants(who.district, A, {"review", "decide"}, by=SYSTEM, at=NOW)
    app = do(app, review.recommend, Substitute(B, A, NOW))
    with pytest.raises(NotPermitted):
        tasks.claim(app, by=A, at=NOW)
    with pytest.raises(NotPermitted):
        do(app, review.recommend, A)
