"""“The last lie”: put right in the next issue, on its page and in both feeds."""

import json
from datetime import UTC, datetime, timedelta

import lxml.etree
import lxml.html
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from issues.last_lie import amends_of, foresee_amends, with_amends
from issues.models import Issue
from quiz.models import Guess, Headline, Quiz
from quiz.services import correct_key, void_quiz
from quiz.services.rollup import roll_up
from tests.factories import make_editor
from tests.issues.factories import OUT, QUIZ_PLACE, make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
TEXTS = (
    "Otters learn to paint by numbers",
    "Bakers hire a kneading robot",
    "Toaster sings in provincial opera",
    "Village elects a chatbot mayor",
)
LIE = TEXTS[3]
HEADING = "The last lie"


def publish(quiz=None, at=OUT, **overrides):
    return make_issue(quiz=quiz, publish_at=at, **overrides)


def make_played(**overrides):
    return make_quiz(texts=TEXTS, publish_at=False, **overrides)


@pytest.fixture
def week(client):
    """A quiz, and the issue with the next quiz a week later."""

    class Week:
        quiz = make_played(title="Village life")
        issue = publish(quiz)
        following = publish(make_quiz(publish_at=False), OUT + WEEK)

    return Week


def page(client, issue, at=None):
    with time_machine.travel(at or timezone.now(), tick=False):
        return client.get(issue.get_absolute_url()).text


def entry(client, issue, at=None):
    """The issue in each of the two feeds; "" where it is not in them."""
    with time_machine.travel(at or timezone.now(), tick=False):
        items = json.loads(client.get("/issues/feed.json").content)["items"]
        atom = lxml.etree.fromstring(client.get("/issues/feed.xml").content)
    one = [i["content_html"] for i in items if i["id"] == issue.uid.urn]
    other = [
        e.findtext("{*}content")
        for e in atom.findall("{*}entry")
        if e.findtext("{*}id") == issue.uid.urn
    ]
    assert one == other
    return one[0] if one else ""


def everywhere(client, issue, at=None):
    return (page(client, issue, at), entry(client, issue, at))


def nodes(html, words):
    return [
        node.strip() for node in lxml.html.fromstring(html).itertext() if words in node
    ]


def test_the_next_issue_puts_the_lie_right(client, week):
    for text in everywhere(client, week.following):
        assert HEADING in text
        assert nodes(text, "chatbot mayor") == [f"FAKE: {LIE}"]
        assert "Because <em>reason 3</em>." in text
        assert week.quiz.get_absolute_url() in text
        assert ">Village life</a>" in text
    assert 'href="#last-lie"' in page(client, week.following)


def test_no_other_issue_does(client, week):
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)

    for text in everywhere(client, week.issue):
        assert HEADING not in text
        assert nodes(text, "chatbot mayor") == [LIE]  # one of four links
    for text in everywhere(client, third):
        assert LIE not in text
        assert HEADING in text  # the one after


def test_the_lie_is_told_from_the_moment_of_closing_and_not_before(client, week):
    before, closed = OUT + WEEK - MOMENT, OUT + WEEK

    for text in (
        *everywhere(client, week.issue, before),
        entry(client, week.following, before),
        page(client, week.following, before),
    ):
        assert "FAKE" not in text
    for text in everywhere(client, week.following, closed):
        assert f"FAKE: {LIE}" in text


def test_an_issue_without_a_quiz_leaves_an_open_quiz_alone(client):
    publish(make_played())
    between = publish(at=OUT + DAY)
    last = publish(make_quiz(publish_at=False), OUT + WEEK)

    for at in (OUT + 2 * DAY, OUT + WEEK, None):
        for text in everywhere(client, between, at):
            assert "FAKE" not in text
    for text in everywhere(client, last):
        assert f"FAKE: {LIE}" in text


@pytest.mark.parametrize("has_quiz", [False, True])
def test_a_quiz_with_its_own_closing_time_is_put_right_by_the_next_issue(
    client, has_quiz
):
    closed = OUT + 3 * DAY
    first = publish(make_played(closes_at=closed))
    early = publish(at=OUT + DAY)
    after = publish(make_quiz(publish_at=False) if has_quiz else None, OUT + 4 * DAY)
    last = publish(make_quiz(publish_at=False), OUT + WEEK)

    for issue in (first, early, last):
        for text in everywhere(client, issue):
            assert f"FAKE: {LIE}" not in text
    for text in everywhere(client, after):
        assert f"FAKE: {LIE}" in text


def test_an_issue_at_the_very_moment_of_closing_puts_it_right(client):
    publish(make_played(closes_at=OUT + DAY))
    following = publish(at=OUT + DAY)

    for text in everywhere(client, following):
        assert f"FAKE: {LIE}" in text


def test_a_scheduled_issue_tells_nothing_before_its_time(client):
    publish(make_played())
    following = publish(make_quiz(publish_at=False), datetime(2199, 1, 1, tzinfo=UTC))

    assert client.get(following.get_absolute_url()).status_code == 404
    for address in ("/", "/quiz/", "/issues/", "/issues/feed.json", "/search/?q=fake"):
        assert "FAKE" not in client.get(address).text


def test_the_issue_after_a_withdrawn_one_puts_the_lie_right(client, week):
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    Issue.objects.filter(pk=week.following.pk).update(withdrawn_at=OUT + WEEK + DAY)

    for text in everywhere(client, third):
        assert f"FAKE: {LIE}" in text


def test_the_lie_of_a_withdrawn_issue_is_not_told(client, week):
    Issue.objects.filter(pk=week.issue.pk).update(withdrawn_at=OUT + DAY)

    for text in everywhere(client, week.following):
        assert LIE not in text


def guess(quiz, wrong, right, **overrides):
    for count, headline in ((wrong, quiz.headlines.first()), (right, quiz.lie)):
        for _ in range(count):
            make_guess(quiz, headline=headline, **overrides)


def test_the_share_fooled_is_told_from_thirty_guesses_on(client, week):
    guess(week.quiz, 12, 17)
    assert "fooled" not in page(client, week.following)
    guess(week.quiz, 0, 1)

    for text in everywhere(client, week.following):
        assert "it fooled 40\N{NO-BREAK SPACE}% of players (N\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}30)" in text  # fmt: skip


def test_the_share_counts_what_counts_and_is_the_same_once_rolled_up(client, week):
    guess(week.quiz, 20, 20)
    guess(week.quiz, 9, 0, in_period=False)
    guess(week.quiz, 9, 0, counted=False, uncounted_reason="staff")
    gave_up = [make_guess(week.quiz).pk for _ in range(9)]
    Guess.objects.filter(pk__in=gave_up).update(headline=None, position=None)
    told = "it fooled 50\N{NO-BREAK SPACE}% of players"
    before = page(client, week.following)
    roll_up(week.quiz.pk, timezone.now() + DAY)
    assert told in before
    assert page(client, week.following) == before
    guess(week.quiz, 40, 0)

    assert "it fooled 75\N{NO-BREAK SPACE}%" in page(client, week.following)


def test_a_lie_that_came_true_later_says_so(client, week):
    Quiz.objects.filter(pk=week.quiz.pk).update(
        came_true_on=datetime(2023, 5, 3, tzinfo=UTC).date(),
        came_true_url="https://news.example/mayor",
    )

    for text in everywhere(client, week.following):
        assert f"FAKE: {LIE}" in text
        assert "3 May 2023" in text
        assert 'href="https://news.example/mayor"' in text


# Corrections ----------------------------------------------------------------


def correct(quiz, at, place=0, reason="We mixed up two lines."):
    quiz = Quiz.objects.get(pk=quiz.pk)
    headline = Headline.objects.get(quiz=quiz, text=TEXTS[place])
    correct_key(quiz=quiz, new_lie=headline, reason=reason, by=None, at=at)


def void(quiz, at):
    quiz = Quiz.objects.get(pk=quiz.pk)
    void_quiz(quiz=quiz, reason="Two were invented.", by=None, at=at)


def test_a_correction_while_the_quiz_was_open_waits_for_its_end(client, week):
    correct(week.quiz, OUT + DAY)

    for text in everywhere(client, week.issue, OUT + 2 * DAY):
        assert "Corrected" not in text
        assert "mixed up" not in text
    for text in everywhere(client, week.following, OUT + WEEK):
        assert f"FAKE: {TEXTS[0]}" in text
        assert "We mixed up two lines." in text
        assert "12 January 2023" in text
        assert nodes(text, "chatbot mayor") == [
            f"TRUE, though we had called it a lie: {LIE}"
        ]


def test_an_issue_between_says_nothing_of_a_correction_while_the_quiz_was_open(
    client, week
):
    correct(week.quiz, OUT + DAY)
    between = publish(at=OUT + 2 * DAY)

    for at in (OUT + 3 * DAY, OUT + WEEK, None):
        for text in everywhere(client, between, at):
            assert "mixed up" not in text
            assert "FAKE" not in text


def test_a_correction_after_the_end_is_told_at_once_and_in_the_next_issue(client, week):
    made = OUT + WEEK + DAY
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    fourth = publish(make_quiz(publish_at=False), OUT + 3 * WEEK)
    correct(week.quiz, made)

    for at in (made, OUT + 2 * WEEK, None):
        for text in everywhere(client, week.following, at):
            assert f"FAKE: {TEXTS[0]}" in text
            assert f"FAKE: {LIE}" not in text
            assert "We mixed up two lines." in text
    for text in everywhere(client, third):
        assert "When we were wrong" in text
        assert "We mixed up two lines." in text
        assert f"FAKE: {TEXTS[0]}" in text
        assert f"TRUE, though we had called it a lie: {LIE}" in text
    for text in everywhere(client, fourth):
        assert "mixed up" not in text


def test_a_second_correction_leaves_no_wrong_label_behind(client, week):
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    correct(week.quiz, OUT + WEEK + DAY, reason="One.")
    correct(week.quiz, OUT + WEEK + 2 * DAY, place=3, reason="Other.")

    for issue in (week.following, third):
        for text in everywhere(client, issue):
            assert text.index("One.") < text.index("Other.")
            assert f"FAKE: {LIE}" in text
            assert f"FAKE: {TEXTS[0]}" not in text
            assert f"lie: {LIE}" not in text
            assert f"TRUE, though we had called it a lie: {TEXTS[0]}" in text


def test_a_void_quiz_has_no_lie_to_be_told(client, week):
    guess(week.quiz, 15, 15)
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    void(week.quiz, OUT + WEEK + DAY)

    for text in everywhere(client, week.following):
        assert "does not count. Two were invented." in text
    for text in everywhere(client, third):
        assert "That quiz does not count." in text
    for issue in (week.following, third):
        for text in everywhere(client, issue):
            assert LIE not in text
            assert "fooled 50" not in text


def test_feeds_say_when_a_correction_changed_an_entry(client, week):
    def updated():
        items = json.loads(client.get("/issues/feed.json").content)["items"]
        return {item["id"]: item["date_modified"] for item in items}

    before = updated()
    made = timezone.now()
    correct(week.quiz, made)
    after = updated()

    assert after[week.following.uid.urn] == made.isoformat()
    assert after[week.issue.uid.urn] == before[week.issue.uid.urn]


def test_a_correction_of_an_open_quiz_is_told_nowhere(client, week):
    quiz = week.following.quiz
    correct_key(quiz=quiz, new_lie=quiz.headlines.first(), reason="Psst.", by=None)
    feeds = [client.get(f"/issues/feed.{ending}").text for ending in ("xml", "json")]

    for text in (page(client, week.following), page(client, week.issue), *feeds):
        assert "Psst." not in text
        assert f"FAKE: {quiz.lie.text}" not in text


# What it costs, and hostile text ----------------------------------------------


def test_an_issue_that_puts_much_right_still_costs_three_queries(
    client, week, django_assert_max_num_queries
):
    paper = make_paper()
    third = publish(
        make_quiz(publish_at=False),
        OUT + 2 * WEEK,
        body=f"::: papers\n- {paper.slug}: A take.\n:::\n{QUIZ_PLACE}",
    )
    guess(week.quiz, 15, 15)
    for place in (0, 1, 2):
        correct(week.quiz, OUT + WEEK + DAY, place=place)
    correct_key(
        quiz=week.following.quiz,
        new_lie=week.following.quiz.headlines.first(),
        reason="No.",
        by=None,
        at=OUT + WEEK + DAY,
    )
    for address in (third.get_absolute_url(), "/issues/feed.xml"):
        with django_assert_max_num_queries(3):
            assert "When we were wrong" in client.get(address).text


def test_hostile_text_is_text(client, week):
    hostile = "<script>alert(1)</script>"
    Headline.objects.filter(quiz=week.quiz).update(text=hostile, explanation=hostile)
    Quiz.objects.filter(pk=week.quiz.pk).update(title=hostile)
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    quiz = Quiz.objects.get(pk=week.quiz.pk)
    correct_key(
        quiz=quiz,
        new_lie=quiz.headlines.first(),
        reason=hostile,
        by=None,
        at=OUT + WEEK + DAY,
    )

    for issue in (week.following, third):
        for text in everywhere(client, issue):
            assert "<script>alert" not in text


def test_an_issue_that_was_not_asked_puts_nothing_right(week):
    at = timezone.now()
    asked = with_amends(Issue.objects.all(), at).get(pk=week.following.pk)

    assert amends_of(asked).lie.text == LIE
    assert amends_of(week.following).lie is None


def test_of_two_quizzes_at_one_moment_the_second_puts_the_first_right(client):
    first, second = make_played(title="First"), make_quiz(publish_at=False)
    publish(at=OUT - WEEK)
    early = publish(first)
    late = publish(second)
    third = publish(make_quiz(publish_at=False), OUT + WEEK)

    assert HEADING not in page(client, early)
    assert LIE in page(client, late)
    assert LIE not in page(client, third)
    assert second.lie.text in page(client, third)


# What a preview foresees ------------------------------------------------------


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def preview(client, issue):
    return client.get(reverse("admin:issues_issue_preview", args=[issue.pk])).text


def test_a_preview_shows_the_lie_that_the_draft_will_put_right(desk, week):
    draft = publish(make_quiz(publish_at=False), None)

    assert LIE not in preview(desk, draft)
    assert week.following.quiz.lie.text in preview(desk, draft)
    assert HEADING in preview(desk, draft)


def test_a_preview_of_a_draft_without_a_quiz_shows_no_lie_that_stays_open(desk, week):
    draft = publish(None, None)

    assert week.following.quiz.lie.text not in preview(desk, draft)


def test_a_preview_of_what_is_scheduled_looks_from_its_day(desk, week):
    later = publish(make_quiz(publish_at=False), timezone.now() + WEEK)
    last = publish(make_quiz(publish_at=False), timezone.now() + 2 * WEEK)

    assert week.following.quiz.lie.text in preview(desk, later)
    assert later.quiz.lie.text in preview(desk, last)


def test_a_preview_of_what_is_out_says_what_its_page_says(desk, week):
    correct_key(
        quiz=week.quiz,
        new_lie=week.quiz.headlines.first(),
        reason="We were wrong.",
        by=None,
        at=OUT + DAY,
    )
    at = timezone.now()
    asked = with_amends(Issue.objects.all(), at)
    for issue in (week.issue, week.following):
        assert foresee_amends(issue, at) == amends_of(asked.get(pk=issue.pk))
    assert "We were wrong." in preview(desk, week.following)


def test_what_was_withdrawn_between_changes_nothing_for_page_and_preview(week):
    Quiz.objects.filter(pk=week.following.quiz.pk).update(closes_at=OUT + WEEK + DAY)
    for quiz in (None, make_quiz(publish_at=False)):
        gone = publish(quiz, OUT + WEEK + 2 * DAY)
        Issue.objects.filter(pk=gone.pk).update(withdrawn_at=OUT + WEEK + 3 * DAY)
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    at = timezone.now()
    told = [
        foresee_amends(third, at),
        amends_of(with_amends(Issue.objects.all(), at).get(pk=third.pk)),
    ]

    assert [each.lie.text for each in told] == [week.following.quiz.lie.text] * 2


def test_a_correction_of_what_is_withdrawn_is_told_nowhere(week):
    third = publish(make_quiz(publish_at=False), OUT + 2 * WEEK)
    truth = week.quiz.headlines.first()
    moment = OUT + WEEK + DAY
    correct_key(quiz=week.quiz, new_lie=truth, reason="Sorry.", by=None, at=moment)

    def told():
        asked = with_amends(Issue.objects.all(), timezone.now())
        return [row.reason for row in amends_of(asked.get(pk=third.pk)).corrections]

    assert told() == ["Sorry."]
    Issue.objects.filter(pk=week.issue.pk).update(withdrawn_at=moment + DAY)
    assert told() == []


def test_the_first_issue_foresees_nothing(desk):
    assert HEADING not in preview(desk, publish(make_played(), None))


def test_foreseeing_costs_at_most_four_queries(week, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        foresee_amends(week.following, timezone.now())
