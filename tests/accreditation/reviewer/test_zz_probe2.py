from datetime import timedelta
import pytest
from accreditation.models import Quota, Membership, Organisation
from accreditation.services import offices, review, tasks, signing, applications, panel
from accreditation.services.recusals import recuse
from accreditation.services.appointments import appoint
from accreditation.states import State
from accreditation.scope import visible_applications
from accreditation.work import may_work
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from workflows.actors import SYSTEM, Substitute
from workflows.models import Event, Substitution
from workflows.refusals import *

pytestmark = pytest.mark.django_db

def test_appointee_left():
    who = make.cast()
    app = make.application_in(State.DISTRICT_REVIEW)
    recuse(app, by=who.district_decider, at=NOW, reason="x")
    named = make.member(who.city, "review", username="named", name="秦岚")
    appoint(app, user=named, by=who.city_decider, at=NOW)
    assert may_work(app, named)
    offices.end_membership(who.city, named, by=SYSTEM, at=NOW)
    assert not may_work(app, named)
    assert not visible_applications(named).exists()
