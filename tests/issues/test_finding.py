"""What `[[` asks: past issues and papers, for who writes."""

import pytest

from superfast.search.documents import Kind
from superfast.search.index import rebuild
from tests.issues.factories import HIDDEN, make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_user

pytestmark = pytest.mark.django_db

FIND = "/admin/issues/issue/find/"


def results(client, **query):
    response = client.get(FIND, query)
    assert response.status_code == 200
    return response.json()["results"]


def make_rows(count=1):
    for number in range(count):
        make_issue(title=f"Otters {number}", slug=f"otters-{number}")
        make_paper(title=f"Otters learn {number}", slug=f"learn-{number}")
    rebuild(Kind.PAPER)


def test_strangers_are_sent_to_the_login(client):
    assert client.get(FIND).status_code == 302


def test_who_writes_nothing_is_refused(client):
    client.force_login(make_user())
    assert client.get(FIND).status_code == 403


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_who_writes_finds_issues_and_papers(request, who):
    make_rows()
    found = results(request.getfixturevalue(who), q="otters")

    assert [(each["title"], each["slug"]) for each in found] == [
        ("Otters 0", ""),
        ("Otters learn 0", "learn-0"),
    ]
    assert found[0]["markdown"] == "[Otters 0](/issues/otters-0/)"
    assert found[0]["context"].endswith("11 January 2023")


def test_among_papers_only_papers_are_found(editor):
    make_rows()
    assert [each["slug"] for each in results(editor, q="otters", kind="paper")] == [
        "learn-0"
    ]


def test_without_a_word_the_newest_are_shown(editor):
    make_rows(2)
    assert [each["title"] for each in results(editor)] == ["Otters 1", "Otters 0"]
    assert {each["slug"] for each in results(editor, kind="paper")} == {
        "learn-0",
        "learn-1",
    }


@pytest.mark.parametrize("state", HIDDEN)
def test_what_readers_do_not_see_is_not_found(editor, state):
    HIDDEN[state](title="Otters hidden")
    make_paper(title="Otters hidden", publish_at=None)
    rebuild(Kind.PAPER)

    assert results(editor, q="otters") == []
    assert results(editor) == []
    assert results(editor, kind="paper") == []


def test_marks_in_a_title_are_words_in_its_link(editor):
    make_issue(title="A [sic] *star* `code` <b>", slug="marks")
    found = results(editor, q="sic")

    assert found[0]["markdown"] == (
        r"[A \[sic\] \*star\* \`code\` \<b>](/issues/marks/)"
    )


@pytest.mark.parametrize("words", ['"', "x" * 5_000, "(((", "* OR NOT"])
def test_any_words_have_an_answer(editor, words):
    assert results(editor, q=words) == []


def test_the_queries_do_not_grow(editor, django_assert_max_num_queries):
    make_rows(10)
    with django_assert_max_num_queries(10):  # five of them for who asks
        assert len(results(editor, q="otters")) == 16


def test_other_methods_are_refused_and_nobody_keeps_the_answer(editor):
    assert editor.post(FIND).status_code == 405
    assert "no-store" in editor.get(FIND).headers["Cache-Control"]
