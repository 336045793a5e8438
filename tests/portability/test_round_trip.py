"""Out, in and out again: no difference."""

import json

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from issues.models import (
    Erratum,
    Image,
    InboxItem,
    Issue,
    Link,
    LinkWaiver,
    Override,
)
from issues.services import save_issue, trash_issue
from papers.history import keep
from papers.models import AuthorAlias, DistinctPair, FormerSlug
from quiz.models import Guess, Quiz, WordingChange
from quiz.stats import count_picks
from superfast.accounts.models import User
from superfast.common.text import clean_text
from superfast.demo.load import load_demo
from superfast.pages.models import Page
from superfast.portability.exporting import export_site
from superfast.portability.importing import import_site
from superfast.redirects.models import Redirect
from superfast.search.models import Document
from tests.issues.factories import gif_bytes, make_draft, make_image, make_issue
from tests.papers.factories import make_paper
from tests.portability.conftest import content
from tests.quiz.factories import make_guess, make_quiz, make_writer

pytestmark = pytest.mark.django_db


def make_everything():
    """A site with something in every table, odd things among it."""
    Page.objects.create_missing()
    writer = make_writer(first_name="Ada")
    paper = make_paper(authors=["Ada Lovelace", "Émile “É” Zola"], topics=["vision"])
    AuthorAlias.objects.create(
        author=paper.authorships.first().author, name="A. L.", key="a l"
    )
    FormerSlug.objects.create(author=paper.authorships.first().author, slug="ada--2")
    quiz = make_quiz(publish_at=False, number=7)
    image = make_image(alt="A [bracket]", caption="¶")
    moving = make_image(content=gif_bytes(3))
    issue = make_issue(
        by=writer,
        quiz=quiz,
        cover=image,
        body=f"## 🗞 News\n\n[x](https://a.example/)\n---\n\n{moving.markdown}\n\n::: quiz\n:::\n\n::: papers\n- {paper.slug}: Y.\n:::\n\n\n",
    )
    issue.body += "More.\n"
    save_issue(issue=issue, by=None)
    Issue.objects.filter(pk=issue.pk).update(created_by=writer)
    for headline in (*quiz.headlines.all()[:2], quiz.lie, None):
        guess = {} if headline else {"headline": None, "position": None}
        make_guess(
            quiz, headline=headline or quiz.lie
        ) if headline else Guess.objects.create(quiz=quiz, channel="page", **guess)
    call_command("roll_up_guesses", verbosity=0)
    make_guess(quiz, headline=quiz.lie)
    WordingChange.objects.create(
        headline=quiz.lie, field="text", old_text="a", new_text="b"
    )
    Erratum.objects.create(
        issue=issue,
        note="It was Tuesday.",
        made_by=writer,
        revision=issue.published_revision,
    )
    InboxItem.objects.create(url="https://b.example/", created_by=writer, used_in=issue)
    Link.objects.update(state="broken", status_code=404)
    keep([paper.pk], "save", writer)
    DistinctPair.objects.create(first=paper, second=make_paper(), made_by=writer)
    LinkWaiver.objects.create(issue=issue, key="k", text="(link)", reason="Gone.")
    Override.objects.create(
        issue=issue,
        revision=issue.published_revision,
        findings=["A line."],
        reason="Known.",
    )
    Redirect.objects.create(old_path="/old/", target="/issues/")
    make_draft(title="Early", body="---\nfront: matter?\n---\n")
    trash_issue(issue=make_draft(title="Thrown away"), by=None)
    return issue


def there_and_back(tmp_path, empty):
    """What is exported before and after a way through an empty site."""
    export_site(tmp_path / "one")
    empty()
    import_site(tmp_path / "one")
    export_site(tmp_path / "two")
    return content(tmp_path / "one"), content(tmp_path / "two")


def test_nothing_differs_after_export_import_export(tmp_path, empty):
    make_everything()
    first, second = there_and_back(tmp_path, empty)

    assert [*first] == [*second]
    for path, data in first.items():
        assert second[path] == data, path
    for name in (
        "papers",
        "paper-revisions",
        "redirects",
        "distinct-pairs",
        "link-waivers",
        "overrides",
        "quizzes",
        "tallies",
        "links",
        "errata",
        "inbox",
        "revisions",
    ):
        assert len(json.loads(first[f"data/{name}.json"])) > 0, name
    assert b"Thrown away" not in b"".join(first.values())


def test_two_exports_are_the_same_to_the_byte(tmp_path):
    make_everything()
    for name in ("one", "two"):
        export_site(tmp_path / name)

    assert content(tmp_path / "one") == content(tmp_path / "two")


@pytest.mark.slow
def test_the_demonstration_site_comes_back_as_it_was(tmp_path, empty, client):
    load_demo()
    addresses = [
        "/",
        "/issues/",
        "/papers/",
        "/papers/2022/",
        "/quiz/",
        "/about/",
        "/issues/feed.json",
    ]
    addresses += [i.get_absolute_url() for i in Issue.objects.published()]
    addresses += [q.get_absolute_url() for q in Quiz.objects.published()]
    shown = {a: client.get(a) for a in addresses}
    found = Document.objects.count()
    first, second = there_and_back(tmp_path, empty)

    assert first == second
    assert Document.objects.count() == found
    for address, before in shown.items():
        after = client.get(address)
        assert after.status_code == before.status_code == 200
        if not address.startswith("/quiz/2"):  # each form has its own token and order
            assert after.content == before.content, address


def test_figures_survive_without_anybody_s_guess(tmp_path, empty):
    issue = make_everything()
    before = count_picks(issue.quiz_id)
    names = {h.pk: h.handle for h in issue.quiz.headlines.all()}
    there_and_back(tmp_path, empty)
    quiz = Quiz.objects.get(slug=issue.quiz.slug)
    after = count_picks(quiz.pk)

    assert after.total == before.total > 0
    assert Guess.objects.count() == 0
    handles = {h.handle: h.pk for h in quiz.headlines.all()}
    for key, handle in names.items():
        assert after.share(handles[handle]) == before.share(key)


def test_people_come_back_as_names_that_can_not_sign_in(tmp_path, empty):
    make_everything()
    export_site(tmp_path / "one")
    empty()
    User.objects.all().delete()
    import_site(tmp_path / "one")
    (person,) = User.objects.all()

    assert person.first_name == "Ada"
    assert not person.has_usable_password()
    assert (person.is_active, person.is_staff, person.email) == (False, False, "")
    assert Issue.objects.filter(created_by=person).exists()


def test_who_is_there_already_stays_who_they_are(tmp_path, empty):
    make_everything()
    there = User.objects.get(first_name="Ada")
    password = there.password
    there_and_back(tmp_path, empty)
    there.refresh_from_db()

    assert (there.password, there.is_active, there.is_staff) == (password, True, True)


def test_pictures_show_again_and_a_replaced_one_keeps_its_address(
    tmp_path, empty, client
):
    make_everything()
    image = Image.objects.first()
    before = client.get(image.src).getvalue()
    there_and_back(tmp_path, empty)

    assert client.get(image.src).getvalue() == before
    assert Image.objects.get(name=image.name).file.storage.exists(
        f"pictures/{image.name}"
    )


TEXT = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80
).map(clean_text)


@hypothesis_settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    title=TEXT,
    dek=TEXT,
    body=TEXT,
    lines=st.lists(
        st.sampled_from(
            ["---", "", "a: b", "+++", "::: quiz", "\u2028", "\t", "{", "[^1]"]
        )
    ),
)
def test_any_text_comes_back_as_it_was(
    tmp_path_factory, empty, title, dek, body, lines
):
    folder = tmp_path_factory.mktemp("odd")
    empty()
    issue = Issue(
        title=" ".join(title.split()),
        slug="odd",
        dek=" ".join(dek.split()),
        body="\n".join([*lines, body, *lines]),
    )
    save_issue(issue=issue, by=None)
    issue.refresh_from_db()
    first, second = there_and_back(folder, empty)
    back = Issue.objects.get()

    assert first == second
    assert (back.title, back.dek, back.body) == (issue.title, issue.dek, issue.body)


def test_an_export_into_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(Exception, match="is not empty"):
        call_command("export_site", str(tmp_path))

    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["note.txt"]


def test_the_commands_say_what_they_took(tmp_path, empty, capsys):
    make_everything()
    capsys.readouterr()
    call_command("export_site", str(tmp_path / "x"))
    told = capsys.readouterr().out
    empty()
    call_command("import_site", str(tmp_path / "x"))

    assert "issues: 2" in told
    assert capsys.readouterr().out == told


def test_guesses_at_a_quiz_that_was_never_rolled_up_are_exported(tmp_path):
    quiz = make_quiz()
    make_guess(quiz)

    export_site(tmp_path / "site")

    rows = json.loads((tmp_path / "site" / "data" / "tallies.json").read_text())
    assert [row["count"] for row in rows] == [1]
