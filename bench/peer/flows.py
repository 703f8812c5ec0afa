"""Review at three levels; each may recommend, return to the applicant or reject."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.views import UpdateProcessView
from viewflow.workflow.models import Task

from accreditation.models import Organisation, User
from bench.peer.models import PeerReview


def _review(office: str) -> flow.View:
    def body(process: Any) -> Organisation:
        return getattr(process.coerced, office)

    view = UpdateProcessView.as_view(fields=["decision", "reason"])
    return flow.View(view).Permission("accreditation.decide", obj=body)


def _decided(decision: str) -> Callable[[Any], bool]:
    return lambda activation: activation.process.decision == decision


class PeerFlow(flow.Flow):
    """The flow; every step holds the lock of its process row."""

    process_class = PeerReview
    lock_impl = lock.select_for_update_lock

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

    def begin(self, activation: Any, like: Any) -> PeerReview:
        """Begin a review before the same bodies as those of the application `like`."""
        process = activation.process
        process.enterprise = like.enterprise
        process.union, process.district, process.city = like.union, like.district, like.city
        return process


def begin(like: Any) -> Task:
    """Begin a review before the bodies of the application `like`; return the task that waits."""
    return PeerFlow.start.run(like=like).task_set.get(finished=None)


def take(task: Task, by: User) -> None:
    """Take the task under the lock, if `by` may: only here is the permission asked."""
    with task.activation() as activation:
        if not activation.assign.has_perm(by):
            raise PermissionError
        activation.assign(by)


def recommend(task: Task, by: User, reason: str, *, at: datetime | None = None) -> None:
    """Recommend for the union under the lock; a task is executed only by whoever has taken it.

    With `at`, by the rules of the review: the permission is asked again, nobody decides for their own
    enterprise or at two levels, and each decision is kept.
    """
    with task.activation() as activation:
        process = activation.process
        if not activation.start.has_perm(by) or (at and not _may_decide(process, by)):
            raise PermissionError
        activation.start(None)
        process.decision, process.reason = "recommend", reason
        process.save()
        if at:
            process.decisions.create(
                office_id=process.union_id, by=by, decision="recommend", reason=reason, at=at
            )
        activation.execute()


def _may_decide(process: PeerReview, by: User) -> bool:
    return (
        by.has_perm("accreditation.decide", process.union)
        and not by.memberships.filter(organisation_id=process.enterprise_id, ended_at=None).exists()
        and not process.decisions.filter(by=by).exclude(office_id=process.union_id).exists()
    )
