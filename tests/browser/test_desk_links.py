"""Pasting addresses at the desk, with a page of our own to lead to."""

import re

import pytest
from playwright.sync_api import expect

from superfast.accounts.models import User
from tests.common.pages import fetching_from, page, serve, status
from tests.factories import make_editor
from tests.issues.factories import make_issue

PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def site(settings, monkeypatch):
    with serve() as running, fetching_from(running, settings, monkeypatch):
        running.pages["/story"] = page(
            "<title>x</title><meta property='og:title' content='The [best] story'>"
            "<meta property='og:site_name' content='The Paper'>"
        )
        running.pages["/gone"] = status(404)
        yield running


@pytest.fixture
def desk(open_page, transactional_db, client, live_server):
    """The form of a new issue, signed in."""
    editor = make_editor()
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    client.force_login(editor)
    tab = open_page()
    tab.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    tab.goto("/admin/issues/issue/add/")
    tab.locator("#id_body").fill("")
    return tab


def paste(tab, text):
    tab.locator("#id_body").evaluate(PASTE, text)


def body(tab):
    return tab.locator("#id_body")


def test_one_paste_makes_a_titled_link_and_undo_takes_it_back(desk, site):
    field = body(desk)
    field.click()
    field.press_sequentially("- ")
    paste(desk, f"{site.url}/story?utm_source=x")

    link = f"[The \\[best\\] story]({site.url}/story)"
    expect(field).to_have_value(f"- {link}")
    expect(desk.locator("[data-link-address]")).to_contain_text("The Paper")
    expect(desk.locator("[data-choice]")).to_be_hidden()
    field.press("Control+z")
    expect(field).to_have_value(re.compile(r"^- http.*utm_source=x$"))


def test_over_a_selection_the_words_become_the_link(desk, site):
    field = body(desk)
    field.fill("Read this story now.")
    field.evaluate("field => field.setSelectionRange(5, 15)")
    paste(desk, f"{site.url}/story?fbclid=1")

    expect(field).to_have_value(f"Read [this story]({site.url}/story) now.")


def test_within_words_the_address_stays_bare_and_loses_its_tracking(desk, site):
    field = body(desk)
    field.fill("See ")
    field.press("End")
    paste(desk, f"{site.url}/story?utm_source=x")

    expect(field).to_have_value(f"See {site.url}/story")


def test_on_a_line_of_its_own_a_link_may_be_a_card(desk, site):
    field = body(desk)
    field.click()
    paste(desk, f"{site.url}/story")
    link = f"[The \\[best\\] story]({site.url}/story)"
    expect(field).to_have_value(link)

    desk.get_by_role("button", name="Card").click()

    expect(field).to_have_value(f"::: card\n{link}\n:::")
    desk.get_by_role("button", name="Plain link").click()
    expect(field).to_have_value(link)
    field.press("End")
    field.press_sequentially(" more")
    expect(desk.locator("[data-choice]")).to_be_hidden()


def test_what_cannot_be_had_stays_a_bare_link_and_interrupts_nobody(desk, site):
    field = body(desk)
    field.click()
    paste(desk, "https://unreachable.example:81/x")
    field.press_sequentially(" words")

    expect(desk.locator("[data-link-address] [role=status]")).to_have_text("")
    expect(field).to_have_value("https://unreachable.example:81/x words")


def test_a_link_that_stood_in_an_issue_and_one_that_is_broken_say_so(desk, site):
    make_issue(title="Number nine", body=f"[x]({site.url}/gone)")
    field = body(desk)
    field.click()
    paste(desk, f"{site.url}/gone")

    said = desk.locator("[data-link-address] [role=status]")
    expect(said).to_contain_text("Already linked in Number nine.")
    expect(said).to_contain_text("This link is broken.")
    expect(field).to_have_value(f"{site.url}/gone")
