from django import forms
from django.contrib import admin
from django.http import HttpRequest

from issues.forms import MarkdownWidget
from superfast.pages.models import Page


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = ("title", "description", "body")
        widgets = {"body": MarkdownWidget(attrs={"rows": 30})}


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    form = PageForm
    list_display = ("title", "slug", "updated_at")
    search_fields = ("title", "body")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Page | None = None
    ) -> bool:
        return False
