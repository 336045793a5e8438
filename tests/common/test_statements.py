"""Questions written once answer as Django's own do, and PostgreSQL plans them once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import (
    DatabaseError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.utils import timezone
from psycopg.pq import TransactionStatus

from issues.models import Issue
from superfast.common.statements import (
    Question,
    RowQuestion,
    Statement,
    among,
    listed,
    planned_cursor,
)
from tests.issues.factories import make_issue

pytestmark = pytest.mark.django_db

ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


def published(at):
    return Issue.objects.published(at).order_by("publish_at")


def test_rows_and_values_are_those_of_the_queryset(django_assert_num_queries):
    now = timezone.now()
    for days in (3, 2, -1):
        make_issue(publish_at=now - timedelta(days=days))
    values = Question(lambda at: published(at).values_list("pk", "title"), at=ANY_TIME)
    rows = RowQuestion(published, at=ANY_TIME)
    for at in (
        now,
        now - timedelta(days=2, hours=1),
        now + timedelta(days=2),
        ANY_TIME,
    ):
        expected = list(published(at))
        with django_assert_num_queries(2):
            found = rows.ask(at=at)
            seen = values.ask(at=at)
        assert found == expected
        assert [issue.publish_at for issue in found] == [
            issue.publish_at for issue in expected
        ]
        assert [pk for pk, *_ in seen] == [issue.pk for issue in expected]
    assert len(rows.ask(at=now + timedelta(days=2))) == 3


def test_any_number_of_keys_is_asked_for_by_one_statement(django_assert_num_queries):
    issues = [make_issue() for _ in range(3)]
    rows = RowQuestion(lambda keys: Issue.objects.filter(pk__in=among(keys)), keys="k")
    for asked in ([], issues[:1], issues[1:], [*issues, *issues]):
        keys = [issue.pk for issue in asked]
        plain = Issue.objects.filter(pk__in=among(listed(keys)))
        with django_assert_num_queries(2):
            assert set(rows.ask(keys=listed([*keys, 10**12]))) == set(asked)
            assert set(plain) == set(asked)
        assert len(plain.query.sql_with_params()[1]) == 1


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite keeps plans by itself"
)
def test_the_plan_of_a_question_is_kept():
    # In an order that nothing else asks for: the connection may outlive a test.
    rows = RowQuestion(lambda at: published(at).order_by("dek", "slug"), at=ANY_TIME)
    for _ in range(8):
        rows.ask(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans > 1 FROM pg_prepared_statements"
            """ WHERE statement LIKE '%%"dek" ASC, "issues_issue"."slug" ASC%%'""",
            [],
        )
        assert cursor.fetchall() == [(True,)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked alike")
@pytest.mark.django_db(transaction=True)
def test_a_question_that_is_first_in_a_transaction_stands_in_it():
    statement = Statement(
        "SELECT txid_current_if_assigned() IS NULL, %s", [("a", None)]
    )
    assert statement.rows(a="word") == [(True, "word")]
    with transaction.atomic():
        statement.rows(a="word")
        status = connection.connection.info.transaction_status
        assert status == TransactionStatus.INTRANS
        Issue.objects.update(title="Other")  # now it is assigned
        assert statement.rows(a="again") == [(False, "again")]


def prepared(words):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"%{words}%"],
        )
        return [name for (name,) in cursor.fetchall() if "superfast" in name]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked alike")
@pytest.mark.django_db(transaction=True)
def test_a_question_outlives_that_the_driver_drops_what_is_prepared():
    statement = Statement("SELECT %s || '-dropped'", [("a", None)])
    assert statement.rows(a="x") == [("x-dropped",)]
    assert prepared("-dropped")
    for _ in range(8):  # until the driver has something of its own to drop
        with planned_cursor() as cursor:
            cursor.execute("SELECT %s + 1", [1])
    with transaction.atomic():
        Issue.objects.update(title="Other")
        transaction.set_rollback(True)
    assert not prepared("-dropped")

    with transaction.atomic():
        assert statement.rows(a="y") == [("y-dropped",)]
        assert Issue.objects.count() == 0  # the transaction goes on
    assert [statement.rows(a="z") for _ in range(2)] == [[("z-dropped",)]] * 2
    assert len(prepared("-dropped")) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked alike")
@pytest.mark.django_db(transaction=True)
def test_a_question_outlives_a_migration_of_its_table():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE migrated (number integer)")
    try:
        statement = Statement("SELECT * FROM migrated")
        assert statement.rows() == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE migrated ADD COLUMN word text")
            cursor.execute("INSERT INTO migrated VALUES (1, 'one')")
        assert [statement.rows() for _ in range(2)] == [[(1, "one")]] * 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE migrated")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked alike")
@pytest.mark.django_db(transaction=True)
def test_where_nothing_may_be_prepared_a_question_is_asked_all_the_same(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    statement = Statement("SELECT %s || '-not-prepared'", [("a", None)])
    assert [statement.rows(a="x") for _ in range(8)] == [[("x-not-prepared",)]] * 8
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_prepared_statements"
            " WHERE statement LIKE '%-not-prepared%'"
        )
        assert cursor.fetchall() == []


def test_errors_are_those_of_django():
    with pytest.raises(DatabaseError), transaction.atomic(), planned_cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere_at_all")
    assert Issue.objects.count() == 0  # the connection goes on


def test_a_value_with_a_name_is_given_once_and_a_percent_sign_stays(
    django_assert_num_queries,
):
    statement = Statement(
        "SELECT %s || '%%' || %s || %s", [("word", None), (None, "-"), ("word", None)]
    )
    assert statement.rows(word="a%s") == [("a%s%-a%s",)]
    with django_assert_num_queries(1):
        assert statement.rows(word="b") == [("b%-b",)]


def end_connection():
    """As a server that restarts does. Returns: the process that had it."""
    ended = connection.connection.info.backend_pid
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    finally:
        other.close()
    return ended


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")
@pytest.mark.django_db(transaction=True)
def test_a_question_outlives_a_restart_of_the_server():
    rows = RowQuestion(published, at=ANY_TIME)
    issue = make_issue()
    assert rows.ask(at=timezone.now()) == [issue]
    ended = end_connection()

    assert rows.ask(at=timezone.now()) == [issue]
    assert connection.connection.info.backend_pid != ended


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")
@pytest.mark.django_db(transaction=True)
def test_a_thread_that_meets_a_dead_connection_goes_on_with_a_cursor_of_ours(
    monkeypatch,
):
    connection.ensure_connection()
    # As in a request: Django asks whether the connection lives before its own cursors.
    monkeypatch.setattr(connections["default"], "health_check_enabled", True)
    monkeypatch.setattr(connections["default"], "health_check_done", False)
    ended = end_connection()
    twice = Statement("SELECT CAST(%s AS integer) * 2", [("number", None)])

    assert [twice.rows(number=each) for each in (1, 2)] == [[(2,)], [(4,)]]
    assert connection.connection.info.backend_pid != ended


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is no server")
def test_a_transaction_outlives_a_question_that_took_too_long():
    slow = Statement("SELECT pg_sleep(1)")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
    with pytest.raises(OperationalError), transaction.atomic():
        slow.rows()
    assert Issue.objects.count() == 0
