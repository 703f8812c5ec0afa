"""When a round of signatures has passed, and when it cannot pass any more."""

import pytest

from workflows.signing import Terms, evaluate, misfits

ALL, ANY = Terms("all"), Terms("any")


def vote(threshold, quorum=0):
    return Terms("vote", threshold, quorum)


def verdicts(written):
    """ "ad-" is one who agrees, one who disagrees, one who has not signed."""
    return [{"a": "agree", "d": "disagree", "-": ""}[letter] for letter in written]


@pytest.mark.parametrize(
    ("terms", "written", "state"),
    [
        # 会签: everybody agrees, and the first disagreement ends it.
        (ALL, "-", "open"), (ALL, "a", "passed"), (ALL, "d", "refused"),
        (ALL, "aa-", "open"), (ALL, "aaa", "passed"), (ALL, "d--", "refused"), (ALL, "aad", "refused"),
        (Terms("all", threshold=1, quorum=1), "a--", "open"),
        # 或签: the first agreement passes, the last disagreement refuses.
        (ANY, "--", "open"), (ANY, "a--", "passed"), (ANY, "d-", "open"), (ANY, "dd", "refused"), (ANY, "da", "passed"),
        (Terms("any", threshold=9), "a", "passed"),
        # 或签 with a quorum: one agreement is not enough before as many have signed.
        (Terms("any", quorum=2), "a--", "open"), (Terms("any", quorum=2), "ad-", "passed"),
        (Terms("any", quorum=2), "dd-", "open"), (Terms("any", quorum=3), "ad", "refused"),
        # 票签: the threshold of agreements, as long as it can be reached.
        (vote(2), "a--", "open"), (vote(2), "aa-", "passed"), (vote(2), "ad-", "open"), (vote(2), "add", "refused"),
        (vote(2), "dd-", "refused"), (vote(3), "d--", "refused"), (vote(3), "aaa", "passed"), (vote(1), "d-", "open"),
        (vote(4), "aaa", "refused"),
        # 票签 with a quorum: enough agreements wait until enough have signed.
        (vote(2, 3), "aa--", "open"), (vote(2, 3), "aad-", "passed"), (vote(2, 3), "aaa-", "passed"),
        (vote(1, 2), "d-", "open"), (vote(1, 2), "da", "passed"), (vote(1, 3), "aa", "refused"),
        # Nobody is left.
        (ALL, "", "cancelled"), (ANY, "", "cancelled"), (vote(1), "", "cancelled"),
    ],
)  # fmt: skip
def test_how_a_round_stands(terms, written, state):
    assert evaluate(terms, verdicts(written)) == state


@pytest.mark.parametrize("terms", [ALL, ANY, vote(2), Terms("any", quorum=2), vote(2, 3)])
def test_the_order_of_the_verdicts_does_not_matter(terms):
    assert evaluate(terms, verdicts("aad-")) == evaluate(terms, verdicts("-daa"))


@pytest.mark.parametrize(
    ("terms", "count", "fields"),
    [
        (ALL, 1, []), (ANY, 1, []), (vote(2), 2, []), (vote(0), 2, ["threshold"]), (vote(3), 2, ["threshold"]),
        (vote(1, 3), 2, ["quorum"]), (vote(3, 3), 2, ["threshold", "quorum"]), (Terms("any", quorum=2), 1, ["quorum"]),
        (Terms("all", threshold=9, quorum=9), 1, []), (Terms("any", threshold=9), 1, []),
    ],
)  # fmt: skip
def test_terms_that_the_signers_cannot_fulfil_are_named(terms, count, fields):
    assert [problem.field for problem in misfits(terms, count)] == fields
