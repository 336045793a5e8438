"""What a player is told after the guess."""

import re
from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from quiz import tokens
from quiz.models import Guess, Headline, Player, Quiz
from quiz.reveals import find_next, reveal_to, tell
from quiz.services import arranged
from quiz.services.corrections import correct_key, void_quiz
from quiz.verdicts import Outcome
from tests.quiz.factories import OUT, make_guess, make_quiz, make_series

pytestmark = pytest.mark.django_db

LATER = OUT + timedelta(days=30)


def browser_of(guess):
    client, answer = Client(), HttpResponse()
    tokens.remember_player(answer, guess.player.handle)
    client.cookies = answer.cookies
    return client


def page_of(guess, address="{}"):
    response = browser_of(guess).get(address.format(guess.quiz.get_absolute_url()))
    assert response.status_code == 200
    return response


def words_of(response):
    """The page's words as they are read, spaces of any kind alike."""
    text = re.sub(r"<[^>]*>", " ", response.text)
    text = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    return re.sub(r" ([.,:;)])", r"\1", text)


def give_up(quiz, **overrides):
    guess = make_guess(quiz, **overrides)
    Guess.objects.filter(pk=guess.pk).update(headline=None, position=None)
    return Guess.objects.get(pk=guess.pk)


def crowd(quiz, *numbers, **overrides):
    """So many guesses at each of the four headlines."""
    for headline, number in zip(quiz.headlines.all(), numbers, strict=True):
        players = Player.objects.bulk_create(Player() for _ in range(number))
        Guess.objects.bulk_create(
            Guess(
                quiz=quiz,
                player=player,
                headline=headline,
                position=1,
                channel="page",
                **overrides,
            )
            for player in players
        )


def looking(quiz):
    """A guess that is in no figure."""
    return make_guess(quiz, counted=False, uncounted_reason="too fast")


# The verdict ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("pick", "verdict"), [(3, "You spotted the lie."), (0, "You were fooled: ")]
)
def test_the_verdict_comes_first_and_takes_the_focus(pick, verdict):
    quiz = make_quiz()
    guess = make_guess(quiz, headline=quiz.headlines.all()[pick])
    page = page_of(guess).text
    first = re.search(r"data-quiz-reveal[^>]*>\s*<(\w+ [^>]*)>([^<]*)", page)

    assert 'id="verdict"' in first[1]
    assert 'tabindex="-1"' in first[1]
    assert "autofocus" in first[1]
    assert first[2].startswith(verdict)


def test_a_card_in_an_issue_does_not_take_the_focus_by_itself():
    card = page_of(make_guess(make_quiz()), "{}card/")

    assert 'id="verdict"' in card.text
    assert "autofocus" not in card.text


def test_a_card_says_how_it_came_out_and_leads_to_the_rest():
    quiz = make_quiz()
    guess = make_guess(quiz)
    words, page = words_of(page_of(guess, "{}card/")), page_of(guess).text
    rest = ("Because <em>reason 0</em>", "https://news.example", "<table", "share-text")

    assert "You were fooled: the headline you picked is true." in words
    assert f"FAKE: {quiz.lie} Because reason 3." in words
    assert "Nobody spotted it (1 person)." in words
    assert "Played" in words
    card = page_of(guess, "{}card/").text
    assert f'href="{quiz.get_absolute_url()}">Sources and figures</a>' in card
    for part in rest:
        assert part in page
        assert part not in card


def test_a_card_says_that_a_quiz_does_not_count():
    quiz = make_quiz()
    guess = make_guess(quiz)
    void_quiz(quiz=quiz, reason="All four were true.", by=None)
    words = words_of(page_of(guess, "{}card/"))

    assert "This quiz does not count." in words
    assert "All four were true." in words
    assert "spotted" not in words


def test_who_gave_up_is_shown_the_lie_and_not_judged():
    quiz = make_quiz()
    guess = give_up(quiz)
    words = words_of(page_of(guess))

    assert reveal_to(guess).outcome is Outcome.GAVE_UP
    assert "You gave up. Here is the lie." in words
    assert f"FAKE: {quiz.lie}" in words
    assert "Giving up is recorded, and enters no figure." in words
    assert not {"Your guess", "fooled:", "You spotted"} & {
        word for word in ("Your guess", "fooled:", "You spotted") if word in words
    }
    assert reveal_to(guess).total == 0


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("no cookie", "Your browser keeps no cookie"),
        ("staff", "You are one of us"),
        ("too fast", "Your guess is stored, but it is not in the figures."),
        ("too many", "Your guess is stored, but it is not in the figures."),
        ("honeypot", "Your guess is stored, but it is not in the figures."),
    ],
)
def test_who_is_not_counted_is_told_so(reason, sentence):
    guess = make_guess(make_quiz(), counted=False, uncounted_reason=reason)

    assert sentence in words_of(page_of(guess))


def test_who_is_counted_is_told_nothing_of_it():
    assert reveal_to(make_guess(make_quiz())).note == ""


# The four headlines ---------------------------------------------------------


@pytest.mark.parametrize("arrangement", [0, 7, 23])
def test_the_headlines_stand_as_this_player_saw_them(arrangement):
    quiz = make_quiz()
    guess = make_guess(quiz, arrangement=arrangement)
    handles = sorted(quiz.headlines.values_list("handle", flat=True))
    order = list(permutations(handles))[arrangement]
    texts = [quiz.headlines.get(handle=handle).text for handle in order]

    assert [row.text for row in reveal_to(guess).rows] == texts
    page = page_of(guess).text
    places = [page.index(f": {text}</span>") for text in texts]
    assert places == sorted(places)


@pytest.mark.parametrize("pick", [0, 3], ids=["fooled", "spotted"])
def test_each_headline_has_its_verdict_in_its_own_text_node_and_is_explained(pick):
    quiz = make_quiz(searched_on=date(2023, 1, 10))
    Headline.objects.filter(quiz=quiz).update(tells="A *tell*.")
    page = page_of(make_guess(quiz, headline=quiz.headlines.all()[pick]))

    for headline in quiz.headlines.all():
        label = "FAKE" if headline == quiz.lie else "TRUE"
        assert page.text.count(f">{label}: {headline.text}<") == 2
        assert headline.text not in re.sub(r"(TRUE|FAKE): [^<]*", "", page.text)
    for index in range(4):
        assert f"Because <em>reason {index}</em>." in page.text
    words = words_of(page)
    assert words.count("What could have told you: A tell.") == 3
    assert words.count("What gave it away: A tell.") == 1
    assert words.count("As of 11 January 2023") == 3
    assert "As of 10 January 2023, when we searched and found no such story" in words


def test_sources_have_outlet_date_and_link_or_say_that_there_is_no_date():
    quiz = make_quiz()
    Headline.objects.filter(quiz=quiz, outlet="Outlet 1").update(reported_on=None)
    page = page_of(make_guess(quiz))

    assert '<a href="https://news.example/story-0">Outlet 0</a>' in page.text
    assert "Source: Outlet 0, 1 January 2023" in words_of(page)
    assert "Source: Outlet 1, date not stated" in words_of(page)
    assert "Outlet 3" not in page.text


def test_hostile_texts_come_out_harmless():
    evil = "<script>alert(1)</script>"
    quiz = make_quiz(texts=[f"{evil}{index}" for index in range(4)])
    Headline.objects.filter(quiz=quiz).update(
        explanation=evil, tells=f"{evil} [x](javascript:alert(1))", outlet=evil
    )
    crowd(quiz, 20, 5, 3, 4)
    void_quiz(quiz=quiz, reason=evil, by=None, at=LATER)
    page = page_of(make_guess(quiz)).text

    assert evil not in page
    assert 'href="javascript' not in page
    assert escape(evil) in page


# Figures --------------------------------------------------------------------


def told(quiz):
    reveal = reveal_to(looking(quiz))
    return {
        row.text[9]: row.told.replace("\N{NO-BREAK SPACE}", " ") for row in reveal.rows
    }


@pytest.mark.parametrize(
    ("numbers", "expected", "total"),
    [
        (
            (3, 0, 1, 5),
            {
                "A": "3 people wrongly called this one fake",
                "B": "nobody wrongly called this one fake",
                "C": "1 person wrongly called this one fake",
                "D": "5 people spotted it",
            },
            "9 people",
        ),
        (
            (3, 0, 1, 6),
            {
                "A": "3 of 10 wrongly called this one fake",
                "B": "0 of 10 wrongly called this one fake",
                "C": "1 of 10 wrongly called this one fake",
                "D": "6 of 10 spotted it",
            },
            "10 people",
        ),
        (
            (31, 8, 13, 48),
            {
                "A": "31 % wrongly called this one fake",
                "B": "8 % wrongly called this one fake",
                "C": "13 % wrongly called this one fake",
                "D": "48 % spotted it",
            },
            "N = 100",
        ),
    ],
)
def test_what_everybody_picked_is_told_as_exactly_as_it_is_known(
    numbers, expected, total
):
    quiz = make_quiz()
    crowd(quiz, *numbers)

    assert told(quiz) == expected
    words = words_of(page_of(looking(quiz)))
    assert f"What everybody picked ({total})" in words
    for sentence in expected.values():
        assert sentence[0].upper() + sentence[1:] in words


def test_per_cents_begin_with_the_thirtieth_guess():
    quiz = make_quiz()
    crowd(quiz, 9, 0, 0, 20)
    assert (
        "%"
        not in words_of(page_of(looking(quiz)))
        .split("What everybody picked")[1]
        .split("The line stands")[0]
    )
    make_guess(quiz, headline=quiz.lie)

    assert told(quiz)["D"] == "70 % spotted it"


def test_bars_are_a_table_with_a_line_for_chance():
    quiz = make_quiz()
    crowd(quiz, 31, 8, 13, 48)
    page = page_of(looking(quiz)).text
    table = page[page.index("<table") : page.index("</table>")]

    assert table.count('<th scope="row">') == 4
    for number in (31, 8, 13, 48):
        assert f'<span class="bar w-{number}">' in table
    assert table.count("track-chance") == 4
    assert "The line stands at 25 %" in words_of(page_of(looking(quiz)))
    assert "style=" not in page


def test_few_guesses_have_no_bars():
    quiz = make_quiz()
    crowd(quiz, 3, 0, 1, 5)
    reveal = reveal_to(looking(quiz))

    assert not reveal.figures.has_bars
    page = page_of(looking(quiz)).text
    assert "track" not in page[page.index("<table") : page.index("</table>")]


def test_nobody_counted_is_a_sentence():
    words = words_of(page_of(looking(make_quiz())))

    assert "No guess made while the quiz was open has been counted." in words
    assert "What everybody picked" not in words


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            (31, 8, 13, 48),
            "Hardest truth to believe: “Headline A”, called fake by 31 %.",
        ),
        (
            (4, 4, 1, 5),
            "Hardest truths to believe: “Headline A” and “Headline B”, each called fake by 4 of 14.",
        ),
    ],
)
def test_the_hardest_truth_to_believe_is_named(numbers, sentence):
    quiz = make_quiz(texts=[f"Headline {letter}" for letter in "ABCD"])
    # As typed and as shown are one order here, so that the sentence is known.
    for handle, headline in zip("abcd", quiz.headlines.all(), strict=True):
        Headline.objects.filter(pk=headline.pk).update(handle=handle * 16)
    crowd(quiz, *numbers)

    assert sentence in words_of(page_of(looking(quiz)))


@pytest.mark.parametrize("numbers", [(3, 0, 1, 5), (0, 0, 0, 40)])
def test_no_truth_is_hardest_where_nobody_can_say(numbers):
    quiz = make_quiz()
    crowd(quiz, *numbers)

    assert "Hardest" not in words_of(page_of(looking(quiz)))


def test_plays_of_the_back_catalogue_stand_apart():
    quiz = make_quiz()
    crowd(quiz, 31, 8, 13, 48)
    crowd(quiz, 6, 0, 0, 6, in_period=False)
    guess = make_guess(quiz, headline=quiz.lie, in_period=False)
    words = words_of(page_of(guess))

    assert "48 % spotted it" in words_of(page_of(guess))
    assert "(N = 100)" in words
    assert (
        "Apart from these, 13 people played it from the back catalogue, "
        "of whom 7 of 13 spotted it." in words
    )
    assert "This quiz had closed when you played it" in words


# When we were wrong ---------------------------------------------------------


def test_a_corrected_key_is_shown_at_once_with_date_and_reason():
    quiz = make_quiz(searched_on=date(2023, 1, 10))
    a, *_, old = quiz.headlines.all()
    crowd(quiz, 31, 8, 13, 48)
    guess = make_guess(quiz, headline=old)
    correct_key(quiz=quiz, new_lie=a, reason="It was a hoax.", by=None, at=LATER)
    make_guess(quiz, headline=a, key_version=2)
    words = words_of(page_of(guess))

    assert "Corrected, 10 February 2023: It was a hoax." in words
    assert words.count(f"FAKE: {a}") == 2
    assert words.count(f"TRUE: {old}") == 2
    assert words.count("As of 10 February 2023") == 4
    assert "found no such story" not in words
    assert "We had relied on Outlet 0, 1 January 2023" in words
    assert "31 % spotted it" in words
    assert (
        "The figures go by the corrected key: "
        "101 people answered before the key was corrected." in words
    )


def test_a_guess_is_right_under_the_key_it_met_or_the_current_one():
    quiz = make_quiz()
    a, b, _, old = quiz.headlines.all()
    guesses = [make_guess(quiz, headline=headline) for headline in (old, a, b)]
    correct_key(quiz=quiz, new_lie=a, reason="It was a hoax.", by=None, at=LATER)
    verdicts = [reveal_to(Guess.objects.get(pk=guess.pk)) for guess in guesses]
    after = reveal_to(make_guess(quiz, headline=old, key_version=2))

    assert [reveal.verdict for reveal in verdicts] == [
        "You were right by the key of the day, and that counts.",
        "You spotted the lie before we did.",
        "You were fooled: the headline you picked is true.",
    ]
    assert [reveal.spotted for reveal in verdicts] == [True, True, False]
    assert after.outcome is Outcome.FOOLED


@pytest.mark.parametrize("pick", [0, 3, None])
def test_a_void_quiz_says_why_and_judges_nobody(pick):
    quiz = make_quiz()
    crowd(quiz, 31, 8, 13, 48)
    guess = (
        give_up(quiz)
        if pick is None
        else make_guess(quiz, headline=quiz.headlines.all()[pick])
    )
    void_quiz(quiz=quiz, reason="Two of them were untrue.", by=None, at=LATER)
    page = page_of(guess)
    words = words_of(page)

    assert "This quiz does not count." in words
    assert "Void, 10 February 2023: Two of them were untrue." in words
    for judgement in ("You spotted", "You were fooled", "spotted it", "wrongly called"):
        assert judgement not in words.split("Your own results")[0].split("Share")[0]
    assert f"FAKE, as published: {quiz.lie}" in words
    assert words.count("TRUE, as published: ") == 6
    assert "took this one for the lie" in words
    assert "They enter no figure of accuracy." in words
    assert "track-chance" not in page.text
    assert "Hardest" not in words


def test_a_lie_that_came_true_keeps_its_verdict_and_gets_a_dated_postscript():
    quiz = make_quiz(
        came_true_on=date(2023, 9, 2), came_true_url="https://news.example/true"
    )
    page = page_of(make_guess(quiz, headline=quiz.lie))

    assert "You spotted the lie." in page.text
    assert f"FAKE: {quiz.lie}" in page.text
    assert "Came true later: reported on 2 September 2023" in words_of(page)
    assert '<a href="https://news.example/true">' in page.text


# What comes next, and what it costs -----------------------------------------


def test_the_next_quiz_is_the_latest_that_this_player_has_not_guessed_at():
    first, second, third = make_series(3)
    player = Player.objects.create()
    guess = make_guess(third, player=player)
    assert find_next(guess) == second
    make_guess(second, player=player)
    assert find_next(guess) == first
    make_guess(first, player=player)
    assert find_next(guess) is None
    make_quiz(publish_at=OUT.replace(year=2199))
    assert find_next(guess) is None


def test_a_guess_that_belongs_to_nobody_any_more_is_still_answered():
    first, second = make_series(2)
    guess = make_guess(second)
    Guess.objects.filter(pk=guess.pk).update(player=None)
    guess.refresh_from_db()

    assert reveal_to(guess).next_quiz == first


def test_the_reveal_costs_four_queries_and_one_for_corrections(
    django_assert_num_queries,
):
    quiz, other = make_quiz(), make_quiz()
    guesses = [make_guess(quiz), make_guess(other)]
    correct_key(
        quiz=other,
        new_lie=other.headlines.first(),
        reason="A hoax.",
        by=None,
        at=LATER,
    )
    guesses = [Guess.objects.get(pk=guess.pk) for guess in guesses]
    for guess, cost in zip(guesses, (4, 5), strict=True):
        with django_assert_num_queries(cost):
            reveal_to(guess)


def test_the_page_costs_the_same_for_few_and_for_many():
    def cost(guess):
        client = browser_of(guess)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(guess.quiz.get_absolute_url()).status_code == 200
        return len(queries)

    quiz = make_quiz()
    guess = make_guess(quiz)
    few = cost(guess)
    crowd(quiz, 31, 8, 13, 48)
    make_series(8, start=OUT - timedelta(days=300))

    assert cost(guess) == few


def test_a_preview_needs_neither_a_stored_guess_nor_a_crowd(django_assert_num_queries):
    quiz = Quiz.objects.get(pk=make_quiz(publish_at=False).pk)
    headlines = list(quiz.headlines.all())
    lie, no_issue = quiz.lie, getattr(quiz, "issue", None)
    assert no_issue is None
    for picked in (lie, None):
        with django_assert_num_queries(0):
            guess = Guess(quiz=quiz, headline=picked, arrangement=5)
            reveal = tell(guess, quiz=quiz, headlines=headlines)
        assert [row.text for row in reveal.rows] == [
            row.text for row in arranged(headlines, 5)
        ]
        assert reveal.total == 0
