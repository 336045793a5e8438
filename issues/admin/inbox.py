"""The inbox: links of the week, and the issue that begins with them."""

from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from issues.links.inbox import begin_issue, collect
from issues.models import InboxItem, Issue
from superfast.common.admin import signed_in
from superfast.common.http import private_page
from superfast.common.text import CleanCharField


class CollectForm(forms.Form):
    """Addresses, and what is to be remembered of one."""

    url = forms.CharField(
        label="Address",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One, or several with a space or a line between them.",
    )
    title = forms.CharField(
        max_length=500,
        required=False,
        help_text="Left empty, the page is asked for it.",
    )
    section = forms.CharField(max_length=200, required=False)
    take = forms.CharField(max_length=1000, required=False, help_text="One line.")

    def clean_title(self) -> str:
        return str(CleanCharField().to_python(self.cleaned_data["title"]))


@admin.register(InboxItem)
class InboxItemAdmin(admin.ModelAdmin):
    list_display = ("__str__", "url", "section", "take", "created_by", "created_at")
    list_editable = ("section", "take")
    list_select_related = ("created_by",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("url", "title", "section", "take")
    actions = ("begin",)
    change_list_template = "admin/issues/inboxitem/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("collect/", view(self.collect), name="issues_inboxitem_collect"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboxItem]:
        rows: QuerySet[InboxItem] = InboxItem.objects.waiting()
        return rows

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        if not change:
            obj.created_by = signed_in(request)
        super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        here = reverse("admin:issues_inboxitem_collect")
        extra = {
            "collect_form": CollectForm(),
            "bookmarklet": bookmarklet(f"{settings.SITE_URL}{here}"),
            "title": "Links for an issue to come",
        }
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def collect(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return _collect(request, self)

    def has_begin_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("issues.add_issue")

    @admin.action(description="Begin a new issue with these", permissions=["begin"])
    def begin(
        self, request: HttpRequest, queryset: QuerySet[InboxItem]
    ) -> HttpResponse | None:
        try:
            issue = begin_issue(items=list(queryset), by=signed_in(request))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return None
        self.admin_site.get_model_admin(Issue).log_addition(
            request, issue, "Begun with links of the inbox."
        )
        self.message_user(request, f"{issue}: a draft with {len(queryset)} links.")
        return HttpResponseRedirect(
            reverse("admin:issues_issue_change", args=[issue.pk])
        )


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def _collect(request: HttpRequest, model_admin: InboxItemAdmin) -> HttpResponse:
    """The paste box by itself; a bookmark opens it with the page that was being read."""
    if request.method == "POST":
        form = CollectForm(request.POST)
        if form.is_valid():
            try:
                items = collect(
                    form.cleaned_data["url"], by=signed_in(request),
                    **{name: form.cleaned_data[name] for name in ("title", "section", "take")},
                )  # fmt: skip
            except ValidationError as error:
                form.add_error("url", error.messages)
            else:
                for item in items:
                    model_admin.log_addition(request, item, "Put aside.")
                model_admin.message_user(request, f"In the inbox: {len(items)}.")
                return HttpResponseRedirect(
                    reverse("admin:issues_inboxitem_changelist")
                )
    else:
        asked = {name: request.GET.get(name, "") for name in ("url", "title")}
        form = CollectForm(initial=asked)
    context = {
        **model_admin.admin_site.each_context(request),
        "form": form,
        "opts": model_admin.opts,
        "title": "Put a link aside",
    }
    status = 422 if form.is_bound else 200
    return render(
        request, "admin/issues/inboxitem/collect.html", context, status=status
    )


def bookmarklet(address: str) -> str:
    """What a bookmark does: the page being read is handed to the paste box."""
    quoted = quote(address, safe=":/")
    return (
        f"javascript:void(open('{quoted}?url='+encodeURIComponent(location.href)"
        "+'&title='+encodeURIComponent(document.title)))"
    )
