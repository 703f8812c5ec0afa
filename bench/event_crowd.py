"""Many events, laid straight into the tables as years of use would leave them: how they are spread matters.

Of a hundred events fifty-five belong to four applications on their way, thirty are readings of their files, twelve are
people signing in, three are grants, exports and changes of the cycle. Their hashes are nobody's: nothing verifies them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Max

from accreditation.models import Application, EventTerm, IndexedThrough, Organisation, ReasonPair, User
from accreditation.queries.event_terms import pairs, terms_of
from tests.append_only import triggers_lifted
from tests.crowd import HASH, crowd
from workflows.ledger import log
from workflows.models import Event, Leaf, ReadThrough

BODIES = (("district", 33), ("union", 165), ("enterprise", 1320))
PEOPLE, OF_CITY = 2000, 20
APART = 94
"""Seconds between two events: a million in three years."""
BLOCK, FORMS = 100, 4
STEPS = (
    ("start", "enterprise", "draft"), ("submit", "enterprise", "draft"), ("claim", "union", "enterprise_review"),
    ("recommend", "union", "enterprise_review"), ("claim", "district", "district_review"),
    ("recommend", "district", "district_review"), ("convene", "city", "city_intake"),
    ("score", "city", "panel_scoring"), ("score", "city", "panel_scoring"), ("score", "city", "panel_scoring"),
    ("conclude", "city", "panel_scoring"), ("approve", "city", "city_decision"), ("publish", "city", "listed"),
)  # fmt: skip
SELDOM = (
    ("application", "send_back", "district", "district_review", '"revision":1'),
    ("application", "end_notice", "", "public_notice", ""),
    ("application", "name_studio", "city", "notice_ended", '"decision":"渝工发〔2026〕1号"'),
    ("organisation", "grant", "district", "", '"grant":"decide","member":"WHO"'),
    ("export", "export", "city", "", '"count":30,"filtered":[],"what":"events"'),
    ("cycle", "set_quota", "city", "", '"organisation":"D1","places":3'),
)
REASONS = (
    "符合市级申报条件，材料齐全，在名额之内，同意推荐。", "人员、材料已核实，单位内部公示5个工作日无异议。",
    "经费专款专用，有台账，同意推荐。", "活动记录完整，成果已转化，同意。", "总分和五好均达标。",
    "立项书只有封面，补立项批复后再报。", "附件缺成立文件。", "成员名册与社保记录一致，同意推荐。",
)  # fmt: skip
RARE, SO_SELDOM = "发明人与同名工作室的有出入。", 250
"""The reason of one event in so many."""
DASHED = {
    "sqlite": "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' "
    "|| substr({0}, 17, 4) || '-' || substr({0}, 21)",
    "postgresql": "CAST({0} AS text)",
}
"""A uuid as text: in SQLite it stands without its dashes."""
LATER = {
    "sqlite": "datetime('{at}', ({seconds}) || ' seconds')",
    "postgresql": "timestamptz '{at}+00' + ({seconds}) * interval '1 second'",
}
AT_ONCE = 2000


def found_offices(template: Application) -> None:
    """Found offices and enterprises below the template's city, and people who act for them, without events."""
    above = [template.city]
    for kind, count in BODIES:
        rows = []
        for number in range(count):
            parent, code = above[number * len(above) // count], f"{kind[0].upper()}{number}"
            path = f"{parent.path}{code}/"
            rows.append(
                Organisation(kind=kind, name=f"第{number}{kind}", code=code, parent=parent, path=path)
            )
        above = Organisation.objects.bulk_create(rows)
    User.objects.bulk_create(User(username=f"p{number}", name=f"员{number}") for number in range(PEOPLE))


def event_crowd(template: Application, blocks: range, at: datetime) -> None:
    """Lay in so many blocks of a hundred events, numbered and entered; number 0 happened at `at`."""
    _applications(template, range(blocks.start * FORMS, blocks.stop * FORMS), at)
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    with triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE pattern (slot int, form int, kind text, action text, level text, "
            "before text, facts text)"
        )
        cursor.executemany("INSERT INTO pattern VALUES (%s, %s, %s, %s, %s, %s, %s)", _pattern())
        cursor.execute(_events(template, blocks, at))
        cursor.execute(_payloads(last))
        cursor.execute(
            'INSERT INTO workflows_leaf ("index", event_id) '
            f"SELECT id - {last + 1} + {log.size()}, id FROM workflows_event WHERE id > {last}"
        )
        cursor.execute("DROP TABLE pattern")
    newest = Event.objects.aggregate(last=Max("pk"))["last"]
    ReadThrough.objects.update_or_create(
        reader=log.EVENTS.reader, defaults={"event_id": newest, "noted_id": newest}
    )
    _enter()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _applications(template: Application, numbers: range, at: datetime) -> None:
    """Copy the template; the copies are shared among all enterprises."""
    before = Application.objects.aggregate(last=Max("pk"))["last"]
    crowd(template, numbers, at, with_events=False)
    enterprise = f"'E' || (CAST(substr(number, 2) AS integer) * 7 % {dict(BODIES)['enterprise']})"
    bodies = "accreditation_organisation AS o WHERE"
    changes = [
        f"accreditation_application SET enterprise_id = (SELECT o.id FROM {bodies} o.code = {enterprise})",
        f"accreditation_application SET union_id = (SELECT o.parent_id FROM {bodies} o.id = enterprise_id)",
        f"accreditation_application SET district_id = (SELECT o.parent_id FROM {bodies} o.id = union_id)",
    ]
    with connection.cursor() as cursor:
        for change in changes:
            cursor.execute(f"UPDATE {change} WHERE id > {before}")
        cursor.execute(
            "UPDATE accreditation_studio SET enterprise_id = (SELECT a.enterprise_id FROM "
            "accreditation_application AS a WHERE a.studio_id = accreditation_studio.id) "
            f"WHERE id IN (SELECT studio_id FROM accreditation_application WHERE id > {before})"
        )


def _pattern() -> list[tuple[int, int, str, str, str, str, str]]:
    """Return the events of a block: place, application, kind, action, level, state before, facts."""
    levels = ("union", "district", "city")
    read = '"kind":"honour","revision":1'
    events = [(form, "application", *step, '"revision":1') for step in STEPS for form in range(FORMS)]
    events += [(n % FORMS, "reading", "read", levels[n % 3], "", read) for n in range(30)]
    events += [(n % FORMS, "sign_in", "sign_in", levels[n % 3], "", "") for n in range(12)]
    events += [(n % FORMS, *event) for n, event in enumerate(SELDOM)]
    return [(place * 37 % BLOCK, *event) for place, event in enumerate(events)]


def _events(template: Application, blocks: range, at: datetime) -> str:
    """SQL that adds the events in the order of time."""
    dashed, some_hash = DASHED[connection.vendor], HASH[connection.vendor]
    who, when = dashed.format("u.public_id"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    moment = LATER[connection.vendor].format(at=when, seconds=f"(s.i * {BLOCK} + p.slot) * {APART}")
    stream = f"""p.kind || '/' || CASE p.kind
        WHEN 'organisation' THEN {dashed.format("d.public_id")} WHEN 'cycle' THEN '{template.cycle.public_id}'
        WHEN 'sign_in' THEN {who} WHEN 'export' THEN {who} ELSE {dashed.format("a.public_id")} END"""
    body = f"""'{{"action":"' || p.action || '","actor":"user/' || {who}
        || '","at":"2026-09-01T02:00:00.000000+00:00","facts":{{' || replace(p.facts, 'WHO', {who})
        || '}},"from":"' || p.before || '","office":"D1","personal":{{"actor":"' || {some_hash} || '","reason":"'
        || {some_hash} || '"}},"previous":"' || {some_hash}
        || '","role":"review","schema":2,"sequence":1,"stream":"' || {stream} || '","to":"' || p.before || '"}}'"""
    first = User.objects.filter(username="p0").values_list("pk", flat=True)[0]
    person = f"""{first} + CASE p.level WHEN 'city' THEN p.slot % {OF_CITY}
        ELSE {OF_CITY} + (a.district_id * 61 + p.slot % 5) % {PEOPLE - OF_CITY} END"""
    return f"""
        INSERT INTO workflows_event (stream, sequence, action, actor_id, office_id, role, from_state, to_state,
            at, body, previous, hash)
        SELECT {stream}, s.i * {BLOCK} + p.slot, p.action, CASE p.level WHEN '' THEN NULL ELSE u.id END,
            CASE p.level WHEN 'enterprise' THEN a.enterprise_id WHEN 'union' THEN a.union_id
                WHEN 'district' THEN a.district_id WHEN 'city' THEN a.city_id END,
            'review', p.before, p.before, {moment}, {body}, '', {some_hash}
        FROM (WITH RECURSIVE n(i) AS (SELECT {blocks.start} UNION ALL
                SELECT i + 1 FROM n WHERE i + 1 < {blocks.stop}) SELECT i FROM n) AS s
            CROSS JOIN pattern AS p
            JOIN accreditation_application AS a ON a.number = '众' || (s.i * {FORMS} + p.form)
            JOIN accreditation_organisation AS d ON d.id = a.district_id
            JOIN accreditation_user AS u ON u.id = {person}
        ORDER BY s.i, p.slot"""


def _payloads(last: int) -> str:
    """SQL that gives the events after a key their names, and decisions their reasons."""
    reasons = " ".join(f"WHEN {number} THEN '{text}'" for number, text in enumerate(REASONS))
    reason = f"CASE WHEN e.id % {SO_SELDOM} < 8 THEN '{RARE}' ELSE CASE e.sequence % 8 {reasons} END END"
    salt = f"substr({HASH[connection.vendor]}, 1, 32)"
    return f"""
        INSERT INTO workflows_eventpayload (event_id, salt, content)
        SELECT e.id, '', '{{"actor":["' || {salt} || '","员' || coalesce(e.actor_id, 0) || '"]'
            || CASE WHEN e.action IN ('recommend', 'approve', 'send_back')
                THEN ',"reason":["' || {salt} || '","' || {reason} || '"]' ELSE '' END || '}}'
        FROM workflows_event AS e WHERE e.id > {last}"""


def _enter() -> None:
    """Enter all that is numbered, as the service does, but without Django's own work for each row."""
    mark, _made = IndexedThrough.objects.get_or_create(pk=1)
    leaves = Leaf.objects.select_related("event__payload").order_by("index")
    while batch := [leaf.event for leaf in leaves.filter(index__gte=mark.leaves)[:AT_ONCE]]:
        _insert(EventTerm, "term", ((term, one) for one, found in terms_of(batch) for term in found))
        _insert(
            ReasonPair,
            "pair",
            ((pair, one) for one in batch for pair in pairs(one.personal.get("reason", ""))),
        )
        mark.leaves += len(batch)
    mark.save()


def _insert(model: type[EventTerm | ReasonPair], name: str, found: Iterable[tuple[str | int, Event]]) -> None:
    moment = model._meta.get_field("at")
    rows = [(what, moment.get_db_prep_save(one.at, connection), one.pk) for what, one in found]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({name}, at, event_id) VALUES (%s, %s, %s)", rows
        )
