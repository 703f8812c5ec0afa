"""Review at three levels; each may recommend, return to the applicant or reject."""

from collections.abc import Callable
from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.views import UpdateProcessView

from accreditation.models import Organisation, User
from scripts.bench.rival.models import RivalReview


def _review(office: str) -> flow.View:
    def body(process: Any) -> Organisation:
        return getattr(process.coerced, office)

    view = UpdateProcessView.as_view(fields=["decision", "reason"])
    return flow.View(view).Permission("accreditation.review", obj=body)


def _decided(decision: str) -> Callable[[Any], bool]:
    return lambda activation: activation.process.decision == decision


class RivalFlow(flow.Flow):
    """The flow; every step holds the lock of its process row."""

    process_class = RivalReview
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.union_review)
    union_review = _review("union").Next(this.after_union)
    after_union = (
        flow.Switch()
        .Case(this.district_review, cond=_decided("recommend"))
        .Case(this.correction, cond=_decided("send_back"))
        .Default(this.end)
    )
    district_review = _review("district").Next(this.after_district)
    after_district = (
        flow.Switch()
        .Case(this.city_review, cond=_decided("recommend"))
        .Case(this.correction, cond=_decided("send_back"))
        .Default(this.end)
    )
    city_review = _review("city").Next(this.end)
    correction = flow.View(UpdateProcessView.as_view(fields=["reason"])).Next(this.union_review)
    end = flow.End()

    def begin(self, activation: Any, like: Any) -> RivalReview:
        """Begin a review before the same bodies as those of the application `like`."""
        process = activation.process
        process.union, process.district, process.city = like.union, like.district, like.city
        return process


def recommend(process: RivalReview, by: User, reason: str) -> None:
    """Take the open task, then recommend: each under the lock, asking whether `by` may, as its views do.

    A task of viewflow is executed only by its owner, so that taking it is part of every review.
    """
    task = process.task_set.filter(finished=None).get()
    with task.activation() as activation:
        if not activation.assign.has_perm(by):
            raise PermissionError
        activation.assign(by)
    with task.activation() as activation:
        if not activation.start.has_perm(by):
            raise PermissionError
        activation.start(None)
        activation.process.decision, activation.process.reason = "recommend", reason
        activation.process.save()
        activation.execute()
