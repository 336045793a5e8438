"""The state of every link, asked for politely and a bite at a time."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.checklist import check_issue
from issues.links import checking
from issues.models import Link, LinkState
from issues.services import publishing, save_work
from superfast.common import checking as common_checking
from superfast.common import fetching
from tests.common.pages import (
    fetching_from,
    page,
    redirect,
    serve,
    status,
    unless_known,
)
from tests.factories import make_editor, make_writer
from tests.issues.factories import make_draft, make_issue, make_scheduled

pytestmark = pytest.mark.django_db
LIST = "/admin/issues/link/"


@pytest.fixture
def site(settings, monkeypatch):
    with serve() as running, fetching_from(running, settings, monkeypatch):
        yield running


@pytest.fixture
def clock(monkeypatch):
    """Time passes when somebody pauses, and a second with each look at it."""

    class Clock:
        now = 1000.0
        pauses = []

        def monotonic(self):
            self.now += 1
            return self.now

        def sleep(self, seconds):
            self.pauses.append(seconds)
            self.now += seconds

    found = Clock()
    found.pauses = []
    monkeypatch.setattr(checking, "time", found)
    monkeypatch.setattr(common_checking, "time", found)
    return found


def make_links(*urls):
    return make_issue(body=" ".join(f"[a link]({url})" for url in urls))


def test_every_link_has_the_state_that_its_address_shows(site, clock):
    site.pages |= {
        "/ok": page("<title>Fine</title>"),
        "/gone": status(410),
        "/shut": status(403),
        "/moved": redirect("/ok", 308),
    }
    make_links(*(f"{site.url}/{name}" for name in ("ok", "gone", "shut", "moved")))

    report = checking.check_due(pause=clock.sleep)

    states = {link.url.rpartition("/")[2]: link for link in Link.objects.all()}
    assert {name: link.state for name, link in states.items()} == {
        "ok": "ok", "gone": "broken", "shut": "refused", "moved": "moved",
    }  # fmt: skip
    assert states["moved"].final_url == f"{site.url}/ok"
    assert states["ok"].title == "Fine"
    assert (report.checked, report.left) == (4, 0)


def test_a_host_is_left_alone_between_two_questions_and_others_come_in_between(
    site, clock
):
    other = f"http://other.example:{site.port}"
    make_links(*(f"{site.url}/{n}" for n in range(3)), f"{other}/0")

    checking.check_due(pause=clock.sleep)

    hosts = [handler.headers["Host"].partition(":")[0] for handler in site.asked]
    assert hosts == ["127.0.0.1", "other.example", "127.0.0.1", "127.0.0.1"]
    assert clock.pauses
    assert all(0 < seconds <= common_checking.PAUSE_SECONDS for seconds in clock.pauses)


def test_what_was_asked_for_within_the_week_is_left_alone(site, clock):
    make_links(f"{site.url}/a")
    checking.check_due(pause=clock.sleep)

    assert checking.check_due(pause=clock.sleep).checked == 0
    assert checking.check_due(pause=clock.sleep, everything=True).checked == 1
    later = timezone.now() + timedelta(days=8)
    assert checking.check_due(at=later, pause=clock.sleep).checked == 1


def test_a_run_that_ended_early_is_taken_up_where_it_was(site, clock):
    make_links(*(f"{site.url}/{n}" for n in range(4)))

    first = checking.check_due(seconds=4, pause=clock.sleep)
    second = checking.check_due(pause=clock.sleep)

    assert 0 < first.checked < 4
    assert first.checked + first.left == 4
    assert second.checked == first.left
    assert len({handler.path for handler in site.asked}) == 4


def test_a_page_that_did_not_change_is_not_sent_again(site, clock):
    site.pages["/"] = unless_known(page("<title>One</title>", ETag='"1"'), '"1"')
    make_links(f"{site.url}/")
    checking.check_due(pause=clock.sleep)

    checking.check_due(everything=True, pause=clock.sleep)

    link = Link.objects.get()
    assert (link.status_code, link.state, link.title) == (304, LinkState.OK, "One")


def test_offline_no_link_is_called_broken(settings, monkeypatch, clock):
    def resolve(host, port):
        raise fetching.socket.gaierror(fetching.socket.EAI_NONAME, "")

    settings.FETCH_PAGES = True
    monkeypatch.setattr(fetching, "FETCHER", fetching.Fetcher(resolve=resolve))
    make_links("https://a.example/", "https://b.example/")

    report = checking.check_due(pause=clock.sleep)

    assert dict(report.states) == {LinkState.UNREACHED: 2}
    assert not Link.objects.broken().exists()


def test_a_host_that_is_gone_is_broken_where_others_answer(site, monkeypatch, clock):
    def resolve(host, port):
        if host == "gone.example":
            raise fetching.socket.gaierror(fetching.socket.EAI_NONAME, "")
        return ["127.0.0.1"]

    monkeypatch.setattr(fetching, "FETCHER", site.fetcher(resolve=resolve))
    make_links("https://gone.example/", f"{site.url}/")

    checking.check_due(pause=clock.sleep)

    assert {link.url for link in Link.objects.broken()} == {
        "https://gone.example/",
        f"{site.url}/",
    }


def test_the_command_says_what_it_found(site, monkeypatch):
    monkeypatch.setattr(common_checking, "PAUSE_SECONDS", 0)
    site.pages["/ok"] = page("x")
    make_links(f"{site.url}/ok", f"{site.url}/gone")
    out = StringIO()

    call_command("check_links", "--minutes=5", stdout=out)

    assert out.getvalue() == "2 links checked: 1 ok, 1 broken. 0 still due.\n"


def test_the_command_asks_nobody_where_fetching_is_off():
    make_links("https://a.example/")
    out = StringIO()

    call_command("check_links", stdout=out)

    assert "FETCH_PAGES is off" in out.getvalue()
    assert Link.objects.get().checked_at is None


def test_the_desk_lists_rot_with_its_issues_and_what_to_replace_it_by(client):
    issue = make_links("https://a.example/old", "https://a.example/gone")
    old, gone = (Link.objects.get(url__endswith=name) for name in ("old", "gone"))
    old.state, old.final_url = LinkState.MOVED, "https://a.example/new"
    gone.state, gone.status_code = LinkState.BROKEN, 404
    old.save()
    gone.save()
    client.force_login(make_editor())

    shown = client.get(LIST, {"state__exact": "moved"}).content.decode()

    assert 'Replace by <a href="https://a.example/new"' in shown
    assert "https://a.example/gone" not in shown
    assert f'/admin/issues/issue/{issue.pk}/change/">{issue.title}</a>' in shown
    page = client.get(f"{LIST}{gone.pk}/change/").content.decode()
    assert "404" in page


def test_who_may_see_which_links(client, django_user_model):
    writer = make_writer()
    make_issue(title="Out", body="[a](https://out.example/)")
    make_scheduled(
        title="Secret", body="[a](https://secret.example/) [b](https://out.example/)"
    )
    own = make_draft(title="Own", by=writer)
    assert own.link_uses.count() == 0
    Link.objects.create(url="https://looked-up.example/", site="looked-up.example")

    assert client.get(LIST).status_code == 302
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.get(LIST).status_code == 403
    client.force_login(writer)
    seen = client.get(LIST).content.decode()
    assert "out.example" in seen
    assert "Secret" not in seen
    assert "secret.example" not in seen
    assert "looked-up.example" not in seen
    hidden = Link.objects.get(url="https://secret.example/")
    assert client.get(f"{LIST}{hidden.pk}/change/").status_code == 302
    client.force_login(make_editor())
    seen = client.get(LIST).content.decode()
    assert "secret.example" in seen
    assert "Secret" in seen
    assert client.post(f"{LIST}{hidden.pk}/change/", {"state": "ok"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{hidden.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_list_of_links_takes_as_many_queries_with_twenty_as_with_two(
    client,
):
    client.force_login(make_editor())
    counts = []
    for rows in (2, 20):
        make_links(*(f"https://a.example/{rows}/{n}" for n in range(rows)))
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 7


def test_what_was_typed_into_a_draft_is_asked_for_when_it_is_saved(
    site, clock, settings, monkeypatch
):
    asked = []
    monkeypatch.setattr(
        publishing, "enqueue", lambda task, pk, name: asked.append((task, pk))
    )
    settings.TASKS_INLINE = False
    site.pages |= {"/ok": page("<title>Fine</title>"), "/gone": status(404)}
    issue = make_draft(body=f"[a]({site.url}/ok) [b]({site.url}/gone)")
    save_work(issue=issue, by=None)
    assert ("issues.links.checking.check_draft", issue.pk) in asked

    checking.check_draft(issue.pk)
    states = dict(Link.objects.values_list("url", "state"))
    assert states == {
        f"{site.url}/ok": LinkState.OK,
        f"{site.url}/gone": LinkState.BROKEN,
    }
    assert "is broken" in " ".join(check_issue(issue).sentences)
    assert clock.pauses  # one host is asked slowly

    site.pages["/gone"] = page("<title>Back</title>")
    checking.check_draft(issue.pk)  # known already: not asked again
    assert Link.objects.broken().count() == 1


def test_a_draft_that_is_gone_meanwhile_is_no_error():
    checking.check_draft(99)
