"""What a link's state means."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from issues.models import Link, LinkState
from tests.issues.factories import make_issue

pytestmark = pytest.mark.django_db


def test_only_broken_links_are_broken():
    for state in LinkState:
        Link.objects.create(url=f"https://example.org/{state}", state=state)

    assert [link.state for link in Link.objects.broken()] == [LinkState.BROKEN]


def test_rot_is_what_is_broken_or_moved_and_stands_in_an_issue():
    issue = make_issue(
        body="".join(f"[one](https://example.org/{state}) " for state in LinkState),
    )
    for link in Link.objects.filter(uses__issue=issue):
        link.state = link.url.rpartition("/")[2]
        link.save()
    Link.objects.create(url="https://example.org/alone", state=LinkState.BROKEN)

    assert {link.state for link in Link.objects.rotten()} == {"broken", "moved"}
    assert Link.objects.rotten().count() == 2


def test_a_state_that_is_none_is_refused_by_form_and_database():
    link = Link(url="https://example.org/", site="example.org", state="fine")

    with pytest.raises(ValidationError):
        link.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save()
