"""What events of signing say, and when a round passes, in words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.queries.told import Told
from accreditation.states import ActionWord


def terms_words(mode: str, threshold: int, quorum: int, *, in_order: bool) -> str:
    """Return when a round passes: 会签，全部同意才通过，按次序签署."""
    vote = ngettext("票签，%(count)d票同意即通过", "票签，%(count)d票同意即通过", threshold)
    parts = [
        {
            "all": _("会签，全部同意才通过"),
            "any": _("或签，1人同意即通过"),
            "vote": vote % {"count": threshold},
        }[mode]
    ]
    if quorum:
        parts.append(ngettext("至少%(count)d人签署", "至少%(count)d人签署", quorum) % {"count": quorum})
    if in_order:
        parts.append(_("按次序签署"))
    return _("，").join(parts)


def decision_word(action: str) -> str:
    """Return what a decision that waits for a round is called."""
    return str(ActionWord(action).label) if action in ActionWord.values else action


def _terms(told: Told) -> str:
    facts = told.facts
    return terms_words(facts["mode"], facts["threshold"], facts["quorum"], in_order=facts["in_order"])


def _opened(told: Told) -> str:
    said = {**told.person, "terms": _terms(told)}
    if told.facts["placement"] == "after":
        return _("加签，作出决定后由%(to)s签署（%(terms)s）。") % said
    return _("加签，作决定前由%(to)s签署（%(terms)s）。") % said


def _signed(told: Told) -> str:
    agrees = told.facts["verdict"] == "agree"
    return _with_result(told, _("签署：同意。") if agrees else _("签署：不同意。"))


def _with_result(told: Told, said: str) -> str:
    """Add what the round came to by this."""
    result = {
        "passed": _("会签通过。"),
        "refused": _("会签未通过，由此结束。"),
        "cancelled": _("没有签署人，会签取消。"),
    }.get(told.facts["result"])
    return _("%(said)s%(result)s") % {"said": said, "result": result} if result else said


def _proposed(told: Told) -> str:
    said = {"decision": decision_word(told.facts["decision"])}
    return _("拟作决定：%(decision)s，签署通过后生效。") % said


def _lapsed(told: Told) -> str:
    said = {"decision": decision_word(told.facts["decision"])}
    return _("会签已通过，但“%(decision)s”没有生效，这一件回到办理人。") % said


SENTENCES: dict[str, Callable[[Any], str]] = {
    "open_signing": _opened,
    "add_signer": lambda told: _with_result(told, _("增加签署人%(to)s。") % told.person),
    "remove_signer": lambda told: _with_result(told, _("减去签署人%(to)s。") % told.person),
    "change_signing": lambda told: _with_result(
        told, _("更改通过条件：%(terms)s。") % {"terms": _terms(told)}
    ),
    "cancel_signing": lambda told: _("取消加签。"),
    "propose": _proposed,
    "sign": _signed,
    "proposal_lapsed": _lapsed,
}
