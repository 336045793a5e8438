"""The mail copy at the desk: what to paste into a sender, and how it will look."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from issues.admin.access import visible_issue
from issues.admin.pictures import desk_address
from issues.mail import CLIPPED_BYTES, MailCopy, compose_mail, find_for_mail
from issues.models import Issue
from superfast.common.http import private_page
from superfast.common.policy import with_policy

# A mail's styles stand on its elements. It is framed without scripts, and loads nothing
# but pictures.
_MAIL_POLICY = {
    "script_src": "'none'",
    "style_src": "'unsafe-inline'",
    "font_src": "'none'",
    "connect_src": "'none'",
    "form_action": "'none'",
    "frame_ancestors": "'self'",
}


def urls(model_admin: Any) -> list[URLPattern]:
    """The addresses of an issue's mail copy."""
    view = model_admin.admin_site.admin_view
    return [
        path(
            "<path:object_id>/mail/",
            view(partial(mail_page, model_admin=model_admin)),
            name="issues_issue_mail",
        ),
        path(
            "<path:object_id>/mail/frame/",
            view(partial(mail_preview, model_admin=model_admin)),
            name="issues_issue_mail_preview",
        ),
    ]


@require_safe
@with_policy(frame_src="'self'")
@private_page
def mail_page(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    issue = _issue(request, object_id, model_admin)
    copy = compose_mail(issue)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Mail copy",
        "opts": model_admin.opts,
        "issue": issue,
        "copy": copy,
        "limit": CLIPPED_BYTES,
        "state": _state(issue, copy),
        "preview_address": reverse("admin:issues_issue_mail_preview", args=[issue.pk]),
    }
    return TemplateResponse(request, "admin/issues/issue/mail.html", context)


@require_safe
@xframe_options_sameorigin
@with_policy(**_MAIL_POLICY)
@private_page
def mail_preview(
    request: HttpRequest, object_id: str, model_admin: Any
) -> HttpResponse:
    """The HTML as it is, but for pictures: the desk shows those of drafts, too."""
    issue = _issue(request, object_id, model_admin)
    origin = request.build_absolute_uri("/").removesuffix("/")
    copy = compose_mail(
        issue, picture_src=lambda image: desk_address(image.name), origin=origin
    )
    return HttpResponse(copy.html)


def _issue(request: HttpRequest, object_id: str, model_admin: Any) -> Issue:
    issue = visible_issue(model_admin, request, object_id)
    return find_for_mail(issue.pk, ahead=model_admin.may_publish(request))


def _state(issue: Issue, copy: MailCopy) -> str:
    """What to know before it is sent; empty where there is nothing."""
    if copy.mark:
        return f"{copy.mark} Pictures and links work once readers can see the issue."
    if not issue.is_published():
        return (
            f"Scheduled for {issue.publish_at:%Y-%m-%d %H:%M} UTC: until then its links "
            "and pictures lead nowhere."
        )
    return ""
