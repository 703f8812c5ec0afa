"""Many events, laid straight into the tables as years of use would leave them: how they are spread matters.

Of a hundred events fifty-five belong to four applications on their way, thirty are readings of their files, twelve are
people signing in, three are grants, exports and changes of the cycle. Their hashes are nobody's: nothing verifies them.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Max

from accreditation.models import Application, Organisation, Studio, User
from bench.crowd import HASH, crowd
from tests.append_only import triggers_lifted
from workflows.ledger import log
from workflows.models import Event, EventPayload, Leaf, ReadThrough

BODIES = (("district", 33), ("union", 165), ("enterprise", 1320))
PEOPLE, OF_CITY = 2000, 20
APART = timedelta(seconds=94)
"""Between two events: a million in three years."""
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
RARE = "发明人与同名工作室的有出入。"
"""The reason of one event in ten thousand."""
WITH_REASON = "'recommend', 'approve', 'send_back'"
DASHED = {
    "sqlite": "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' "
    "|| substr({0}, 17, 4) || '-' || substr({0}, 21)",
    "postgresql": "CAST({0} AS text)",
}
"""A uuid as text: in SQLite it stands without its dashes."""
MOMENT = {
    "sqlite": "datetime('{at}', ({seconds}) || ' seconds')",
    "postgresql": "timestamptz '{at}+00' + ({seconds}) * interval '1 second'",
}


def found_offices(template: Application) -> None:
    """Found offices and enterprises below the template's city, and people who act for them, without events."""
    above = [template.city]
    for kind, count in BODIES:
        rows = []
        for number in range(count):
            parent, code = above[number * len(above) // count], f"{kind[0].upper()}{number}"
            path = f"{parent.path}{code}/"
            rows.append(Organisation(kind=kind, name=f"第{number}{kind}", code=code, parent=parent, path=path))
        above = Organisation.objects.bulk_create(rows)
    User.objects.bulk_create(User(username=f"p{number}", name=f"员{number}") for number in range(PEOPLE))


def event_crowd(template: Application, blocks: range, at: datetime) -> None:
    """Lay in so many blocks of a hundred events; `at` is when that of number 0 happened."""
    _applications(template, range(blocks.start * FORMS, blocks.stop * FORMS), at)
    first = (Event.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    with triggers_lifted(connection), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pattern (slot int, form int, kind text, action text, level text, before text, facts text)")
        cursor.executemany("INSERT INTO pattern VALUES (%s, %s, %s, %s, %s, %s, %s)", _pattern())
        cursor.execute(_events(template, blocks, at))
        cursor.execute(f"INSERT INTO {EventPayload._meta.db_table} (event_id, salt, content) {_payloads(first)}")
        cursor.execute(
            f'INSERT INTO {Leaf._meta.db_table} ("index", event_id) '
            f"SELECT id - {first} + {log.size()}, id FROM {Event._meta.db_table} WHERE id >= {first}"
        )
        cursor.execute("DROP TABLE pattern")
    last = Event.objects.aggregate(last=Max("pk"))["last"]
    ReadThrough.objects.update_or_create(reader=log.EVENTS.reader, defaults={"event_id": last, "noted_id": last})


def _applications(template: Application, numbers: range, at: datetime) -> None:
    """Copy the template; the copies are shared among all enterprises."""
    before = Application.objects.aggregate(last=Max("pk"))["last"]
    crowd(template, numbers, at, with_events=False)
    with connection.cursor() as cursor:
        place = f"(CAST(substr(number, 2) AS integer) * 7 % {BODIES[2][1]})"
        cursor.execute(
            f"UPDATE {Application._meta.db_table} SET enterprise_id = (SELECT o.id FROM {Organisation._meta.db_table} o "
            f"WHERE o.code = 'E' || {place}) WHERE id > {before}"
        )
        for field, below in (("union_id", "enterprise_id"), ("district_id", "union_id")):
            cursor.execute(
                f"UPDATE {Application._meta.db_table} SET {field} = (SELECT o.parent_id FROM "
                f"{Organisation._meta.db_table} o WHERE o.id = {below}) WHERE id > {before}"
            )


def _pattern() -> list[tuple[int, int, str, str, str, str, str]]:
    """Return the events of a block: place, application, kind, action, level, state before, facts."""
    steps = [(form, "application", *step, '"revision":1') for step in STEPS for form in range(FORMS)]
    readings = [(n % FORMS, "reading", "read", ("union", "district", "city")[n % 3], "", '"kind":"honour","revision":1') for n in range(30)]
    signing_in = [(n % FORMS, "sign_in", "sign_in", ("union", "district", "city")[n % 3], "", "") for n in range(12)]
    seldom = [(n % FORMS, *event) for n, event in enumerate(SELDOM)]
    return [(place * 37 % BLOCK, *event) for place, event in enumerate([*steps, *readings, *signing_in, *seldom])]


def _events(template: Application, blocks: range, at: datetime) -> str:
    dashed, vendor = DASHED[connection.vendor], connection.vendor
    seconds = f"(s.i * {BLOCK} + p.slot) * {APART.total_seconds():.0f}"
    moment = MOMENT[vendor].format(at=f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", seconds=seconds)
    who = dashed.format("u.public_id")
    code = (
        f"CASE p.kind WHEN 'organisation' THEN {dashed.format('d.public_id')} "
        f"WHEN 'cycle' THEN '{template.cycle.public_id}' WHEN 'sign_in' THEN {who} WHEN 'export' THEN {who} "
        f"ELSE {dashed.format('a.public_id')} END"
    )
    body = (
        "'{\"action\":\"' || p.action || '\",\"actor\":\"user/' || " + who + " || '\",\"at\":\"2026-09-01T02:00:00.000000+00:00\",' "
        "|| '\"facts\":{' || replace(p.facts, 'WHO', " + who + ") || '},\"from\":\"' || p.before || '\",\"office\":\"D1\",' "
        "|| '\"personal\":{\"actor\":\"' || " + HASH[vendor] + " || '\",\"reason\":\"' || " + HASH[vendor] + " || '\"},' "
        "|| '\"previous\":\"' || " + HASH[vendor] + " || '\",\"role\":\"review\",\"schema\":2,\"sequence\":1,\"stream\":\"' "
        f"|| p.kind || '/' || {code} || '\",\"to\":\"' || p.before || '\"}}'"
    )
    office = "CASE p.level WHEN 'enterprise' THEN a.enterprise_id WHEN 'union' THEN a.union_id WHEN 'district' THEN a.district_id WHEN 'city' THEN a.city_id END"
    people = User.objects.filter(username="p0").values_list("pk", flat=True)[0]
    person = (
        f"{people} + CASE p.level WHEN 'city' THEN p.slot % {OF_CITY} "
        f"ELSE {OF_CITY} + (a.district_id * 61 + p.slot % 5) % {PEOPLE - OF_CITY} END"
    )
    series = f"WITH RECURSIVE n(i) AS (SELECT {blocks.start} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {blocks.stop}) SELECT i FROM n"
    return (
        f"INSERT INTO {Event._meta.db_table} (stream, sequence, action, actor_id, office_id, role, from_state, to_state, at, body, previous, hash) "
        f"SELECT p.kind || '/' || {code}, s.i * {BLOCK} + p.slot, p.action, CASE p.level WHEN '' THEN NULL ELSE u.id END, "
        f"{office}, 'review', p.before, p.before, {moment}, {body}, '', {HASH[vendor]} "
        f"FROM ({series}) s CROSS JOIN pattern p JOIN {Application._meta.db_table} a ON a.number = '众' || (s.i * {FORMS} + p.form) "
        f"JOIN {Organisation._meta.db_table} d ON d.id = a.district_id JOIN {User._meta.db_table} u ON u.id = {person} "
        "ORDER BY s.i, p.slot"
    )


def _payloads(first: int) -> str:
    reasons = " ".join(f"WHEN {number} THEN '{text}'" for number, text in enumerate(REASONS))
    reason = f"CASE WHEN e.sequence % 10000 = {44 * 37 % BLOCK} THEN '{RARE}' ELSE CASE e.sequence % {len(REASONS)} {reasons} END END"
    salt = HASH[connection.vendor]
    return (
        f"SELECT e.id, '', '{{\"actor\":[\"' || substr({salt}, 1, 32) || '\",\"员' || coalesce(e.actor_id, 0) || '\"]' || CASE WHEN e.action IN ({WITH_REASON}) "
        f"THEN ',\"reason\":[\"' || substr({salt}, 1, 32) || '\",\"' || {reason} || '\"]' ELSE '' END || '}}' FROM {Event._meta.db_table} e WHERE e.id >= {first}"
    )
