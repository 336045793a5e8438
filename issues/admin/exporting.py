"""An issue's text as a file, for whoever may see the issue."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from issues.admin.access import of_issue, visible_issue
from issues.exporting import to_markdown_file
from issues.models import Issue
from superfast.common.http import private_page


def urls(model_admin: Any) -> list[URLPattern]:
    """The addresses of this topic at the desk."""
    return [
        path(
            "<path:object_id>/export/",
            of_issue(model_admin, export, visible_issue),
            name="issues_issue_export",
        ),
    ]


@require_safe
@private_page
def export(request: HttpRequest, model_admin: Any, issue: Issue) -> HttpResponse:
    """The text that editors saved last, as a download."""
    response = HttpResponse(
        to_markdown_file(issue), content_type="text/markdown; charset=utf-8"
    )
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{issue.slug or "issue"}.md"'
    )
    return response
