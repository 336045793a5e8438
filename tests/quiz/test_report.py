"""The editor's figures of one quiz: what is counted, and how it is put."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.discrimination import measure_discrimination, point_biserial
from quiz.models import Guess, Player
from quiz.report import report_on, tell_difficulty
from quiz.services import arranged, correct_key, void_quiz
from quiz.shares import Share
from tests.quiz.factories import OUT, make_guess, make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return make_quiz()


def guess(quiz, headline=None, number=1, **overrides):
    """That many guesses by players of their own; at the lie unless a headline is given."""
    players = Player.objects.bulk_create(Player() for _ in range(number))
    values = {
        "quiz": quiz,
        "headline": headline or quiz.lie,
        "position": 1,
        "channel": Guess.Channel.PAGE,
        "created_at": OUT,
        "key_version": quiz.key_version,
        **overrides,
    }
    return Guess.objects.bulk_create(
        Guess(player=player, **values) for player in players
    )


def give_up(quiz, number=1, **overrides):
    players = Player.objects.bulk_create(Player() for _ in range(number))
    Guess.objects.bulk_create(
        Guess(quiz=quiz, player=player, channel=Guess.Channel.PAGE, **overrides)
        for player in players
    )


def truth(quiz, index=0):
    return quiz.headlines.exclude(pk=quiz.lie_id)[index]


def counts(share):
    return share.count, share.total


def test_a_quiz_that_nobody_has_guessed_at_has_a_report(quiz):
    report = report_on(quiz)

    assert counts(report.spotted) == (0, 0)
    assert report.spotted.value is None
    assert report.spotted.words == "nobody yet"
    assert report.median_seconds is None
    assert report.difficulty == "Too few guesses to say."
    assert not report.asks_for_the_key
    assert {hour.guesses for hour in report.hours} == {0}


def test_a_quiz_without_lie_headlines_or_issue_has_a_report():
    bare = make_quiz(lie=None, publish_at=False)
    bare.headlines.all().delete()

    report = report_on(bare)

    assert (report.headlines, report.hours, report.opened_at) == ((), (), None)
    assert not report.has_lie
    assert not report_on(make_quiz(lie=None)).has_lie


def test_each_headline_has_its_picks_with_a_wilson_interval(quiz):
    guess(quiz, number=5)
    guess(quiz, truth(quiz), number=5)

    report = report_on(quiz)

    found = {line.label: counts(line.share) for line in report.headlines}
    assert found == {
        "A · true": (5, 10),
        "B · true": (0, 10),
        "C · true": (0, 10),
        "D · the lie": (5, 10),
    }
    assert [line.text for line in report.headlines if line.is_lie] == [quiz.lie.text]
    assert str(report.spotted.interval) == "23.7–76.3\N{NO-BREAK SPACE}%"


def test_only_first_guesses_of_the_period_make_the_headline_figures(quiz):
    guess(quiz, number=3)
    guess(quiz, truth(quiz), number=1)
    guess(quiz, number=4, in_period=False)
    guess(quiz, truth(quiz), number=2, in_period=False)
    guess(quiz, number=5, counted=False, uncounted_reason=Guess.Reason.STAFF)
    guess(quiz, number=6, counted=False, uncounted_reason=Guess.Reason.TOO_FAST)
    give_up(quiz, 7)
    give_up(quiz, 8, in_period=False)
    give_up(quiz, 9, counted=False, uncounted_reason=Guess.Reason.STAFF)

    report = report_on(quiz)

    assert counts(report.spotted) == (3, 4)
    assert sum(line.share.total for line in report.channels) == 4
    assert counts(report.back_catalogue) == (4, 6)
    assert (report.gave_up, report.back_gave_up) == (7, 8)
    uncounted = {row.label: row.guesses for row in report.uncounted}
    assert uncounted[Guess.Reason.STAFF.label] == 14
    assert uncounted[Guess.Reason.TOO_FAST.label] == 6
    assert uncounted[Guess.Reason.HONEYPOT.label] == 0
    assert report.uncounted_total == 20


def test_places_count_what_was_picked_there_and_where_the_lie_stood(quiz):
    rows = list(quiz.headlines.all())
    for arrangement in range(24):
        shown = arranged(rows, arrangement)
        lie_at = shown.index(quiz.lie) + 1
        guess(quiz, arrangement=arrangement, position=lie_at)
        if lie_at == 2:
            other = shown[3]
            guess(quiz, other, arrangement=arrangement, position=4)

    places = report_on(quiz).places

    assert [counts(place.picked) for place in places] == [
        (6, 30),
        (6, 30),
        (6, 30),
        (12, 30),
    ]
    assert [counts(place.spotted) for place in places] == [
        (6, 6),
        (6, 12),
        (6, 6),
        (6, 6),
    ]


def test_channels_are_told_apart(quiz):
    guess(quiz, number=2, channel=Guess.Channel.MAIL)
    guess(quiz, truth(quiz), channel=Guess.Channel.MAIL)
    guess(quiz, truth(quiz), channel=Guess.Channel.CARD)

    found = {line.label: counts(line.share) for line in report_on(quiz).channels}

    assert found == {
        Guess.Channel.PAGE.label: (0, 0),
        Guess.Channel.CARD.label: (0, 1),
        Guess.Channel.LINK.label: (0, 0),
        Guess.Channel.MAIL.label: (2, 3),
    }


def test_the_first_three_days_are_counted_by_whole_hours_since_it_was_out():
    quiz = make_quiz(publish_at=OUT.replace(minute=17, second=5))
    out = quiz.issue.publish_at
    for after in (
        timedelta(0),
        timedelta(minutes=59, seconds=59, microseconds=999_999),
        timedelta(hours=1),
        timedelta(hours=71, minutes=59, seconds=59),
        timedelta(hours=72),
        timedelta(seconds=-1),
    ):
        guess(quiz, created_at=out + after)
    guess(quiz, truth(quiz), created_at=out + timedelta(hours=1))

    hours = report_on(quiz).hours

    assert len(hours) == 72
    assert {h.number: h.guesses for h in hours if h.guesses} == {0: 2, 1: 2, 71: 1}
    assert counts(hours[0].so_far) == (2, 2)
    assert counts(hours[70].so_far) == (3, 4)
    assert counts(hours[71].so_far) == (4, 5)


def test_before_and_after_a_correction_both_keys_are_answered_for(quiz):
    old, new = quiz.lie, truth(quiz)
    guess(quiz, number=3)
    guess(quiz, new, number=2)
    correct_key(quiz=quiz, new_lie=new, reason="It was true.", by=None)
    guess(quiz, old, number=4)
    guess(quiz, new, number=5)

    report = report_on(quiz)
    before, after = report.versions

    assert counts(report.spotted) == (7, 14)
    assert (before.number, before.lie, before.reason) == (1, old.text, "It was true.")
    assert counts(before.right_then) == (3, 5)
    assert counts(before.right_now) == (2, 5)
    assert (after.number, after.lie, after.until) == (2, new.text, None)
    assert counts(after.right_then) == counts(after.right_now) == (5, 9)


def test_a_key_corrected_twice_has_three_versions(quiz):
    lies = [quiz.lie, truth(quiz, 0), truth(quiz, 1)]
    guess(quiz)
    for lie in lies[1:]:
        correct_key(quiz=quiz, new_lie=lie, reason="Again.", by=None)
        guess(quiz, lie)

    versions = report_on(quiz).versions

    assert [version.lie for version in versions] == [lie.text for lie in lies]
    assert [counts(version.right_then) for version in versions] == [(1, 1)] * 3
    assert [counts(version.right_now) for version in versions] == [(0, 1)] * 2 + [
        (1, 1)
    ]


def test_a_void_quiz_is_neither_hard_nor_alarming(quiz):
    guess(quiz, truth(quiz), number=60)
    assert report_on(quiz).asks_for_the_key

    void_quiz(quiz=quiz, reason="Two were invented.", by=None)
    report = report_on(quiz)

    assert report.void_reason == "Two were invented."
    assert report.difficulty == "Void: it does not count."
    assert not report.asks_for_the_key


@pytest.mark.parametrize(
    ("spotted", "fooled", "alarm"),
    [(12, 38, True), (13, 37, False), (12, 37, False), (0, 50, True), (13, 39, True)],
)
def test_no_more_than_chance_over_fifty_guesses_asks_for_the_key(
    quiz, spotted, fooled, alarm
):
    guess(quiz, number=spotted)
    guess(quiz, truth(quiz), number=fooled)

    assert report_on(quiz).asks_for_the_key is alarm


@pytest.mark.parametrize(
    ("seconds", "median"),
    [([7], 7), ([9, 3], 6), ([30, 2, 4], 4), ([1, 2, 9, 100], 5.5), ([None], None)],
)
def test_the_median_time_is_the_middle_of_those_that_have_one(quiz, seconds, median):
    for taken in seconds:
        guess(quiz, seconds_taken=taken)
    guess(quiz, seconds_taken=None)
    guess(quiz, seconds_taken=0, in_period=False)
    guess(quiz, seconds_taken=0, counted=False, uncounted_reason=Guess.Reason.TOO_FAST)
    give_up(quiz, seconds_taken=9000)

    assert report_on(quiz).median_seconds == median


@pytest.mark.parametrize(
    ("count", "total", "begin"),
    [
        (29, 29, "Too few"),
        (0, 30, "Harder than chance"),
        (25, 100, "Very hard"),
        (45, 100, "Hard."),
        (62, 100, "Middling."),
        (80, 100, "Easy."),
        (95, 100, "Very easy"),
    ],
)
def test_difficulty_is_put_in_words(count, total, begin):
    assert tell_difficulty(Share(count, total)).startswith(begin)


def make_players(quiz, others, results):
    """Players with a result here and in each of the others."""
    for here, elsewhere in results:
        player = Player.objects.create()
        for which, right in ((quiz, here), *zip(others, elsewhere, strict=False)):
            make_guess(
                which,
                player=player,
                headline=which.lie if right else truth(which),
            )


def test_discrimination_waits_for_fifty_players_with_three_others(quiz):
    others = [make_quiz() for _ in range(3)]
    make_players(quiz, others, [(True, (1, 1, 1))] * 25 + [(False, (0, 0, 0))] * 24)
    make_players(quiz, others, [(False, (0, 0))] * 5)

    waiting = measure_discrimination(quiz)
    make_players(quiz, others, [(False, (0, 0, 0))])
    known = measure_discrimination(quiz)

    assert (waiting.index, waiting.players) == (None, 49)
    assert str(waiting) == "Not yet: 49 of 50 players have played 3 others."
    assert known.players == 50
    assert known.index == pytest.approx(1.0)
    assert str(known).startswith("+1.00: who does well elsewhere clearly")


def test_discrimination_is_negative_where_the_good_are_fooled(quiz):
    others = [make_quiz() for _ in range(3)]
    make_players(quiz, others, [(True, (0, 0, 1))] * 25 + [(False, (1, 1, 0))] * 25)

    found = measure_discrimination(quiz)

    assert found.index == pytest.approx(-1.0)
    assert "Look at the key" in str(found)
    assert str(found).startswith("−1.00")


def test_discrimination_leaves_out_void_quizzes_and_uncounted_guesses(quiz):
    others = [make_quiz() for _ in range(3)]
    make_players(quiz, others, [(True, (1, 1, 1))] * 50)
    assert measure_discrimination(quiz).players == 50

    Guess.objects.filter(pk=others[0].guesses.first().pk).update(
        counted=False, uncounted_reason=Guess.Reason.STAFF
    )
    assert measure_discrimination(quiz).players == 49
    void_quiz(quiz=others[1], reason="No lie.", by=None)
    assert measure_discrimination(quiz).players == 0


def test_discrimination_is_not_said_where_everybody_did_alike(quiz):
    others = [make_quiz() for _ in range(3)]
    make_players(quiz, others, [(True, (1, 0, 1))] * 50)

    assert str(measure_discrimination(quiz)).startswith("Not to be said")


def test_the_point_biserial_correlation_is_that_of_the_textbook():
    # Pearson's correlation of (1, 1, 0, 1, 0) with (5, 4, 3, 2, 1): 3 / sqrt(30).
    pairs = [(True, 5.0), (True, 4.0), (False, 3.0), (True, 2.0), (False, 1.0)]

    assert point_biserial(pairs) == pytest.approx(0.57735, abs=1e-5)
    assert point_biserial([]) is None
    assert point_biserial([(True, 0.1), (True, 0.2)]) is None
    assert point_biserial([(True, 0.3), (False, 0.3)]) is None


def test_a_report_costs_the_same_however_many_have_guessed(quiz):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            report_on(quiz)
        return len(queries)

    guess(quiz, seconds_taken=3)
    few = cost()
    for headline in quiz.headlines.all():
        for arrangement in (0, 5, 11):
            guess(quiz, headline, number=20, arrangement=arrangement, seconds_taken=9)

    assert cost() == few <= 8
