"""The mail copy: what is pasted into a sender."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import lxml.html
import pytest
from django.urls import reverse

from issues.mail import CLIPPED_BYTES, compose_mail, find_for_mail, measure_mail
from issues.models import Issue
from tests.factories import make_editor, make_writer
from tests.issues.factories import (
    LATER,
    OUT,
    QUIZ_PLACE,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_withdrawn,
    new_issue,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

ORIGIN = "http://localhost:8000"


def full_issue(**overrides):
    paper, image = make_paper(), make_image(alt="A diagram")
    return make_issue(
        quiz=make_quiz(publish_at=False),
        body=(
            '## 🗞 News\n\nSee [ours](/papers/)[^*] and `<a href="/code">`.\n\n'
            f"::: papers\n- {paper.slug}: A take.\n:::\n\n{image.markdown}\n{QUIZ_PLACE}\n"
            "::: card\n[A tool](https://tool.example/x)\n\nDoes it.\n:::\n\n"
            "::: compare\n### Then\n\nSlow.\n\n### Now\n\nFast.\n:::\n\n"
            "::: callout Mind\nText.\n:::\n\n::: details More\nHidden.\n:::\n\n"
            "| A | B |\n|---|---|\n| 1 | 2 |\n\n[^*]: A note with [a link](/about/).\n"
        ),
        cover=make_image(alt="The cover", caption="Caption."),
        **overrides,
    )


def copy_of(issue):
    return compose_mail(find_for_mail(issue.pk, ahead=True))


def test_both_parts_hold_the_whole_issue():
    issue = full_issue(title="A & B", dek="The dek.")
    copy = copy_of(issue)
    page = lxml.html.fromstring(copy.html).text_content()

    assert (copy.subject, copy.preheader) == ("A & B", "The dek.")
    assert copy.web_url == f"{ORIGIN}{issue.get_absolute_url()}"
    for part in (page, copy.text):
        for words in (
            *("A & B", "The dek.", "News", "A take.", "A tool", "tool.example"),
            *("Then", "Slow.", "Now", "Fast.", "Mind", "More", "Hidden."),
            *("A note with", copy.web_url, "11 January 2023"),
            *(headline.text for headline in issue.quiz.headlines.all()),
        ):
            assert words in part
    assert "<html" not in copy.text
    assert "[Picture: A diagram]" in copy.text


def test_every_address_is_absolute():
    copy = copy_of(full_issue())
    for element, _, link, _ in lxml.html.fromstring(copy.html).iterlinks():
        assert urlsplit(link).scheme in {"http", "https"} or link.startswith("#"), (
            element.tag, link,
        )  # fmt: skip
    addresses = re.findall(r"<([^<>\s]+)>", copy.text)
    assert f"{ORIGIN}/papers/" in addresses
    assert f"{ORIGIN}/about/" in addresses
    assert not [a for a in addresses if a.startswith("/")]
    assert '<a href="/code">' in copy.text  # text that speaks of an address


def test_styles_stand_on_the_elements_and_nothing_can_run():
    page = lxml.html.fromstring(copy_of(full_issue()).html)

    for tag in ("script", "form", "input", "button", "iframe", "object", "link"):
        assert not page.findall(f".//{tag}")
    assert not [
        name for e in page.iter("*") for name in e.attrib if name.startswith("on")
    ]
    (style,) = page.findall(".//style")
    assert "prefers-color-scheme: dark" in style.text
    for element in page.findall(".//h1") + page.findall(".//h2"):
        assert "Arial" in element.get("style")
    assert "var(" not in style.text
    assert "url(" not in lxml.html.tostring(page, encoding="unicode")


def test_cards_and_comparisons_are_tables_and_pictures_say_what_they_show():
    page = lxml.html.fromstring(copy_of(full_issue()).html)

    (card,) = page.xpath("//table[.//a[@href='https://tool.example/x']]"
                         "[contains(@class, 'box')]")  # fmt: skip
    assert card.get("role") == "presentation"
    (compare,) = page.xpath("//table[contains(@class, 'compare')]")
    assert len(compare.findall(".//td")) == 2
    pictures = page.findall(".//img")
    assert [p.get("alt") for p in pictures] == ["The cover", "A diagram"]
    assert all(p.get("width") and p.get("height") for p in pictures)


def test_pictures_are_no_wider_than_the_sheet():
    issue = make_issue()
    issue.cover = make_image()
    issue.cover.width, issue.cover.height = 2400, 1200
    (picture,) = lxml.html.fromstring(compose_mail(issue).html).findall(".//img")

    assert (picture.get("width"), picture.get("height")) == ("568", "284")


def test_the_quiz_is_four_links_of_one_shape():
    issue = full_issue()
    copy = copy_of(issue)
    address = f"{ORIGIN}/quiz/{issue.quiz.slug}/"
    links = [
        a
        for a in lxml.html.fromstring(copy.html).iter("a")
        if a.get("href").startswith(address)
    ]
    wanted = [
        (f"{address}?c={h.handle}&m=1", h.text)
        for h in issue.quiz.headlines.order_by("handle")
    ]

    assert [(a.get("href"), a.text) for a in links] == wanted
    assert len({a.get("style") for a in links}) == 1
    for href, text in wanted:
        assert f"- {text} <{href}>\n" in copy.text


def test_a_link_of_the_mail_opens_the_quiz_with_the_choice_made(client):
    issue = full_issue()
    card = issue.quiz.headlines.order_by("handle")[2]
    page = lxml.html.fromstring(
        client.get(f"{issue.quiz.get_absolute_url()}?c={card.handle}&m=1").content
    )

    (chosen,) = page.xpath("//input[@type='radio'][@checked]")
    assert chosen.get("value") == card.handle
    assert issue.quiz.guesses.count() == 0


def test_the_lie_of_the_quiz_that_closed_is_labelled_in_its_own_line():
    closed = make_quiz(publish_at=False)
    make_issue(quiz=closed)
    issue = make_issue(
        quiz=make_quiz(publish_at=False), publish_at=OUT + timedelta(days=7)
    )
    copy = copy_of(issue)
    told = f"FAKE: {closed.lie.text}"

    texts = lxml.html.fromstring(copy.html).xpath("//text()")
    assert told in [text.strip() for text in texts]
    assert told in copy.text.splitlines()
    assert copy.html.count(closed.lie.text) == copy.text.count(closed.lie.text) == 1


def test_a_scheduled_issue_tells_the_lie_to_who_publishes_only(client):
    open_quiz = make_quiz(publish_at=False)
    make_issue(quiz=open_quiz)
    issue = make_scheduled(quiz=make_quiz(publish_at=False))
    ahead, now = (
        compose_mail(find_for_mail(issue.pk, ahead=ahead)) for ahead in (True, False)
    )

    assert open_quiz.lie.text in ahead.html
    assert open_quiz.lie.text in ahead.text
    assert open_quiz.lie.text not in now.html + now.text
    writer = make_writer()
    Issue.objects.filter(pk=issue.pk).update(created_by=writer)
    for person, is_told in ((make_editor(), True), (writer, False)):
        client.force_login(person)
        assert (open_quiz.lie.text in client.get(page_of(issue)).text) is is_told


@pytest.mark.parametrize("make", [make_draft, make_withdrawn])
def test_what_must_not_be_sent_says_so(make):
    copy = copy_of(make(title="Early"))

    assert copy.subject == "[Not to be sent] Early"
    assert copy.mark in copy.text
    assert copy.mark in copy.html


@pytest.mark.parametrize("make", [make_issue, make_scheduled])
def test_what_will_be_read_is_not_marked(make):
    copy = copy_of(make(title="Ready"))

    assert copy.subject == "Ready"
    assert copy.mark == ""
    assert "not to be sent" not in (copy.html + copy.text).lower()


def test_the_size_is_that_of_the_html_and_can_be_asked_before_a_save():
    issue = new_issue(publish_at=LATER)
    assert measure_mail(issue) == compose_mail(issue).size_bytes
    assert not compose_mail(issue).is_clipped

    issue.body = "Many words. " * 12_000
    assert measure_mail(issue) > CLIPPED_BYTES
    assert compose_mail(issue).is_clipped
    assert measure_mail(Issue(body="x")) > 1000


@pytest.mark.parametrize("count", [2, 20])
def test_a_mail_costs_three_queries(django_assert_num_queries, count):
    images = [make_image() for _ in range(count)]
    papers = [make_paper() for _ in range(count)]
    items = "".join(f"- {paper.slug}: Yes.\n" for paper in papers)
    body = "\n\n".join(image.markdown for image in images)
    issue = make_issue(
        quiz=make_quiz(publish_at=False),
        body=f"{body}\n\n::: papers\n{items}:::\n{QUIZ_PLACE}",
    )
    found = find_for_mail(issue.pk, ahead=True)
    with django_assert_num_queries(3):
        compose_mail(found)


def test_hostile_text_comes_out_harmless():
    nasty = '</title><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    issue = make_issue(
        title=nasty[:200], dek=nasty, body=f"## {nasty}\n\n{nasty}\n\n</style>\n",
        cover=make_image(alt=nasty, caption=nasty, credit=nasty),
    )  # fmt: skip
    page = lxml.html.fromstring(copy_of(issue).html)

    assert not page.findall(".//script")
    assert not page.xpath("//*[@onerror]")
    assert len(page.findall(".//style")) == 1
    assert [i.get("alt") for i in page.findall(".//img")] == [nasty]


# At the desk ----------------------------------------------------------------


def page_of(issue):
    return reverse("admin:issues_issue_mail", args=[issue.pk])


def preview_of(issue):
    return reverse("admin:issues_issue_mail_preview", args=[issue.pk])


def test_the_desk_shows_what_to_paste_beside_it(editor):
    issue = full_issue(title="A & B", dek="The dek.")
    copy = copy_of(issue)
    page = lxml.html.fromstring(editor.get(page_of(issue)).text)

    def value(key):
        return page.get_element_by_id(key)

    assert value("mail-subject").get("value") == "A & B"
    assert value("mail-preheader").get("value") == "The dek."
    assert value("mail-web").get("value") == copy.web_url
    assert value("mail-html").text.removeprefix("\n") == copy.html
    assert value("mail-text").text.removeprefix("\n") == copy.text
    assert int(value("mail-size").get("value")) == copy.size_bytes
    frames = page.findall(".//iframe")
    assert {f.get("src") for f in frames} == {preview_of(issue)}
    assert {f.get("sandbox") for f in frames} == {"allow-same-origin"}


def test_the_issues_screen_leads_to_it(editor):
    issue = make_draft()
    answer = editor.get(reverse("admin:issues_issue_change", args=[issue.pk]))

    assert f'href="{page_of(issue)}"' in answer.text


def test_a_draft_is_marked_at_the_desk(editor):
    issue = make_draft(cover=make_image())

    assert "Not to be sent" in editor.get(page_of(issue)).text


def test_the_preview_is_framed_without_scripts_and_shows_drafts_pictures(editor):
    issue = make_draft(cover=make_image())
    answer = editor.get(preview_of(issue))
    policy = dict(
        part.split(" ", 1)
        for part in answer.headers["Content-Security-Policy"].split("; ")
    )

    assert policy["script-src"] == policy["form-action"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer.headers["Cache-Control"]
    (src,) = re.findall(r'src="http://testserver(/[^"]+)"', answer.text)
    assert editor.get(src).getvalue()


@pytest.mark.parametrize("address", [page_of, preview_of])
def test_who_may_see_an_issue_may_see_its_mail(client, editor, address):
    own, other = make_draft(by=None), make_draft()
    writer = make_writer()
    Issue.objects.filter(pk=own.pk).update(created_by=writer)

    assert editor.get(address(other)).status_code == 200
    assert (
        editor.get(address(other).replace(str(other.pk), "999999")).status_code == 404
    )
    assert editor.post(address(other)).status_code == 405
    client.force_login(writer)
    assert client.get(address(own)).status_code == 200
    assert client.get(address(other)).status_code == 403
    assert (
        client.get(address(other).replace(str(other.pk), "999999")).status_code == 403
    )
    client.logout()
    answer = client.get(address(own))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("admin:login"))
