"""Links at the desk: what a pasted address leads to, and which of the old ones rot."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from issues.admin.access import require_writing, sees_all
from issues.links.lookup import Found, look_up
from issues.models import Issue, Link, LinkUse
from superfast.common.admin import CheckedAddressAdmin, signed_in
from superfast.common.http import private_page
from superfast.search.admin import IndexedSearch
from superfast.search.desk import KEY
from superfast.search.documents import Kind


def urls(model_admin: admin.ModelAdmin) -> list[URLPattern]:
    """The addresses of this topic at the desk."""

    def link(request: HttpRequest) -> HttpResponse:
        require_writing(model_admin, request)
        return _link(request)

    view = model_admin.admin_site.admin_view
    return [path("link/", view(link), name="issues_issue_link")]


@require_POST
@private_page
def _link(request: HttpRequest) -> HttpResponse:
    """What a pasted address leads to: `url` in, a `Found` out, as JSON."""
    try:
        found = look_up(
            request.POST.get("url", ""),
            by=signed_in(request),
            may_add_papers=request.user.has_perm("papers.add_paper"),
        )
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    return JsonResponse(_told(found))


def _told(found: Found) -> dict[str, Any]:
    return {
        "url": found.url,
        "title": found.title,
        "site": found.site,
        "date": found.dated_on.isoformat() if found.dated_on else "",
        "state": found.state,
        "problem": found.problem,
        "paper": found.paper
        and {
            "slug": found.paper.slug,
            "title": found.paper.title,
            "is_new": found.paper.is_new,
        },
        "linked_in": [
            {"title": issue.title, "url": issue.get_absolute_url()}
            for issue in found.linked_in
        ],
    }


@admin.register(Link)
class LinkAdmin(IndexedSearch, CheckedAddressAdmin):
    """Where links lead, the rotten ones with the issues they stand in."""

    list_display = ("address", "state_label", "answer", "checked_at", "stands_in")
    list_filter = ("state",)
    list_per_page = 50
    search_kind = Kind.LINK
    # A document of this kind is called by its issue, in 32 digits, and its link.
    search_name = f"substr({KEY}, 34)"
    fields = (
        "address", "title", "site_name", "dated_on", "state_label", "answer",
        "checked_at", "stands_in",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        """Of others' issues a Writer is told nothing that readers do not see."""
        issues = Issue.objects.without_text()
        links = super().get_queryset(request)
        if not sees_all(request):
            mine = Q(pk__in=Issue.objects.published().values("pk"))
            issues = issues.filter(mine | Q(created_by=request.user.pk))
            links = links.filter(
                Exists(LinkUse.objects.filter(link=OuterRef("pk"), issue__in=issues))
            )
        uses = LinkUse.objects.filter(issue__in=issues).select_related("issue")
        return links.prefetch_related(
            Prefetch("uses", uses.defer("issue__body", "issue__blocks"), "seen_uses")
        )

    @admin.display(description="stands in")
    def stands_in(self, obj: Link) -> str:
        issues = {use.issue_id: use.issue for use in obj.seen_uses}  # type: ignore[attr-defined]  # the prefetch's
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            (
                (reverse("admin:issues_issue_change", args=[pk]), issue.title)
                for pk, issue in issues.items()
            ),
        )
