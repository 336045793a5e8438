"""Questions written once answer as Django's own do, and PostgreSQL plans them once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from issues.models import Issue
from superfast.common.statements import (
    Question,
    RowQuestion,
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
    rows = RowQuestion(published, at=ANY_TIME)
    for _ in range(8):
        rows.ask(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE statement LIKE '%issues_issue%' AND generic_plans + custom_plans > 1"
        )
        assert cursor.fetchone() == (1,)


def test_errors_are_those_of_django():
    with pytest.raises(DatabaseError), transaction.atomic(), planned_cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere_at_all")
    assert Issue.objects.count() == 0  # the connection goes on
