"""The stamp grows with every change of what readers see."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.signals import pre_migrate

from issues.models import Issue
from issues.services import autosave, publish_changes, save_issue
from superfast.pagecache.editions import read_number
from superfast.pagecache.models import Stamp
from superfast.pagecache.triggers import PREFIX, install
from superfast.pagecache.watched import moments, watched_models
from tests.factories import make_editor
from tests.issues.factories import make_draft, make_image, make_issue
from tests.papers.factories import make_paper, make_topic
from tests.quiz.factories import make_guess, make_quiz

pytestmark = pytest.mark.django_db

# Of our own apps: what no public page shows. Whoever adds a model to an app of
# PUBLIC_APPS need do nothing; whoever adds one that changes by the second names it.
UNSEEN = {
    "issues.DraftLink",
    "issues.Override",
    "issues.Presence",
    "issues.Revision",
    "papers.DistinctPair",
    "papers.MistakeReport",
    "pages.AnnouncedFeed",
    "papers.PaperLink",
    "papers.ImportBatch",
    "papers.ImportRow",
    "papers.PaperRevision",
    "quiz.Player",
    "quiz.Rollup",
    "quiz.Tally",
    "quiz.TransferCode",
    "quiz.WordingChange",
}
SEEN = {
    "issues.Erratum",
    "issues.Image",
    "issues.Issue",
    "issues.Issue_pictures",
    "issues.Link",
    "issues.LinkUse",
    "issues.PaperMention",
    "issues.Section",
    "pages.Page",
    "papers.Author",
    "papers.Authorship",
    "papers.Catalogue",
    "papers.Paper",
    "papers.Paper_topics",
    "papers.Topic",
    "quiz.Correction",
    "quiz.Headline",
    "quiz.Quiz",
}


def grown(change):
    before = read_number()
    change()
    return read_number() - before


def test_every_model_of_the_public_apps_is_watched_but_those_that_are_named():
    ours = {
        model._meta.label
        for label in ("issues", "quiz", "papers", "pages")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }

    assert {model._meta.label for model in watched_models()} == ours - UNSEEN
    assert ours >= SEEN


@pytest.mark.parametrize("label", sorted(SEEN))
def test_a_change_of_anything_that_readers_see_makes_the_stamp_grow(label):
    model = apps.get_model(label)
    _one_of_each()

    assert grown(lambda: _write_to(model)) > 0


@pytest.mark.parametrize("label", sorted(UNSEEN | {"accounts.User"}))
def test_nothing_else_makes_it_grow(label):
    _one_of_each()

    assert grown(lambda: _write_to(apps.get_model(label))) == 0


def test_rows_that_come_and_go_make_it_grow():
    assert grown(make_topic) > 0
    topic = make_topic(slug="language")
    assert grown(topic.delete) > 0
    paper = make_paper()
    assert grown(lambda: paper.topics.set([make_topic(slug="speech")])) > 1
    assert grown(lambda: paper.topics.clear()) > 0


def test_a_guess_changes_no_page_until_it_is_no_longer_counted():
    quiz = make_quiz()
    guess = make_guess(quiz)

    assert grown(lambda: make_guess(quiz)) == 0

    def uncount():
        guess.counted = False
        guess.uncounted_reason = guess.Reason.NO_COOKIE
        guess.save()

    assert grown(uncount) > 0


@pytest.mark.parametrize("make", [make_issue, make_draft])
def test_what_is_typed_changes_no_page_until_it_is_published(make):
    issue, by = make(), make_editor()
    base = issue.working_revision_id
    issue.errata.create(note="It was 7.", revision=issue.working_revision)

    def type_on(words):
        kept = autosave(
            issue=issue,
            text=replace(issue.text, body=words),
            base=base,
            by=by,
            tab="1",
        )
        assert kept.newer is None

    assert grown(lambda: type_on("Half")) == 0
    assert grown(lambda: type_on("Half a sentence")) == 0
    assert issue.revisions.count() == 2  # folded
    read = Issue.objects.get()
    read.working_revision.text.put_into(read)
    if read.publish_at:
        assert grown(lambda: publish_changes(issue=read, by=by)) > 0
    else:
        assert grown(lambda: save_issue(issue=read, by=by)) > 0


def test_each_column_of_an_issue_but_where_editors_texts_stand_is_watched():
    make_issue()
    unseen = set(settings.UNSEEN_COLUMNS["issues.Issue"])
    for field in Issue._meta.local_concrete_fields:
        statement = f"UPDATE issues_issue SET {field.column} = {field.column}"  # noqa: S608

        def write(statement=statement):
            with connection.cursor() as cursor:
                cursor.execute(statement)

        assert (grown(write) > 0) == (field.name not in unseen), field.name


def test_a_change_that_is_rolled_back_leaves_the_stamp_as_it_was():
    make_issue()

    def undo():
        with transaction.atomic():
            Issue.objects.update(title="Never")
            transaction.set_rollback(True)

    assert grown(undo) == 0


def test_triggers_that_a_migration_dropped_are_there_again_after_migrate():
    with connection.cursor() as cursor:
        for name, table in _installed(cursor):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
        assert grown(make_topic) == 0

        call_command("migrate", verbosity=0)

        assert _installed(cursor)
    assert grown(lambda: make_topic(slug="language")) > 0


def test_triggers_are_installed_once_and_those_of_unwatched_tables_are_dropped(
    settings,
):
    with connection.cursor() as cursor:
        before = _installed(cursor)
        install(connection)
        assert _installed(cursor) == before

        settings.UNSEEN_MODELS = (*settings.UNSEEN_MODELS, "papers.Topic")
        install(connection)

        gone = {table for _, table in before} - {
            table for _, table in _installed(cursor)
        }
        assert gone == {"papers_topic"}


def test_while_migrating_columns_may_be_altered_and_every_write_counts():
    app = apps.get_app_config("pagecache")
    pre_migrate.send(app, using="default", plan=[("a migration", False)])
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "ALTER TABLE issues_issue ALTER COLUMN title TYPE varchar(201)"
                )
        make_issue()
        assert grown(lambda: Issue.objects.update(working_revision=None)) > 0
    finally:
        install(connection)
    assert grown(lambda: Issue.objects.update(working_revision=None)) == 0


def test_every_moment_of_publishing_and_closing_is_known():
    assert set(moments()) == {
        ("issues_issue", "publish_at"),
        ("issues_issue", "withdrawn_at"),
        ("papers_paper", "publish_at"),
        ("papers_paper", "withdrawn_at"),
        ("quiz_quiz", "closes_at"),
    }


@pytest.mark.django_db(transaction=True)
def test_editors_who_write_at_once_each_make_it_grow_and_wait_for_nobody():
    """On PostgreSQL both hold a row of their own; SQLite has one writer at a time."""
    topics = [make_topic(slug="one"), make_topic(slug="two")]
    before = read_number()
    together = Barrier(2, timeout=20)

    def edit(topic):
        try:
            with transaction.atomic():
                topic.description = "New."
                topic.save()
                if connection.vendor == "postgresql":
                    together.wait()
        finally:
            connection.close()

    editors = [Thread(target=edit, args=[topic]) for topic in topics]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()

    assert read_number() >= before + 2
    assert Stamp.objects.count() <= 3


def _one_of_each():
    """At least one row in most tables that a public page reads."""
    image = make_image()
    paper = make_paper(slug="one", authors=["Ada Lovelace"], topics=["vision"])
    issue = make_issue(
        cover=image,
        quiz=make_quiz(publish_at=False),
        body=f"## News\n\n[A](https://a.example/)\n\n{image.markdown}\n\n"
        f"::: papers\n- {paper.slug}: Read.\n:::\n\n::: quiz\n:::\n",
    )
    issue.errata.create(note="It was 7.")
    make_guess(issue.quiz)
    issue.quiz.corrections.create(kind="void", reason="A mistake.", key_version=2)


def _write_to(model):
    """Every row is written as it is, past everything that Django does."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {key} = {key}")  # noqa: S608  # our own names


def _installed(cursor):
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgname LIKE %s",
            [f"{PREFIX}%"],
        )
    else:
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
            [f"{PREFIX}%"],
        )
    return sorted(cursor.fetchall())


def test_the_settings_name_models_that_there_are():
    for label in settings.UNSEEN_MODELS:
        assert apps.get_model(label)
    for columns in (settings.PUBLIC_COLUMNS, settings.UNSEEN_COLUMNS):
        for label, names in columns.items():
            assert all(apps.get_model(label)._meta.get_field(name) for name in names)
