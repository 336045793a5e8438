"""Who may see or change which issue at the desk: asked here by every address of it.

An Editor sees and changes all, and is told where there is none. A Writer sees
their own and changes their drafts; whether an issue of somebody else's exists
they are not told. Who is not signed in never comes here: `admin_view` asks first.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from issues.models import Issue


def visible_issue(
    model_admin: admin.ModelAdmin, request: HttpRequest, object_id: Any
) -> Issue:
    """The issue as editors saved it last, for who may see it; not to be stored as it is.

    Raises: PermissionDenied; Http404 for who sees all issues, where there is none.
    """
    issue: Issue | None = model_admin.get_object(request, str(object_id))
    if issue is not None and model_admin.has_view_permission(request, issue):
        return issue
    if sees_all(request):
        raise Http404
    raise PermissionDenied


def changeable_issue(
    model_admin: admin.ModelAdmin, request: HttpRequest, object_id: Any
) -> Issue:
    """The issue, for who may change it.

    Raises: PermissionDenied; Http404 for who sees all issues, where there is none.
    """
    issue = visible_issue(model_admin, request, object_id)
    if not model_admin.has_change_permission(request, issue):
        raise PermissionDenied
    return issue


def of_issue(
    model_admin: admin.ModelAdmin,
    view: Callable[..., HttpResponse],
    find: Callable[..., Issue],
) -> Any:
    """An address of the desk that is one issue's.

    Args:
        model_admin: of issues.
        view: takes the request, `model_admin`, the issue and what else stands in the address.
        find: `visible_issue` or `changeable_issue`: who may come.
    """

    def wrapped(request: HttpRequest, object_id: str, **kwargs: Any) -> HttpResponse:
        issue = find(model_admin, request, object_id)
        return view(request, model_admin, issue, **kwargs)

    return model_admin.admin_site.admin_view(wrapped)


def sees_all(request: HttpRequest) -> bool:
    """Whether this person decides what readers see, and so sees every issue."""
    return request.user.has_perm("issues.publish_issue")


def require_writing(model_admin: admin.ModelAdmin, request: HttpRequest) -> None:
    """For addresses that belong to no issue. Raises: PermissionDenied for who writes none."""
    if not (
        model_admin.has_add_permission(request)
        or model_admin.has_change_permission(request)
    ):
        raise PermissionDenied
