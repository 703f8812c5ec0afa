"""`manage.py check_certificate`: what it answers of a file, online and offline."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from certificates.credentials import credential_of
from certificates.management.commands import check_certificate
from certificates.models import Certificate
from certificates.signing import chain, key_files, seals
from certificates.status_lists import published
from tests.certificates.conftest import AT
from tests.certificates.test_signing import with_another_page
from tests.certificates.test_status_lists import end

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> SimpleNamespace:
    """The time at which the command is run."""
    now = SimpleNamespace(at=AT + timedelta(hours=1))
    monkeypatch.setattr(check_certificate.timezone, "now", lambda: now.at)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return now


@pytest.fixture
def file(made, tmp_path) -> tuple[Certificate, Path]:
    """A certificate, and its file as its holder has it."""
    certificate = made()
    path = tmp_path / "certificate.pdf"
    path.write_bytes(certificate.file.read())
    return certificate, path


@pytest.fixture
def lists(tmp_path):
    """Save the status lists, with the arguments that name them: `lists()`."""

    def save(*purposes: str, at: datetime = AT) -> list[str]:
        for purpose in purposes or ("revocation", "refresh"):
            (tmp_path / purpose).write_text(published(1, purpose, at) + "\n")
        return [f"--status-list={tmp_path / purpose}" for purpose in purposes or ("revocation", "refresh")]

    return save


def check(path: Path, *options: str) -> tuple[int, list[str]]:
    """Return the code that the command ends with, and its lines."""
    output = StringIO()
    try:
        call_command("check_certificate", str(path), *options, stdout=output)
    except SystemExit as end_of_it:
        return int(end_of_it.code), output.getvalue().splitlines()
    return 0, output.getvalue().splitlines()


def test_a_valid_file_is_called_so_online_and_offline_with_all_that_was_checked(file, lists):
    certificate, path = file
    online, offline = check(path), check(path, "--offline", *lists())
    itself = [
        "+ 签名成立，签名以后没有改动：Wuhao tests: a federation，自称2026年10月16日10:00",
        "+ 电子凭证的签名成立：渝劳模创〔2026〕第0001号",
        "+ 存证成立，内容与电子凭证一致：记录序号41",
    ]
    head = ["有效 (valid)", "渝劳模创〔2026〕第0001号  米钰林劳模创新工作室", "有效期至2029-10-15"]

    assert online == (0, [*head, *itself, f"+ 登记的存档文件摘要：{certificate.sha256}"])
    assert offline == (0, [*head, *itself, "+ 状态列表（2026年10月16日10:00）：没有撤销，没有更换"])


def test_expired_revoked_and_superseded_are_told_apart(made, clock, lists, tmp_path):
    expired, revoked, old, new = (
        made(valid_until=date(2026, 10, 16)), made(), made(), made(),
    )  # fmt: skip
    end(revoked)
    end(old, new)
    clock.at = AT + timedelta(days=1)
    saved = lists(at=clock.at)
    paths = [tmp_path / f"{one.pk}.pdf" for one in (expired, revoked, old, new)]
    for one, path in zip((expired, revoked, old, new), paths, strict=True):
        path.write_bytes(one.file.read())
    said = ["已到期 (expired)", "已撤销 (revoked)", "已被更新 (superseded)", "有效 (valid)"]

    assert [check(path)[1][0] for path in paths] == said
    assert [check(path, *saved)[1][0] for path in paths] == said
    assert [check(path, *saved)[0] for path in paths] == [1, 1, 1, 0]


def test_with_the_list_of_revocations_alone_both_ends_are_bad(made, lists, tmp_path):
    old, new = made(), made()
    end(old, new)
    path = tmp_path / "old.pdf"
    path.write_bytes(old.file.read())
    code, lines = check(path, *lists("revocation"))

    assert (code, lines[0]) == (1, "已撤销 (revoked)")
    assert lines[-1] == "- 状态列表（2026年10月16日10:00）：已撤销，或者已由新的证书代替"


@pytest.mark.parametrize("purposes", [(), ("refresh",)])
def test_without_the_list_of_revocations_it_is_never_valid(file, lists, purposes):
    code, lines = check(file[1], "--offline", *(lists(*purposes) if purposes else ()))

    assert (code, lines[0]) == (2, "暂时查不到证书状态 (unavailable)")
    assert lines[-1] == "? 没有这张证书所在的状态列表，不能判断有没有撤销"


def test_a_list_that_is_too_old_or_false_is_not_used(file, lists, clock, tmp_path):
    saved = lists()
    clock.at = AT + timedelta(days=8)
    code, lines = check(file[1], *saved)
    assert (code, lines[0]) == (2, "暂时查不到证书状态 (unavailable)")
    assert lines[-1].startswith("? 状态列表")

    clock.at = AT
    (tmp_path / "revocation").write_text("no list")
    assert check(file[1], *saved)[0] == 2


def test_that_the_register_cannot_be_read_is_never_valid(file, monkeypatch):
    def fail(*_arguments: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("certificates.registry._standing", fail)
    code, lines = check(file[1])

    assert (code, lines[0], lines[-1]) == (
        2,
        "暂时查不到证书状态 (unavailable)",
        "? 登记现在读不出来",
    )


def test_a_changed_byte_is_found(file, lists):
    content = file[1].read_bytes()
    place = content.index(b"stream") + 400
    file[1].write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])

    for options in ([], lists()):
        code, lines = check(file[1], *options)
        assert (code, lines[0]) == (1, "文件与存档不符 (altered)")
        assert "- 签名不成立：签名以后内容被改动" in lines


def test_a_page_that_was_replaced_by_an_update_is_found(file, lists):
    file[1].write_bytes(with_another_page(file[1].read_bytes()))

    for options in ([], lists()):
        code, lines = check(file[1], *options)
        assert (code, lines[0]) == (1, "文件与存档不符 (altered)")
        assert "- 签名以后又有改动：页面换过、增减过，或者内容改过" in lines


def test_the_register_says_what_was_done_to_a_file(file):
    content = file[1].read_bytes()
    place = content.index(b"stream") + 400
    said = {
        "- 存档文件都在，后面又添加了内容": with_another_page(content),
        "- 存档文件的末尾缺了": content[:-1],
        "- 与存档文件不同：内容被改动，或者由其他程序另存过": content[:place] + b"!" + content[place + 1 :],
    }
    for line, altered in said.items():
        file[1].write_bytes(altered)
        assert check(file[1])[1][-1] == line


def test_a_file_that_somebody_else_signed_is_not_ours(file, lists, settings, tmp_path):
    """They have all of the file but the key."""
    ours = settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE
    settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE = str(tmp_path / "key"), str(tmp_path / "pem")
    key_files.make_signing_key("them", AT)
    content = file[1].read_bytes()
    unsigned = content[: content.index(b"%%EOF") + 6]
    file[1].write_bytes(seals.ready(AT + timedelta(hours=1)).seal(unsigned, dated=AT))
    settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE = ours

    code, lines = check(file[1], *lists())
    assert (code, lines[0]) == (1, "文件与存档不符 (altered)")
    assert "- 签名人不在信任的证书之内：试用 TRIAL them" in lines


def test_the_data_of_another_certificate_do_not_fit(file, made, lists, monkeypatch, tmp_path):
    """Whoever has the key signs them, but not the log."""
    other = made()
    theirs = credential_of(other)
    monkeypatch.setattr("certificates.rendering.credential_of", lambda _one: theirs)
    drawn = made()
    path = tmp_path / "mixed.pdf"
    path.write_bytes(drawn.file.read())
    code, lines = check(path, *lists())

    assert (code, lines[0]) == (1, "文件与存档不符 (altered)")
    assert "- 电子凭证说的不是这张证书" in lines
    assert "- 存证所记的内容与登记的证书不同" in lines


def test_what_is_no_certificate_is_unknown(tmp_path, lists):
    path = tmp_path / "note.pdf"
    path.write_bytes(b"%PDF-1.7 a note")

    for options in ([], lists()):
        code, lines = check(path, *options)
        assert (code, lines[0], lines[1]) == (1, "查无此件 (unknown)", "- 不是能读的PDF文件")


def test_it_is_printed_as_json_too(file):
    code, lines = check(file[1], "--json")
    said = json.loads("\n".join(lines))

    assert (code, said["answer"], said["number"]) == (0, "valid", "渝劳模创〔2026〕第0001号")
    assert [(one["part"], one["holds"]) for one in said["findings"]] == [
        ("signature", True),
        ("credential", True),
        ("log", True),
        ("status", True),
    ]


def test_keys_that_were_kept_elsewhere_are_used_offline(file, lists, settings, tmp_path):
    """Those who verify have neither our database nor our settings."""
    kept = ["--keys", settings.CREDENTIAL_KEYS_FILE, "--chain", settings.SIGNING_CHAIN_FILE]
    saved = lists()
    settings.SIGNING_KEY_FILE = settings.SIGNING_CHAIN_FILE = str(tmp_path / "none")
    settings.CREDENTIAL_KEY_FILE = settings.CREDENTIAL_KEYS_FILE = str(tmp_path / "none")
    settings.BASE_URL = "https://elsewhere.example"

    assert check(file[1], "--offline", *saved, *kept)[0] == 0
    code, lines = check(file[1], "--offline", *saved)
    assert (code, lines[0]) == (2, "暂时查不到证书状态 (unavailable)")


def test_lists_from_another_address_of_ours_do_as_well(file, lists, settings):
    """The installation has moved since the credential was made."""
    settings.BASE_URL = "https://new.example"

    assert check(file[1], "--offline", *lists())[0] == 0


def test_offline_asks_no_database(file, lists, django_assert_num_queries):
    saved = lists()

    with django_assert_num_queries(0):
        assert check(file[1], "--offline", *saved)[0] == 0


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_certificate", str(tmp_path / "none.pdf"))


def test_what_an_old_key_signed_still_verifies_after_a_new_one_took_its_place(
    registered, made, settings, tmp_path, clock
):
    settings.SIGNING_KEY_FILE, settings.SIGNING_CHAIN_FILE = str(tmp_path / "key"), str(tmp_path / "pem")
    key_files.make_signing_key("a federation", AT - timedelta(days=9))
    old = made()
    key_files.make_signing_key("a federation", AT - timedelta(days=8), rotate=True)
    new = made()

    assert len(chain.known(tmp_path / "pem")) == 2
    for one in (old, new):
        (tmp_path / "one.pdf").write_bytes(one.file.read())
        assert check(tmp_path / "one.pdf")[1][3].startswith("+ 签名成立")
