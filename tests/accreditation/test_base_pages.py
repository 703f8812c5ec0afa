"""What surrounds every page: masthead, navigation, office, language, signing in, errors, the policy."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse

from accreditation.models import User
from tests import factories
from tests.page import Node, parse

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if path.parts[-2] != "certificate"]


@pytest.fixture(autouse=True)
def _no_failures_yet() -> None:
    cache.clear()


def page(client: Client, address: str) -> Node:
    return parse(client.get(address))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def navigation(shown: Node) -> list[str]:
    return [link.words for link in shown.all(".w-nav a")]


# ── Around the page ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "grants", "expected"),
    [
        ("enterprise", ["apply"], ["我的申报", "名册", "公示"]),
        ("union", ["review", "decide"], ["待办", "已办", "名册"]),
        ("district", ["review"], ["待办", "已办", "名册"]),
        ("district", ["review", "decide", "manage"], ["待办", "已办", "批次", "名册"]),
        ("district", ["manage"], ["成员与权限", "名册"]),
        ("city", ["review", "decide", "manage"], ["待办", "已办", "批次", "证书", "名册"]),
        ("city", ["audit"], ["查档", "疑点", "证书", "名册"]),
        ("city", [], ["名册", "公示"]),
    ],
)
def test_each_role_sees_the_links_of_its_work(kind: str, grants: list[str], expected: list[str]) -> None:
    user = factories.member(getattr(factories, kind)(), *grants)
    assert navigation(page(signed_in(user), reverse("account"))) == expected


def test_visitors_see_what_is_public(client: Client) -> None:
    assert navigation(page(client, reverse("login"))) == ["名册", "公示", "证书查验", "登录"]


def test_somebody_with_two_offices_changes_between_them() -> None:
    user = factories.member(factories.city(), "audit", username="two")
    factories.member(factories.district(), "review", username="two")
    client = signed_in(user)
    assert navigation(page(client, reverse("account"))) == ["查档", "疑点", "证书", "名册"]
    answer = client.post(reverse("switch-office"), {"office": factories.district().code})
    assert answer["Location"] == reverse("home")
    assert navigation(page(client, reverse("account"))) == ["待办", "已办", "名册"]


def test_an_office_of_others_cannot_be_chosen() -> None:
    client = signed_in(factories.member(factories.district(), "review"))
    assert client.post(reverse("switch-office"), {"office": factories.city().code}).status_code == 404
    assert client.post(reverse("switch-office"), {"office": "no-such"}).status_code == 404


def test_what_surrounds_a_page_costs_nine_queries(django_assert_num_queries) -> None:
    client = signed_in(factories.member(factories.district(), "review"))
    # session, user, the page's own; offices; whom one stands in for; what one has elsewhere; desk; messages; who issues
    with django_assert_num_queries(9):
        client.get(reverse("account"))


def test_the_language_changes_and_the_page_says_which_it_is(client: Client) -> None:
    assert page(client, reverse("login")).one("html")["lang"] == "zh-Hans"
    answer = client.post(reverse("set_language"), {"language": "en", "next": reverse("login")})
    assert answer["Location"] == reverse("login")
    assert page(client, reverse("login")).one("html")["lang"] == "en"


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────────


def sign_in(client: Client, username: str, password: str):
    return client.post(reverse("login"), {"username": username, "password": password})


def test_the_right_password_leads_home(client: Client) -> None:
    user = factories.member(factories.district(), "review")
    answer = sign_in(client, user.username, factories.PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))


def test_five_wrong_passwords_close_the_name_for_a_while_and_no_other(client: Client) -> None:
    user = factories.member(factories.district(), "review")
    other = factories.member(factories.city(), "audit")
    assert [sign_in(client, user.username, "wrong").status_code for _ in range(6)] == [200] * 5 + [429]
    assert sign_in(client, user.username, factories.PASSWORD).status_code == 429
    assert sign_in(client, other.username, factories.PASSWORD).status_code == 302


@pytest.mark.parametrize("disguise", [" {}", "{}  ", "\u3000{}", "\uff55{}"])
def test_a_name_written_otherwise_is_no_other_name(client: Client, disguise: str) -> None:
    user = factories.member(factories.district(), "review", username="u-wen")
    written = disguise.format(user.username if "\uff55" not in disguise else user.username[1:])
    for _ in range(5):
        sign_in(client, user.username, "wrong")
    assert sign_in(client, written, factories.PASSWORD).status_code == 429


def test_pages_read_with_a_session_are_kept_by_no_cache_between() -> None:
    client = signed_in(factories.member(factories.district(), "review"))
    assert client.get(reverse("desk"))["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in Client().get(reverse("register"))


def test_an_unknown_name_reads_like_a_wrong_password(client: Client) -> None:
    user = factories.member(factories.district(), "review")
    said = [
        parse(sign_in(client, name, "wrong")).one(".w-errors li").words for name in (user.username, "nobody")
    ]
    assert said == ["账号或密码不对，检查大小写后再试一次"] * 2


def test_signing_out_takes_a_form_not_a_link() -> None:
    client = signed_in(factories.member(factories.district(), "review"))
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout"))["Location"] == reverse("home")


def test_the_password_is_changed_by_whoever_knows_the_old_one() -> None:
    user = factories.member(factories.district(), "review")
    client = signed_in(user)
    new = {"new_password1": "jie-fang-bei-9", "new_password2": "jie-fang-bei-9"}
    refused = client.post(reverse("password_change"), {"old_password": "wrong", **new})
    assert refused.status_code == 200
    answer = client.post(reverse("password_change"), {"old_password": factories.PASSWORD, **new}, follow=True)
    assert parse(answer).one(".w-note.is-pass strong").words == "密码已更改"
    user.refresh_from_db()
    assert user.check_password("jie-fang-bei-9")


@pytest.mark.parametrize("name", ["account", "password_change"])
def test_an_account_page_needs_an_account(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"] == f"{reverse('login')}?next={reverse(name)}"


# ── What goes wrong ──────────────────────────────────────────────────────────────────────────────────────


def test_an_address_that_is_not_there_says_so_in_words(client: Client) -> None:
    answer = client.get("/no-such-page/")
    shown = parse(answer)
    assert (answer.status_code, shown.one("h1").words) == (404, "没有这个页面")
    assert shown.one(".w-head p").words == "地址有误，或者不在您的权限之内。"


def test_a_form_without_its_token_is_refused_on_a_page_of_ours() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "a", "password": "b"})
    shown = parse(answer)
    assert (answer.status_code, shown.one("h1").words) == (403, "没有收到这次提交")


OURS, ANOTHER = "http://testserver", "https://elsewhere.example"
TYPED = {"reason": "材料不齐，\n请补立项书。", "version": "3", "decision": "send_back", "password": "一二三"}


def kept(answer: HttpResponse) -> list[str]:
    """Return what a page gives back of a form, to be copied."""
    return [field.words for field in parse(answer).all("textarea")]


def test_what_was_typed_is_given_back_when_the_session_has_ended(client: Client) -> None:
    decide = reverse("decide", args=[uuid4()])
    answer = client.post(decide, TYPED, headers={"origin": OURS})
    assert (answer.status_code, parse(answer).one("h1").words) == (403, "登录已经结束")
    assert kept(answer) == ["材料不齐， 请补立项书。"]
    assert parse(answer).one(".w-acts a")["href"] == f"{reverse('login')}?next={decide}"


def test_a_form_of_another_site_is_never_shown_on_ours(client: Client) -> None:
    decide = reverse("decide", args=[uuid4()])
    assert client.post(decide, TYPED, headers={"origin": ANOTHER}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    assert kept(strict.post(decide, TYPED, headers={"origin": ANOTHER})) == []
    assert kept(strict.post(decide, TYPED, headers={"origin": OURS})) == ["材料不齐， 请补立项书。"]


@pytest.mark.parametrize(("template", "title"), [("400.html", "不能读懂这次请求"), ("500.html", "系统出错")])
def test_the_last_pages_need_neither_user_nor_database(
    template: str, title: str, django_assert_num_queries
) -> None:
    with django_assert_num_queries(0):
        shown = parse(render_to_string(template))
    assert shown.one("h1").words == title


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    policy = client.get(reverse("login"))["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert (rules["default-src"], rules["script-src"], rules["style-src"]) == ("'none'", "'self'", "'self'")


@pytest.mark.parametrize(
    "path", PAGES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates"))
)
def test_no_template_breaks_the_policy(path: Path) -> None:
    source = path.read_text()
    inline = re.findall(r'<style|\sstyle="|\son[a-z]+="|<script(?![^>]*\bsrc=)|javascript:', source)
    assert inline == []


def test_static_files_are_collected_with_nothing_missing(tmp_path: Path) -> None:
    """Every address in the sheets leads somewhere: the manifest storage would refuse one that does not."""
    backend = f"{ManifestStaticFilesStorage.__module__}.ManifestStaticFilesStorage"
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": backend}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert len(list((tmp_path / "wuhao").glob("wuhao.*.css"))) == 1
