"""The page of an issue."""

import pytest
from django.utils import timezone

from issues.services import save_issue
from tests.factories import make_editor, make_user
from tests.issues.factories import (
    HIDDEN,
    OUT,
    QUIZ_PLACE,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_series,
    make_withdrawn,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def test_readers_see_title_dek_date_and_text(client):
    issue = make_issue(title="A title & more", dek="What <is> in it.")
    text = client.get(issue.get_absolute_url()).text

    assert text.count("<h1>") == 1
    assert "<h1>A title &amp; more</h1>" in text
    assert "What &lt;is&gt; in it." in text
    assert "Wednesday, 11 January 2023" in text
    assert '<h2 id="s-news">' in text
    assert '<a href="https://news.example/story">a story</a>' in text
    assert '<a href="#s-concepts">Concepts</a>' in text
    assert (
        f'<link rel="canonical" href="http://localhost:8000/issues/{issue.slug}/">'
        in text
    )


def test_an_issue_shows_its_quiz_its_papers_and_its_pictures(client):
    paper = make_paper(title="A shown paper", authors=["Ada L."])
    image, cover = make_image(alt="The figure"), make_image(alt="The cover")
    quiz = make_quiz(publish_at=False)
    issue = make_issue(
        quiz=quiz,
        cover=cover,
        body=f"::: papers\n- {paper.slug}: A *take*.\n:::\n\n{image.markdown}\n{QUIZ_PLACE}",
    )
    text = client.get(issue.get_absolute_url()).text

    assert paper.get_absolute_url() in text
    assert "A <em>take</em>." in text
    for picture in (image, cover):
        picture.refresh_from_db()
        assert f'src="{picture.fallback_src}"' in text
        assert f'alt="{picture.alt}"' in text
    for headline in quiz.headlines.all():
        assert headline.text in text


def test_an_issue_costs_at_most_three_queries(client, django_assert_max_num_queries):
    papers = [
        make_paper(authors=["Ada L.", "Bob M."], topics=["a", "b"]) for _ in range(5)
    ]
    images = [make_image() for _ in range(3)]
    lines = "".join(f"- {paper.slug}: A take.\n" for paper in papers)
    pictures = "\n\n".join(image.markdown for image in images)
    make_series(2)
    issue = make_issue(
        quiz=make_quiz(publish_at=False),
        cover=make_image(),
        body=f"A[^*]\n\n::: papers\n{lines}:::\n\n{pictures}\n{QUIZ_PLACE}\n[^*]: Note.\n",
    )

    with django_assert_max_num_queries(3):
        response = client.get(issue.get_absolute_url())
    assert response.text.count('class="paper-take"') == 5
    assert response.text.count("<img ") == 4
    assert response.text.count('class="clipping"') == 4


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
@pytest.mark.parametrize("who", ["anybody", "an editor", "a superuser", "its writer"])
def test_what_is_not_out_is_not_found(client, make, who):
    issue = make()
    users = {
        "an editor": make_editor,
        "a superuser": lambda: make_user(is_superuser=True),
    }
    if who == "its writer":
        user = make_editor()
        type(issue).objects.filter(pk=issue.pk).update(created_by=user)
        client.force_login(user)
    elif who in users:
        client.force_login(users[who]())
    response = client.get(issue.get_absolute_url())

    assert response.status_code == 404
    assert issue.title not in response.text
    assert "Words about" not in response.text


@pytest.mark.parametrize("signed_in", [False, True])
def test_what_was_withdrawn_is_gone(client, signed_in):
    issue = make_withdrawn()
    if signed_in:
        client.force_login(make_user(is_superuser=True))
    response = client.get(issue.get_absolute_url())

    assert response.status_code == 410
    assert issue.title not in response.text
    assert "Words about" not in response.text


@pytest.mark.parametrize("slug", ["no-such-issue", "preview", "x" * 300])
def test_an_unknown_issue_is_not_found(client, slug):
    assert client.get(f"/issues/{slug}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, method):
    issue = make_issue()

    assert getattr(client, method)(issue.get_absolute_url()).status_code == 405


def test_hostile_title_and_dek_are_text(client):
    hostile = "</title><script>alert(1)</script>\"' onload=x {{ 7|add:7 }}"
    issue = make_issue(title=hostile, dek=hostile)
    neighbour = make_issue(publish_at=timezone.now())

    for address in (
        *(issue.get_absolute_url(), neighbour.get_absolute_url()),
        *("/", "/issues/", "/search/?q=alert"),
    ):
        text = client.get(address).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "\"' onload" not in text
        assert "14" not in text.partition("alert(1)")[2][:60]


def test_the_issues_before_and_after_are_linked(client):
    first, middle, last = make_series(3)
    for make in HIDDEN.values():
        make()
    text = client.get(middle.get_absolute_url()).text

    assert f'rel="prev" href="{first.get_absolute_url()}"' in text
    assert f'rel="next" href="{last.get_absolute_url()}"' in text
    assert 'rel="prev"' not in client.get(first.get_absolute_url()).text
    assert 'rel="next"' not in client.get(last.get_absolute_url()).text


@pytest.mark.parametrize("state", HIDDEN)
def test_a_hidden_issue_is_nobodys_neighbour(client, state):
    first, _, last = make_series(3)
    middle = type(first).objects.get(slug=_.slug)
    hidden = HIDDEN[state]()
    type(first).objects.filter(pk=middle.pk).update(
        publish_at=hidden.publish_at, withdrawn_at=hidden.withdrawn_at
    )
    text = client.get(first.get_absolute_url()).text

    assert f'rel="next" href="{last.get_absolute_url()}"' in text
    assert middle.slug not in text


def test_a_paper_that_readers_may_not_see_is_not_named(client):
    paper = make_paper(title="A secret title")
    issue = make_issue(body=f"::: papers\n- {paper.slug}: A take.\n:::\n")
    paper.publish_at = None
    paper.save()
    text = client.get(issue.get_absolute_url()).text

    assert "A take." in text
    assert "A secret title" not in text


def test_a_correction_is_seen_at_once(client):
    issue = make_issue()
    before = client.get(issue.get_absolute_url())
    issue.body += "\nA correction.\n"
    save_issue(issue=issue, by=None)
    after = client.get(
        issue.get_absolute_url(), headers={"if-none-match": before.headers["ETag"]}
    )

    assert after.status_code == 200
    assert "A correction." in after.text


def test_a_scheduled_issue_is_out_when_its_time_has_come(client):
    issue = make_scheduled()
    type(issue).objects.update(publish_at=OUT)

    assert client.get(issue.get_absolute_url()).status_code == 200


def page(client, issue):
    return client.get(issue.get_absolute_url()).content.decode()


def test_issues_of_the_same_moment_lead_to_each_other(client):
    first, second = make_issue(publish_at=OUT), make_issue(publish_at=OUT)

    assert f'rel="next" href="{second.get_absolute_url()}"' in page(client, first)
    assert f'rel="prev" href="{first.get_absolute_url()}"' in page(client, second)
