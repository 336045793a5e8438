"""Pages of the desk that belong to one issue."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from issues.models import Issue


def desk_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    template: str,
    *,
    title: str,
    issue: Issue | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page in the admin's frame, kept by nobody; `issue` gives it its way back."""
    response = TemplateResponse(
        request,
        f"admin/issues/issue/{template}",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": title,
            "issue": issue,
            "original": issue,
            "may_change": issue is not None
            and model_admin.has_change_permission(request, issue),
            **context,
        },
        status=status,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
