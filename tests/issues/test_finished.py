"""The page of an issue is written when it is published, and never shown once it is old."""

import pytest
from django.core.management import call_command

from issues import finished
from issues.models import Issue
from issues.reading import find_issue
from issues.services import save_issue
from superfast.common.blocks import from_json
from tests.issues.factories import OUT, make_image, make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

TEXT = """\
First words.[^1]

## 🗞 News

::: papers
- {slug}: Why it matters.
:::

::: callout Note
A *box*.
:::

::: quiz
:::

[^1]: A note.
"""


@pytest.fixture
def paper():
    return make_paper(title="A Title")


@pytest.fixture
def issue(paper):
    quiz = make_quiz(publish_at=False)
    return make_issue(quiz=quiz, body=TEXT.format(slug=paper.slug))


def kinds(issue):
    return [block.type for block in from_json(issue.finished["blocks"])]


def page(client, issue):
    return client.get(issue.get_absolute_url()).text


def test_papers_and_quiz_stay_blocks_and_the_rest_is_html(issue):
    assert kinds(issue) == ["prose", "papers", "prose", "quiz", "prose"]


def test_the_page_is_the_one_that_the_blocks_make(client, issue):
    was = page(client, issue)
    Issue.objects.update(finished_by="another")

    assert page(client, issue) == was
    assert "A <em>box</em>" in was
    assert 'href="#s-news"' in was


def test_the_blocks_are_not_read_where_the_page_is_finished(issue):
    assert find_issue(issue.slug, OUT).old_blocks is None


def test_html_of_older_components_is_not_shown(client, issue):
    Issue.objects.update(
        finished={"blocks": [{"type": "prose", "html": "OLD"}], "contents": ""},
        finished_by="older components",
    )

    assert "OLD" not in page(client, issue)
    assert "A <em>box</em>" in page(client, issue)


def test_an_issue_of_before_is_shown_from_its_blocks(client, issue):
    Issue.objects.update(finished=None, finished_by="")

    assert "A <em>box</em>" in page(client, issue)


def test_another_component_is_another_name(monkeypatch, settings, tmp_path):
    name = finished.components()
    changed = tmp_path / "components/blocks/callout.html"
    changed.parent.mkdir(parents=True)
    changed.write_text("{{ block.html }}")
    engine, *_ = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    finished.components.cache_clear()
    try:
        assert finished.components() != name
    finally:
        finished.components.cache_clear()


def test_a_new_text_is_a_new_page(client, issue):
    issue.body = issue.body.replace("First words", "Other words")
    save_issue(issue=issue, by=None)

    assert "Other words" in page(client, issue)
    assert "First words" not in page(client, issue)


def test_a_paper_that_changes_is_shown_as_it_is(client, issue, paper):
    assert "A Title" in page(client, issue)
    paper.title = "Another Title"
    paper.save()

    assert "Another Title" in page(client, issue)


def test_the_picture_at_the_top_is_not_waited_for(client):
    first = make_image()
    second = make_image()
    body = f"![One]({first.src})\n\nWords.\n\n![Two]({second.src})\n"
    text = page(client, make_issue(body=body))

    assert text.count('loading="lazy"') == 1
    assert text.index(first.src) < text.index('loading="lazy"')


def test_what_older_components_wrote_is_written_anew(issue, capsys):
    Issue.objects.update(finished_by="older components")
    call_command("rerender", "--old")
    assert "1 issue" in capsys.readouterr().out
    call_command("rerender", "--old")
    assert "0 issues" in capsys.readouterr().out

    issue.refresh_from_db()
    assert issue.finished_by == finished.components()
