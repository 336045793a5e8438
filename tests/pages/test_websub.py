"""The hub is told of feeds that have changed, of no others, and is not pestered."""

import time
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from issues.models import Issue
from papers.models import Paper
from superfast.common.schedules import declare_schedules
from superfast.pages import websub
from superfast.pages.models import AnnouncedFeed
from superfast.pages.websub import Report, ping_hub
from tests.common.pages import serve, status
from tests.issues.factories import make_draft, make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"
ISSUES = [f"{ORIGIN}/issues/feed.{suffix}" for suffix in ("xml", "json")]
PAPERS = [f"{ORIGIN}/papers/feed.{suffix}" for suffix in ("xml", "json")]
SOON = timezone.now() + timedelta(hours=1)


@pytest.fixture
def hub(settings):
    with serve() as site:
        site.pages["/"] = status(202)
        settings.WEBSUB_HUB_URL = site.url
        yield site


def told(hub):
    """The addresses that the hub was told of since it was last asked."""
    found = [form["hub.url"] for form in hub.posted]
    assert all(form["hub.mode"] == "publish" for form in hub.posted)
    assert [form["hub.topic"] for form in hub.posted] == found
    hub.posted.clear()
    return found


@pytest.fixture
def known(hub):
    """A hub that knows of an issue and a paper."""
    make_issue()
    make_paper(topics=["vision"])
    ping_hub()
    told(hub)
    return hub


def test_a_hub_is_first_told_of_every_feed(hub):
    make_issue(body="## News\n\nOne.")
    make_issue(body="## News\n\nTwo.", publish_at=timezone.now())
    make_paper(topics=["vision"])

    assert ping_hub() == Report(told=8)
    found = told(hub)
    assert {*ISSUES, *PAPERS} < {*found}
    assert len({*found}) == 8


def test_the_addresses_are_those_that_the_feeds_call_their_own(hub, client):
    make_issue(body="## News\n\nOne.")
    make_issue(body="## News\n\nTwo.", publish_at=timezone.now())
    make_paper(topics=["vision"])
    ping_hub()
    for address in told(hub):
        response = client.get(address.removeprefix(ORIGIN))
        assert response.status_code == 200
        assert response.headers["Link"] == (
            f'<{hub.url}>; rel="hub", <{address}>; rel="self"'
        )
        assert address in response.text


def test_without_a_hub_nobody_is_told_and_feeds_name_none(client, settings):
    make_issue()

    assert ping_hub() == Report()
    assert not AnnouncedFeed.objects.exists()
    assert "Link" not in client.get("/issues/feed.xml").headers


def test_nothing_is_told_where_nothing_changed(known, django_assert_num_queries):
    make_draft()
    make_paper(publish_at=None)
    quiz = make_quiz(publish_at=False)
    assert ping_hub() == Report()
    with django_assert_num_queries(1):
        ping_hub()
    make_guess(quiz)

    assert told(known) == []


def test_a_change_is_told_of_the_feeds_in_which_it_stands(known):
    Issue.objects.update(title="Corrected")
    assert ping_hub() == Report(told=2)
    assert told(known) == ISSUES

    Paper.objects.update(takeaway="New.")
    assert ping_hub().told == 4
    assert set(PAPERS) < set(told(known))
    assert ping_hub() == Report()


def test_what_is_due_by_its_time_is_told_without_anybody_saving(known):
    make_issue(body="Words.", publish_at=SOON)
    assert ping_hub() == Report()

    assert ping_hub(SOON + timedelta(seconds=1)) == Report(told=2)
    assert told(known) == ISSUES
    Issue.objects.filter(publish_at=SOON).update(withdrawn_at=SOON + timedelta(hours=1))
    assert ping_hub(SOON + timedelta(hours=2)) == Report(told=2)


def test_a_hub_that_does_not_answer_is_asked_once_and_told_the_next_time(
    known, settings
):
    Issue.objects.update(title="Corrected")
    settings.WEBSUB_HUB_URL = "http://127.0.0.1:9"
    started = time.monotonic()
    assert ping_hub() == Report(waiting=6)
    assert time.monotonic() - started < websub.SECONDS

    settings.WEBSUB_HUB_URL = known.url
    cache.clear()
    assert ping_hub().told == 6
    assert set(ISSUES) <= set(told(known))


def test_a_hub_that_takes_its_time_is_not_waited_for(known, monkeypatch):
    monkeypatch.setattr(websub, "SECONDS", 0.2)
    known.pages["/"] = lambda handler: time.sleep(1)
    Issue.objects.update(title="Corrected")

    assert ping_hub() == Report(waiting=2)
    assert len(told(known)) == 1
    known.pages["/"] = status(204)
    assert ping_hub() == Report(told=2)


@pytest.mark.parametrize("busy", [429, 503])
def test_a_busy_hub_is_left_in_peace_till_the_next_time(known, busy):
    known.pages["/"] = status(busy)
    Issue.objects.update(title="Corrected")

    assert ping_hub() == Report(waiting=2)
    assert len(told(known)) == 1
    known.pages["/"] = status(202)
    assert ping_hub() == Report(told=2)


def test_what_is_refused_is_tried_again_ever_more_seldom(known):
    known.pages["/"] = status(400)
    Issue.objects.update(title="Corrected")
    now, tries = timezone.now(), []
    for minutes in range(0, 60, 5):
        ping_hub(now + timedelta(minutes=minutes))
        tries.append(len(told(known)))
    assert tries == [2, 2, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0]

    known.pages["/"] = status(202)
    assert ping_hub(now + timedelta(minutes=76)) == Report(told=2)
    assert not AnnouncedFeed.objects.exclude(refusals=0).exists()


def test_a_redirect_is_not_followed(known):
    known.pages["/"] = status(302, Location=f"{known.url}/elsewhere")
    known.pages["/elsewhere"] = status(202)
    Issue.objects.update(title="Corrected")

    assert ping_hub() == Report(refused=2)
    assert {handler.path for handler in known.asked} == {"/"}


def test_a_feed_that_went_is_forgotten_and_another_hub_told_of_everything(
    known, settings
):
    Paper.objects.update(publish_at=None)
    ping_hub()
    assert set(AnnouncedFeed.objects.values_list("path", flat=True)) == {
        address.removeprefix(ORIGIN) for address in (*ISSUES, *PAPERS)
    }

    told(known)
    with serve() as other:
        other.pages["/"] = status(202)
        settings.WEBSUB_HUB_URL = other.url
        assert ping_hub() == Report(told=4)
    assert told(known) == []


def test_not_all_at_once(known, monkeypatch):
    monkeypatch.setattr(websub, "MOST", 4)
    AnnouncedFeed.objects.update(digest="")
    cache.clear()

    assert ping_hub() == Report(told=4, waiting=2)
    assert ping_hub() == Report(told=2)


def test_the_command_says_how_it_went(hub, settings, capsys):
    make_issue()
    call_command("ping_hub")
    assert "4 feeds told of, 0 refused, 0 waiting." in capsys.readouterr().out

    settings.WEBSUB_HUB_URL = ""
    call_command("ping_hub")
    assert "names no hub" in capsys.readouterr().out


def test_a_command_may_be_scheduled_by_minutes(settings):
    settings.SCHEDULES = {("ping_hub",): 5, ("check",): "hourly"}
    declare_schedules(apps.get_app_config("django_q"), using="default")
    rows = apps.get_model("django_q.Schedule").objects
    assert rows.get(name="site: ping_hub").minutes == 5
    assert rows.get(name="site: ping_hub").next_run <= timezone.now() + timedelta(
        minutes=5
    )
    settings.SCHEDULES = {("ping_hub",): "hourly"}
    declare_schedules(apps.get_app_config("django_q"), using="default")
    assert rows.get(name="site: ping_hub").minutes is None
