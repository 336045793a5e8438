"""Fakes stay labelled, and metadata never carries one."""

import json
import re

import lxml.html
import pytest

from issues.mail import compose_mail, find_for_mail
from quiz.models import Quiz
from quiz.services import void_quiz
from tests.issues.factories import OUT, make_issue
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>')


@pytest.fixture
def closed():
    """A closed quiz and the open one after it."""
    quiz = make_quiz(title="Village life", publish_at=False)
    make_issue(quiz=quiz)
    following = make_issue(
        quiz=make_quiz(publish_at=False), publish_at=OUT.replace(year=2024)
    )
    return quiz, following.quiz


def addresses(*quizzes):
    for quiz in quizzes:
        yield quiz.get_absolute_url()
        yield quiz.issue.get_absolute_url()
    yield from (
        *("/", "/quiz/", "/issues/", "/about/", "/issues/feed.xml"),
        *("/issues/feed.json", "/sitemap.xml", "/search/?q=headline"),
        "/search/?q=headline&kind=quiz",
    )


def test_a_quiz_says_what_it_is_without_its_answers(client, closed):
    for quiz in closed:
        text = client.get(quiz.get_absolute_url()).text
        (data,) = map(json.loads, LD.findall(text))
        assert data == {
            "@context": "https://schema.org",
            "@type": "Quiz",
            "name": quiz.title,
            "url": f"http://localhost:8000{quiz.get_absolute_url()}",
            "inLanguage": "en",
            "isAccessibleForFree": True,
        }


def test_a_hostile_title_ends_no_element(client):
    quiz = make_quiz(title="</script><script>alert(1)</script>")
    text = client.get(quiz.get_absolute_url()).text

    assert "<script>alert" not in text
    assert json.loads(LD.search(text)[1])["name"] == quiz.title


def test_no_metadata_carries_a_headline(client, closed):
    Quiz.objects.filter(pk=closed[0].pk).update(title="Village life")
    words = [h.text for quiz in closed for h in quiz.headlines.all()]
    for address in addresses(*closed):
        response = client.get(address)
        assert response.status_code == 200, address
        if "html" not in response.headers["Content-Type"]:
            continue
        (head,) = re.findall("<head>.*?</head>", response.text, re.DOTALL)
        attributes = " ".join(re.findall(r'="([^"]*)"', response.text))
        for word in words:
            assert word not in head, address
            assert word not in attributes, address


def test_a_lie_stands_unlabelled_only_as_one_of_four_links(client, closed):
    for quiz in closed:
        lie = quiz.lie.text
        for address in addresses(*closed):
            response = client.get(address)
            if "xml" in response.headers["Content-Type"]:
                continue  # the same as the other feed: tests/issues/test_feeds.py
            if "json" in response.headers["Content-Type"]:
                data = json.loads(response.content)
                html = " ".join(item["content_html"] for item in data["items"])
            else:
                html = response.text
            for element in lxml.html.fromstring(html).iter():
                for text in (element.text, element.tail):
                    if text and lie in text and not text.strip().startswith("FAKE: "):
                        assert text.strip() == lie
                        assert element.tag == "a" or address.startswith("/quiz/quiz-")


def mail_of(quiz):
    return compose_mail(find_for_mail(quiz.issue.pk, ahead=True))


def test_in_the_mail_a_lie_stands_unlabelled_only_as_one_of_four_links(closed):
    for quiz in closed:
        for mail in map(mail_of, closed):
            for element in lxml.html.fromstring(mail.html).iter():
                for text in (element.text, element.tail):
                    if text and quiz.lie.text in text and text.strip() != told(quiz):
                        assert (element.tag, text) == ("a", quiz.lie.text)
            for line in mail.text.splitlines():
                if quiz.lie.text in line and line != told(quiz):
                    assert line.startswith(f"- {quiz.lie.text} <")
            assert quiz.lie.text not in mail.subject + mail.preheader


def test_the_mail_labels_what_has_closed_and_nothing_else(closed):
    mails = [mail_of(quiz) for quiz in closed]

    for part in (mails[1].html, mails[1].text):
        assert told(closed[0]) in part
        assert told(closed[1]) not in part
    void_quiz(quiz=closed[0], reason="Two were invented.", by=None)
    for mail in map(mail_of, closed):
        assert "FAKE" not in mail.html + mail.text


def told(quiz):
    return f"FAKE: {quiz.lie.text}"


def test_of_an_open_quiz_nothing_is_labelled(client, closed):
    lies = [quiz.lie.text for quiz in closed]
    told = "".join(client.get(address).text for address in addresses(*closed))

    assert f"FAKE: {lies[0]}" in told
    assert f"FAKE: {lies[1]}" not in told


def test_a_void_quiz_is_labelled_nowhere(client, closed):
    void_quiz(quiz=closed[0], reason="Two were invented.", by=None)
    for address in addresses(*closed):
        assert f"FAKE: {closed[0].lie.text}" not in client.get(address).text


def test_snippets_leave_the_four_headlines_out(client, closed):
    for quiz in closed:
        text = client.get(quiz.get_absolute_url()).text
        page = lxml.html.fromstring(text)
        for headline in quiz.headlines.all():
            (shown,) = page.xpath("//*[text()=$text]", text=headline.text)
            assert shown.xpath("ancestor-or-self::*[@data-nosnippet]")
