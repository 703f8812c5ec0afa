"""The signature in a certificate's file: what it shows to those who check it, whoever's program they use."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import page
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.issuing import render_due
from certificates.rendering import render
from certificates.signing import chain, key_files, seals
from certificates.signing.files import CannotSign
from certificates.signing.signatures import Flaw, Later, examine
from tests.certificates.authority import authority
from tests.certificates.conftest import AT
from tests.certificates.test_rendering import certificate


def sealed(content: bytes, dated: datetime = AT) -> bytes:
    """The file as this installation seals it."""
    return seals.ready(AT).seal(content, dated=dated)


def trusted() -> chain.Chain:
    return chain.holder().chain


@pytest.fixture(scope="module")
def drawn() -> bytes:
    """A certificate that is not sealed yet."""
    return render(certificate())


@pytest.fixture(scope="module")
def signed(drawn) -> bytes:
    return sealed(drawn)


@pytest.fixture
def file(signed, tmp_path) -> Path:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(signed)
    return path


def with_another_page(content: bytes) -> bytes:
    """The file with its page emptied by an incremental update, as anybody can make one."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    [sheet] = [writer.find_page_for_modification(0)[0].get_object()]
    del sheet["/Contents"]
    writer.update_container(sheet)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def poppler_says(path: Path) -> str:
    return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout


def test_poppler_and_pyhanko_accept_it(file, signed):
    said = poppler_says(file)
    found = examine(signed, trusted())

    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert (found.flaw, found.time, found.is_stamped) == (None, AT, False)
    assert found.signer == "Wuhao tests: a federation"


def test_it_still_conforms_to_the_standards_for_archives_and_for_accessibility(file):
    for profile in ("3a", "ua1"):
        report = page.validate_pdf(file, profile=profile)
        assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0


def test_the_same_content_time_and_key_make_the_same_bytes(drawn, signed):
    assert sealed(drawn) == signed
    assert signed.startswith(drawn)


def test_it_allows_no_change(signed):
    reference = PdfFileReader(BytesIO(signed)).embedded_signatures[0]

    assert (reference.docmdp_level.name, reference.docmdp_level.value) == ("NO_CHANGES", 1)


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.8, 0.9])
def test_a_changed_byte_is_found(signed, share):
    place = int(len(signed) * share)
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]

    assert examine(changed, trusted()).flaw in (Flaw.CHANGED, Flaw.UNREADABLE, Flaw.UNSIGNED)


def test_a_changed_digit_of_the_signature_itself_is_found(signed):
    """Also where the signature is not signed: in its versions, its names, the certificates beside it."""
    begin = signed.rindex(b"/Contents <") + 11
    for place in range(begin, begin + 1600, 37):
        digit = b"%X" % (int(signed[place : place + 1], 16) ^ 1)
        assert examine(signed[:place] + digit + signed[place + 1 :], trusted()).flaw is not None, place


def test_a_changed_byte_of_the_padding_behind_the_signature_is_found(signed):
    place = signed.rindex(b"0000>")
    changed = signed[:place] + b"1" + signed[place + 1 :]

    assert examine(changed, trusted()).flaw is Flaw.CHANGED


def test_a_page_that_was_replaced_by_an_update_is_found_though_poppler_calls_the_signature_valid(
    signed, tmp_path
):
    replaced = with_another_page(signed)
    path = tmp_path / "replaced.pdf"
    path.write_bytes(replaced)
    found = examine(replaced, trusted())

    assert "Signature Validation: Signature is Valid." in poppler_says(path)
    assert (found.flaw, found.later) == (Flaw.ADDED, Later.PAGES)


def test_bytes_behind_the_end_are_found(signed):
    found = examine(signed + b"\n% more\n", trusted())

    assert (found.flaw, found.later) == (Flaw.ADDED, Later.BYTES)


def with_note(root, sheet):
    note = {pdf_name("/Subtype"): pdf_name("/Text"), pdf_name("/Contents"): generic.pdf_string("有效")}
    sheet["/Annots"] = generic.ArrayObject([*sheet.get("/Annots", []), generic.DictionaryObject(note)])
    return sheet


def with_another_file(root, sheet):
    specification = root["/Names"]["/EmbeddedFiles"]["/Names"][1]
    specification["/EF"]["/F"] = generic.StreamObject(stream_data=b"other")
    return root["/Names"]["/EmbeddedFiles"]["/Names"][1]


def with_another_size(root, sheet):
    sheet["/MediaBox"][2] = generic.NumberObject(100)
    return sheet


@pytest.mark.parametrize(
    ("change", "later"),
    [(with_note, Later.NOTES), (with_another_size, Later.OTHER), (with_another_file, Later.FILES)],
)
def test_what_was_added_is_told_apart(signed, change, later):
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    sheet = writer.find_page_for_modification(0)[0].get_object()
    writer.update_container(change(writer.root, sheet))
    output = BytesIO()
    writer.write(output)
    found = examine(output.getvalue(), trusted())

    assert (found.flaw, found.later) == (Flaw.ADDED, later)


def test_a_signature_by_somebody_else_is_told_from_ours(drawn, settings, tmp_path):
    settings.SIGNING_KEY_FILE = str(tmp_path / "their.key")
    settings.SIGNING_CHAIN_FILE = str(tmp_path / "their.pem")
    ours = chain.known(Path(__file__).parent / "keys" / "signing.pem")
    key_files.make_signing_key("a stranger", AT)
    theirs = sealed(drawn)

    assert examine(theirs, ours).flaw is Flaw.STRANGER
    assert examine(theirs, (*ours, *trusted())).flaw is None


def test_the_certificate_of_the_signer_counts_not_that_of_its_authority_who_issues_to_others(signed):
    own, root = trusted()

    assert examine(signed, [own]).flaw is None
    assert examine(signed, [root]).flaw is Flaw.STRANGER
    assert examine(signed, []).flaw is Flaw.STRANGER


def test_what_is_not_signed_and_what_is_no_pdf_are_told_apart(drawn):
    assert examine(drawn, trusted()).flaw is Flaw.UNSIGNED
    assert examine(b"%PDF-1.7 nothing", trusted()).flaw is Flaw.UNREADABLE
    assert examine(b"", trusted()).flaw is Flaw.UNREADABLE


def test_the_attachments_are_found(signed):
    assert sorted(examine(signed, trusted()).files) == ["credential.jwt", "log-proof.json"]


def test_a_signature_claims_no_time_before_its_certificate(drawn):
    early = AT.replace(year=2020)

    assert examine(sealed(drawn, early), trusted()).time == chain.holder().certificate.not_valid_before_utc


def test_nothing_is_sealed_with_a_certificate_that_expired():
    with pytest.raises(CannotSign, match="is valid from 2026-01-01"):
        seals.ready(datetime(2056, 1, 2, tzinfo=UTC))


def test_the_time_of_an_authority_stands_in_the_signature(drawn, settings, tmp_path):
    path, time = tmp_path / "stamped.pdf", AT + timedelta(minutes=1)
    with authority(time) as (settings.TIMESTAMP_URL, clock):
        path.write_bytes(sealed(drawn))
    found = examine(path.read_bytes(), (*trusted(), clock))
    distrusted = examine(path.read_bytes(), trusted())

    assert "Signature Validation: Signature is Valid." in poppler_says(path)
    assert (found.flaw, found.time, found.is_stamped) == (None, time, True)
    assert (distrusted.flaw, distrusted.time, distrusted.is_stamped) == (None, AT, False)
    report = page.validate_pdf(path, profile="3a")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_while_the_authority_does_not_answer_certificates_wait_and_it_is_left_alone(
    registered, settings, caplog, monkeypatch
):
    registered(), registered()
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    drawn = []
    monkeypatch.setattr("certificates.issuing.render", lambda one: drawn.append(one) or render(one))

    assert render_due(AT) == 0
    assert "certificates that wait: 2 (http://127.0.0.1:9/ gives no timestamp" in caplog.text
    assert len(drawn) == 1
    settings.TIMESTAMP_URL = ""
    assert render_due(AT) == 2


def test_an_address_that_is_none_is_complained_of_before_anything_is_drawn(settings):
    settings.TIMESTAMP_URL = "file:///etc/passwd"

    with pytest.raises(CannotSign, match="is no address of a timestamp authority"):
        seals.ready(AT)


def test_without_a_key_certificates_wait_and_are_made_once_there_is_one(
    registered, settings, caplog, tmp_path
):
    registered(), registered()
    before, settings.SIGNING_KEY_FILE = settings.SIGNING_KEY_FILE, str(tmp_path / "none")

    assert render_due(AT) == 0
    assert caplog.messages == [
        f"certificates that wait: 2 ({tmp_path}/none cannot be read: manage.py signing_key makes it)"
    ]
    settings.SIGNING_KEY_FILE = before
    assert render_due(AT) == 2


class Licensed:
    """A service as an operator would plug it in."""

    label = "GB/T 38540"
    is_legal = True

    def check(self, at: datetime) -> None: ...

    def seal(self, content: bytes, *, dated: datetime) -> bytes:
        return content + b"% sealed\n"


def test_another_provider_can_be_named(registered, settings):
    settings.SEAL_PROVIDER = f"{__name__}.Licensed"
    made = registered()

    assert render_due(AT) == 1
    made.refresh_from_db()
    assert made.file.read().endswith(b"% sealed\n")


def test_the_built_in_seal_says_that_it_is_none():
    provider = seals.provider()

    assert provider.is_legal is False
    assert "不是GB/T 38540法定电子印章" in str(provider.label)
