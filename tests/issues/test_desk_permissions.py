"""Every address of the desk that shows or changes an issue, and who may."""

import pytest
from django.test import Client
from django.urls import reverse

from issues.models import DraftLink, Issue
from issues.services import save_issue
from issues.services.sharing import make_link
from tests.issues.factories import OUT, make_draft, make_issue
from tests.quiz.factories import make_editor, make_user, make_writer

pytestmark = pytest.mark.django_db

# Name of the address, method, what is sent, whether an issue that is out is refused
# to the Writer who wrote it.
TEXT = {"title": "T", "slug": "t", "dek": "D", "body": "B", "tab": "t"}
LINK = {"label": "Kim", "days": "7", "shows": "latest"}
READS: list[tuple] = [
    ("preview", "get", {}, False),
    ("history", "get", {}, False),
    ("difference", "get", {}, False),
    ("mail", "get", {}, False),
    ("mail_preview", "get", {}, False),
    ("export", "get", {}, False),
]
CHANGES: list[tuple] = [
    ("autosave", "post", TEXT, True),
    ("autosave", "get", {}, True),
    ("presence", "post", {"tab": "t"}, True),
    ("restore", "post", {}, True),
    ("share", "get", {}, True),
    ("share", "post", LINK, True),
    ("revoke", "post", {}, True),
]
PUBLISHES: list[tuple] = [
    ("republish", "get", {}, True),
    ("republish", "post", {}, True),
    ("withdraw", "get", {}, True),
    ("withdraw", "post", {}, True),
]
TABLE = [*READS, *CHANGES, *PUBLISHES]
IDS = [f"{name}-{method}" for name, method, _, _ in TABLE]
EACH = pytest.mark.parametrize(("name", "method", "data", "changes"), TABLE, ids=IDS)


def as_user(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask(user, issue, name, method, data):
    more = []
    if name == "restore":
        more = [issue.revisions.first().pk]
    if name == "revoke":
        link, _ = make_link(issue=issue, by=None, label="Kim", days=7, revision=None)
        more = [link.pk]
    if name == "autosave":
        data = data | {"base": issue.working_revision_id}
    address = reverse(f"admin:issues_issue_{name}", args=[issue.pk, *more])
    return getattr(as_user(user), method)(address, data)


def nobody_did_anything(issue):
    stored = Issue.objects.get(pk=issue.pk)
    return (
        stored.working_revision_id == issue.working_revision_id
        and stored.text == issue.text
        and stored.status() == issue.status()
        and not DraftLink.objects.exclude(revoked_at=None).exists()
        and not issue.presences.exists()
    )


@EACH
def test_who_is_not_signed_in_is_asked_to(name, method, data, changes):
    issue = make_draft()
    response = ask(None, issue, name, method, data)

    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]
    assert nobody_did_anything(issue)


@EACH
@pytest.mark.parametrize("make", [make_draft, make_issue])
def test_a_writer_reaches_nothing_of_somebody_elses(make, name, method, data, changes):
    issue = make()

    assert ask(make_writer(), issue, name, method, data).status_code == 403
    assert nobody_did_anything(issue)


@EACH
def test_a_writer_works_on_their_own_draft(name, method, data, changes):
    writer, issue = make_writer(), make_draft()
    Issue.objects.update(created_by=writer)
    expected = {403} if name in {"republish", "withdraw"} else {200, 302}

    assert ask(writer, issue, name, method, data).status_code in expected


@EACH
def test_a_writer_reads_their_own_public_issue_and_changes_nothing(
    name, method, data, changes
):
    writer, issue = make_writer(), make_issue()
    Issue.objects.update(created_by=writer)
    expected = 403 if changes else 200

    assert ask(writer, issue, name, method, data).status_code == expected
    assert nobody_did_anything(issue)


@pytest.mark.parametrize("is_out", [False, True])
def test_a_writer_is_offered_to_restore_what_they_may_change(is_out):
    writer, issue = make_writer(), make_draft()
    issue.body = "Another text."
    save_issue(issue=issue, by=None)
    Issue.objects.update(created_by=writer, publish_at=OUT if is_out else None)

    for name in ("history", "difference"):
        offered = "/restore/" in ask(writer, issue, name, "get", {}).text
        assert offered is not is_out


@EACH
@pytest.mark.parametrize("make", [make_draft, make_issue])
def test_an_editor_works_on_everything(make, name, method, data, changes):
    issue = make()
    Issue.objects.update(created_by=make_writer())

    assert ask(make_editor(), issue, name, method, data).status_code in {200, 302}


@EACH
def test_somebody_without_a_role_reaches_not_even_what_they_wrote_with_one(
    name, method, data, changes
):
    user, issue = make_user(), make_draft()
    Issue.objects.update(created_by=user)

    assert ask(user, issue, name, method, data).status_code == 403
    assert nobody_did_anything(issue)


@pytest.mark.parametrize(
    "name", ["preview", "history", "difference", "share", "autosave"]
)
@pytest.mark.parametrize("key", ["999999", "x", "1/2"])
def test_what_is_not_there_is_told_an_editor_and_no_writer(name, key):
    address = f"/admin/issues/issue/{key}/{name}/"

    assert as_user(make_editor()).get(address).status_code == 404
    assert as_user(make_writer()).get(address).status_code == 403


@pytest.mark.parametrize(
    "address", ["autosave/", "compare/", "trash/", "trash/1/restore/"]
)
def test_addresses_of_no_issue_are_for_who_writes(address):
    where = f"/admin/issues/issue/{address}"
    assert as_user(None).post(where).status_code == 302
    assert as_user(make_user()).post(where).status_code == 403

    for user in (make_writer(), make_editor()):
        assert as_user(user).post(where, TEXT).status_code in {200, 201, 403, 404, 405}
