"""What a visitor makes up in an address or a header leads nobody elsewhere."""

import logging
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from papers.reporting import HOURLY_LIMIT
from quiz.attempts import LIMIT
from superfast.accounts import throttling
from tests.factories import make_user
from tests.papers.factories import make_paper
from tests.permissions.world import World, every_address
from tests.security.forms import Asker, path_of

pytestmark = pytest.mark.django_db
EVIL = "evil.example"

# Where somebody would be led to; browsers read a backslash as a slash, and drop tabs.
TARGETS = [
    f"https://{EVIL}/", f"//{EVIL}/", f"///{EVIL}/", f"/\\{EVIL}/", f"\\\\{EVIL}/",
    f"https:{EVIL}/", f"https:/{EVIL}/", f"\t//{EVIL}/", f"/\t/{EVIL}/",
    f" https://{EVIL}/", f"https://testserver@{EVIL}/", f"https://{EVIL}\\.testserver/",
    f"//{EVIL}/admin/", f"javascript:alert('{EVIL}')", f"data:text/html,{EVIL}",
    f"https://testserver.{EVIL}/", f"/%0d%0aLocation:https://{EVIL}/",
]  # fmt: skip
# Of those, one of each way to be read: what every address is asked with.
PLAIN_TARGETS = TARGETS[:2] + TARGETS[3:4] + TARGETS[7:8] + TARGETS[13:14]
NAMES = (
    *("next", "url", "to", "r", "return", "returnTo", "redirect", "redirect_to"),
    *("continue", "dest", "target", "back", "path", "goto", "_changelist_filters"),
)


@pytest.fixture
def asker():
    logging.disable(logging.CRITICAL)
    yield Asker(World())
    logging.disable(logging.NOTSET)


def leads_away(response, asked="/"):
    """Whether a browser that follows this answer leaves the site."""
    location = response.headers.get("Location", "")
    seen = "".join(sign for sign in location if sign not in "\t\r\n").strip()
    target = urlsplit(urljoin(f"http://testserver{asked}", seen.replace("\\", "/")))
    return target.hostname != "testserver" or target.scheme not in {"http", "https"}


@pytest.mark.slow
def test_no_parameter_leads_from_any_address_to_another_site(asker):
    away, redirects = [], 0
    for name, address in every_address().items():
        path = path_of(asker.world, address)
        for number, target in enumerate(PLAIN_TARGETS):
            data = dict.fromkeys(NAMES, (target.encode(),))
            for ask in (asker.get, asker.post) if number == 0 else (asker.get,):
                response = ask(name, path, data)
                redirects += "Location" in response.headers
                if leads_away(response, path):
                    away.append((name, target, response.headers["Location"]))

    assert away == []
    assert redirects >= 50
    assert asker.asked >= 1_000


@pytest.mark.parametrize("target", TARGETS)
def test_signing_in_and_out_leads_nowhere_else(target):
    client, user = Client(), make_user(is_superuser=True)
    sent = {"username": user.username, "password": "pass", "next": target}
    place = f"{reverse('admin:login')}?next={quote(target)}"
    signed_in = client.post(place, sent)

    assert signed_in.status_code == 302
    assert not leads_away(signed_in)
    assert not leads_away(client.get(place))
    factor = reverse("admin:second-factor")
    assert not leads_away(client.post(f"{factor}?next={quote(target)}", sent))
    assert not leads_away(client.post(reverse("admin:logout"), {"next": target}))


def test_signing_in_leads_to_the_page_that_was_asked_for():
    user = make_user(is_superuser=True)
    sent = {"username": user.username, "password": "pass", "next": "/admin/quiz/"}

    assert Client().post(reverse("admin:login"), sent)["Location"] == "/admin/quiz/"


@pytest.mark.parametrize("path", ["about", "issues", "quiz", "admin", "nowhere"])
@pytest.mark.parametrize("start", ["//", "///", "/\\", "/%5c", "/%2f/", "/%09/"])
def test_a_path_that_looks_like_a_host_leads_nowhere_else(client, start, path):
    address = f"{start}{EVIL}/{path}"
    response = client.generic("GET", address)

    assert not leads_away(response)
    assert response.status_code in {301, 302, 400, 404}


# Hosts ------------------------------------------------------------------------

HOST_HEADERS = {
    "X-Forwarded-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL,
    "Forwarded": f"host={EVIL};proto=http", "X-HTTP-Host-Override": EVIL,
    "X-Original-Host": EVIL,
}  # fmt: skip


def public_paths(world):
    names = sorted(n for n in every_address() if not n.startswith("admin:"))
    return [path_of(world, every_address()[name]) for name in names]


def body_of(response):
    return b"".join(response) if response.streaming else response.content


def test_a_foreign_host_is_refused_everywhere_and_not_repeated(asker):
    for path in public_paths(asker.world):
        response = asker.ask("", "GET", path, headers={"host": EVIL})

        assert response.status_code == 400
        assert EVIL.encode() not in response.content


def test_no_page_feed_or_map_is_built_from_the_host_that_was_asked(asker, settings):
    settings.ALLOWED_HOSTS = ["*"]
    said = []
    for path in public_paths(asker.world):
        response = Client().get(path, headers={"host": EVIL, **HOST_HEADERS})
        if EVIL.encode() in body_of(response) or EVIL in str(response.headers):
            said.append(path)

    assert said == []


# Caches -----------------------------------------------------------------------

MADE_UP = {
    **HOST_HEADERS,
    "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https",
    "X-Forwarded-Scheme": "http", "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": f"//{EVIL}", "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/", "X-Override-URL": "/admin/",
    "X-HTTP-Method-Override": "POST", "X-Method-Override": "DELETE",
    "X-Real-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1", "X-Request-ID": EVIL * 2,
    "Referer": f"https://{EVIL}/", "Accept-Language": f"xx-{EVIL}", "X-Cache": EVIL,
    "User-Agent": f"<script>{EVIL}", "Origin": f"https://{EVIL}",
}  # fmt: skip


def test_headers_that_are_made_up_change_no_public_answer(asker):
    changed = []
    for path in public_paths(asker.world):
        # The honest ones around it: what changes with time has changed between them.
        first, forged, second = (
            Client().get(path, headers=headers) for headers in ({}, MADE_UP, {})
        )
        honest = (first.status_code, dict(first.headers), body_of(first))
        if honest != (second.status_code, dict(second.headers), body_of(second)):
            continue  # a new token each time: such an answer may be kept by nobody
        if honest != (forged.status_code, dict(forged.headers), body_of(forged)):
            changed.append(path)

    assert changed == []


def test_what_differs_each_time_may_be_kept_by_nobody(asker):
    different = []
    for path in public_paths(asker.world):
        first, second = Client().get(path), Client().get(path)
        if body_of(first) != body_of(second):
            different.append(path)
            kept = first.headers.get("Cache-Control", "")
            assert "no-store" in kept, path

    assert different


# Limits -----------------------------------------------------------------------


def other_address(number):
    address = f"203.0.113.{number}"
    return {
        "X-Forwarded-For": f"{address}, 10.0.0.{number}", "X-Real-IP": address,
        "Forwarded": f"for={address}", "True-Client-IP": address,
    }  # fmt: skip


def sign_in(number, user, password):
    return Client().post(
        reverse("admin:login"),
        {"username": user.username, "password": password},
        headers=other_address(number),
    )


def test_a_made_up_address_buys_no_more_passwords():
    user = make_user(is_superuser=True)
    for number in range(throttling.PER_ACCOUNT_AND_NETWORK):
        sign_in(number, user, "wrong")

    assert sign_in(99, user, "pass").status_code == 200


def test_behind_a_proxy_only_its_own_word_counts(settings):
    settings.PROXY_COUNT = 1
    user = make_user(is_superuser=True)

    def tried(number, password):
        said = f"203.0.113.{number}, 198.51.100.7"
        return Client().post(
            reverse("admin:login"),
            {"username": user.username, "password": password},
            headers={"X-Forwarded-For": said},
        )

    for number in range(throttling.PER_ACCOUNT_AND_NETWORK):
        tried(number, "wrong")

    assert tried(99, "pass").status_code == 200


def test_a_made_up_address_buys_no_more_reports():
    paper = make_paper()
    statuses = [
        Client()
        .post(
            f"{paper.get_absolute_url()}report/",
            {"text": f"Mistake {number}"},
            headers=other_address(number),
        )
        .status_code
        for number in range(HOURLY_LIMIT + 1)
    ]

    assert statuses == [303] * HOURLY_LIMIT + [429]


def test_a_made_up_address_buys_no_more_codes():
    statuses = [
        Client()
        .post(
            reverse("quiz:player-enter"),
            {"code": "34679CDF"},
            headers=other_address(number),
        )
        .status_code
        for number in range(LIMIT + 1)
    ]

    assert statuses == [422] * LIMIT + [429]
