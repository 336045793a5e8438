"""The desk's first page: what is to be done, for who may do it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.models import InboxItem, Issue, Link, LinkState
from issues.services import save_issue
from papers.models import MistakeReport
from tests.issues.factories import (
    make_draft,
    make_issue,
    make_scheduled,
    new_issue,
)
from tests.papers.factories import make_editor, make_paper, make_writer
from tests.quiz.factories import make_quiz, make_user

pytestmark = pytest.mark.django_db

DESK = "/admin/"


def part(client, name):
    """The words of one card; None where it is not shown."""
    text = client.get(DESK).text
    found = re.search(
        rf'aria-labelledby="front-{name}">(.*?)</section>', text, re.DOTALL
    )
    return found and " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def own(client, **overrides):
    issue = new_issue(**{"publish_at": None, **overrides})
    issue.created_by = client.user
    save_issue(issue=issue, by=client.user)
    return issue


def test_an_empty_desk_says_so(editor):
    assert "Nothing is being written." in part(editor, "week")
    assert "None." in part(editor, "drafts")
    assert "None." in part(editor, "scheduled")
    assert "None yet." in part(editor, "changes")
    assert "New issue" in part(editor, "week")


def test_this_weeks_issue_is_the_next_scheduled_one(editor):
    make_draft(title="Some draft")
    make_scheduled(title="Far away")
    make_issue(title="Next one", publish_at=timezone.now() + timedelta(days=2))

    assert "Next one" in part(editor, "week")
    assert "Scheduled for" in part(editor, "week")
    assert "Next one" in part(editor, "scheduled").split("Far away")[0]


def test_without_one_it_is_the_draft_last_saved_with_its_checklist(editor):
    own(editor, title="Older")
    own(editor, title="Newer", dek="", body="## News\n\nWords (link) and (link).\n")
    week = part(editor, "week")

    assert "Newer" in week
    assert f"by {editor.user.username}" in week
    assert "in the way of publishing" in week
    assert "The dek is missing" in week
    assert "Older" in part(editor, "drafts")


def test_a_finished_draft_has_nothing_in_its_way(editor):
    own(editor)

    assert "Nothing is in the way of publishing" in part(editor, "week")


def test_drafts_say_how_many_links_are_to_come(editor):
    own(editor, title="Gaps", body="One (link), two (link), three (link).")
    own(editor, title="Whole")
    links = part(editor, "links")

    assert "Gaps 3 to fill" in links
    assert "Whole" not in links


def test_the_inbox_is_counted(editor):
    InboxItem.objects.create(url="https://a.example/")
    InboxItem.objects.create(url="https://b.example/", used_in=make_draft())

    assert "1 link waits in the inbox" in part(editor, "links")


def test_rot_names_the_address_and_where_it_stands(editor):
    issue = make_issue(title="Old news")
    Link.objects.filter(uses__issue=issue).update(state=LinkState.BROKEN)
    rot = part(editor, "rot")

    assert "1 broken" in rot
    assert "0 moved" in rot
    assert "https://news.example/story" in rot
    assert "Old news" in rot


def test_a_writer_is_told_of_no_rot_in_what_others_have_planned(writer):
    make_scheduled(title="Secret", body="[x](https://secret.example/)")
    make_issue(title="Out", body="[x](https://out.example/)")
    mine = make_scheduled(title="Mine", body="[x](https://mine.example/)")
    Issue.objects.filter(pk=mine.pk).update(created_by=writer.user)
    Link.objects.update(state=LinkState.BROKEN)
    rot = part(writer, "rot")

    assert "2 broken" in rot
    assert all(word in rot for word in ("out.example", "Out", "mine.example", "Mine"))
    assert "ecret" not in rot


def test_the_last_quiz_is_shown_to_who_may_see_guesses(editor):
    make_issue(quiz=make_quiz(title="Kettles", publish_at=False))
    make_scheduled(quiz=make_quiz(title="Next week's", publish_at=False))

    assert part(editor, "quiz") == "Last quiz Kettles Nobody has guessed yet."


def test_recent_changes_say_who_and_what_and_runs_are_one_line(editor):
    issue = own(editor, title="Worked on")
    for number in range(5):
        issue.body += f"\n\nMore {number}."
        save_issue(issue=issue, by=editor.user)
    changes = part(editor, "changes")

    assert changes.count("Worked on") == 1
    assert f"by {editor.user.username}" in changes


def test_a_writer_sees_their_own_work_and_no_quiz(writer):
    make_draft(title="Somebody else’s")
    make_scheduled(title="Planned in secret")
    own(writer, title="My own")
    make_issue(quiz=make_quiz(title="Kettles", publish_at=False))
    text = writer.get(DESK).text

    assert "My own" in text
    assert "Somebody else" not in text
    assert "Planned in secret" not in text
    assert part(writer, "quiz") is None
    assert part(writer, "rot") is not None


def test_who_may_look_at_issues_alone_is_told_of_nothing_else(client):
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_issue"))
    client.force_login(user)
    make_issue(title="Out", quiz=make_quiz(title="Kettles", publish_at=False))
    Link.objects.update(state=LinkState.BROKEN)
    InboxItem.objects.create(url="https://a.example/")
    MistakeReport.objects.create(paper=make_paper(), text="It was 7.")
    text = client.get(DESK).text

    assert part(client, "week") is not None
    assert [part(client, name) for name in ("rot", "papers", "quiz")] == [None] * 3
    assert "waits in the inbox" not in text
    assert "New issue" not in part(client, "week")


def test_who_may_look_at_papers_is_not_told_of_reports_about_them(client):
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_paper"))
    client.force_login(user)
    MistakeReport.objects.create(paper=make_paper(), text="It was 7.")

    assert "report" not in part(client, "papers")


def test_who_has_no_permission_sees_no_card(client):
    make_draft(title="Hidden draft")
    client.force_login(make_user())
    response = client.get(DESK)

    assert response.status_code == 200
    assert "Hidden draft" not in response.text
    assert 'aria-labelledby="front-' not in response.text


def test_strangers_are_sent_to_the_login(client):
    assert client.get(DESK).status_code == 302


def test_djangos_own_list_remains_below(editor):
    text = editor.get(DESK).text

    assert text.index("front-changes") < text.index("app-issues")


def test_hostile_titles_are_text(editor):
    own(editor, title="<script>alert(1)</script>")
    text = editor.get(DESK).text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_queries_do_not_grow_with_rows(editor):
    def fill(count):
        for number in range(count):
            own(editor, body=f"Gap (link) {number}.")
            issue = make_issue(body=f"[x](https://rot.example/{Issue.objects.count()})")
            make_scheduled()
            Link.objects.filter(uses__issue=issue).update(state=LinkState.BROKEN)
            InboxItem.objects.create(url=f"https://a.example/{number}")

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert editor.get(DESK).status_code == 200
        return len(queries)

    fill(2)
    few = count()
    fill(12)
    assert count() == few
    assert few <= 40


def test_papers_to_finish_and_reported_mistakes_are_counted(client):
    whole = {"takeaway": "x", "url": "https://paper.example/a", "authors": ["Ann"]}
    make_paper(**whole)
    paper = make_paper(**whole | {"takeaway": ""})
    make_paper(**whole | {"url": ""}, publish_at=None)
    MistakeReport.objects.create(paper=paper, text="It was 7.")
    MistakeReport.objects.create(paper=paper, text="Old.", settled_at=timezone.now())
    client.force_login(make_editor())
    html = client.get("/admin/").content.decode()
    assert "1 reported mistake</a> waits for an answer." in html
    assert 'to_finish=takeaway">No takeaway: 1<' in html
    assert 'to_finish=link">No link: 1<' in html
    assert 'to_finish=unchecked">Not checked: 3<' in html
    assert "No authors" not in html

    writer = make_writer()
    client.force_login(writer)
    make_paper(**whole, created_by=writer)
    html = client.get("/admin/").content.decode()
    assert "reported mistake" not in html
    assert "Not checked: 1<" in html
