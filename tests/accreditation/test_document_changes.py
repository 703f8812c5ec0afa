"""What differs between two documents: nothing is missed, rows are paired as people would pair them."""

import copy

import pytest

from accreditation.document_changes import differences, pieces
from accreditation.form_fields import ANSWERS, TABLES, Mark, marks, of_step, parse, steps_of
from accreditation.queries.documents import document_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    return document_of(make.complete_draft())


def told(before, after):
    return [(one.step, one.name, one.kind, one.before, one.after) for one in differences(before, after)]


def test_the_same_document_has_no_differences(document):
    assert differences(document, copy.deepcopy(document)) == []


def test_every_answer_is_compared(document):
    for step, answers in ANSWERS.items():
        for name in answers:
            changed = copy.deepcopy(document)
            part = changed if name == "narrative" else changed[step]
            before, part[name] = part[name], "另一个值"
            assert told(document, changed) == [(step, name, "answer", before, "另一个值")]


def test_every_column_of_every_table_is_compared(document):
    for step, tables in TABLES.items():
        for table in tables:
            rows = (document if table == "namings" else document[step])[table]
            for column in rows[0]:
                changed = copy.deepcopy(document)
                part = changed if table == "namings" else changed[step]
                part[table][0][column] = "另一个值"
                (found,) = differences(document, changed)
                assert (found.step, found.name, found.kind, found.row) == (step, table, "row", 1)
                assert (found.before, found.after) == (rows[0], part[table][0])


def test_no_part_of_the_document_is_left_out(document):
    known = {"schema", "cycle", "level", "narrative", "namings", "evidence", *ANSWERS}
    assert set(document) == known
    for step, answers in ANSWERS.items():
        assert set(document[step]) == (set(answers) | set(TABLES[step])) - {"narrative", "namings"}


def test_rows_are_paired_by_what_they_are_about(document):
    changed = copy.deepcopy(document)
    members = changed["team"]["members"]
    gone = members.pop(0)
    members[1]["birth_year"] = 1999  # 成员2, the third before
    members.insert(
        0, members[1] | {"name": "新成员", "trade": "焊工", "education": "本科", "birth_year": 1990}
    )
    found = differences(document, changed)
    assert [
        (one.row, one.before and one.before["name"], one.after and one.after["name"]) for one in found
    ] == [
        (1, gone["name"], None),
        (3, "成员2", "成员2"),
        (0, None, "新成员"),
    ]


def test_the_order_of_rows_is_no_difference(document):
    changed = copy.deepcopy(document)
    changed["team"]["members"].reverse()
    assert differences(document, changed) == []


def test_a_file_replaced_under_its_name_is_one_difference(document):
    changed = copy.deepcopy(document)
    changed["evidence"][0]["sha256"] = "0" * 64
    (found,) = differences(document, changed)
    assert (found.kind, found.before, found.after) == (
        "file",
        document["evidence"][0],
        changed["evidence"][0],
    )


def test_files_taken_off_and_attached_are_told_apart(document):
    changed = copy.deepcopy(document)
    gone = changed["evidence"].pop(0)
    assert [(one.before, one.after) for one in differences(document, changed)] == [(gone, None)]
    assert [(one.before, one.after) for one in differences(changed, document)] == [(None, gone)]


def test_a_mark_is_answered_by_what_lies_in_it(document):
    changed = copy.deepcopy(document)
    changed["team"]["members"][2]["birth_year"] = 1999
    (found,) = differences(document, changed)
    answered = {code: found.answers(parse(code)) for code in (
        "team", "team.members", "team.members.3", "team.members.2", "team.pairs", "leader",
    )}  # fmt: skip
    assert answered == {
        "team": True, "team.members": True, "team.members.3": True,
        "team.members.2": False, "team.pairs": False, "leader": False,
    }  # fmt: skip


def test_every_mark_can_be_written_and_read():
    for step in ANSWERS:
        for mark in of_step(step):
            assert parse(mark.code) == mark
            assert mark.label
            assert mark.anchor


@pytest.mark.parametrize(
    "code",
    ["", "x", "team.x", "studio.area.1", "team.members.0", "team.members.x", "enterprise.name", "team..3"],
)
def test_what_the_form_does_not_have_is_no_mark(code):
    with pytest.raises(ValueError, match="the form has no"):
        parse(code)


def test_a_step_stands_for_itself_only_when_nothing_in_it_is_marked():
    found = marks(["team", "topics"], ["team.members", "studio.area", "gone.field"])
    assert found == [Mark("studio", "area"), Mark("team", "members"), Mark("topics")]
    assert [mark.label for mark in found] == ["使用面积", "成员", "定好创新课题"]
    assert steps_of(["team.members.2", "studio.area"]) == ["studio", "team"]


def marked(before, after):
    """Return both texts with what only one of them has in brackets."""
    both = [
        "".join(f"[{one.text}]" if one.is_changed else one.text for one in side)
        for side in pieces(before, after)
    ]
    assert [side.translate({91: None, 93: None}) for side in both] == [before, after]
    return both


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("成立于2012年。齐全。", "成立于2014年。齐全。", "成立于[2012]年。齐全。", "成立于[2014]年。齐全。"),
        ("攻关、带徒。", "攻关、带徒、交流。", "攻关、带徒。", "攻关、带徒[、交流]。"),
        ("一句话。", "一句话。又一句。", "一句话。", "一句话。[又一句。]"),
        ("甲。乙。", "乙。甲。", "甲。[乙。]", "[乙。]甲。"),
        ("12 members", "14 members", "[12] members", "[14] members"),
        ("长期在一线。", "No such text", "[长期在一线。]", "[No such text]"),
        ("第一行\n第二行", "第一行\n第三行", "第一行\n第[二]行", "第一行\n第[三]行"),
        ("", "新写。", "", "[新写。]"),
        ("原样。", "原样。", "原样。", "原样。"),
    ],
)  # fmt: skip
def test_texts_are_compared_sentence_by_sentence_and_word_by_word(before, after, old, new):
    assert marked(before, after) == [old, new]


def test_texts_that_are_too_long_to_compare_word_by_word_are_told_whole():
    before, after = "长" * 600, "长" * 599 + "短"
    assert marked(before, after) == [f"[{before}]", f"[{after}]"]
