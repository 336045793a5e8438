"""Two editors, a server that dies, a session that ends: no word is lost."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from issues.links.inbox import compose
from issues.models import Issue, Presence, Revision
from issues.services import save_work, trash_issue
from superfast.accounts.sessions import SessionStore
from tests.browser.looking import look_at
from tests.issues.factories import make_draft, make_issue
from tests.quiz.factories import make_editor

ROOT = Path(__file__).parents[2]
DJANGOS = {"changelist", "delete", "change"}  # pages of which most is Django's own
SECONDS = 5


def cookie_of(user, url):
    """The session of somebody who is signed in."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def desk(open_page, live_server):
    """A function that opens a page at the desk for somebody."""

    def open_desk(user, width=1280, **options):
        page = open_page(width, **options)
        page.context.add_cookies([cookie_of(user, live_server.url)])
        return page

    return open_desk


def change(issue):
    return reverse("admin:issues_issue_change", args=[issue.pk])


def write(page, text):
    """Types at the end of the text."""
    field = page.get_by_label("Body:")
    field.press("ControlOrMeta+End")
    field.press_sequentially(text)


def autosaved(page):
    told = re.compile(r"Autosaved at \d\d:\d\d:\d\d \(UTC\)\.")
    expect(page.locator("[data-state]")).to_have_text(told)


def newest(issue):
    return (
        Issue.objects.select_related("working_revision")
        .get(pk=issue.pk)
        .working_revision
    )


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_save_over_each_other_lose_nothing(desk):
    ana, bob = make_editor(first_name="Ana"), make_editor(first_name="Bob")
    issue = make_draft(body="One here. And. Two here.")
    first, second = desk(ana), desk(bob)
    first.goto(change(issue))
    second.goto(change(issue))
    expect(second.locator("[data-others]")).to_have_text("Also open here: Ana.")

    first.get_by_label("Body:").fill("One by Ana. And. Two here.")
    autosaved(first)
    assert newest(issue).body == "One by Ana. And. Two here."
    second.get_by_label("Body:").fill("One here. And. Two by Bob.")
    trouble = second.locator("[data-trouble]")
    expect(trouble).to_contain_text("Ana saved this issue elsewhere")
    assert newest(issue).body == "One by Ana. And. Two here."
    assert Revision.objects.get(kind="aside").body == "One here. And. Two by Bob."

    second.get_by_role("button", name="Compare and merge").click()
    expect(second.get_by_role("heading", name="Two texts of one issue")).to_be_visible()
    for side, words in (("Yours", "by Bob"), ("Ana’s", "by Ana")):
        region = second.get_by_role("region", name=side, exact=True)
        expect(region.locator("ins", has_text=words)).to_be_visible()
    merged = second.get_by_label("The merged text")
    expect(merged).to_have_value("One by Ana. And. Two by Bob.\n")
    second.get_by_role("button", name="Keep the merged text").click()
    expect(second.locator(".messagelist .success")).to_be_visible()

    assert Issue.objects.get().body == "One by Ana. And. Two by Bob."
    texts = {*Revision.objects.values_list("body", flat=True)}
    assert texts >= {"One by Ana. And. Two here.", "One here. And. Two by Bob."}
    expect(second.locator("[data-copy]")).to_be_hidden()
    # The other one is told as soon as they go on, and loses nothing either.
    first.get_by_label("Body:").fill("One by Ana, again.")
    expect(first.locator("[data-trouble]")).to_contain_text("Bob saved")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("choice", ["yours", "theirs"])
def test_without_scripts_both_texts_are_shown_and_one_goes_on(desk, choice):
    issue, page = make_draft(body="Old."), desk(make_editor(), javascript=False)
    page.goto(change(issue))
    issue.body = "Theirs."
    save_work(issue=issue, by=make_editor(first_name="Bob"))
    page.get_by_label("Body:").fill("Mine.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("alert")).to_contain_text("Bob saved this issue")
    page.get_by_role("button", name=f"Keep {choice}").click()

    expect(page.get_by_label("Body:")).to_have_value(
        {"yours": "Mine.", "theirs": "Theirs."}[choice]
    )
    assert {"Mine.", "Theirs."} <= {*Revision.objects.values_list("body", flat=True)}


@pytest.mark.django_db(transaction=True)
def test_a_new_issue_is_on_the_server_once_it_has_a_title(desk):
    editor = make_editor()
    page = desk(editor)
    page.goto("/admin/issues/issue/add/")
    page.get_by_label("Body:").fill("Words before a title.")
    expect(page.locator("[data-state]")).to_contain_text("until the issue has a title")
    assert not Issue.objects.exists()
    page.get_by_label("Title:").fill("The week")
    autosaved(page)
    issue = Issue.objects.get()
    expect(page).to_have_url(change(issue))
    assert newest(issue).body == "Words before a title."
    write(page, " And more.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    assert Issue.objects.get().body == "Words before a title. And more."
    assert Issue.objects.get().slug == "the-week"
    assert [*Revision.objects.values_list("kind", flat=True)] == ["save"]


@pytest.mark.django_db(transaction=True)
def test_words_without_a_title_wait_in_the_browser(desk):
    page = desk(make_editor())
    page.goto("/admin/issues/issue/add/")
    page.get_by_label("Body:").fill("Words before a title.")
    expect(page.locator("[data-state]")).to_contain_text("kept in this browser")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Body:")).to_have_value(compose())
    page.get_by_role("button", name="Put it into the form").click()

    expect(page.get_by_label("Body:")).to_have_value("Words before a title.")


@pytest.mark.django_db(transaction=True)
def test_leaving_with_unsaved_words_is_asked_about(desk):
    issue, page, asked = make_draft(), desk(make_editor()), []
    page.goto(change(issue))
    # Not a route: a request that is sent while the page goes away passes it by now and then.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    write(page, "More.")
    expect(page.locator("[data-trouble]")).to_contain_text("can’t be reached")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/admin/")
    assert asked == ["beforeunload"]
    page.goto(change(issue))
    page.get_by_text("How it differs").click()
    expect(page.locator("[data-copy-difference] ins", has_text="More")).to_be_visible()
    page.get_by_role("button", name="Put it into the form").click()
    autosaved(page)
    assert newest(issue).body.endswith("More.")
    page.goto("/admin/")

    assert asked == ["beforeunload"]


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_is_said_and_the_text_is_saved_after_signing_in(
    desk, live_server
):
    issue, editor = make_draft(), make_editor()
    page = desk(editor)
    page.goto(change(issue))
    SessionStore.get_model_class().objects.all().delete()
    write(page, "Signed out.")
    expect(page.locator("[data-trouble]")).to_contain_text("no longer signed in")
    assert not newest(issue).body.endswith("Signed out.")
    page.context.add_cookies([cookie_of(editor, live_server.url)])
    # Signing in makes a new form token, too.
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    autosaved(page)

    assert newest(issue).body.endswith("Signed out.")
    expect(page.locator("[data-trouble]")).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_who_closes_the_form_is_there_no_longer(desk):
    issue = make_draft()
    page = desk(make_editor())
    with page.expect_response("**/presence/"):
        page.goto(change(issue))
    assert Presence.objects.filter(issue=issue).exists()
    page.goto("/admin/")
    for _ in range(100):
        if not Presence.objects.exists():
            break
        page.wait_for_timeout(100)

    assert not Presence.objects.exists()


# A server that dies ---------------------------------------------------------


class Server:
    """The site in a process of its own, with a database of its own."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = folder / "db.sqlite3"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DJANGO")},
            "DEBUG": "1",
            "SECRET_KEY": "for-this-test-alone-" + "x" * 40,
            "SITE_URL": self.url,
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_SETTINGS_MODULE": "superfast.settings",
        }
        self.manage("migrate", "--verbosity", "0")
        made = self.manage("shell", "-c", SETUP)
        self.cookie, self.path = made.split()[-2:]

    def manage(self, *words: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def start(self) -> None:
        command = ["runserver", "--noreload", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("The server did not start.")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stored(self) -> str:
        """The newest text, read past the site."""
        with sqlite3.connect(self.database) as connection:
            row = connection.execute(
                "SELECT body FROM issues_revision WHERE id ="
                " (SELECT working_revision_id FROM issues_issue)"
            ).fetchone()
        return str(row[0])


SETUP = """
from django.conf import settings
from django.test import Client
from issues.models import Issue
from issues.services import save_issue
from superfast.accounts.sessions import SessionStore
user = User.objects.create_superuser("ana", password="x")
issue = Issue(title="T", slug="t", body="Begin.")
save_issue(issue=issue, by=user)
client = Client()
client.force_login(user)
print(client.cookies[settings.SESSION_COOKIE_NAME].value, f"/admin/issues/issue/{issue.pk}/change/")
"""


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    running.start()
    yield running
    running.kill()


def test_killing_the_server_loses_no_more_than_five_seconds_of_typing(browser, server):
    cookie = {"name": "session", "value": server.cookie, "url": server.url}
    context = browser.new_context(base_url=server.url)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(server.path)
    expect(page.locator("[data-saving]")).to_be_attached()
    field = page.get_by_label("Body:")
    field.press("ControlOrMeta+End")
    typed: list[tuple[float, str]] = []

    def type_for(seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            word = f" w{len(typed)}."
            page.keyboard.type(word, delay=10)
            typed.append((time.monotonic(), word))
            page.wait_for_timeout(50)

    # Without any pause, so that it is not the pause that saves.
    type_for(12)
    server.kill()
    killed = time.monotonic()
    lost = [word for at, word in typed if word not in server.stored()]
    assert len(typed) > 20
    assert all(killed - at < SECONDS for at, word in typed if word in lost)
    type_for(2)
    expect(page.locator("[data-trouble]")).to_contain_text("can’t be reached")
    everything = "Begin." + "".join(word for _, word in typed)
    assert field.input_value() == everything

    # The browser goes, too; what the server never had is in its copy.
    page.close(run_before_unload=False)
    server.start()
    page = context.new_page()
    page.goto(server.path)
    assert page.get_by_label("Body:").input_value() == server.stored() != everything
    page.get_by_role("button", name="Put it into the form").click()
    expect(page.get_by_label("Body:")).to_have_value(everything)
    expect(page.locator("[data-state]")).to_contain_text("Autosaved")
    assert server.stored() == everything
    context.close()


# What it looks like ---------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_the_pages_of_an_issue(desk, width, dark, tmp_path):
    # axe writes styles of its own into what it looks at.
    page = desk(make_editor(), width, dark=dark, bypass_csp=True)
    issue, bob = (
        make_issue(body="Public words. And. More."),
        make_editor(first_name="Bob"),
    )
    page.goto(change(issue))
    issue.body = "Work of Bob. And. More."
    save_work(issue=issue, by=bob)
    issue.errata.create(note="It was 7, not 8.", made_by=bob)
    gone = make_issue(title="A deleted one")
    trash_issue(issue=gone, by=bob)
    page.get_by_label("Body:").fill("Public words. And. Mine.")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="Two texts of one issue")).to_be_visible()
    look_at(page, "conflict")
    pages = ("change", "history", "difference", "republish", "withdraw", "share")
    for name in (*pages, "delete"):
        page.goto(reverse(f"admin:issues_issue_{name}", args=[issue.pk]))
        look_at(page, name, by_axe=name not in DJANGOS)
    for name in ("changelist", "trash"):
        page.goto(reverse(f"admin:issues_issue_{name}"))
        look_at(page, name, by_axe=name not in DJANGOS)
