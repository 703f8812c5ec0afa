"""Which cards are to be discussed, by table."""

from decimal import Decimal

import pytest

from accreditation.disagreement import Limits, apart, median
from accreditation.rubric import load, shipped
from accreditation.scoring import CardTotal, GoodTotal

RUBRIC = load(shipped("2026-1"))
LIMITS = Limits(Decimal(10), Decimal(30))


def card(*points):
    """A card by the points of its five goods: of 20, 15, 15, 30 and 20."""
    goods = zip(RUBRIC.goods, points, strict=True)
    return CardTotal(tuple(GoodTotal(good, Decimal(p), Decimal(0)) for good, p in goods), complete=True)


def told(*cards, limits=LIMITS):
    """Of each card by how much its total is far (None: not), and its far goods."""
    return [
        (one.by if one.is_total_far else None, {entry.good.character: entry.by for entry in one.goods})
        for one in apart([card(*points) for points in cards], limits)
    ]


NOTHING = (None, {})


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        ([], []),
        ([(20, 15, 15, 30, 20)], [NOTHING]),
        # two that differ: neither is known to be the right one
        ([(18, 12, 12, 26, 18), (14, 12, 12, 22, 16)], [(Decimal(10), {}), (Decimal(-10), {})]),
        ([(18, 12, 12, 26, 18), (14, 12, 12, 22, "16.5")], [NOTHING, NOTHING]),
        # one of three, by its total; the others stand to the middle of the rest
        (
            [(18, 12, 12, 26, 18), (18, 12, 12, 26, 18), (15, 10, 10, 22, 15)],
            [NOTHING, NOTHING, (Decimal(-14), {})],
        ),
        # a good of 30 points: 9 is 30 in a hundred, 8.5 is not
        ([(16, 12, 12, 26, 16)] * 2 + [(16, 12, 12, 17, 16)], [NOTHING, NOTHING, (None, {"题": Decimal(-9)})]),
        ([(16, 12, 12, 26, 16)] * 2 + [(16, 12, 12, "17.5", 16)], [NOTHING] * 3),
        # a good of 15 points: 4.5
        ([(16, 8, 12, 26, 16)] * 2 + [(16, "12.5", 12, 26, 16)], [NOTHING, NOTHING, (None, {"队": Decimal("4.5")})]),
        # goods may differ while the totals agree
        (
            [(20, 10, 12, 26, 12)] * 2 + [(12, 10, 12, 26, 20)],
            [NOTHING, NOTHING, (None, {"人": Decimal(-8), "制": Decimal(8)})],
        ),
        # of four the median of the others is the mean of the two in the middle, or the middle one of three
        (
            [(20, 15, 15, 20, 10), (20, 15, 15, 21, 10), (20, 15, 15, 22, 10), (20, 15, 15, 30, 12)],
            [NOTHING, NOTHING, NOTHING, (Decimal(11), {"题": Decimal(9)})],
        ),
    ],
)  # fmt: skip
def test_cards_far_from_the_median_of_the_others_are_marked(cards, expected):
    assert told(*cards) == expected


def test_the_limits_are_the_installations():
    cards = [(18, 12, 12, 26, 18), (18, 12, 12, 26, 18), (17, 12, 12, 26, 18)]
    assert told(*cards)[2] == NOTHING
    assert told(*cards, limits=Limits(Decimal(1), Decimal(5)))[2] == (Decimal(-1), {"人": Decimal(-1)})


def test_a_good_in_which_all_agree_is_never_far():
    assert told((1, 1, 1, 1, 1), (1, 1, 1, 1, 1), limits=Limits(Decimal(10), Decimal(0))) == [NOTHING] * 2


@pytest.mark.parametrize(("points", "middle"), [([3], 3), ([1, 4], "2.5"), ([9, 1, 5], 5), ([4, 1, 9, 6], 5)])
def test_the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle(points, middle):
    assert median([Decimal(point) for point in points]) == Decimal(middle)


def test_of_nothing_there_is_no_median():
    with pytest.raises(ValueError, match="at least one"):
        median([])
