"""A kept page is right at every moment."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils.http import http_date

from issues.models import Issue
from issues.services import withdraw_issue
from superfast.pagecache.application import PageCache
from superfast.pagecache.models import Stamp
from superfast.pages.models import Page
from tests.issues.factories import make_draft, make_image, make_issue
from tests.pagecache.browsers import Browser
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_an_issue_is_right_the_moment_its_text_changes(browser):
    issue = make_issue(title="Before")
    path = issue.get_absolute_url()
    assert "Before" in browser.get(path).text

    issue.title = "After"
    issue.save()

    for page in (path, "/", "/issues/", "/issues/feed.xml"):
        assert "After" in browser.get(page).text


def test_a_withdrawn_issue_is_gone_at_once(browser):
    issue = make_issue()
    assert browser.get(issue.get_absolute_url()).status == 200

    withdraw_issue(issue=issue)

    assert browser.get(issue.get_absolute_url()).status == 410
    assert issue.title not in browser.get("/issues/").text


def test_a_picture_is_right_the_moment_its_words_change(browser):
    image = make_image(alt="A cat")
    issue = make_issue(cover=image)
    assert "A cat" in browser.get(issue.get_absolute_url()).text

    image.alt = "A dog"
    image.save()

    assert "A dog" in browser.get(issue.get_absolute_url()).text


def test_a_quiz_is_right_the_moment_a_headline_changes(browser):
    issue = make_issue(quiz=make_quiz(publish_at=False))
    headline = issue.quiz.headlines.first()
    assert headline.text in browser.get(issue.get_absolute_url()).text

    headline.text = "Put into other words"
    headline.save()

    assert "Put into other words" in browser.get(issue.get_absolute_url()).text
    assert "Put into other words" in browser.get("/").text


def test_a_paper_is_right_however_it_was_changed(browser):
    paper = make_paper(title="Before")
    path = paper.get_absolute_url()
    browser.get(path)

    type(paper).objects.filter(pk=paper.pk).update(title="By a query")
    assert "By a query" in browser.get(path).text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE papers_paper SET title = 'By SQL'")
    assert "By SQL" in browser.get(path).text


def test_a_standing_page_is_right_the_moment_it_is_saved(browser):
    browser.get("/about/")

    page = Page.objects.get(slug="about")
    page.body = "Wholly other words."
    page.save()

    assert "Wholly other words." in browser.get("/about/").text


def test_what_was_not_committed_is_not_shown_and_leaves_the_cache_right(browser, site):
    issue = make_issue(title="Before")
    path = issue.get_absolute_url()
    browser.get(path)
    with transaction.atomic():
        Issue.objects.update(title="Never")
        transaction.set_rollback(True)

    assert "Before" in browser.get(path).text


def test_a_scheduled_issue_appears_at_its_second(browser, site):
    make_issue(slug="now")
    make_issue(slug="later", title="Later", publish_at=NOON)
    with at(NOON - timedelta(seconds=1)):
        assert browser.get("/issues/later/").status == 404
        for path in ("/", "/issues/", "/issues/now/", "/issues/feed.xml"):
            assert "Later" not in browser.get(path).text
        before = site.asked
        browser.get("/issues/")
        assert site.asked == before

    with at(NOON):
        for path in ("/", "/issues/", "/issues/now/", "/issues/feed.xml"):
            assert "Later" in browser.get(path).text
        assert browser.get("/issues/later/").status == 200


def test_an_issue_disappears_at_the_second_of_its_withdrawal(browser):
    issue = make_issue(title="Mayfly")
    Issue.objects.update(withdrawn_at=NOON)
    with at(NOON - timedelta(seconds=1)):
        assert "Mayfly" in browser.get("/issues/").text

    with at(NOON):
        assert "Mayfly" not in browser.get("/issues/").text
        assert browser.get(issue.get_absolute_url()).status == 410


def test_a_quiz_is_closed_at_its_second(browser):
    make_issue(quiz=make_quiz(publish_at=False, closes_at=NOON))
    with at(NOON - timedelta(seconds=1)):
        assert "<strong>Open</strong>" in browser.get("/quiz/").text

    with at(NOON):
        assert "<strong>Closed</strong>" in browser.get("/quiz/").text


def test_time_that_passes_moves_the_last_modification(browser):
    make_issue(publish_at=NOON)
    with at(NOON + timedelta(hours=1)):
        answer = browser.get("/issues/")

    assert answer.headers["Last-Modified"] == "Wed, 01 May 2030 12:00:00 GMT"


def test_every_process_is_right_at_once(site):
    """Two caches know as little of each other as two processes do."""
    one, other = (Browser(PageCache(site, max_bytes=10_000_000)) for _ in range(2))
    issue = make_issue(title="Before")
    path = issue.get_absolute_url()
    etags = {browser.get(path).headers["ETag"] for browser in (one, other)}
    assert len(etags) == 1

    Issue.objects.update(title="After")

    answers = [browser.get(path) for browser in (one, other, one, other)]
    assert all("After" in answer.text for answer in answers)
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert site.asked == 4


@pytest.mark.django_db(transaction=True)
def test_a_change_over_another_connection_is_seen_when_it_is_committed(browser):
    issue = make_issue(title="Before")
    path = issue.get_absolute_url()
    browser.get(path)

    def change():
        try:
            Issue.objects.update(title="After")
        finally:
            connection.close()

    editor = Thread(target=change)
    editor.start()
    editor.join()

    assert "After" in browser.get(path).text


def test_what_is_committed_long_after_it_was_written_is_modified_since(browser):
    path = make_issue(title="Before", publish_at=NOON).get_absolute_url()
    with at(NOON + timedelta(minutes=5)):
        assert "Before" in browser.get(path).text
    # What the trigger notes at noon, and others see once its transaction ends.
    Issue.objects.update(title="After")
    Stamp.objects.update(changed_at=int(NOON.timestamp()))

    with at(NOON + timedelta(minutes=6)):
        answer = browser.get(path, if_modified_since=http_date(NOON.timestamp() + 60))

    assert answer.status == 200
    assert "After" in answer.text


def test_drafts_stay_hidden(browser):
    browser.get("/issues/")
    draft = make_draft(title="Hidden")

    assert "Hidden" not in browser.get("/issues/").text
    assert browser.get(draft.get_absolute_url()).status == 404


def test_without_a_database_a_kept_page_is_still_sent(browser, site, monkeypatch):
    issue = make_issue()
    path = issue.get_absolute_url()
    before = browser.get(path)

    def away():
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("superfast.pagecache.application.read_number", away)
    after = browser.get(path)

    assert (after.status, after.body) == (200, before.body)
    assert site.asked == 1


def test_without_a_database_nothing_is_sent_beyond_its_time(browser, site, monkeypatch):
    def away(*args):
        raise OperationalError("the server closed the connection")

    with at(NOON):
        issue = make_issue(publish_at=NOON - timedelta(days=7))
        make_issue(slug="next", publish_at=NOON + timedelta(minutes=5))
        browser.get(issue.get_absolute_url())
    monkeypatch.setattr("superfast.pagecache.application.read_edition", away)
    with at(NOON + timedelta(minutes=6)):
        browser.get(issue.get_absolute_url())

    assert site.asked == 2


def test_a_page_is_right_when_the_clock_is_set_back(browser):
    issue = make_issue(publish_at=NOON, title="Out at noon")
    path = issue.get_absolute_url()
    with at(NOON + timedelta(minutes=5)):
        assert browser.get(path).status == 200
        assert "Out at noon" in browser.get("/issues/").text

    with at(NOON - timedelta(minutes=55)):
        assert browser.get(path).status == 404
        assert "Out at noon" not in browser.get("/issues/").text


def test_whether_the_server_is_alive_is_asked_of_no_database(
    browser, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert browser.get("/healthz").text == "ok\n"
