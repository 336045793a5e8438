"""An issue as a file, and back."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from issues.exporting import to_markdown_file
from issues.importing.front import read_markdown
from issues.models import InboxItem, Issue
from issues.services import autosave
from tests.issues.factories import make_draft, make_issue
from tests.quiz.factories import make_editor

pytestmark = pytest.mark.django_db

BODY = "## 🎙 News\n\n- [One](https://example.org/one): why\n\n::: note\n“Ünïcode” — and *more*\n:::\n"


@pytest.mark.parametrize(
    "title",
    ["Plain", "Colon: and #hash", "“Quoted” 'twice' \"thrice\"", "- [x]", "yes", "2023-01-11", "雪 " * 30],
)  # fmt: skip
def test_the_import_reads_the_file_back(title):
    issue = Issue(title=title, slug="a-slug", dek=f"About {title}", body=BODY)
    issue.publish_at = datetime(2023, 1, 11, 12, 30, tzinfo=UTC)
    reading = read_markdown(to_markdown_file(issue))

    assert (reading.title, reading.slug, reading.dek, reading.body) == (
        title.strip(), "a-slug", f"About {title}".strip(), BODY,
    )  # fmt: skip
    assert reading.dated == issue.publish_at.date()


def test_the_file_holds_what_editors_saved_last(client):
    issue, editor = make_issue(body="Old."), make_editor()
    autosave(
        issue=issue,
        text=Issue(title="New", slug=issue.slug, dek="", body="New.").text,
        base=issue.working_revision_id,
        by=editor,
    )
    client.force_login(editor)
    response = client.get(reverse("admin:issues_issue_export", args=[issue.pk]))

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert f'filename="{issue.slug}.md"' in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert response.content.decode().endswith("\n\nNew.")


def test_a_new_issue_tells_of_links_that_wait(client):
    client.force_login(make_editor())
    address = reverse("admin:issues_issue_add")
    assert "in the inbox" not in client.get(address).content.decode()

    InboxItem.objects.create(url="https://example.org/", title="One")
    assert "1 link waits in the inbox" in client.get(address).content.decode()
    changed = reverse("admin:issues_issue_change", args=[make_draft().pk])
    assert "in the inbox" not in client.get(changed).content.decode()
