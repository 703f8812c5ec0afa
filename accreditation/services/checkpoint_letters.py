"""Checkpoints by mail: auditors ask for them, and get them as long as they are auditors."""

from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accreditation.models import Organisation, User
from accreditation.permissions import AUDIT
from accreditation.queries.ledger import short_root
from accreditation.scope import offices_of
from accreditation.services.letters import absolute
from workflows.models import Checkpoint
from workflows.notifications import checkpoint_mail
from workflows.notifications.audience import Letter
from workflows.refusals import NotPermitted, NotReady, Problem


@transaction.atomic
def ask(*, by: User, at: datetime) -> bool:
    """Have checkpoints mailed from now on; False if that is so already. Raises NotPermitted, NotReady (no address)."""
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    office = _audited_by(user)
    if office is None:
        raise NotPermitted(_("检查点只寄给审计员。"))
    if not user.email:
        raise NotReady([Problem(_("先在“我的账号”中填写邮箱。"))])
    return checkpoint_mail.begin(user, by=user, at=at, office=office, role=AUDIT)


def stop(*, by: User, at: datetime) -> bool:
    """Have no more mailed; False if none were. Everybody may stop what is sent to them."""
    office = _audited_by(by)
    return checkpoint_mail.end(by, by=by, at=at, office=office, role=AUDIT if office else "")


def letter(user: User, checkpoint: Checkpoint, note: str, language: str, at: datetime) -> Letter | None:
    """Return the letter with a checkpoint; None to somebody who is no auditor any more."""
    if not user.is_active or _audited_by(user) is None:
        return None
    with translation.override(language):
        context = {
            "user": user,
            "language": language,
            "checkpoint": checkpoint,
            "root": short_root(checkpoint.root),
            "note": note,
            "ledger": absolute(reverse("ledger")),
        }
        said = {"count": checkpoint.size, "root": context["root"]}
        return Letter(
            _("五好检查点：%(count)d条，根%(root)s") % said,
            render_to_string("mail/checkpoint.txt", context),
            render_to_string("mail/checkpoint.html", context),
        )


def _audited_by(user: User) -> Organisation | None:
    """Return the highest organisation whose branch the user audits."""
    return next((office.organisation for office in offices_of(user) if AUDIT in office.grants), None)
