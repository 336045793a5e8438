"""The editor's figures in a browser: nothing refused, nothing cut off, axe finds nothing."""

import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from quiz.models import Guess, Player
from quiz.services import correct_key
from tests.factories import make_editor
from tests.quiz.factories import OUT, make_quiz

pytestmark = pytest.mark.django_db(transaction=True)

# Names a folder to keep the pictures in.
PICTURES = os.environ.get("FIGURES_PICTURES")


def play(quiz, number):
    """Made guesses: half of them spot the lie, most come in the first hours."""
    chance = random.Random(number)  # noqa: S311  # made data
    headlines = list(quiz.headlines.all())
    players = Player.objects.bulk_create(Player() for _ in range(number))
    rows = []
    for player in players:
        reason = chance.choice(Guess.Reason.values) if chance.random() < 0.06 else ""
        gave_up = chance.random() < 0.05
        rows.append(
            Guess(
                quiz=quiz,
                player=player,
                headline=None
                if gave_up
                else chance.choices(headlines, (3, 4, 2, 9))[0],
                position=None if gave_up else chance.randint(1, 4),
                arrangement=chance.randrange(24),
                channel=chance.choices(Guess.Channel.values, (5, 3, 1, 2))[0],
                in_period=chance.random() < 0.9,
                key_version=quiz.key_version,
                counted=not reason,
                uncounted_reason=reason,
                seconds_taken=int(chance.expovariate(1 / 40)),
                created_at=quiz.issue.publish_at
                + timedelta(hours=chance.expovariate(1 / 14)),
            )
        )
    Guess.objects.bulk_create(rows)


def long_texts(number):
    return [
        f"{word} learns to {verb} after {number} nights with a model nobody asked for"
        for word, verb in (
            ("A ministry", "apologise"),
            ("A toaster", "sing"),
            ("A museum", "forget its paintings"),
            ("A chess club", "lose to its own clock"),
        )
    ]


def keep(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def sign_in(open_page, live_server):
    """A function that opens a page of an editor's."""
    client = Client()
    client.force_login(make_editor())
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.session.session_key,
        "url": live_server.url,
    }

    def open_one(width, *, dark):
        page = open_page(width, dark=dark)
        page.context.add_cookies([cookie])
        return page

    return open_one


@pytest.fixture
def quizzes():
    made = {}
    for week, number in enumerate((0, 8, 25, 400)):
        made[number] = make_quiz(
            number=week + 1,
            title=f"The week of {number} guesses",
            texts=long_texts(number),
            publish_at=OUT + timedelta(weeks=week),
        )
        play(made[number], number)
    corrected = made[25]
    lie = corrected.headlines.first()
    correct_key(quiz=corrected, new_lie=lie, reason="The museum did.", by=None)
    play(corrected, 12)
    return made


def test_figures_are_sound_at_every_width_and_in_the_dark(
    sign_in, quizzes, width, dark
):
    page = sign_in(width, dark=dark)
    addresses = {
        str(number): reverse("admin:quiz_figures", args=[quiz.pk])
        for number, quiz in quizzes.items()
    }
    for name, address in {**addresses, "series": reverse("admin:quiz_series")}.items():
        page.goto(address)
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(overflow) <= 0
        keep(page, f"{name}-{width}-{'dark' if dark else 'light'}")


def test_the_words_of_a_chart_grow_with_the_readers_text(sign_in, quizzes):
    page = sign_in(360, dark=False)
    page.goto(reverse("admin:quiz_figures", args=[quizzes[400].pk]))
    label = page.locator(".figures-label").first

    before = label.bounding_box()["height"]
    page.evaluate("document.documentElement.style.fontSize = '32px'")

    assert before >= 12
    assert label.bounding_box()["height"] >= 1.9 * before
