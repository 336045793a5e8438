"""The editor's figures at the desk: who sees them, what they hold, what they cost."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from quiz.exports import neutral
from quiz.models import Guess, Headline, Player
from tests.factories import make_editor, make_writer
from tests.quiz.factories import OUT, make_quiz, make_series

pytestmark = pytest.mark.django_db

SERIES = ("quiz_series", "quiz_series_csv", "quiz_series_json")
OF_A_QUIZ = (
    "quiz_figures",
    "quiz_figures_csv",
    "quiz_figures_json",
    "quiz_guesses_csv",
    "quiz_guesses_json",
)


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


def addresses(quiz):
    return [
        *(reverse(f"admin:{name}") for name in SERIES),
        *(reverse(f"admin:{name}", args=[quiz.pk]) for name in OF_A_QUIZ),
    ]


def read(response):
    return b"".join(response.streaming_content).decode()


def guess_often(quiz, number, **overrides):
    """Guesses by players of their own, the headlines by turns."""
    headlines = list(quiz.headlines.all())
    players = Player.objects.bulk_create(Player() for _ in range(number))
    Guess.objects.bulk_create(
        Guess(
            **{
                "quiz": quiz,
                "player": player,
                "headline": headlines[index % 4],
                "position": index % 4 + 1,
                "arrangement": index % 24,
                "channel": Guess.Channel.values[index % 4],
                "created_at": OUT + timedelta(minutes=7 * index),
                "seconds_taken": index,
                **overrides,
            }
        )
        for index, player in enumerate(players)
    )


def test_an_editor_sees_the_figures_of_a_quiz_and_of_all(editor):
    quiz = make_quiz()
    guess_often(quiz, 40)

    for address in addresses(quiz):
        response = editor.get(address)
        assert response.status_code == 200, address
        assert "no-store" in response.headers["Cache-Control"]


def test_a_writer_is_refused_even_the_figures_of_their_own_quiz(client):
    writer = make_writer()
    client.force_login(writer)
    quiz = make_quiz(created_by=writer, publish_at=False)

    assert {client.get(at).status_code for at in addresses(quiz)} == {403}


def test_a_stranger_is_sent_to_sign_in(client):
    quiz = make_quiz()

    for address in addresses(quiz):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url.startswith("/admin/login/")


def test_figures_are_only_looked_at(editor):
    quiz = make_quiz()

    assert {editor.post(at).status_code for at in addresses(quiz)} == {405}


@pytest.mark.parametrize("pk", [0, 987654321, 10**30])
def test_a_quiz_that_is_not_there_has_no_figures(editor, pk):
    for name in OF_A_QUIZ:
        assert editor.get(reverse(f"admin:{name}", args=[pk])).status_code == 404


def test_the_way_to_the_figures_is_shown_to_who_may_go_it(client):
    writer = make_writer()
    quiz = make_quiz(created_by=writer, publish_at=False)
    figures = reverse("admin:quiz_figures", args=[quiz.pk])
    series = reverse("admin:quiz_series")
    change = reverse("admin:quiz_quiz_change", args=[quiz.pk])

    for user, is_shown in ((make_editor(), True), (writer, False)):
        client.force_login(user)
        listed = client.get("/admin/quiz/quiz/").content.decode()
        assert (figures in listed, series in listed) == (is_shown, is_shown)
        assert (figures in client.get(change).content.decode()) is is_shown


# What the pages say ---------------------------------------------------------


def page_of(client, quiz):
    address = reverse("admin:quiz_figures", args=[quiz.pk])
    return client.get(address).content.decode()


def test_the_page_asks_whether_the_key_is_wrong(editor):
    quiz = make_quiz()
    guess_often(quiz, 48)
    guess_often(quiz, 2, headline=quiz.headlines.first())
    series = reverse("admin:quiz_series")
    assert "Wrong key?" in page_of(editor, quiz)
    assert "Wrong key?" in editor.get(series).content.decode()

    guess_often(quiz, 1, headline=quiz.lie)
    assert "Wrong key?" not in page_of(editor, quiz)
    assert "Wrong key?" not in editor.get(series).content.decode()


def test_every_share_stands_beside_its_interval_and_chance(editor):
    quiz = make_quiz()
    guess_often(quiz, 40)

    page = page_of(editor, quiz)

    # 10 of 40, as the table and as the chart put it.
    assert "10 of 40" in page
    assert page.count("14.2–40.2\N{NO-BREAK SPACE}%") >= 4
    assert page.count("25\N{NO-BREAK SPACE}%, chance") == 3


def test_a_chart_holds_nothing_that_the_policy_refuses(editor):
    quiz = make_quiz()
    guess_often(quiz, 40)

    for address in (
        reverse("admin:quiz_figures", args=[quiz.pk]),
        reverse("admin:quiz_series"),
    ):
        page = editor.get(address).content.decode()
        charts = re.findall(r"<svg class=\"figures-chart\".*?</svg>\n", page, re.S)
        assert len(charts) >= 3
        for chart in charts:
            assert not re.search(r"style|script|href|url\(|\son\w+=|viewBox", chart)
            assert "aria-label" in chart


def test_hostile_texts_come_out_harmless(editor):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    quiz = make_quiz(title=evil, texts=[f"{evil} {number}" for number in range(4)])
    guess_often(quiz, 8)

    for name, arguments in (("quiz_figures", [quiz.pk]), ("quiz_series", [])):
        page = editor.get(reverse(f"admin:{name}", args=arguments)).content.decode()
        assert "alert(1)" in page
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_pages_cost_the_same_however_many_have_guessed(
    editor, django_assert_max_num_queries
):
    first = make_quiz()
    guess_often(first, 1)
    addresses_of_both = [
        reverse("admin:quiz_figures", args=[first.pk]),
        reverse("admin:quiz_series"),
    ]

    def costs():
        for address in addresses_of_both:
            with django_assert_max_num_queries(14) as queries:
                assert editor.get(address).status_code == 200
            yield len(queries)

    few = list(costs())
    guess_often(first, 200)
    for quiz in make_series(12):
        guess_often(quiz, 8)

    assert list(costs()) == few


# Exports --------------------------------------------------------------------


def fetch(client, name, *arguments):
    return read(client.get(reverse(f"admin:{name}", args=arguments)))


def test_figures_are_exported_as_csv_and_as_json_alike(editor):
    quiz = make_quiz(slug="exported")
    guess_often(quiz, 40)

    address = reverse("admin:quiz_figures_csv", args=[quiz.pk])
    response = editor.get(address)
    text = read(response)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    same = json.loads(fetch(editor, "quiz_figures_json", quiz.pk))

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="exported-figures.csv"' in response.headers["Content-Disposition"]
    assert len(rows) == len(same) > 150
    assert same[0] == {
        "section": "spotted the lie",
        "row": "all",
        "text": "",
        "count": 10,
        "total": 40,
        "share": 0.25,
        "low": 0.1419,
        "high": 0.4019,
    }
    assert rows[0]["share"] == "0.25"
    assert {"gave up", "not counted", "median seconds to guess"} < {
        row["section"] for row in rows
    }


def test_guesses_are_exported_without_players_keys_or_minutes(editor):
    quiz = make_quiz()
    guess_often(quiz, 5)
    quiz.guesses.update(created_at=OUT + timedelta(minutes=47))
    Guess.objects.create(quiz=quiz, channel=Guess.Channel.MAIL, created_at=OUT)

    rows = json.loads(fetch(editor, "quiz_guesses_json", quiz.pk))
    lines = fetch(editor, "quiz_guesses_csv", quiz.pk)

    assert len(rows) == 6
    assert len(lines.splitlines()) == 7
    assert {row["hour"] for row in rows} == {"2023-01-11T13:00Z"}
    assert rows[-1]["headline"] == ""
    assert rows[3]["is_lie"] is True
    handles = set(Player.objects.values_list("handle", flat=True))
    handles |= set(Headline.objects.values_list("handle", flat=True))
    assert not [handle for handle in handles if handle in lines]
    assert not {"id", "pk", "player", "created_at"} & set(rows[0])


def test_no_export_names_a_row_of_the_database(editor):
    # A key that nothing else in an export can be.
    quiz = make_quiz(pk=987654301)
    guess_often(quiz, 3)

    for name in OF_A_QUIZ[1:]:
        assert "987654301" not in fetch(editor, name, quiz.pk)
    for name in SERIES[1:]:
        assert "987654301" not in fetch(editor, name)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "  =", "＝"])  # noqa: RUF001
def test_no_cell_is_a_formula(editor, begin):
    evil = f"{begin}HYPERLINK(A1)"
    quiz = make_quiz(title=evil, texts=[f"{evil}{number}" for number in range(4)])
    guess_often(quiz, 4)

    files = [
        fetch(editor, "quiz_figures_csv", quiz.pk),
        fetch(editor, "quiz_guesses_csv", quiz.pk),
        fetch(editor, "quiz_series_csv"),
    ]

    for text in files:
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        found = [cell for cell in cells if "HYPERLINK" in cell]
        assert found
        assert {cell[0] for cell in found} == {"'"}


def test_numbers_below_nothing_stay_numbers():
    assert neutral(-0.5) == -0.5
    assert neutral("-0.5") == "'-0.5"
    assert neutral("no - formula") == "no - formula"


def test_an_export_of_nothing_is_a_whole_file(editor):
    quiz = make_quiz(publish_at=False)

    assert json.loads(fetch(editor, "quiz_guesses_json", quiz.pk)) == []
    assert json.loads(fetch(editor, "quiz_series_json")) == []
    assert len(fetch(editor, "quiz_guesses_csv", quiz.pk).splitlines()) == 1
