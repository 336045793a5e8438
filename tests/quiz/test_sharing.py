"""What is passed on spoils nothing and claims no more than it may."""

from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from quiz.models import Player
from quiz.reveals import reveal_to
from quiz.sharing import NAME, draw_picture, share_of, share_text
from quiz.streaks import streak_of
from quiz.verdicts import Outcome
from superfast.common.drawing import HEIGHT, WIDTH, can_draw, wrap
from tests.quiz.factories import OUT, make_guess, make_quiz


def say(**overrides):
    values = {"number": 12, "outcome": Outcome.SPOTTED, "spotted": 46, "total": 100}
    return share_text(**{**values, "row": 9, **overrides})


def test_the_words_read_well_aloud():
    assert say() == (
        "3 Headlines and a Lie, no. 12: spotted it. "
        "46% of players did. Played 9 in a row."
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"outcome": Outcome.FOOLED}, "fooled. 46% of players spotted it."),
        ({"outcome": Outcome.GAVE_UP}, "gave up. 46% of players spotted it."),
        ({"outcome": Outcome.VOID}, "played it."),
        ({"spotted": 6, "total": 14}, "spotted it. 6 of 14 players did."),
        ({"spotted": 10, "total": 20}, "spotted it. 10 of 20 players did."),
        (
            {"spotted": 0, "total": 14, "outcome": Outcome.FOOLED},
            "fooled. None of 14 players spotted it.",
        ),
        ({"spotted": 9, "total": 9}, "spotted it."),
        ({"spotted": 1, "total": 900}, "spotted it. Under 1% of players did."),
        ({"total": 0, "spotted": 0}, "spotted it."),
    ],
)
def test_others_are_told_as_exactly_as_their_number_bears(changes, text):
    assert say(row=0, **changes) == f"3 Headlines and a Lie, no. 12: {text}"


@pytest.mark.parametrize("row", [0, 1])
def test_one_is_no_row(row):
    assert "in a row" not in say(row=row)


def test_a_quiz_without_a_number_has_none():
    assert say(number=None).startswith("3 Headlines and a Lie: spotted it.")


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(4))
def test_the_words_know_no_place_and_no_headline(place, settings):
    texts = ["Otters paint", "Bakers knead", "Toasters sing", "Villages vote"]
    quiz = make_quiz(lie=place, texts=texts, number=7)
    said = set()
    for arrangement in (0, 5, 23):
        player = Player.objects.create()
        guess = make_guess(
            quiz, player=player, headline=quiz.lie, arrangement=arrangement
        )
        reveal = reveal_to(guess)
        share = share_of(reveal, streak_of(player, quiz))
        said.add(share.text)
        assert share.url == f"{settings.SITE_URL}{quiz.get_absolute_url()}"
        assert share.url in str(share)
    assert said == {f"{NAME}, no. 7: spotted it."}


@pytest.mark.django_db
def test_the_share_of_players_is_the_one_of_the_reveal():
    quiz = make_quiz(lie=0, number=3, publish_at=timezone.now())
    headlines = list(quiz.headlines.all())
    for place in [0] * 5 + [1] * 7:
        guess = make_guess(quiz, headline=headlines[place])
    text = share_of(reveal_to(guess), None).text

    assert text == f"{NAME}, no. 3: fooled. 5 of 12 players spotted it."


# The picture ------------------------------------------------------------------


def open_picture(data):
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("number", [None, 1, 123_456])
@pytest.mark.parametrize(
    "title",
    ["", "Small models", "x" * 200, "Long words " * 18, "日本語", "🗞", "\u200b"],
)
def test_every_quiz_has_a_picture_of_its_size(number, title):
    picture = open_picture(draw_picture(number, title))

    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert picture.convert("RGB").getpixel((5, 5)) == (0xFF, 0xD9, 0x1A)
    assert len(draw_picture(number, title)) < 80_000


@pytest.mark.parametrize("title", ["x" * 200, "W" * 30, "Long words " * 18])
def test_no_title_runs_out_of_its_column_or_into_the_foot(title):
    long, none = (
        open_picture(draw_picture(1, text)).convert("RGB") for text in (title, "")
    )
    right_of_text = (730, 0, WIDTH, HEIGHT)
    foot = (0, 480, WIDTH, HEIGHT)
    for part in (right_of_text, foot):
        assert long.crop(part).tobytes() == none.crop(part).tobytes()
    assert long.tobytes() != none.tobytes()


def test_titles_are_cut_at_a_word():
    def measure(text):
        return len(text)

    assert wrap("one two three four", measure, 9, lines=2) == ["one two", "three…"]
    assert wrap("one two", measure, 9, lines=2) == ["one two"]
    assert wrap("", measure, 9) == []
    assert wrap("abcdefghijkl", measure, 9) == ["abcdefgh…"]
    assert wrap("one abcdefghi more", measure, 9, lines=2) == ["one", "abcdefgh…"]


def test_letters_that_the_fonts_lack_are_known():
    assert can_draw("“Žluťoučký kůň” – 5 × 5 = $25…")
    assert not can_draw("日")
    assert not can_draw("plain 🗞")


def test_a_title_that_cannot_be_drawn_is_left_out():
    assert draw_picture(1, "日本語") == draw_picture(1, "") != draw_picture(1, "Japan")


@pytest.mark.django_db
def test_the_picture_is_public_and_cached_and_fits_other_sites(client):
    quiz = make_quiz()
    address = f"{quiz.get_absolute_url()}share.png"
    response = client.get(address)

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"].startswith("public")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies
    assert "Vary" not in response or "Cookie" not in response["Vary"]
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_the_picture_is_the_same_whatever_the_headlines_are(client):
    quiz = make_quiz()
    address = f"{quiz.get_absolute_url()}share.png"
    before = client.get(address).content
    quiz.lie = quiz.headlines.first()
    quiz.save()
    quiz.headlines.update(text="Something else")
    make_guess(quiz)

    assert client.get(address).content == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("timing", "status"),
    [
        ({"publish_at": False}, 404),
        ({"publish_at": OUT.replace(year=2199)}, 404),
        ({"withdrawn_at": OUT}, 410),
    ],
)
def test_a_quiz_that_is_not_out_has_no_picture(client, timing, status):
    quiz = make_quiz(**timing)

    assert client.get(f"{quiz.get_absolute_url()}share.png").status_code == status


@pytest.mark.django_db
def test_the_quizs_page_names_its_picture_by_its_full_address(client, settings):
    quiz = make_quiz()
    text = client.get(quiz.get_absolute_url()).text
    address = f"{settings.SITE_URL}{quiz.get_absolute_url()}share.png"

    assert f'<meta property="og:image" content="{address}">' in text
    assert f'<meta property="og:image:width" content="{WIDTH}">' in text
