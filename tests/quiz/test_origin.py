"""A guess is accepted from this site only."""

import pytest
from django.conf import settings
from django.test import Client

from quiz import tokens
from quiz.models import Guess
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

HERE = settings.SITE_URL
EVIL = "https://evil.example"

TABLE = [
    # Sec-Fetch-Site, Origin, accepted
    ("same-origin", HERE, True),
    ("same-origin", None, True),
    ("same-origin", EVIL, True),  # no page can set Sec-Fetch-Site
    ("none", None, True),
    ("same-site", HERE, False),
    ("cross-site", HERE, False),
    ("cross-site", None, False),
    ("cross-site", EVIL, False),
    ("", None, False),
    ("nonsense", HERE, False),
    (None, HERE, True),
    (None, "http://testserver", True),  # the address it was sent to
    (None, EVIL, False),
    (None, "null", False),
    (None, "", False),
    (None, f"{HERE}.evil.example", False),
    (None, HERE.replace("http:", "https:"), False),
    (None, f"{HERE}1", False),
    (None, None, True),  # the signed token decides
]


@pytest.mark.parametrize(("fetch_site", "origin", "accepted"), TABLE)
def test_only_this_site_may_send_the_form(fetch_site, origin, accepted):
    quiz = make_quiz()
    named = {"Sec-Fetch-Site": fetch_site, "Origin": origin}
    response = Client(enforce_csrf_checks=True).post(
        f"{quiz.get_absolute_url()}guess/",
        {
            "headline": quiz.lie.handle,
            "token": tokens.make_token(quiz.pk, Guess.Channel.PAGE),
        },
        headers={name: value for name, value in named.items() if value is not None},
    )

    assert response.status_code == (303 if accepted else 403)
    assert Guess.objects.exists() is accepted
    assert bool(response.cookies) is accepted
    if not accepted:
        assert "sent from another site" in response.text
        assert response["Cache-Control"] == "private, no-store"


def test_a_browser_that_names_no_origin_needs_a_token():
    quiz = make_quiz()
    response = Client(enforce_csrf_checks=True).post(
        f"{quiz.get_absolute_url()}guess/", {"headline": quiz.lie.handle}
    )

    assert response.status_code == 403
    assert not Guess.objects.exists()
